/* GITHUB_ARTIFACTS: what steps say that they made. */
#include "runner/artifacts.h"

#include "base/error.h"
#include "base/fs.h"

#include <string.h>

#define HEX_64 "0123456789abcdef0123456789abcdef0123456789abcdef0123456789ABCDEF"
#define LOWER_64 "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static const struct {
  const char *claim;
  const char *text;
  const char *want; /* "line path name digest;..." or NULL: an error */
  const char *message;
} rows[] = {
  {"nothing", "\n  \n# a/b\n", "", NULL},
  {"a-path", "  dist/a b.tar  \r\n", "1 dist/a b.tar a b.tar -;", NULL},
  {"a-path-by-its-scheme", "FILE://dist/a", "1 dist/a a -;", NULL},
  {"an-image", "x\nhost/app:1@sha256:" HEX_64 "\n", "1 x x -;2 - host/app:1 sha256:" LOWER_64 ";", NULL},
  {"an-image-by-its-scheme", "oci://host/app@sha512:" HEX_64 HEX_64, "1 - host/app sha512:" LOWER_64 LOWER_64 ";", NULL},
  {"a-digest-that-is-too-short-is-a-path", "a@sha256:abc", "1 a@sha256:abc a@sha256:abc -;", NULL},
  {"a-scheme-alone", "file://", NULL, "line 1: expected a path"},
  {"an-image-without-its-digest", "a\noci://host/app:1", NULL, "line 2: expected a reference"},
  {"another-scheme", "https://a", NULL, "line 1: only file:// and oci://"},
  {"an-equals-sign", "a=b", NULL, "line 1: \"=\""},
};

static void test_parse(gconstpointer data) {
  size_t i = GPOINTER_TO_SIZE(data);
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) found = artifacts_parse(rows[i].text, strlen(rows[i].text), &error);
  if (rows[i].want == NULL) {
    g_assert_null(found);
    g_assert_error(error, DROVER_ERROR, DROVER_ERROR_INPUT);
    g_assert_nonnull(strstr(error->message, rows[i].message));
    return;
  }
  g_assert_no_error(error);
  g_autoptr(GString) got = g_string_new(NULL);
  for (guint n = 0; n < found->len; n++) {
    const Artifact *artifact = g_ptr_array_index(found, n);
    g_string_append_printf(got, "%u %s %s %s;", artifact->line, artifact->path != NULL ? artifact->path : "-", artifact->name,
                           artifact->digest != NULL ? artifact->digest : "-");
  }
  g_assert_cmpstr(got->str, ==, rows[i].want);
}

static GPtrArray *parse(const char *text) {
  g_autoptr(GError) error = NULL;
  GPtrArray *found = artifacts_parse(text, strlen(text), &error);
  g_assert_no_error(error);
  return found;
}

static void test_a_file_is_read(void) {
  g_autofree char *dir = g_dir_make_tmp("drover-artifacts-XXXXXX", NULL), *file = g_build_filename(dir, "a", NULL);
  g_autoptr(GPtrArray) found = parse("out/a\n");
  g_autoptr(GError) missing = NULL, folder = NULL;
  Artifact *artifact = g_ptr_array_index(found, 0);
  g_assert_false(artifact_read(artifact, file, &missing));
  g_assert_nonnull(strstr(missing->message, "line 1: \"out/a\" cannot be read"));
  g_assert_false(artifact_read(artifact, dir, &folder));
  g_assert_nonnull(strstr(folder->message, "is no regular file"));
  g_assert_true(fs_write(file, "abc", 3, 0600, NULL));
  g_assert_true(artifact_read(artifact, file, NULL));
  g_assert_cmpstr(artifact->digest, ==, "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  g_assert_true(fs_remove_tree(dir, NULL));
}

static void test_declared(void) {
  json_auto_t *declared = json_object();
  g_autoptr(GPtrArray) first = parse("b@sha256:" HEX_64 "\na@sha256:" HEX_64), again = parse("a@sha256:" LOWER_64);
  g_autoptr(GPtrArray) other = parse("c@sha256:" HEX_64 "\na@sha512:" HEX_64 HEX_64);
  g_autoptr(GError) error = NULL;
  g_assert_true(artifacts_declare(declared, first, NULL));
  g_assert_true(artifacts_declare(declared, again, NULL));
  g_assert_false(artifacts_declare(declared, other, &error));
  g_assert_nonnull(strstr(error->message, "line 2: \"a\" was declared with sha256:"));
  json_auto_t *list = artifacts_list(declared);
  char *text = json_dumps(list, JSON_COMPACT);
  g_assert_cmpstr(text, ==,
                  "{\"version\":1,\"subjects\":[{\"name\":\"a\",\"digest\":\"sha256:" LOWER_64 "\",\"kind\":\"oci\"},"
                  "{\"name\":\"b\",\"digest\":\"sha256:" LOWER_64 "\",\"kind\":\"oci\"}]}");
  free(text);
}

static void test_a_job_has_so_many(void) {
  json_auto_t *declared = json_object();
  g_autoptr(GString) text = g_string_new(NULL);
  for (unsigned i = 0; i < ARTIFACTS_MAX; i++)
    g_string_append_printf(text, "a%u@sha256:" HEX_64 "\n", i);
  g_autoptr(GPtrArray) all = parse(text->str), one = parse("b@sha256:" HEX_64);
  g_autoptr(GError) error = NULL;
  g_assert_true(artifacts_declare(declared, all, NULL));
  g_assert_true(artifacts_declare(declared, all, NULL));
  g_assert_false(artifacts_declare(declared, one, &error));
  g_assert_nonnull(strstr(error->message, "at most 500"));
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autofree char *path = g_strconcat("/runner/artifacts/parse/", rows[i].claim, NULL);
    g_test_add_data_func(path, GSIZE_TO_POINTER(i), test_parse);
  }
  g_test_add_func("/runner/artifacts/a-file-is-read", test_a_file_is_read);
  g_test_add_func("/runner/artifacts/declared", test_declared);
  g_test_add_func("/runner/artifacts/a-job-has-so-many", test_a_job_has_so_many);
  return g_test_run();
}
