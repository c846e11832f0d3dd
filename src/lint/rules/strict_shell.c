#include "lint/rules/failures.h"

#include "lint/edit/edit_yaml.h"

#include <string.h>

/* How GitHub starts a script: without `shell:` as `bash -e {0}`, with `shell: bash` as `bash --noprofile --norc -eo pipefail {0}`. */
typedef struct {
  bool stops; /* at the first command that fails (-e) */
  bool pipes; /* a pipe fails with any of its commands (pipefail) */
} Strictness;

static bool is_explicit(const LintFile *file, const WorkflowStep *step) {
  return step->shell.text != NULL || (step->job != NULL && step->job->defaults.shell.text != NULL) ||
         (file->workflow != NULL && file->workflow->defaults.shell.text != NULL);
}

/* Options of a shell, of a template or of `set`, that make it stricter or, with +, laxer. */
static void apply_option(Strictness *strictness, const char *word, const char *next) {
  bool on = word[0] == '-';
  if ((word[0] != '-' && word[0] != '+') || word[1] == '-')
    return;
  if (strchr(word, 'e') != NULL)
    strictness->stops = on;
  if (strchr(word, 'o') != NULL && next != NULL && strcmp(next, "pipefail") == 0)
    strictness->pipes = on;
  if (strchr(word, 'o') != NULL && next != NULL && strcmp(next, "errexit") == 0)
    strictness->stops = on;
}

static Strictness shell_strictness(const LintFile *file, const WorkflowStep *step) {
  const char *shell = lint_step_shell_name(file, step);
  Strictness strictness = {.stops = strchr(shell, '{') == NULL};
  strictness.pipes = strictness.stops && is_explicit(file, step) && strcmp(shell, "bash") == 0;
  g_auto(GStrv) words = g_strsplit_set(shell, " \t", -1);
  for (char **word = words; *word != NULL; word++)
    apply_option(&strictness, *word, word[1]);
  return strictness;
}

static bool is_set(const ShellCommand *command, guint *first) {
  const char *program = shell_command_name(command, first);
  return program != NULL && strcmp(program, "set") == 0;
}

static void apply_set(Strictness *strictness, const ShellCommand *command, guint first) {
  for (guint i = first; i < command->words->len; i++)
    apply_option(strictness, shell_word(command, i)->text, i + 1 < command->words->len ? shell_word(command, i + 1)->text : NULL);
}

/* ---- failures that pass ---- */

/* What is often gone already, or whose failure is an answer: nobody misses it. */
static bool is_best_effort(const ShellCommand *command) {
  static const char *const programs[] = {"rm",   "rmdir", "kill", "pkill", "killall", "umount", "grep",   "egrep", "fgrep",
                                         "rg",   "diff",  "cmp",  "which", "command", "type",   "test",   "[",     "[[",
                                         "read", "true",  "wait", "cat",   "ls",      "echo",   "printf", NULL};
  static const char *const undo[] = {"rm",  "rmi",   "stop",    "kill", "down",     "delete", "del", "logs",
                                     "log", "prune", "inspect", "diff", "describe", "get",    "ps",  NULL};
  guint first = 0;
  const char *program = shell_command_name(command, &first);
  if (program == NULL || g_strv_contains(programs, program))
    return program != NULL;
  for (guint i = first; i < command->words->len && i < first + 4; i++)
    if (g_strv_contains(undo, shell_word(command, i)->text))
      return true;
  return false;
}

static void report_ignored(LintFile *file, const WorkflowStep *step, const ShellScript *script, guint index) {
  size_t end;
  const ShellCommand *command = shell_command(script, index);
  bool first_of_pipe = index == 0 || shell_command(script, index - 1)->next != SHELL_PIPE;
  if (!first_of_pipe || command->depth > 0 || command->words->len == 0 || is_best_effort(command) || command_checks(command) ||
      !command_failure_ignored(script, step->run.text, index, &end))
    return;
  LintReport report = lint_report_in_script(file, step, command->start, end);
  report.severity = SEVERITY_LOW;
  report.confidence = CONFIDENCE_MEDIUM;
  report.help = g_strdup("let the step fail, or handle the failures that are expected");
  lint_report(file, report, "whatever goes wrong here is ignored, and the step goes on as if it were done");
}

/* `set +e` is well where the script looks at what happened, or goes back to strictness. */
static void report_lax(LintFile *file, const WorkflowStep *step, const ShellCommand *command) {
  const char *rest = step->run.text + command->end;
  if (strstr(rest, "$?") != NULL || strstr(rest, "PIPESTATUS") != NULL || strstr(rest, "set -e") != NULL)
    return;
  LintReport report = lint_report_in_script(file, step, command->start, command->end);
  report.severity = SEVERITY_LOW;
  report.help = g_strdup("take it away, or look at $? behind what may fail");
  lint_report(file, report, "from here on failures are ignored: the step ends well when its last command does");
}

/* ---- the rule ---- */

/* Not safe: a pipe that failed unseen until now stops the step. */
static Fix *fix_shell(LintFile *file, const WorkflowStep *step) {
  if (!file->fixing || is_explicit(file, step))
    return NULL;
  g_autoptr(Fix) fix = fix_new("run it with \"shell: bash\"", false);
  bool made = edit_insert_key(lint_edit_tree(file), fix, step->node, lint_key_index(step->node, "run"), "shell", "bash");
  return made ? g_steal_pointer(&fix) : NULL;
}

