#include "lint/rules/failures.h"

#include <string.h>

#define PIPE_MAX 16 /* commands of a pipe that are looked at */

/* ---- what checks ---- */

/* Programs that do nothing else, and those that check with certain words behind them; the words begin the argument. */
static const struct {
  const char *program;
  const char *arguments[8]; /* one of them must be the first or second operand; none: any use of it */
} checkers[] = {
  {"pytest", {NULL}},
  {"tox", {NULL}},
  {"nox", {NULL}},
  {"flake8", {NULL}},
  {"mypy", {NULL}},
  {"pyright", {NULL}},
  {"pylint", {NULL}},
  {"bandit", {NULL}},
  {"pip-audit", {NULL}},
  {"jest", {NULL}},
  {"vitest", {NULL}},
  {"mocha", {NULL}},
  {"eslint", {NULL}},
  {"tsc", {NULL}},
  {"stylelint", {NULL}},
  {"rspec", {NULL}},
  {"rubocop", {NULL}},
  {"brakeman", {NULL}},
  {"phpunit", {NULL}},
  {"phpstan", {NULL}},
  {"ctest", {NULL}},
  {"bats", {NULL}},
  {"shellcheck", {NULL}},
  {"hadolint", {NULL}},
  {"yamllint", {NULL}},
  {"actionlint", {NULL}},
  {"zizmor", {NULL}},
  {"trivy", {NULL}},
  {"grype", {NULL}},
  {"snyk", {"test", "container", "code", "iac"}},
  {"semgrep", {NULL}},
  {"gitleaks", {NULL}},
  {"trufflehog", {NULL}},
  {"checkov", {NULL}},
  {"tfsec", {NULL}},
  {"tflint", {NULL}},
  {"kubeconform", {NULL}},
  {"golangci-lint", {NULL}},
  {"govulncheck", {NULL}},
  {"staticcheck", {NULL}},
  {"ruff", {"check", "format"}},
  {"safety", {"check", "scan"}},
  {"go", {"test", "vet"}},
  {"cargo", {"test", "clippy", "audit", "deny", "nextest"}},
  {"npm", {"test", "t", "audit"}},
  {"yarn", {"test", "lint", "audit"}},
  {"pnpm", {"test", "lint", "audit"}},
  {"bun", {"test"}},
  {"deno", {"test", "lint"}},
  {"cypress", {"run"}},
  {"playwright", {"test"}},
  {"mvn", {"test", "verify"}},
  {"gradle", {"test", "check"}},
  {"gradlew", {"test", "check"}},
  {"make", {"test", "tests", "check", "lint"}},
  {"dotnet", {"test"}},
  {"rake", {"test", "spec"}},
  {"helm", {"lint"}},
  {"terraform", {"validate"}},
  {"docker", {"scout"}},
};

/* Programs that run one of the others, or a script of the project by its name. */
static const char *const runners[] = {"npx", "bunx", "poetry", "pipenv", "uv", "uvx", "bundle", "npm", "yarn", "pnpm", "python", "python3", NULL};
static const char *const runner_words[] = {"run", "run-script", "exec", "-m", "dlx", "tool", NULL};
static const char *const script_names[] = {"test", "tests", "lint", "typecheck", "type-check", "check", "e2e", "audit", "unittest", NULL};

static const char *base_name(const char *path) {
  const char *slash = strrchr(path, '/');
  return slash != NULL ? slash + 1 : path;
}

/* "test", and "test:unit" of a project's scripts. */
static bool is_named(const char *const *names, const char *text) {
  for (const char *const *name = names; *name != NULL; name++) {
    size_t length = strlen(*name);
    if (strncmp(text, *name, length) == 0 && (text[length] == '\0' || text[length] == ':'))
      return true;
  }
  return false;
}

static bool program_checks(const ShellCommand *command, const char *program, guint from) {
  for (size_t row = 0; row < G_N_ELEMENTS(checkers); row++) {
    if (strcmp(checkers[row].program, program) != 0)
      continue;
    if (checkers[row].arguments[0] == NULL)
      return true;
    guint first = shell_operand(command, from, NULL);
    return first < command->words->len && is_named(checkers[row].arguments, shell_word(command, first)->text);
  }
  return false;
}

