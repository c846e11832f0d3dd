/* The settings of drover, actionlint and zizmor, and the rules that only settings turn on. */
#include "lint_text.h"

#include "base/fs.h"
#include "lint/config/glob.h"

typedef struct {
  const char *claim;
  const char *name, *settings;
  const char *path, *text;
  const char *want; /* "line:column rule ..." */
} Case;

#define CI ".github/workflows/ci.yml"
#define EMPTY "on: push\njobs:\n  a: {runs-on: linux}\n"
#define JOB(more) "on: push\njobs:\n  a:\n    runs-on: linux\n" more "    steps: [{run: x}]\n"
#define SWITCHED_OFF                                                                                                                                 \
  "on: push\njobs:\n  a:\n    if: false\n    runs-on: linux\n    permissions: {}\n    timeout-minutes: 5\n    steps: [{run: pytest}]\n"
#define USES(what) "on: push\njobs:\n  a:\n    runs-on: linux\n    steps: [{uses: '" what "'}]\n"
#define HASH "11bd71901bbe5b1630ceea73d27597364c9af683"
#define DIGEST "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define ACTIONLINT ".github/actionlint.yaml"

static const Case cases[] = {
  {"a-rule-is-off", "drover.yaml", "lint: {rules: {syntax-check: off}}", CI, EMPTY, ""},
  {"a-rule-stays-on", "drover.yaml", "lint: {rules: {if-cond: off}}", CI, EMPTY, "3:3 syntax-check"},
  {"no-settings-at-all", "drover.yaml", "version: 1\n", CI, EMPTY, "3:3 syntax-check"},
  {"null-settings", "drover.yaml", "lint:\n", CI, EMPTY, "3:3 syntax-check"},
  {"ignored-by-path", "drover.yaml", "lint: {ignore: [{path: '.github/**'}]}", CI, EMPTY, ""},
  {"ignored-by-another-path", "drover.yaml", "lint: {ignore: [{path: '.github/*'}]}", CI, EMPTY, "3:3 syntax-check"},
  {"ignored-by-rule", "drover.yaml", "lint: {ignore: [{rule: syntax-check}]}", CI, EMPTY, ""},
  {"ignored-by-message", "drover.yaml", "lint: {ignore: [{message: 'no +steps'}]}", CI, EMPTY, ""},
  {"all-parts-must-fit", "drover.yaml", "lint: {ignore: [{message: 'no +steps', path: other.yml}]}", CI, EMPTY, "3:3 syntax-check"},
  {"hardened-wants-timeouts", "drover.yaml", "lint: {policy: hardened}", CI, JOB("    permissions: {}\n"), "3:3 job-timeout"},
  {"asked-for-by-name-it-speaks-beside-the-other", "drover.yaml", "lint: {policy: hardened, rules: {require-job-timeout: on}}", CI,
   JOB("    permissions: {}\n"), "3:3 job-timeout 3:3 require-job-timeout"},
  {"one-of-two-that-say-the-same-of-a-place", "drover.yaml", "lint: {policy: hardened}", CI, SWITCHED_OFF, "4:9 disabled-checks"},
  {"both-when-asked-for-by-name", "drover.yaml", "lint: {policy: hardened, rules: {if-cond: on}}", CI, SWITCHED_OFF,
   "4:9 disabled-checks 4:9 if-cond"},
  {"alone-it-is-said", "drover.yaml", "lint: {policy: hardened, rules: {disabled-checks: off}}", CI, SWITCHED_OFF, "4:9 if-cond"},
  {"a-rule-off-in-hardened", "drover.yaml", "lint: {policy: hardened, rules: {require-job-timeout: off}}", CI, JOB("    permissions: {}\n"),
   "3:3 job-timeout"},
  {"off-by-itself", "drover.yaml", "lint: {}", CI, JOB(""), ""},
  {"a-rules-own-settings-turn-it-on", "drover.yaml", "lint: {rules: {require-job-timeout: {max-minutes: 5}}}", CI, JOB("    timeout-minutes: 6\n"),
   "5:22 require-job-timeout"},
  {"actionlint-ignores-by-path-and-message", ACTIONLINT, "paths: {'.github/workflows/**/*.{yml,yaml}': {ignore: ['has no steps$']}}", CI, EMPTY, ""},
  {"actionlints-path-does-not-fit", ACTIONLINT, "paths: {'**/*.yaml': {ignore: ['.*']}}", CI, EMPTY, "3:3 syntax-check"},
  {"actionlints-unknown-keys", ACTIONLINT, "something: {new: 1}", CI, EMPTY, "3:3 syntax-check"},
  {"a-job-without-a-timeout", ACTIONLINT, "policy: {require-job-timeout: true}", CI, JOB(""), "3:3 require-job-timeout"},
  {"a-timeout-that-is-allowed", ACTIONLINT, "policy: {require-job-timeout: {max-minutes: 30}}", CI, JOB("    timeout-minutes: 30\n"), ""},
  {"a-timeout-that-is-too-long", ACTIONLINT, "policy: {require-job-timeout: {max-minutes: 30.5}}", CI, JOB("    timeout-minutes: 31\n"),
   "5:22 require-job-timeout"},
  {"a-timeout-that-is-an-expression", ACTIONLINT, "policy: {require-job-timeout: {max-minutes: 3}}", CI,
   JOB("    timeout-minutes: ${{ fromJSON(vars.X) }}\n"), ""},
  {"a-policy-that-says-no", ACTIONLINT, "policy: {require-job-timeout: false}", CI, JOB(""), ""},
  {"a-policy-that-says-nothing", ACTIONLINT, "policy: {require-job-timeout: , required-actions: }", CI, JOB(""), ""},
  {"a-tag", ACTIONLINT, "policy: {require-commit-hash: true}", CI, USES("a/b@v1"), "5:20 require-commit-hash"},
  {"a-short-commit", ACTIONLINT, "policy: {require-commit-hash: true}", CI, USES("a/b@11bd719"), "5:20 require-commit-hash"},
  {"a-commit", ACTIONLINT, "policy: {require-commit-hash: true}", CI, USES("a/b/c@" HASH), ""},
  {"a-local-action", ACTIONLINT, "policy: {require-commit-hash: true}", CI, USES("./a@b/c"), ""},
  {"an-image-with-a-tag", ACTIONLINT, "policy: {require-commit-hash: true}", CI, USES("docker://a:1"), "5:20 require-commit-hash"},
  {"an-image-with-a-digest", ACTIONLINT, "policy: {require-commit-hash: true}", CI, USES("docker://a:1@" DIGEST), ""},
  {"an-action-that-is-required", ACTIONLINT, "policy: {required-actions: [a/b]}", CI, USES("A/B@v1"), ""},
  {"an-action-that-is-not-used", ACTIONLINT, "policy: {required-actions: [a/c]}", CI, USES("a/b@v1"), "3:3 required-actions"},
  {"a-required-version", ACTIONLINT, "policy: {required-actions: ['a/*@v1*']}", CI, USES("a/b@v1.2"), ""},
  {"another-version", ACTIONLINT, "policy: {required-actions: ['a/b@v2']}", CI, USES("a/b@v1"), "3:3 required-actions"},
  {"an-expression-could-be-it", ACTIONLINT, "policy: {required-actions: ['a/b@v2']}", CI, USES("${{ x }}"), "5:21 expression"},
  {"zizmor-disables", "zizmor.yml", "rules: {syntax-check: {disable: true}}", CI, EMPTY, ""},
  {"zizmor-ignores-a-file", "zizmor.yml", "rules: {syntax-check: {ignore: [ci.yml]}}", CI, EMPTY, ""},
  {"zizmor-ignores-a-line", "zizmor.yml", "rules: {syntax-check: {ignore: ['ci.yml:3']}}", CI, EMPTY, ""},
  {"zizmor-ignores-a-place", "zizmor.yml", "rules: {syntax-check: {ignore: ['ci.yml:3:3']}}", CI, EMPTY, ""},
  {"zizmor-ignores-another-place", "zizmor.yml", "rules: {syntax-check: {ignore: ['ci.yml:3:4', 'ci.yml:2', 'x.yml']}}", CI, EMPTY,
   "3:3 syntax-check"},
  {"zizmor-knows-rules-of-its-own", "zizmor.yml", "rules: {no-such-rule: {disable: true}}", CI, EMPTY, "3:3 syntax-check"},
  {"another-name-is-told-by-its-keys", "settings.yml", "rules: {syntax-check: {disable: true}}", CI, EMPTY, ""},
  {"another-name-of-drovers", "settings.yml", "lint: {rules: {syntax-check: off}}", CI, EMPTY, ""},
  {"another-name-of-actionlints", "settings.yml", "policy: {require-job-timeout: true}", CI, JOB(""), "3:3 require-job-timeout"},
};

