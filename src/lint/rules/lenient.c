#include "lint/rules/lenient.h"

#include <string.h>

/* ---- commands ---- */

/* Options of which each is enough, and those that need a value: one of `value` means "never fail". */
static const struct {
  const char *program;
  const char *option;
  const char *value; /* NULL: the option takes none */
} options[] = {
  {"bandit", "--exit-zero", NULL},  {"flake8", "--exit-zero", NULL}, {"pylint", "--exit-zero", NULL},  {"ruff", "--exit-zero", NULL},
  {"checkov", "--soft-fail", NULL}, {"checkov", "-s", NULL},         {"tfsec", "--soft-fail", NULL},   {"tfsec", "-s", NULL},
  {"hadolint", "--no-fail", NULL},  {"trivy", "--exit-code", "0"},   {"gitleaks", "--exit-code", "0"}, {"golangci-lint", "--issues-exit-code", "0"},
};

/* The word of the option itself, or of its value where that is a word of its own. */
static const ShellWord *find_option(const ShellCommand *command, guint from, const char *option, const char *value) {
  size_t length = strlen(option);
  for (guint i = from; i < command->words->len; i++) {
    const ShellWord *word = shell_word(command, i);
    if (strcmp(word->text, option) == 0 && value == NULL)
      return word;
    if (strcmp(word->text, option) == 0 && i + 1 < command->words->len && shell_word_is(shell_word(command, i + 1), value))
      return shell_word(command, i + 1);
    if (value != NULL && strncmp(word->text, option, length) == 0 && word->text[length] == '=' && strcmp(word->text + length + 1, value) == 0)
      return word;
  }
  return NULL;
}

/* `poetry run flake8 --exit-zero`: the program may stand behind one that runs it. */
bool lenient_command(const ShellCommand *command, size_t *start, size_t *end) {
  for (guint i = 0; i < MIN(command->words->len, 6); i++)
    for (size_t row = 0; row < G_N_ELEMENTS(options); row++) {
      bool is_it = strcmp(shell_word(command, i)->text, options[row].program) == 0;
      const ShellWord *found = is_it ? find_option(command, i + 1, options[row].option, options[row].value) : NULL;
      if (found == NULL)
        continue;
      *start = shell_word(command, i)->start;
      *end = found->end;
      return true;
    }
  return false;
}

/* ---- actions ---- */

static const struct {
  const char *action;
  const char *input;
  const char *value;
} inputs[] = {
  {"actions/dependency-review-action", "warn-only", "true"}, {"anchore/scan-action", "fail-build", "false"},
  {"aquasecurity/tfsec-action", "soft_fail", "true"},        {"aquasecurity/trivy-action", "exit-code", "0"},
  {"bridgecrewio/checkov-action", "soft_fail", "true"},      {"hadolint/hadolint-action", "no-fail", "true"},
};

const WorkflowPair *lenient_input(LintFile *file, const WorkflowStep *step) {
  const Uses *uses = step->with.count > 0 ? lint_step_uses(file, step) : NULL;
  for (size_t row = 0; uses != NULL && row < G_N_ELEMENTS(inputs); row++)
    for (guint i = 0; uses_matches(uses, inputs[row].action) && i < step->with.count; i++) {
      const WorkflowPair *given = &step->with.items[i];
      if (given->name != NULL && given->value.text != NULL && g_ascii_strcasecmp(given->name, inputs[row].input) == 0 &&
          strcmp(given->value.text, inputs[row].value) == 0)
        return given;
    }
  return NULL;
}
