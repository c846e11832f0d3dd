#include "base/fs.h"
#include "base/progress.h"

#include <string.h>

/* A row: what a program printed, and what a person may see of it. */
typedef struct {
  const char *claim;
  const char *printed;
  size_t length;
  const char *shown;
} Row;

#define PRINTED(text) text, sizeof(text) - 1

static const Row rows[] = {
  {"plain text stays", PRINTED("hello, wörld"), "hello, wörld"},
  {"a tab stays", PRINTED("a\tb"), "a\tb"},
  {"what follows a NUL byte stays", PRINTED("one\0two"), "one\uFFFDtwo"},
  {"a sequence that clears the screen is shown, not done", PRINTED("\033[2Jx"), "\uFFFD[2Jx"},
  {"colours go", PRINTED("\033[1;31mred\033[0m"), "red"},
  {"a colour that does not end is shown", PRINTED("\033[31"), "\uFFFD[31"},
  {"a carriage return within is shown", PRINTED("10%\r20%"), "10%\uFFFD20%"},
  {"one at the end goes", PRINTED("dos\r"), "dos"},
  {"each of several lines is attributed", PRINTED("one\ntwo"), "one\n  task | two"},
  {"bytes that are no UTF-8 are marked", PRINTED("a\xff"), "a\uFFFD"},
};

static void test_row(gconstpointer data) {
  const Row *row = data;
  g_autoptr(GError) error = NULL;
  g_autofree char *dir = fs_temp_dir(g_get_tmp_dir(), "drover-progress", &error);
  g_assert_no_error(error);
  g_autofree char *path = g_build_filename(dir, "log", NULL);
  Progress *progress = progress_new((ProgressOptions){0});
  g_assert_true(progress_log_to(progress, path, &error));
  progress_line(progress, "task", row->printed, row->length);
  progress_free(progress);
  g_autofree char *log = fs_read(path, 4096, NULL, &error);
  g_autofree char *wanted = g_strdup_printf("  task | %s\n", row->shown);
  g_assert_cmpstr(log, ==, wanted);
  g_assert_true(fs_remove_tree(dir, NULL));
}

static void test_tasks_and_notes(void) {
  g_autoptr(GError) error = NULL;
  g_autofree char *dir = fs_temp_dir(g_get_tmp_dir(), "drover-progress", &error);
  g_autofree char *path = g_build_filename(dir, "log", NULL);
  Progress *progress = progress_new((ProgressOptions){.quiet = true});
  g_assert_true(progress_log_to(progress, path, &error));
  progress_begin(progress, "build web");
  progress_end(progress, "build web", PROGRESS_FAILED, "%s", "no Dockerfile");
  progress_note(progress, "%d left", 2);
  progress_free(progress);
  g_autofree char *log = fs_read(path, 4096, NULL, &error);
  g_assert_true(g_str_has_prefix(log, "▸ build web\n✗ build web: failed: no Dockerfile ("));
  g_assert_true(g_str_has_suffix(log, " s)\n• 2 left\n"));
  g_assert_true(fs_remove_tree(dir, NULL));
}

static void test_none(void) {
  g_assert_true(progress_log_to(NULL, "/nowhere/log", NULL));
  progress_begin(NULL, "x");
  progress_line(NULL, "x", "y", 1);
  progress_end(NULL, "x", PROGRESS_OK, "%s", "");
  progress_note(NULL, "x");
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autofree char *path = g_strdup_printf("/base/progress/%s", rows[i].claim);
    g_test_add_data_func(path, &rows[i], test_row);
  }
  g_test_add_func("/base/progress/tasks and notes", test_tasks_and_notes);
  g_test_add_func("/base/progress/no progress is no error", test_none);
  return g_test_run();
}
