#include "lint/view.h"

#include <string.h>

/* Options with which a program no longer asks whose certificate it sees. */
static const struct {
  const char *program;
  const char *option; /* at the beginning of a word */
} options[] = {
  {"curl", "--insecure"},
  {"curl", "--proxy-insecure"},
  {"wget", "--no-check-certificate"},
  {"git", "http.sslVerify=false"},
  {"git", "http.sslverify=0"},
  {"pip", "--trusted-host"},
  {"pip3", "--trusted-host"},
  {"docker", "--tls-verify=false"},
  {"podman", "--tls-verify=false"},
  {"skopeo", "--src-tls-verify=false"},
  {"skopeo", "--dest-tls-verify=false"},
};

/* Variables that say the same to the programs of a step. */
static const struct {
  const char *name;
  const char *value;
} variables[] = {
  {"NODE_TLS_REJECT_UNAUTHORIZED", "0"}, {"GIT_SSL_NO_VERIFY", "true"}, {"GIT_SSL_NO_VERIFY", "1"}, {"PYTHONHTTPSVERIFY", "0"},
  {"NPM_CONFIG_STRICT_SSL", "false"},
};

#define HELP_TRUST "give it the certificate of whoever signs there (curl --cacert FILE), and check"

/* `-sk`: letters behind one that takes a value are the value. */
static bool is_curl_k(const char *word) {
  if (word[0] != '-' || word[1] == '-')
    return false;
  size_t flags = strcspn(word + 1, "AbcCdDeEFhHKmoPQrtTuUwxXyYz");
  return memchr(word + 1, 'k', flags) != NULL;
}

static bool is_insecure(const char *program, const char *word) {
  if (strcmp(program, "curl") == 0 && is_curl_k(word))
    return true;
  for (size_t row = 0; row < G_N_ELEMENTS(options); row++)
    if (strcmp(options[row].program, program) == 0 && g_ascii_strncasecmp(word, options[row].option, strlen(options[row].option)) == 0)
      return true;
  return false;
}

/* The machine talks to itself: nobody sits between. */
static bool is_local(const ShellCommand *command) {
  for (guint i = 0; i < command->words->len; i++) {
    const char *word = shell_word(command, i)->text;
    if (strstr(word, "localhost") != NULL || strstr(word, "127.0.0.1") != NULL)
      return true;
  }
  return false;
}

static void check_options(LintFile *file, const WorkflowStep *step, const ShellCommand *command, const char *program, guint first) {
  for (guint i = first; i < command->words->len; i++) {
    const ShellWord *word = shell_word(command, i);
    if (!is_insecure(program, word->text))
      continue;
    if (is_local(command))
      return;
    LintReport report = lint_report_in_script(file, step, word->start, word->end);
    report.help = g_strdup(HELP_TRUST);
    lint_report(file, report, "%s takes any certificate: whoever sits between reads and changes what goes through", program);
    return;
  }
}

/* ---- straight into a shell ---- */

static bool is_one_of(const char *const *names, const char *name) {
  return name != NULL && g_strv_contains(names, name);
}

static const char *const fetchers[] = {"curl", "wget", NULL};
static const char *const runners[] = {"sh", "bash", "zsh", "dash", "python", "python3", "node", "perl", "ruby", NULL};

/* `curl ... | sudo bash`; a program behind it that only reads has words of its own: `curl ... | python3 -m json.tool`. */
static bool runs_input(const ShellCommand *command) {
  guint first = 0;
  const char *program = shell_command_name(command, &first);
  if (!is_one_of(runners, program))
    return false;
  if (first == command->words->len)
    return true;
  const char *word = shell_word(command, first)->text;
  return strcmp(word, "-") == 0 || g_str_has_prefix(word, "-s") || strcmp(word, "-x") == 0 || strcmp(word, "-e") == 0;
}

static void check_pipe(LintFile *file, const WorkflowStep *step, const ShellCommand *command, const ShellCommand *reader) {
  if (command->next != SHELL_PIPE || !runs_input(reader))
    return;
  LintReport report = lint_report_in_script(file, step, command->start, reader->end);
  report.help = g_strdup("keep it in a file, hold its digest against one that you know (sha256sum --check), and run that");
  lint_report(file, report, "what comes from the network is run unseen: whoever holds that address, or half a download, decides what");
}

/* ---- everything ---- */

static void check_script(LintFile *file, const WorkflowStep *step) {
  const ShellScript *script = lint_step_script(file, step);
  for (guint i = 0; script != NULL && i < script->commands->len; i++) {
    guint first = 0;
    const ShellCommand *command = shell_command(script, i);
    const char *program = shell_command_name(command, &first);
    if (program == NULL)
      continue;
    check_options(file, step, command, program, first);
    if (is_one_of(fetchers, program) && i + 1 < script->commands->len)
      check_pipe(file, step, command, shell_command(script, i + 1));
  }
}

static void check_env(LintFile *file, const WorkflowPairs *env) {
  for (guint i = 0; i < env->count; i++)
    for (size_t row = 0; row < G_N_ELEMENTS(variables); row++) {
      const WorkflowPair *pair = &env->items[i];
      if (pair->name != NULL && pair->value.text != NULL && g_ascii_strcasecmp(pair->name, variables[row].name) == 0 &&
          g_ascii_strcasecmp(pair->value.text, variables[row].value) == 0)
        lint_report(file, (LintReport){.node = pair->key, .help = g_strdup("name the certificate of whoever signs there, and check")},
                    "with %s any certificate is taken: whoever sits between reads and changes what goes through", pair->name);
    }
}

static void check_workflow(LintFile *file, const Workflow *workflow) {
  check_env(file, &workflow->env);
}

static void check_job(LintFile *file, const WorkflowJob *job) {
  check_env(file, &job->env);
}

static void check_step(LintFile *file, const WorkflowStep *step) {
  check_env(file, &step->env);
  if (step->run.text != NULL)
    check_script(file, step);
}

const Rule rule_unverified_downloads = {
  .id = "unverified-downloads",
  .family = FAMILY_POLICY,
  .summary = "nothing is run or trusted that nobody vouches for",
  .severity = SEVERITY_HIGH,
  .confidence = CONFIDENCE_HIGH,
  .only_asked = true,
  .workflow = check_workflow,
  .job = check_job,
  .step = check_step,
};