/* `npm run lint`, `python -m pytest`, `poetry run pytest`, `python manage.py test`. */
static bool runner_checks(const ShellCommand *command, guint from) {
  guint at = from;
  bool runs_script = false;
  while (at < command->words->len && g_strv_contains(runner_words, shell_word(command, at)->text)) {
    runs_script = true;
    at++;
  }
  if (at == command->words->len)
    return false;
  const char *text = shell_word(command, at)->text, *next = at + 1 < command->words->len ? shell_word(command, at + 1)->text : "";
  if (strcmp(base_name(text), "manage.py") == 0)
    return strcmp(next, "test") == 0;
  return (runs_script && is_named(script_names, text)) || program_checks(command, base_name(text), at + 1);
}

bool command_checks(const ShellCommand *command) {
  guint first = 0;
  const char *program = shell_command_name(command, &first);
  if (program == NULL ||
      g_strv_contains((const char *const[]){"--version", "--help", NULL}, first < command->words->len ? shell_word(command, first)->text : ""))
    return false;
  if (program_checks(command, program, first))
    return true;
  if (strcmp(program, "manage.py") == 0)
    return first < command->words->len && strcmp(shell_word(command, first)->text, "test") == 0;
  return g_strv_contains(runners, program) && runner_checks(command, first);
}

/* ---- actions ---- */

static const char *const actions[] = {
  "actions/dependency-review-action",
  "anchore/scan-action",
  "aquasecurity/tfsec-action",
  "aquasecurity/trivy-action",
  "bridgecrewio/checkov-action",
  "cypress-io/github-action",
  "github/codeql-action/*",
  "gitleaks/gitleaks-action",
  "golangci/golangci-lint-action",
  "hadolint/hadolint-action",
  "pypa/gh-action-pip-audit",
  "returntocorp/semgrep-action",
  "snyk/actions/*",
  "sonarsource/sonarcloud-github-action",
  "sonarsource/sonarqube-scan-action",
  "super-linter/super-linter",
  "trufflesecurity/trufflehog",
  NULL,
};

static bool action_checks(const Uses *uses) {
  for (const char *const *action = actions; uses != NULL && *action != NULL; action++)
    if (uses_matches(uses, *action))
      return true;
  return false;
}

bool step_checks(LintFile *file, const WorkflowStep *step) {
  if (step->uses.text != NULL)
    return action_checks(lint_step_uses(file, step));
  const ShellScript *script = lint_step_script(file, step);
  for (guint i = 0; script != NULL && i < script->commands->len; i++)
    if (command_checks(shell_command(script, i)))
      return true;
  return false;
}

/* ---- failures that pass ---- */

/* `true`, `:`, `exit 0`, `echo ...`: succeeds whatever happened before. */
static bool always_succeeds(const ShellCommand *command) {
  static const char *const words[] = {"true", ":", "echo", "printf", NULL};
  guint first = 0;
  const char *program = shell_command_name(command, &first);
  if (program == NULL)
    return false;
  if (strcmp(program, "exit") == 0 || strcmp(program, "return") == 0)
    return first < command->words->len && shell_word_is(shell_word(command, first), "0");
  return g_strv_contains(words, program);
}

/* Whether a group begins between two commands: `a || { echo no; exit 1; }`. */
static bool opens_group(const char *text, size_t from, size_t to) {
  for (size_t at = from; at < to; at++)
    if (strchr("|& \t\r\n\\", text[at]) == NULL)
      return true;
  return false;
}

bool command_failure_ignored(const ShellScript *script, const char *text, guint index, size_t *end) {
  guint last = index, count = script->commands->len;
  unsigned depth = shell_command(script, index)->depth;
  while (last + 1 < count && last - index < PIPE_MAX && shell_command(script, last)->next == SHELL_PIPE &&
         shell_command(script, last + 1)->depth == depth)
    last++;
  if (last + 1 == count || shell_command(script, last)->next != SHELL_OR)
    return false;
  const ShellCommand *otherwise = shell_command(script, last + 1);
  /* `a || echo b && exit 1` does fail */
  if (opens_group(text, shell_command(script, last)->end, otherwise->start))
    return false;
  if (otherwise->depth != depth || !always_succeeds(otherwise) || otherwise->next == SHELL_AND)
    return false;
  *end = otherwise->end;
  return true;
}

bool failure_is_allowed(const WorkflowText *continue_on_error) {
  bool allowed = false;
  return continue_on_error->node != NULL && yaml_to_bool(continue_on_error->node, &allowed) && allowed;
}
