#include "base/fs.h"

#include <fcntl.h>
#include <glib.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#define NAME_BYTES 200

typedef struct {
  const char *claim;
  unsigned depth, width;
  mode_t mode;
} Row;

static const Row rows[] = {
  {"an empty folder", 0, 0, 0755},
  {"as deep as is done on the stack", 64, 2, 0755},
  {"one deeper", 65, 2, 0755},
  {"so deep that no path reaches its end", 700, 1, 0755},
  {"deep, with files on every level", 200, 3, 0755},
  {"deep, without permissions", 200, 3, 0},
};

static void put_files(int folder_fd, unsigned width) {
  for (unsigned i = 0; i < width; i++) {
    char name[16];
    snprintf(name, sizeof name, "file%u", i);
    int fd = openat(folder_fd, name, O_WRONLY | O_CREAT | O_CLOEXEC, 0);
    g_assert_cmpint(fd, >=, 0);
    close(fd);
  }
}

/* A chain of folders with long names, each with files. */
static void fill(const char *top, const Row *row) {
  g_autofree char *name = g_strnfill(NAME_BYTES, 'x');
  int fd = open(top, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  for (unsigned i = 0; i < row->depth; i++) {
    put_files(fd, row->width);
    g_assert_cmpint(mkdirat(fd, name, 0755), ==, 0);
    int next = openat(fd, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    g_assert_cmpint(next, >=, 0);
    g_assert_cmpint(fchmod(fd, row->mode), ==, 0);
    close(fd);
    fd = next;
  }
  close(fd);
}

static void test_removes(const void *data) {
  g_autofree char *top = g_dir_make_tmp("drover-remove-XXXXXX", NULL);
  g_autoptr(GError) error = NULL;
  fill(top, data);
  bool removed = fs_remove_tree(top, &error);
  g_assert_no_error(error);
  g_assert_true(removed);
  g_assert_false(g_file_test(top, G_FILE_TEST_EXISTS));
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autofree char *path = g_strdup_printf("/base/fs-remove/%s", rows[i].claim);
    g_test_add_data_func(path, &rows[i], test_removes);
  }
  return g_test_run();
}