static void test_case(const void *data) {
  const Case *row = data;
  g_autoptr(LintConfig) config = lint_text_config();
  g_autoptr(GError) error = NULL;
  g_assert_true(lint_config_read(config, row->name, row->settings, strlen(row->settings), &error));
  g_assert_no_error(error);
  config->families = FAMILY_CORRECTNESS | FAMILY_POLICY; /* what the rows are about */
  g_autoptr(Findings) findings = lint_text(row->path, row->text, config);
  g_autofree char *places = lint_text_places(findings);
  g_assert_cmpstr(places, ==, row->want);
}

typedef struct {
  const char *claim;
  const char *name, *settings;
  const char *says; /* a part of the error */
} Fault;

static const Fault faults[] = {
  {"no-yaml", ACTIONLINT, "policy: [", ":1:"},
  {"settings-without-lint", "drover-lint.yaml", "policy: hardened", "1:1: expected the settings of drover lint under \"lint\""},
  {"an-unknown-key", "drover.yaml", "lint: {rule: {}}", "drover.yaml:1:8: unknown key \"rule\" in lint; did you mean \"rules\"?"},
  {"an-unknown-rule", "drover.yaml", "lint: {rules: {if-cont: on}}", "1:16: there is no rule \"if-cont\"; did you mean \"if-cond\"?"},
  {"a-rule-that-is-maybe", "drover.yaml", "lint: {rules: {if-cond: maybe}}", "1:25: rules: expected on, off"},
  {"an-unknown-persona", "drover.yaml", "lint: {persona: me}", "1:17: persona: expected regular, pedantic or auditor"},
  {"an-unknown-policy", "drover.yaml", "lint: {policy: soft}", "1:16: policy: expected"},
  {"an-ignore-of-everything", "drover.yaml", "lint: {ignore: [{}]}", "1:17: ignore: expected"},
  {"an-ignore-with-an-unknown-key", "drover.yaml", "lint: {ignore: [{rules: x, path: a}]}", "1:18: ignore: unknown key"},
  {"a-regular-expression-that-is-none", "drover.yaml", "lint: {ignore: [{message: '('}]}", "1:27: \"(\": "},
  {"a-pattern-that-is-none", "drover.yaml", "lint: {runner-labels: ['a[']}", "1:24: \"a[\": this pattern has a \"[\""},
  {"labels-that-are-no-list", ACTIONLINT, "self-hosted-runner: {labels: x}", "1:30: labels: expected a list, found text"},
  {"an-unknown-policy-of-actionlint", ACTIONLINT, "policy: {require-hash: true}", "1:10: unknown key \"require-hash\""},
  {"no-minutes", ACTIONLINT, "policy: {require-job-timeout: {max-minutes: 0}}", "1:45: max-minutes: expected a number"},
  {"a-required-action-that-is-a-number", ACTIONLINT, "policy: {required-actions: [[a]]}", "1:29: required-actions: expected text"},
  {"a-place-that-is-none", "zizmor.yml", "rules: {x: {ignore: ['ci.yml:0']}}", "1:22: ignore: expected FILE"},
  {"a-severity-that-is-none", "zizmor.yml", "rules: {x: {remap: {severity: bad}}}", "1:31: severity: expected"},
};

