/* Every rule has its page, and the page's examples are what it says they are. */
#include "lint_text.h"

#include "lint/report/pages.h"
#include "lint/rule.h"

/* A fenced block: "```yaml bad action.yml". */
typedef struct {
  char *kind, *name, *text;
} Example;

/* The next block of a page behind `at`, which is moved behind it; false when there is none. */
static bool next_example(const char **at, Example *example) {
  const char *fence = strstr(*at, "\n```yaml ");
  const char *text = fence != NULL ? strchr(fence + 1, '\n') : NULL, *end = text != NULL ? strstr(text, "\n```") : NULL;
  if (end == NULL)
    return false;
  g_autofree char *head = g_strndup(fence + strlen("\n```yaml "), (gsize)(text - fence) - strlen("\n```yaml "));
  g_auto(GStrv) words = g_strsplit(head, " ", 2);
  example->kind = g_strdup(words[0]);
  example->name = g_strdup(words[1]);
  example->text = g_strndup(text + 1, (gsize)(end - text));
  *at = end + strlen("\n```");
  return true;
}

static void example_clear(Example *example) {
  g_free(example->kind);
  g_free(example->name);
  g_free(example->text);
}

/* Everything on, and the rule itself asked for. */
static LintConfig *strict_config(const char *id, const char *settings) {
  g_autofree char *on = g_strdup_printf("lint: {policy: hardened, persona: auditor, rules: {%s: on}}", id);
  g_autoptr(GError) error = NULL;
  LintConfig *config = lint_config_new();
  if (!lint_config_read(config, "drover.yaml", on, strlen(on), &error) ||
      (settings != NULL && !lint_config_read(config, "drover.yaml", settings, strlen(settings), &error)))
    g_error("%s: %s", id, error->message);
  return config;
}

static Findings *lint_example(const Example *example, const LintConfig *config) {
  if (g_strcmp0(example->name, "drover.yaml") != 0)
    return lint_text(example->name != NULL ? example->name : ".github/workflows/example.yml", example->text, config);
  g_autofree char *root = fs_temp_dir(g_get_tmp_dir(), "drover-page", NULL), *path = g_build_filename(root, "drover.yaml", NULL);
  Findings *findings = findings_new();
  g_assert_true(fs_write(path, example->text, strlen(example->text), 0644, NULL));
  g_assert_true(lint_files(&(LintSpec){.root = root, .config = config}, findings, NULL, NULL));
  g_assert_true(fs_remove_tree(root, NULL));
  return findings;
}

static bool has_rule(const Findings *findings, const char *id) {
  for (guint i = 0; i < findings_count(findings); i++)
    if (strcmp(findings_at(findings, i)->rule, id) == 0)
      return true;
  return false;
}

/* Rules that find nothing without a mirror; rules/test_mirrored.c holds them. */
static bool needs_mirror(const char *id) {
  static const char *const ids[] = {"impostor-commit", "ref-confusion", "ref-version-mismatch", "stale-action-refs", NULL};
  return g_strv_contains(ids, id);
}

/* A program that the rule asks is not installed here: nothing can be found. */
static bool is_blind(const Findings *findings, const char *id) {
  g_autofree char *missing = g_strdup_printf("%s is not installed", id);
  for (guint i = 0; i < findings_note_count(findings); i++)
    if (strstr(findings_note_at(findings, i), missing) != NULL)
      return true;
  return false;
}

static void test_page(const void *data) {
  const char *id = data, *page = lint_rule_page(id), *at = page;
  guint bad = 0, good = 0;
  g_autofree char *settings = NULL, *title = g_strdup_printf("# %s\n\n", id);
  g_assert_true(g_str_has_prefix(page, title));
  for (Example example; next_example(&at, &example); example_clear(&example)) {
    bool is_bad = strcmp(example.kind, "bad") == 0;
    if (strcmp(example.kind, "config") == 0) {
      settings = g_strdup(example.text);
      continue;
    }
    g_autoptr(LintConfig) config = strict_config(id, settings);
    g_autoptr(Findings) findings = lint_example(&example, config);
    if (has_rule(findings, id) != (is_bad && !needs_mirror(id) && !is_blind(findings, id)))
      g_error("%s: this example should %s:\n%s", id, is_bad ? "be found" : "not be found", example.text);
    bad += is_bad, good += !is_bad;
  }
  g_assert_cmpuint(bad, >, 0);
  g_assert_cmpuint(good, >, 0);
}

static void test_rows(void) {
  for (const Rule *const *rule = lint_rules; *rule != NULL; rule++) {
    if (lint_rule_page((*rule)->id) == NULL)
      g_error("docs/rules/%s.md is missing", (*rule)->id);
    for (const Rule *const *other = rule + 1; *other != NULL; other++)
      g_assert_cmpstr((*rule)->id, !=, (*other)->id);
    g_assert_cmpint((*rule)->severity, !=, SEVERITY_UNSET);
    g_assert_nonnull((*rule)->summary);
  }
}

static void test_render(void) {
  static const char page[] = "# if-x\n\nUse `a b`, see [the page](https://x.example/y).\n\n```yaml bad action.yml\na: 1\n\n```\nend\n";
  g_autofree char *plain = lint_page_render(page, false), *coloured = lint_page_render(page, true);
  g_assert_cmpstr(plain, ==, "if-x\n\nUse `a b`, see the page (https://x.example/y).\n\nThis is found, in action.yml:\n\n    a: 1\n\nend\n");
  g_assert_nonnull(strstr(coloured, "\033[1mif-x\033[0m\n\nUse \033[36ma b\033[0m,"));
}

static void test_wrap(void) {
  g_autofree char *words = g_strnfill(400, 'a'), *blanks = NULL;
  for (size_t i = 9; i < 300; i += 10)
    words[i] = ' ';
  g_autofree char *page = g_strconcat(words, "\n", NULL), *text = lint_page_render(page, true);
  g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
  for (guint i = 0; i < 3; i++)
    g_assert_cmpuint(strlen(lines[i]), <=, 90);
  blanks = g_strdelimit(g_strdup(text), "\n", ' ');
  g_assert_cmpuint(strlen(blanks), ==, strlen(page));
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/lint/pages/every-rule-has-one", test_rows);
  g_test_add_func("/lint/pages/on-a-terminal", test_render);
  g_test_add_func("/lint/pages/long-lines-are-broken-at-blanks", test_wrap);
  g_auto(GStrv) ids = lint_rule_ids();
  for (char **id = ids; *id != NULL; id++) {
    g_autofree char *path = g_strconcat("/lint/pages/examples-of/", *id, NULL);
    g_test_add_data_func_full(path, g_strdup(*id), test_page, g_free);
  }
  return lint_text_run_tests();
}
