#include "lint/view.h"

#include <string.h>

/* ---- options of ssh ---- */

#define HELP "keep the host's key as a secret or in the repository, and write it to known_hosts"

/* Options that switch the check of the host's key off, in whatever way they are given: -o, a file, $GIT_SSH_COMMAND. */
static const struct {
  const char *option;
  const char *value;
  LintSeverity severity;
  const char *danger;
} options[] = {
  {"StrictHostKeyChecking", "no", SEVERITY_HIGH, "the host's key is not checked: whoever sits between gets the session"},
  {"StrictHostKeyChecking", "off", SEVERITY_HIGH, "the host's key is not checked: whoever sits between gets the session"},
  {"StrictHostKeyChecking", "accept-new", SEVERITY_MEDIUM, "a fresh runner knows no host, so the key of whoever answers is taken"},
  {"UserKnownHostsFile", "/dev/null", SEVERITY_HIGH, "known hosts are forgotten: whoever sits between gets the session"},
};

static bool has_options(const char *text) {
  return strcasestr(text, "HostKeyChecking") != NULL || strcasestr(text, "KnownHostsFile") != NULL;
}

/* The end of a value that stands at `at` behind "=", blanks or quotes; NULL: another one does. */
static const char *value_at(const char *at, const char *value) {
  size_t between = strspn(at, "= \t\"'"), length = strlen(value);
  if (between == 0 || g_ascii_strncasecmp(at + between, value, length) != 0)
    return NULL;
  const char *end = at + between + length;
  return g_ascii_isalnum(*end) || *end == '-' ? NULL : end;
}

typedef void (*OptionFound)(LintFile *file, const void *where, size_t start, size_t end, size_t row);

static void find_options(LintFile *file, const char *text, const void *where, OptionFound found) {
  for (size_t row = 0; row < G_N_ELEMENTS(options); row++)
    for (const char *at = text; (at = strcasestr(at, options[row].option)) != NULL;) {
      const char *start = at;
      at += strlen(options[row].option);
      const char *end = value_at(at, options[row].value);
      if (end != NULL)
        found(file, where, (size_t)(start - text), (size_t)(end - text), row);
    }
}

static void report_option(LintFile *file, LintReport report, size_t row) {
  report.severity = options[row].severity;
  report.help = g_strdup(HELP);
  lint_report(file, report, "%s", options[row].danger);
}

/* ---- scripts ---- */

typedef struct {
  const WorkflowStep *step;
  size_t offset; /* of the piece that is looked at, in the script */
} Place;

static void found_in_script(LintFile *file, const void *where, size_t start, size_t end, size_t row) {
  const Place *place = where;
  report_option(file, lint_report_in_script(file, place->step, place->offset + start, place->offset + end), row);
}

static void find_in_piece(LintFile *file, const WorkflowStep *step, size_t start, size_t end) {
  g_autofree char *piece = g_strndup(step->run.text + start, end - start);
  if (has_options(piece))
    find_options(file, piece, &(Place){step, start}, found_in_script);
}

/* What is only said does nothing; what is said into a file, or to another program, does. */
static bool only_says(const ShellCommand *command) {
  const char *program = shell_command_name(command, NULL);
  return program != NULL && (strcmp(program, "echo") == 0 || strcmp(program, "printf") == 0) && command->redirections->len == 0 &&
         command->next != SHELL_PIPE;
}

/* Comments belong to no command. */
static void check_options(LintFile *file, const WorkflowStep *step, const ShellScript *script) {
  for (guint i = 0; i < script->commands->len; i++) {
    const ShellCommand *command = shell_command(script, i);
    if (!command->compound && !only_says(command))
      find_in_piece(file, step, command->start, command->end);
    for (guint n = 0; n < command->redirections->len; n++)
      find_in_piece(file, step, shell_redirection(command, n)->body_start, shell_redirection(command, n)->body_end);
  }
}

