/* hashFiles' patterns against paths. */
#include "runner/glob.h"

#include "base/error.h"

#include <string.h>

#define FILES GLOB_FILE
#define ALL (GLOB_FILE | GLOB_FOLDER)

static const struct {
  const char *claim;
  const char *patterns; /* relative to /w; the home is /h */
  const char *path;
  unsigned match;
  bool reaches;
} rows[] = {
  {"a-name", "a.txt", "/w/a.txt", ALL, true},
  {"a-name-elsewhere", "a.txt", "/w/b/a.txt", 0, false},
  {"the-folder-above-is-reached", "a.txt", "/w", 0, true},
  {"a-name-anywhere", "**/a.txt", "/w/b/c/a.txt", ALL, true},
  {"a-name-anywhere-is-also-here", "**/a.txt", "/w/a.txt", ALL, true},
  {"a-star-stays-in-its-part", "*.lock", "/w/d/x.lock", 0, false},
  {"a-star-takes-dots-in-front", "*", "/w/.hidden", ALL, true},
  {"a-star-may-take-nothing", "a*b*.c", "/w/ab.c", ALL, true},
  {"the-last-star-goes-on", "*a*b", "/w/xaxbab", ALL, true},
  {"a-folder-is-all-below-it", "d", "/w/d/e/f", ALL, true},
  {"a-folder-with-a-slash-is-no-file", "d/", "/w/d", GLOB_FOLDER, true},
  {"a-folder-with-a-slash-is-all-below-it", "d/", "/w/d/e", ALL, true},
  {"deep-at-the-end-is-the-folder-itself", "d/**", "/w/d", ALL, true},
  {"deep-may-be-nothing", "d/**/f", "/w/d/f", ALL, true},
  {"deep-tries-again", "**/a/*/b", "/w/a/a/x/b", ALL, true},
  {"deep-twice", "**/a/**/b", "/w/x/a/y/z/b", ALL, true},
  {"deep-in-a-row", "**/**/x", "/w/a/b/c/x", ALL, true},
  {"three-stars-are-one", "***/x", "/w/a/b/x", 0, false},
  {"a-star-for-a-folder", "d/*/f", "/w/d/e/f", ALL, true},
  {"a-star-for-one-folder-only", "d/*/f", "/w/d/e/g/f", 0, false},
  {"a-dot-in-front", "./d", "/w/d", ALL, true},
  {"a-dot-alone", ".", "/w/d", ALL, true},
  {"home", "~/x", "/h/x", ALL, true},
  {"an-absolute-path", "/w/d", "/w/d", ALL, true},
  {"an-absolute-path-elsewhere", "/x/d", "/w/d", 0, false},
  {"doubled-slashes", "d//e", "/w/d/e", ALL, true},
  {"a-question-mark", "a?c", "/w/abc", ALL, true},
  {"a-question-mark-is-no-nothing", "a?c", "/w/ac", 0, false},
  {"letters", "[ab].c", "/w/b.c", ALL, true},
  {"a-range", "[a-c].c", "/w/b.c", ALL, true},
  {"other-letters", "[!ab].c", "/w/b.c", 0, false},
  {"other-letters-with-a-hat", "[^ab].c", "/w/c.c", ALL, true},
  {"a-bracket-among-letters", "[]a]", "/w/]", ALL, true},
  {"a-hyphen-at-the-end", "[a-]x", "/w/-x", ALL, true},
  {"a-range-the-wrong-way", "[c-ad]", "/w/d", ALL, true},
  {"only-a-range-the-wrong-way", "[c-a]", "/w/b", 0, false},
  {"a-set-that-is-not-closed", "[ab", "/w/[ab", ALL, true},
  {"a-star-in-a-set-is-a-star", "[*].c", "/w/a.c", 0, false},
  {"a-bracket-in-a-set-is-a-bracket", "[[]", "/w/[", ALL, true},
  {"named-letters", "[[:digit:]_]", "/w/7", ALL, true},
  {"named-letters-of-the-world", "[[:alpha:]]", "/w/\xc3\xa9", ALL, true},
  {"named-letters-and-not", "[^[:space:]]", "/w/ ", 0, false},
  {"a-backslash", "a\\*", "/w/a*", ALL, true},
  {"a-backslash-takes-the-meaning-away", "a\\*", "/w/ab", 0, false},
  {"a-backslash-behind-a-star-is-itself", "*\\.c", "/w/a.c", 0, false},
  {"case-counts", "A", "/w/a", 0, false},
  {"braces-mean-nothing", "{a,b}", "/w/a", 0, false},
  {"a-letter-of-two-units", "??", "/w/\xf0\x9f\x98\x80", ALL, true},
  {"a-file-is-taken-out", "**\n!a.txt", "/w/a.txt", 0, true},
  {"a-folder-is-taken-out", "**\n!d", "/w/d/e", 0, true},
  {"a-folder-with-a-slash-is-taken-out", "**\n!d/", "/w/d", GLOB_FILE, true},
  {"a-file-comes-back", "**\n!d\nd/e", "/w/d/e", ALL, true},
  {"twice-out-is-in", "!!a", "/w/a", ALL, true},
  {"only-out-is-nothing", "!a", "/w/b", 0, false},
  {"a-comment", "#a\na", "/w/a", ALL, true},
  {"a-comment-chooses-nothing", "#a", "/w/#a", 0, false},
  {"blanks-around-and-empty-lines", "\n  a  \r\n\n", "/w/a", ALL, true},
};