static void test_fault(const void *data) {
  const Fault *row = data;
  g_autoptr(LintConfig) config = lint_config_new();
  g_autoptr(GError) error = NULL;
  g_assert_false(lint_config_read(config, row->name, row->settings, strlen(row->settings), &error));
  g_assert_error(error, DROVER_ERROR, DROVER_ERROR_INPUT);
  if (strstr(error->message, row->says) == NULL)
    g_error("expected \"%s\", found \"%s\"", row->says, error->message);
}

typedef struct {
  const char *claim, *pattern, *text;
  bool fits;
} Glob;

static const Glob globs[] = {
  {"itself", "a.yml", "a.yml", true},
  {"a-dot-is-a-dot", "a.yml", "axyml", false},
  {"all-of-the-text", "a", "ab", false},
  {"a-star", "a*c", "abbc", true},
  {"a-star-stops-at-a-slash", "a*c", "a/c", false},
  {"a-question-mark", "a?c", "abc", true},
  {"folders", "a/**/b", "a/x/y/b", true},
  {"no-folders", "a/**/b", "a/b", true},
  {"folders-at-the-start", "**/b", "b", true},
  {"folders-at-the-end", "a/**", "a/b/c", true},
  {"two-stars-in-a-word", "a**c", "a/c", false},
  {"a-set", "[a-c]x", "bx", true},
  {"a-set-that-is-not", "[^a-c]x", "bx", false},
  {"no-set-holds-a-slash", "a[^b]c", "a/c", false},
  {"alternatives", "*.{yml,yaml}", "a.yaml", true},
  {"no-alternative", "*.{yml,yaml}", "a.json", false},
  {"an-escape", "a\\*", "a*", true},
  {"an-escape-is-no-star", "a\\*", "ab", false},
  {"letters-of-regular-expressions", "a+(b)|$", "a+(b)|$", true},
  {"wide-letters", "?", "\xe6\xbc\xa2", true},
};

static void test_glob(const void *data) {
  const Glob *row = data;
  g_assert_cmpint(lint_glob_fits(row->pattern, row->text, false), ==, row->fits);
}