/* `ssh-keyscan host >> ~/.ssh/known_hosts`, and the same by tee. */
static bool fills_known_hosts(const ShellScript *script, guint index) {
  const ShellCommand *command = shell_command(script, index);
  for (guint n = 0; n < command->redirections->len; n++)
    if (strstr(shell_redirection(command, n)->target.text, "known_hosts") != NULL && shell_redirection(command, n)->operation[0] != '<')
      return true;
  if (command->next != SHELL_PIPE || index + 1 == script->commands->len)
    return false;
  const ShellCommand *reader = shell_command(script, index + 1);
  const char *program = shell_command_name(reader, NULL);
  for (guint i = 0; program != NULL && strcmp(program, "tee") == 0 && i < reader->words->len; i++)
    if (strstr(shell_word(reader, i)->text, "known_hosts") != NULL)
      return true;
  return false;
}

static void check_commands(LintFile *file, const WorkflowStep *step, const ShellScript *script) {
  bool compares = strstr(step->run.text, "ssh-keygen") != NULL; /* the fingerprint is looked at */
  for (guint i = 0; i < script->commands->len; i++) {
    const ShellCommand *command = shell_command(script, i);
    const ShellWord *word = command->words->len > 0 ? shell_word(command, 0) : NULL;
    const char *program = shell_command_name(command, NULL);
    if (word != NULL && program != NULL && strcmp(program, "ssh-keyscan") == 0 && !compares && fills_known_hosts(script, i)) {
      LintReport report = lint_report_in_script(file, step, command->start, command->end);
      report.severity = SEVERITY_MEDIUM;
      report.help = g_strdup(HELP);
      lint_report(file, report, "ssh-keyscan asks the network which key is right: whoever answers is trusted");
    }
    if (word != NULL && strcmp(word->text, "sshpass") == 0) {
      LintReport report = lint_report_in_script(file, step, command->start, word->end);
      report.help = g_strdup("use a key, and known_hosts");
      lint_report(file, report, "sshpass gives the password to whoever answers, and to every process of the machine");
    }
  }
}

static void check_script(LintFile *file, const WorkflowStep *step) {
  const char *text = step->run.text;
  if (text == NULL || (!has_options(text) && strstr(text, "ssh-keyscan") == NULL && strstr(text, "sshpass") == NULL))
    return;
  const ShellScript *script = lint_step_script(file, step);
  if (script == NULL)
    return;
  if (has_options(text))
    check_options(file, step, script);
  check_commands(file, step, script);
}

/* ---- variables and actions ---- */

static void found_in_value(LintFile *file, const void *where, size_t start, size_t end, size_t row) {
  report_option(file, lint_report_at(file, ((const WorkflowText *)where)->node, start, end), row);
}

/* $GIT_SSH_COMMAND, $RSYNC_RSH, and inputs that are handed to ssh. */
static void check_pairs(LintFile *file, const WorkflowPairs *pairs) {
  for (guint i = 0; i < pairs->count; i++)
    if (pairs->items[i].value.text != NULL && has_options(pairs->items[i].value.text))
      find_options(file, pairs->items[i].value.text, &pairs->items[i].value, found_in_value);
}

/* Actions that take any host's key unless this input says which. */
static void check_action(LintFile *file, const WorkflowStep *step) {
  static const char *const actions[] = {"appleboy/ssh-action", "appleboy/scp-action", NULL};
  const Uses *uses = lint_step_uses(file, step);
  for (const char *const *action = actions; uses != NULL && *action != NULL; action++)
    if (uses_matches(uses, *action) && workflow_pair(&step->with, "fingerprint") == NULL)
      lint_report(file, (LintReport){.node = step->uses.node, .help = g_strdup("give it \"fingerprint\", the SHA-256 of the host's key")},
                  "without \"fingerprint\" this action takes any host's key: whoever sits between gets the session");
}

static void check_workflow(LintFile *file, const Workflow *workflow) {
  check_pairs(file, &workflow->env);
}

static void check_job(LintFile *file, const WorkflowJob *job) {
  check_pairs(file, &job->env);
}

static void check_step(LintFile *file, const WorkflowStep *step) {
  check_script(file, step);
  check_pairs(file, &step->env);
  check_pairs(file, &step->with);
  check_action(file, step);
}

const Rule rule_ssh_host_keys = {
  .id = "ssh-host-keys",
  .family = FAMILY_POLICY,
  .summary = "ssh checks whom it talks to",
  .severity = SEVERITY_HIGH,
  .confidence = CONFIDENCE_HIGH,
  .only_asked = true,
  .workflow = check_workflow,
  .job = check_job,
  .step = check_step,
};
