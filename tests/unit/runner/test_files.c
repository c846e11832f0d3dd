/* What steps write into GITHUB_ENV, GITHUB_OUTPUT, GITHUB_STATE and GITHUB_PATH. */
#include "runner/files.h"

#include "base/error.h"

#include <string.h>

static const struct {
  const char *claim;
  const char *text;
  const char *want;    /* "name=value;..." or NULL: an error */
  const char *message; /* a part of it */
} rows[] = {
  {"nothing", "", "", NULL},
  {"values-and-an-empty-one", "A=1\nB=\n", "A=1;B=;", NULL},
  {"a-last-line-without-an-end", "A=1", "A=1;", NULL},
  {"the-first-equals-sign-ends-the-name", "A=b=c<<d\n", "A=b=c<<d;", NULL},
  {"blanks-belong-to-name-and-value", " A = 1 \n", " A = 1 ;", NULL},
  {"empty-lines-between", "\nA=1\n\nB=2\n", "A=1;B=2;", NULL},
  {"a-carriage-return-belongs-to-the-value", "A=1\r\nB=2\r\n", "A=1\r;B=2\r;", NULL},
  {"a-line-of-a-carriage-return-is-none", "\r\n", NULL, "F, line 1: expected NAME=VALUE"},
  {"a-block", "A<<END\none\n\ntwo=2\nEND\nB=1\n", "A=one\n\ntwo=2;B=1;", NULL},
  {"an-empty-block", "A<<END\nEND\n", "A=;", NULL},
  {"a-block-of-one-empty-line", "A<<END\n\nEND\n", "A=;", NULL},
  {"a-mark-at-the-very-end", "A<<END\nx\nEND", "A=x;", NULL},
  {"a-mark-with-an-equals-sign", "A<<E=D\nx\nE=D\n", "A=x;", NULL},
  {"a-mark-with-blanks", "A<< E D\nx\n E D\n", "A=x;", NULL},
  {"a-line-like-the-mark-is-none", "A<<END\nx\n END\nENDE\nEND\n", "A=x\n END\nENDE;", NULL},
  {"a-block-keeps-carriage-returns", "A<<END\none\r\ntwo\r\nEND\n", "A=one\r\ntwo\r;", NULL},
  {"a-mark-with-a-carriage-return-wants-one", "A<<END\r\nx\nEND\r\n", "A=x;", NULL},
  {"a-byte-order-mark-is-no-part-of-a-name",
   "\xef\xbb\xbf"
   "A=1\n",
   "A=1;", NULL},
  {"what-is-no-utf-8-is-repaired", "A=\xff\n", "A=\xef\xbf\xbd;", NULL},
  {"neither-form", "nothing\n", NULL, "F, line 1: expected NAME=VALUE or NAME<<MARK, found \"nothing\""},
  {"an-empty-name", "A=1\n=2\n", NULL, "F, line 2: the name is empty"},
  {"a-block-without-a-name", "<<X\nX\n", NULL, "expected a name before"},
  {"a-block-without-a-mark", "A<<\nx\n", NULL, "expected a mark behind"},
  {"a-mark-that-never-comes", "B=1\nA<<END\nx\n", NULL, "F, line 2: the line \"END\" that ends the value of \"A\" is missing"},
  {"a-mark-behind-a-carriage-return-alone", "A<<END\nx\nEND\r\n", NULL, "is missing"},
  {"a-mark-that-never-comes-nor-a-line-end", "A<<END\nx", NULL, "is missing"},
};

static void test_pairs(gconstpointer data) {
  size_t i = GPOINTER_TO_SIZE(data);
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) pairs = files_parse_pairs("F", rows[i].text, strlen(rows[i].text), &error);
  if (rows[i].want == NULL) {
    g_assert_null(pairs);
    g_assert_error(error, DROVER_ERROR, DROVER_ERROR_INPUT);
    g_assert_nonnull(strstr(error->message, rows[i].message));
    return;
  }
  g_assert_no_error(error);
  g_autoptr(GString) got = g_string_new(NULL);
  for (guint n = 0; n < pairs->len; n++) {
    const FilePair *pair = g_ptr_array_index(pairs, n);
    g_string_append_printf(got, "%s=%s;", pair->name, pair->value);
  }
  g_assert_cmpstr(got->str, ==, rows[i].want);
}

static void test_lines(void) {
  static const char text[] = "/a\n\n/b b\r\n/c\r/d";
  g_autoptr(GPtrArray) lines = files_parse_lines(text, strlen(text));
  g_ptr_array_add(lines, NULL);
  g_autofree char *joined = g_strjoinv("|", (char **)lines->pdata);
  g_assert_cmpstr(joined, ==, "/a|/b b|/c|/d");
}

/* A folder that is named again comes first again. */
static void test_paths(void) {
  static const char first[] = "/a\n/b\n", second[] = "/c\n/a\n/c\n";
  g_autoptr(GPtrArray) paths = g_ptr_array_new_with_free_func(g_free);
  g_autoptr(GPtrArray) some = files_parse_lines(first, strlen(first)), more = files_parse_lines(second, strlen(second));
  files_add_paths(paths, some);
  files_add_paths(paths, more);
  g_ptr_array_add(paths, NULL);
  g_autofree char *joined = g_strjoinv(":", (char **)paths->pdata);
  g_assert_cmpstr(joined, ==, "/b:/a:/c");
}

static void test_refusals(void) {
  g_assert_nonnull(files_env_refusal("NODE_OPTIONS"));
  g_assert_nonnull(files_env_refusal("Node_Options"));
  g_assert_null(files_env_refusal("CI"));
  g_assert_null(files_env_refusal("GITHUB_SHA"));
  g_assert_null(files_env_refusal("NODE_OPTIONS_"));
  g_autofree char *summary = files_summary_refusal(FILES_SUMMARY_MAX_BYTES + 1);
  g_assert_nonnull(strstr(summary, "holds 1025 KiB, and 1024 KiB"));
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autofree char *path = g_strconcat("/runner/files/pairs/", rows[i].claim, NULL);
    g_test_add_data_func(path, GSIZE_TO_POINTER(i), test_pairs);
  }
  g_test_add_func("/runner/files/lines", test_lines);
  g_test_add_func("/runner/files/paths", test_paths);
  g_test_add_func("/runner/files/refusals", test_refusals);
  return g_test_run();
}
