/* Patterns of filters. */
#include "cases.h"

#include "lint/filter_pattern.h"

#define ERROR "regular error "
#define JOBS "jobs:\n  a: {runs-on: linux, steps: [{run: x}]}\n"
#define BRANCH(pattern) "on: {push: {branches: [" pattern "]}}\n" JOBS /* the pattern starts in column 24 */
#define PATHS(pattern) "on: {push: {paths: [" pattern "]}}\n" JOBS     /* in column 21 */

static const LintCase cases[] = {
  {"names", "glob", NULL, BRANCH("main, release/v1.2, 'feature/**', \"*\", '**-ok?', 'v[12].[0-9]+', '!old/**'"), {NULL}},
  {"letters-of-other-languages", "glob", NULL, BRANCH("\xe6\xbc\xa2\xe5\xad\x97/*, '[\xc3\xa4-\xc3\xbc]'"), {NULL}},
  {"escaped", "glob", NULL, BRANCH("'a\\+b\\!'"), {NULL}},
  {"escaped-what-git-refuses", "glob", NULL, BRANCH("'a\\*b'"), {"1:26 " ERROR "no such character"}},
  {"a-regular-expression",
   "glob",
   NULL,
   BRANCH("/v\\d+/"),
   {"1:24 " ERROR "starts with no /", "1:26 " ERROR "no regular expression", "1:29 " ERROR "ends with no /"}},
  {"blank", "glob", NULL, BRANCH("a b"), {"1:25 " ERROR "no blanks"}},
  {"two-dots", "glob", NULL, BRANCH("a..b"), {"1:25 " ERROR "no .."}},
  {"two-slashes", "glob", NULL, BRANCH("a//b"), {"1:25 " ERROR "no //"}},
  {"dot-at-the-end", "glob", NULL, BRANCH("v1."), {"1:26 " ERROR "ends with"}},
  {"repeats-nothing", "glob", NULL, BRANCH("'+a', '*?'"), {"1:25 " ERROR "repeat", "1:32 " ERROR "repeat"}},
  {"repeats-a-set", "glob", NULL, BRANCH("'[ab]+'"), {NULL}},
  {"set-without-end", "glob", NULL, BRANCH("'v[0-9'"), {"1:26 " ERROR "never closed"}},
  {"empty-set", "glob", NULL, BRANCH("'v[]'"), {"1:26 " ERROR "nothing stands in"}},
  {"set-of-one", "glob", NULL, BRANCH("'v[x]'"), {"1:26 " ERROR "one character"}},
  {"range-backwards", "glob", NULL, BRANCH("'v[a9-0]'"), {"1:28 " ERROR "backwards"}},
  {"range-without-end", "glob", NULL, BRANCH("'v[a0-]'"), {"1:28 " ERROR "no end"}},
  {"nothing-but-an-exclamation-mark", "glob", NULL, BRANCH("a, '!'"), {"1:27 " ERROR "behind the !"}},
  {"nothing-taken", "glob", NULL, BRANCH("'!a', '!b'"), {"1:13 " ERROR "take away from nothing"}},
  {"nothing-is-meant", "glob", NULL, "on: {push: {branches: ['**'], tags: ['!**']}}\n" JOBS, {NULL}},
  {"ignoring-takes-everything", "glob", NULL, "on: {push: {branches-ignore: ['!a']}}\n" JOBS, {NULL}},
  {"one-pattern-alone", "glob", NULL, "on: {push: {tags: 'v[x]'}}\n" JOBS, {"1:21 " ERROR "one character"}},
  {"paths", "glob", NULL, PATHS("src/**, 'a b.c', .github/**, 'x\\y', ..a/b, '!docs/*.md'"), {NULL}},
  {"path-below-dot",
   "glob",
   NULL,
   PATHS("./a, ../b, ., '!./c'"),
   {"1:21 " ERROR "top", "1:26 " ERROR "top", "1:32 " ERROR "top", "1:35 " ERROR "top"}},
  {"path-with-blanks-around", "glob", NULL, PATHS("' a', 'b '"), {"1:21 " ERROR "blank", "1:27 " ERROR "blank"}},
  {"path-in-a-block", "glob", NULL, "on:\n  push:\n    paths:\n      - |\n        a\n" JOBS, {"4:9 " ERROR "line break"}},
  {"each-of-several", "glob", NULL, BRANCH("'~a~b'"), {"1:25 " ERROR "no blanks", "1:27 " ERROR "no blanks"}},
  {"version-of-an-image",
   "glob",
   NULL,
   "on: push\njobs:\n  a: {runs-on: linux, snapshot: {image-name: b, version: 'v[0-'}, steps: [{run: x}]}\n",
   {"3:60 " ERROR "never closed"}},
  {"other-settings", "glob", NULL, "on: {issues: {types: [opened]}, workflow_run: {workflows: ['a b ~'], types: [completed]}}\n" JOBS, {NULL}},
};

static void count(size_t start, size_t end, const char *why, void *user) {
  g_assert_cmpuint(start, <, end);
  g_assert_nonnull(why);
  ++*(guint *)user;
}

/* Work and findings are bounded, whatever the pattern is. */
static void test_hostile(void) {
  static const char *const units[] = {"~", "[", "[a", "\\", "?", "..", "[a-", "[z-a]", "\xe6\xbc\xa2?+"};
  for (size_t i = 0; i < G_N_ELEMENTS(units); i++) {
    g_autoptr(GString) pattern = g_string_new(NULL);
    while (pattern->len < 300000)
      g_string_append(pattern, units[i]);
    guint found = 0;
    filter_pattern_check(pattern->str, PATTERN_REF, count, &found);
    g_assert_cmpuint(found, >, 0);
    g_assert_cmpuint(found, <=, 10);
  }
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  lint_cases_add(cases, G_N_ELEMENTS(cases));
  g_test_add_func("/lint/glob/hostile", test_hostile);
  return g_test_run();
}
