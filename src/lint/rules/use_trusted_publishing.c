#include "lint/rules/coordinate.h"
#include "lint/script/powershell.h"
#include "lint/script/script.h"

#include <string.h>

/* ---- actions that are given a password ---- */

static const char *const pypi[] = {"https://upload.pypi.org/legacy/", "https://test.pypi.org/legacy/", NULL};
static const char *const rubygems[] = {"https://rubygems.org", NULL};
static const char *const npmjs[] = {"https://registry.npmjs.org", "https://registry.npmjs.org/", NULL};

/* The first input of a row is the one that gives the password. */
static const CoordinateRow actions[] = {
  {"actions/setup-node", .inputs = {{"always-auth"}, {"registry-url", INPUT_ONE_OF, .by_default = true, .words = npmjs}}},
  {"pypa/gh-action-pypi-publish", .inputs = {{"password", INPUT_FILLED},
                                             {"repository-url", INPUT_ONE_OF, .by_default = true, .words = pypi},
                                             {"repository_url", INPUT_ONE_OF, .by_default = true, .words = pypi}}},
  {"rubygems/configure-rubygems-credentials",
   .inputs = {{"api-token", INPUT_FILLED}, {"gem-server", INPUT_ONE_OF, .by_default = true, .words = rubygems}}},
  {"rubygems/release-gem", .inputs = {{"setup-trusted-publisher", .is_off = true}}},
  {NULL},
};

static char *make_help(void) {
  return g_strdup("let the registry trust this workflow, with \"id-token: write\": then there is no password to be stolen");
}

static void check_uses(LintFile *file, const WorkflowStep *step) {
  const CoordinateRow *row = NULL;
  Used used;
  if (!used_by_step(file, step, &used) || coordinate_usage(&used, actions, &row) == USAGE_OFF)
    return;
  const WorkflowPair *pair = workflow_pair(&step->with, row->inputs[0].input);
  LintReport report = used_report(&used);
  if (pair != NULL)
    report = (LintReport){.at = pair->key->location, .end = pair->value.node != NULL ? pair->value.node->end : pair->key->end};
  report.help = make_help();
  lint_report(file, report, "the package is published with a password that lasts, though the registry could trust this workflow");
}

/* ---- commands ---- */

/* A command that publishes: its name and words that have to follow in this order. "*" at an end stands for any rest. */
typedef struct {
  const char *name;
  const char *words[4];
  const char *unless[3]; /* words with which it does not */
} CommandRow;

static const CommandRow commands[] = {
  {"bun", {"publish"}, {"--dry-run"}},
  {"bundle", {"exec", "gem", "push"}},
  {"bunx", {"npm", "publish"}, {"--dry-run"}},
  {"bunx", {"npm@*", "publish"}, {"--dry-run"}},
  {"cargo", {"publish"}, {"--dry-run", "-n"}},
  {"dotnet", {"nuget", "push"}},
  {"gem", {"push"}},
  {"hatch", {"publish"}},
  {"npm", {"publish"}, {"--dry-run"}},
  {"nuget", {"push"}},
  {"nuget.exe", {"push"}},
  {"pdm", {"publish"}},
  {"pipx", {"run", "twine*", "upload"}},
  {"pnpm", {"publish"}, {"--dry-run"}},
  {"poetry", {"publish"}, {"--dry-run"}},
  {"python*", {"-m", "twine", "upload"}},
  {"twine", {"upload"}},
  {"uv", {"publish"}, {"--dry-run", "run"}},
  {"uv", {"run", "twine", "upload"}},
  {"uvx", {"twine*", "upload"}},
  {"yarn", {"publish"}, {"--dry-run", "-n"}},
};

static bool fits(const char *word, const char *pattern) {
  size_t length = strlen(pattern);
  return pattern[length - 1] == '*' ? strncmp(word, pattern, length - 1) == 0 : strcmp(word, pattern) == 0;
}

/* Whether the words hold those of the row, in its order, and none that speaks against it. */
static bool follows(const CommandRow *row, const char *const *words, guint count) {
  size_t next = 0;
  for (guint i = 0; i < count; i++) {
    for (size_t k = 0; k < G_N_ELEMENTS(row->unless) && row->unless[k] != NULL; k++)
      if (strcmp(words[i], row->unless[k]) == 0)
        return false;
    if (next < G_N_ELEMENTS(row->words) && row->words[next] != NULL && fits(words[i], row->words[next]))
      next++;
  }
  return row->words[next] == NULL;
}