static void report_pipe(LintFile *file, const WorkflowStep *step, const ShellCommand *command, const ShellCommand *next) {
  LintReport report = lint_report_in_script(file, step, command->start, next->end);
  report.help = g_strdup("write \"shell: bash\", for the step or as a default of the workflow, or \"set -o pipefail\"");
  report.fix = fix_shell(file, step);
  const char *program = shell_command_name(command, NULL);
  lint_report(file, report, "when %s fails nobody is told: this shell only looks at the end of a pipe",
              program != NULL ? program : "the first command");
}

/* Its failure means nothing, or its reader stops early or fails of what is missing. */
static bool pipe_matters(const ShellCommand *command, const ShellCommand *next) {
  static const char *const harmless[] = {"echo", "printf", "cat", "ls",   "yes",  "date", "env", "seq", "sort", "uniq",
                                         "tr",   "cut",    "wc",  "head", "tail", "tee",  "rev", "sed", "awk",  NULL};
  static const char *const readers[] = {"head", "grep", "egrep", "fgrep", "rg", NULL};
  const char *program = shell_command_name(command, NULL), *reader = shell_command_name(next, NULL);
  bool matters = (program == NULL || !g_strv_contains(harmless, program)) && (reader == NULL || !g_strv_contains(readers, reader));
  return command->words->len > 0 && matters;
}

/* Option `every-script`: also one without a pipe must be strict. */
static bool wants_every_script(const LintFile *file) {
  const YamlNode *option = yaml_get(lint_config_rule(file->config, file->rule->id).config, "every-script");
  bool wanted = false;
  return option != NULL && yaml_to_bool(option, &wanted) && wanted;
}

static void report_lenient(LintFile *file, const WorkflowStep *step) {
  lint_report(file, (LintReport){.node = step->run.node, .help = g_strdup("write \"shell: bash\", or \"set -euo pipefail\" in the first line")},
              "this shell is not strict: a failure in a pipe that is added here will pass unseen");
}

/* What is known of a script up to a command of it; each thing is told once. */
typedef struct {
  Strictness strictness;
  bool pipe_told, lax_told, stop_told;
} Progress;

static void follow_set(LintFile *file, const WorkflowStep *step, const ShellCommand *command, guint first, Progress *progress) {
  bool stopped = progress->strictness.stops;
  apply_set(&progress->strictness, command, first);
  progress->stop_told = progress->stop_told || progress->strictness.stops;
  if (!stopped || progress->strictness.stops || progress->lax_told)
    return;
  progress->lax_told = true;
  report_lax(file, step, command);
}

static void look_at(LintFile *file, const WorkflowStep *step, const ShellCommand *command, const ShellCommand *next, Progress *progress) {
  if (!progress->stop_told && command->words->len > 0 && command->next != SHELL_PIPE) {
    progress->stop_told = true;
    lint_report(file, (LintReport){.node = step->run.node, .help = g_strdup("write \"shell: bash\", or \"set -euo pipefail\" in the first line")},
                "this shell goes on when a command fails: only the last one counts");
  }
  if (!progress->strictness.pipes && !progress->pipe_told && command->next == SHELL_PIPE && pipe_matters(command, next)) {
    progress->pipe_told = true;
    report_pipe(file, step, command, next);
  }
}

static void check_script(LintFile *file, const WorkflowStep *step, const ShellScript *script) {
  Progress progress = {.strictness = shell_strictness(file, step)};
  progress.stop_told = progress.strictness.stops;
  for (guint i = 0; i < script->commands->len; i++) {
    const ShellCommand *command = shell_command(script, i);
    guint first = 0;
    if (is_set(command, &first))
      follow_set(file, step, command, first, &progress);
    else if (i + 1 < script->commands->len)
      look_at(file, step, command, shell_command(script, i + 1), &progress);
    report_ignored(file, step, script, i);
  }
  bool is_strict = progress.strictness.stops && progress.strictness.pipes;
  if (!progress.pipe_told && !is_strict && wants_every_script(file))
    report_lenient(file, step);
}

static void report_allowed(LintFile *file, const YamlNode *holder, const char *whose) {
  lint_report(file,
              (LintReport){.node = lint_key(holder, "continue-on-error"),
                           .severity = SEVERITY_LOW,
                           .help = g_strdup("take it away, or look at what it gave: steps.ID.outcome")},
              "when the %s fails the run is green all the same", whose);
}

/* An id lets other steps ask for the outcome. Checks are what disabled-checks is about. */
static void check_step(LintFile *file, const WorkflowStep *step) {
  if (failure_is_allowed(&step->continue_on_error) && step->id == NULL && !step_checks(file, step))
    report_allowed(file, step->node, "step");
  const ShellScript *script = lint_step_script(file, step);
  if (script != NULL)
    check_script(file, step, script);
}

static void check_job(LintFile *file, const WorkflowJob *job) {
  bool checks = false;
  if (!failure_is_allowed(&job->continue_on_error))
    return;
  for (guint i = 0; i < job->all_step_count; i++)
    checks = checks || step_checks(file, job->all_steps[i]);
  if (!checks)
    report_allowed(file, job->node, "job");
}

const Rule rule_strict_shell = {
  .id = "strict-shell",
  .family = FAMILY_POLICY,
  .summary = "scripts stop at the first failure, also in a pipe",
  .severity = SEVERITY_MEDIUM,
  .confidence = CONFIDENCE_HIGH,
  .fixable = true,
  .only_asked = true,
  .job = check_job,
  .step = check_step,
};