static void test_match(gconstpointer data) {
  size_t i = GPOINTER_TO_SIZE(data);
  g_autoptr(GError) error = NULL;
  g_autoptr(GlobSet) set = glob_set_new(rows[i].patterns, "/w", "/h", &error);
  g_assert_no_error(error);
  g_assert_cmpuint(glob_set_match(set, rows[i].path), ==, rows[i].match);
  g_assert_true(glob_set_reaches(set, rows[i].path) == rows[i].reaches);
}

static void test_starts(void) {
  static const struct {
    const char *patterns, *starts;
  } lines[] = {
    {"b/*\na", "/w/b /w/a"}, {"a/b\na\na/c", "/w/a"}, {"**/x\na", "/w"}, {"!a\nb/[c]/d?", "/w/b/c"}, {"/x/y\nz", "/x/y /w/z"}, {"/**", "/"},
    {"a\\*b/c", "/w/a*b/c"},
  };
  for (size_t i = 0; i < G_N_ELEMENTS(lines); i++) {
    g_autoptr(GlobSet) set = glob_set_new(lines[i].patterns, "/w", "/h", NULL);
    g_auto(GStrv) starts = glob_set_starts(set);
    g_autofree char *joined = g_strjoinv(" ", starts);
    g_assert_cmpstr(joined, ==, lines[i].starts);
  }
}

/* A workspace's own name is no pattern. */
static void test_the_workspace_is_literal(void) {
  g_autoptr(GlobSet) set = glob_set_new("a", "/w*[x]", "/h", NULL);
  g_assert_cmpuint(glob_set_match(set, "/w*[x]/a"), ==, ALL);
  g_assert_cmpuint(glob_set_match(set, "/wyx/a"), ==, 0);
}

static void test_refused(void) {
  static const char *const patterns[] = {"a/../b", "..", "a/./b", "a\n!", "/.", "[.]."};
  g_autofree char *large = g_strnfill(GLOB_PATTERN_MAX_BYTES + 1, 'a');
  for (size_t i = 0; i <= G_N_ELEMENTS(patterns); i++) {
    g_autoptr(GError) error = NULL;
    g_assert_null(glob_set_new(i < G_N_ELEMENTS(patterns) ? patterns[i] : large, "/w", "/h", &error));
    g_assert_error(error, DROVER_ERROR, DROVER_ERROR_INPUT);
  }
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autofree char *path = g_strconcat("/runner/glob/match/", rows[i].claim, NULL);
    g_test_add_data_func(path, GSIZE_TO_POINTER(i), test_match);
  }
  g_test_add_func("/runner/glob/starts", test_starts);
  g_test_add_func("/runner/glob/the-workspace-is-literal", test_the_workspace_is_literal);
  g_test_add_func("/runner/glob/refused", test_refused);
  return g_test_run();
}