/* Patterns come from files that anybody may have written. */
static void test_hostile(void) {
  g_autoptr(GRegex) regex = lint_regex_new("(a+)+$", NULL), glob = lint_glob_new("*a*a*a*a*a*a*a*a*a*a*b", false, NULL);
  g_autofree char *text = g_strnfill(5000, 'a');
  text[4999] = 'x';
  gint64 start = g_get_monotonic_time();
  g_assert_false(g_regex_match(regex, text, 0, NULL));
  g_assert_false(g_regex_match(glob, text, 0, NULL));
  g_assert_cmpint(g_get_monotonic_time() - start, <, G_USEC_PER_SEC);
}

static void write_below(const char *root, const char *name, const char *text) {
  g_autofree char *path = g_build_filename(root, name, NULL), *parent = g_path_get_dirname(path);
  g_assert_true(fs_make_dirs(parent, 0755, NULL));
  g_assert_true(fs_write(path, text, strlen(text), 0644, NULL));
}

static void test_load(void) {
  g_autofree char *root = fs_temp_dir(g_get_tmp_dir(), "drover-config", NULL), *given = g_build_filename(root, "other.yml", NULL);
  g_autoptr(GError) error = NULL;
  write_below(root, ".github/zizmor.yml", "rules: {if-cond: {disable: true}, syntax-check: {disable: true}}");
  write_below(root, ".github/actionlint.yaml", "config-variables: [A]\nself-hosted-runner: {labels: [one]}\n");
  write_below(root, "drover.yaml", "lint: {persona: auditor, runner-labels: [two], rules: {if-cond: on}, scripts: false, mirror: m}");
  write_below(root, "other.yml", "config-secrets: []");
  g_autoptr(LintConfig) config = lint_config_load(root, NULL, &error);
  g_assert_no_error(error);
  g_assert_true(lint_config_rule(config, "syntax-check").is_off);
  g_assert_false(lint_config_rule(config, "if-cond").is_off);
  g_assert_cmpuint(config->runner_labels->len, ==, 2);
  g_assert_cmpuint(config->config_variables->len, ==, 1);
  g_assert_null(config->config_secrets);
  g_assert_cmpint(config->persona, ==, PERSONA_AUDITOR);
  g_assert_cmpstr(config->mirror, ==, "m");
  g_assert_false(config->scripts);
  g_autoptr(LintConfig) replaced = lint_config_load(root, given, &error);
  g_assert_no_error(error);
  g_assert_cmpuint(replaced->config_secrets->len, ==, 0);
  g_assert_false(lint_config_rule(replaced, "syntax-check").is_off);
  g_assert_null(lint_config_load(root, "/no/such/file.yml", &error));
  g_assert_error(error, DROVER_ERROR, DROVER_ERROR_NOT_FOUND);
  g_assert_true(fs_remove_tree(root, NULL));
}

/* The examples of the reference, "```yaml NAME", are what the readers take. */
static void test_reference(void) {
  g_autofree char *path = g_test_build_filename(G_TEST_DIST, "docs", "reference", "lint-settings.md", NULL);
  g_autofree char *page = fs_read(path, (size_t)1 << 20, NULL, NULL);
  g_assert_nonnull(page);
  g_auto(GStrv) parts = g_strsplit(page, "\n```", -1);
  guint examples = 0;
  for (char **part = parts; *part != NULL; part++) {
    if (!g_str_has_prefix(*part, "yaml "))
      continue;
    g_autofree char *name = g_strndup(*part + strlen("yaml "), strcspn(*part, "\n") - strlen("yaml "));
    const char *text = strchr(*part, '\n') + 1;
    g_autoptr(LintConfig) config = lint_config_new();
    g_autoptr(GError) error = NULL;
    g_assert_true(lint_config_read(config, name, text, strlen(text), &error));
    g_assert_no_error(error);
    examples++;
  }
  g_assert_cmpuint(examples, ==, 3);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autofree char *path = g_strconcat("/lint/config/", cases[i].claim, NULL);
    g_test_add_data_func(path, &cases[i], test_case);
  }
  for (size_t i = 0; i < G_N_ELEMENTS(faults); i++) {
    g_autofree char *path = g_strconcat("/lint/config/fault/", faults[i].claim, NULL);
    g_test_add_data_func(path, &faults[i], test_fault);
  }
  for (size_t i = 0; i < G_N_ELEMENTS(globs); i++) {
    g_autofree char *path = g_strconcat("/lint/glob/", globs[i].claim, NULL);
    g_test_add_data_func(path, &globs[i], test_glob);
  }
  g_test_add_func("/lint/glob/hostile-patterns-end", test_hostile);
  g_test_add_func("/lint/config/the-references-examples", test_reference);
  g_test_add_func("/lint/config/what-a-repository-has", test_load);
  return g_test_run();
}
