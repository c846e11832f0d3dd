#include "base/error.h"
#include "base/fs.h"

#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

/* What a job may put where drover reads: DIR/job/..., with a secret beside the job's folder. */
static char *make_dir(void) {
  char *dir = g_dir_make_tmp("drover-beneath-XXXXXX", NULL);
  g_autofree char *job = g_build_filename(dir, "job", NULL), *deep = g_build_filename(job, "deep", NULL);
  g_autofree char *secret = g_build_filename(dir, "secret", NULL), *file = g_build_filename(deep, "file", NULL);
  g_autofree char *fifo = g_build_filename(job, "fifo", NULL), *device = g_build_filename(job, "device", NULL);
  g_assert_true(fs_make_dirs(deep, 0755, NULL) && fs_write(secret, "hidden", 6, 0644, NULL) && fs_write(file, "a\0b", 3, 0644, NULL));
  g_assert_cmpint(mkfifo(fifo, 0600), ==, 0);
  if (mknod(device, S_IFCHR | 0600, makedev(1, 5)) < 0) /* /dev/zero; for root only */
    g_assert_true(fs_make_dirs(device, 0755, NULL));
  const char *const links[][2] = {
    {"../secret", "out"}, {"deep/file", "within"}, {"deep", "folder"}, {"..", "up"}, {"/proc/self/environ", "magic"},
    {"none", "nowhere"},  {"loop", "loop"},
  };
  for (size_t i = 0; i < G_N_ELEMENTS(links); i++) {
    g_autofree char *path = g_build_filename(job, links[i][1], NULL);
    g_assert_cmpint(symlink(links[i][0], path), ==, 0);
  }
  return dir;
}

static const struct {
  const char *name;
  const char *path;
  size_t max_bytes;
  const char *text; /* NULL: refused with */
  DroverError code;
} rows[] = {
  {"a-file-is-read", "deep/file", 3, "a", 0},
  {"dots-that-stay-inside-are-fine", "./deep/../deep/file", 3, "a", 0},
  {"a-file-may-be-too-large", "deep/file", 2, NULL, DROVER_ERROR_INPUT},
  {"a-missing-file-is-not-found", "deep/none", 9, NULL, DROVER_ERROR_NOT_FOUND},
  {"a-folder-is-refused", "deep", 9, NULL, DROVER_ERROR_INPUT},
  {"a-fifo-is-refused-without-waiting", "fifo", 9, NULL, DROVER_ERROR_INPUT},
  {"a-device-is-refused", "device", 9, NULL, DROVER_ERROR_INPUT},
  {"a-link-out-is-refused", "out", 9, NULL, DROVER_ERROR_INPUT},
  {"a-link-that-stays-inside-is-refused-too", "within", 9, NULL, DROVER_ERROR_INPUT},
  {"a-linked-folder-is-refused", "folder/file", 9, NULL, DROVER_ERROR_INPUT},
  {"a-link-up-is-refused", "up/secret", 9, NULL, DROVER_ERROR_INPUT},
  {"a-link-into-proc-is-refused", "magic", 9, NULL, DROVER_ERROR_INPUT},
  {"a-dangling-link-is-refused", "nowhere", 9, NULL, DROVER_ERROR_INPUT},
  {"a-link-to-itself-is-refused", "loop", 9, NULL, DROVER_ERROR_INPUT},
  {"dots-that-leave-are-refused", "../secret", 9, NULL, DROVER_ERROR_INPUT},
  {"an-absolute-path-is-refused", "/etc/passwd", 9999999, NULL, DROVER_ERROR_INPUT},
};

static void test_row(gconstpointer data) {
  size_t i = GPOINTER_TO_SIZE(data), size = 99;
  g_autofree char *dir = make_dir(), *job = g_build_filename(dir, "job", NULL);
  g_autoptr(GError) error = NULL;
  g_autofree char *text = fs_read_beneath(job, rows[i].path, rows[i].max_bytes, &size, &error);
  g_assert_cmpstr(text, ==, rows[i].text);
  g_assert_cmpuint(size, ==, text != NULL ? 3 : 99);
  g_assert_true(text != NULL || error_is(error, rows[i].code));
  fs_remove_tree(dir, NULL);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autofree char *path = g_strconcat("/base/fs-beneath/", rows[i].name, NULL);
    g_test_add_data_func(path, GSIZE_TO_POINTER(i), test_row);
  }
  return g_test_run();
}