static bool publishes(const char *name, const char *const *words, guint count) {
  for (size_t i = 0; i < G_N_ELEMENTS(commands); i++)
    if (fits(name, commands[i].name) && follows(&commands[i], words, count))
      return true;
  return false;
}

/* Most scripts publish nothing, and need not be read for it. */
static bool may_publish(const char *script) {
  return strstr(script, "publish") != NULL || strstr(script, "push") != NULL || strstr(script, "upload") != NULL;
}

static void report_command(LintFile *file, const WorkflowStep *step, size_t start, size_t end) {
  LintReport report = lint_report_in_script(file, step, start, end);
  report.help = make_help();
  lint_report(file, report, "this publishes with a password that lasts, though the registry could trust this workflow");
}

static void check_script(LintFile *file, const WorkflowStep *step, const ShellScript *script) {
  g_autoptr(GPtrArray) words = g_ptr_array_new();
  for (guint i = 0; i < script->commands->len; i++) {
    const ShellCommand *command = shell_command(script, i);
    guint first = 0;
    const char *name = shell_command_name(command, &first);
    if (name == NULL)
      continue;
    g_ptr_array_set_size(words, 0);
    for (guint k = first; k < command->words->len; k++)
      g_ptr_array_add(words, (char *)shell_word(command, k)->text);
    if (publishes(name, (const char *const *)words->pdata, words->len))
      report_command(file, step, command->start, command->end);
  }
}

/* ---- PowerShell ---- */

typedef struct {
  GPtrArray *words; /* char * */
  size_t start, end;
} Pipeline;

static void end_pipeline(LintFile *file, const WorkflowStep *step, Pipeline *pipeline) {
  if (pipeline->words->len > 1 && publishes(pipeline->words->pdata[0], (const char *const *)pipeline->words->pdata + 1, pipeline->words->len - 1))
    report_command(file, step, pipeline->start, pipeline->end);
  g_ptr_array_set_size(pipeline->words, 0);
}

static void check_powershell(LintFile *file, const WorkflowStep *step) {
  g_autoptr(GArray) tokens = powershell_tokens(step->run.text, strlen(step->run.text));
  g_autoptr(GPtrArray) words = g_ptr_array_new_with_free_func(g_free);
  Pipeline pipeline = {.words = words};
  for (guint i = 0; i < tokens->len; i++) {
    const PowershellToken *token = &g_array_index(tokens, PowershellToken, i);
    if (token->kind != POWERSHELL_WORD) {
      end_pipeline(file, step, &pipeline);
      continue;
    }
    if (words->len == 0)
      pipeline.start = token->start;
    pipeline.end = token->end;
    g_ptr_array_add(words, g_strndup(step->run.text + token->start, token->end - token->start));
  }
  end_pipeline(file, step, &pipeline);
}

/* ---- the rule ---- */

static bool gives_token(const WorkflowPermissions *permissions) {
  const WorkflowPair *scope = workflow_pair(&permissions->scopes, "id-token");
  return g_strcmp0(permissions->all.text, "write-all") == 0 || (scope != NULL && g_strcmp0(scope->value.text, "write") == 0);
}

/* With a token that the registry could trust, the same commands publish without a password. */
static bool has_token(const LintFile *file, const WorkflowJob *job) {
  return gives_token(job->permissions.node != NULL ? &job->permissions : &file->workflow->permissions);
}

static void check_step(LintFile *file, const WorkflowStep *step) {
  check_uses(file, step);
  if (step->run.text == NULL || step->job == NULL || !may_publish(step->run.text) || has_token(file, step->job))
    return;
  const ShellScript *script = lint_step_script(file, step);
  const char *shell = script == NULL ? lint_step_shell_name(file, step) : NULL;
  if (script != NULL)
    check_script(file, step, script);
  else if (shell != NULL && script_shell_named(shell) == SCRIPT_POWERSHELL)
    check_powershell(file, step);
}

const Rule rule_use_trusted_publishing = {
  .id = "use-trusted-publishing",
  .family = FAMILY_SECURITY,
  .summary = "publishing with a password instead of the workflow's own identity",
  .severity = SEVERITY_INFORMATIONAL,
  .confidence = CONFIDENCE_HIGH,
  .step = check_step,
};
