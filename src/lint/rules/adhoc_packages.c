#include "lint/view.h"

#include "lint/script/script.h"

#include <string.h>

/* Which command of which program takes packages from outside the lock file. */
static const struct {
  const char *program;
  bool first; /* the first word that is no option is the command; else it may stand anywhere */
  const char *const *commands;
} installers[] = {
  {"gem", false, (const char *const[]){"install", "i", NULL}},
  {"bundle", false, (const char *const[]){"add", NULL}},
  {"npm", true, (const char *const[]){"install", "i", "in", "ins", "inst", "insta", "instal", "isnt", "isnta", "isntal", "isntall", "add", NULL}},
  {"yarn", false, (const char *const[]){"add", NULL}},
  {"pnpm", false, (const char *const[]){"add", NULL}},
};

static bool is_option(const ShellWord *word) {
  return *word->text == '-';
}

/* A folder or an archive of the repository is no package of a registry. */
static bool is_local(const ShellWord *word) {
  static const char *const beginnings[] = {"./", "../", "/", "file:", NULL};
  if (strcmp(word->text, ".") == 0 || strcmp(word->text, "..") == 0)
    return true;
  for (const char *const *beginning = beginnings; *beginning != NULL; beginning++)
    if (g_str_has_prefix(word->text, *beginning))
      return true;
  return false;
}

/* Whether a package is named behind the command at `from`. */
static bool names_package(const ShellCommand *command, guint from) {
  for (guint i = from; i < command->words->len; i++)
    if (!is_option(shell_word(command, i)) && !is_local(shell_word(command, i)))
      return true;
  return false;
}

static bool installs(const ShellCommand *command) {
  guint first = 0;
  const char *program = shell_command_name(command, &first);
  for (size_t row = 0; program != NULL && row < G_N_ELEMENTS(installers); row++) {
    if (strcmp(installers[row].program, program) != 0)
      continue;
    for (guint i = first; i < command->words->len; i++) {
      const ShellWord *word = shell_word(command, i);
      if (g_strv_contains(installers[row].commands, word->text))
        return names_package(command, i + 1);
      if (installers[row].first && !is_option(word))
        break;
    }
  }
  return false;
}

static bool may_install(const char *script) {
  for (size_t row = 0; row < G_N_ELEMENTS(installers); row++)
    if (strstr(script, installers[row].program) != NULL)
      return true;
  return false;
}

static void check_script(LintFile *file, const WorkflowStep *step, const ShellScript *script) {
  for (guint i = 0; i < script->commands->len; i++) {
    const ShellCommand *command = shell_command(script, i);
    if (!installs(command))
      continue;
    LintReport report = lint_report_in_script(file, step, command->start, command->end);
    report.help = g_strdup("put it into the project's manifest and lock file, and install from these");
    lint_report(file, report, "a package is installed past the lock file: it, and all that it needs, may be another one tomorrow");
  }
}

/* Calling a program looks the same in PowerShell. */
static void check_step(LintFile *file, const WorkflowStep *step) {
  if (step->run.text == NULL || !may_install(step->run.text))
    return;
  const ShellScript *script = lint_step_script(file, step);
  const char *shell = lint_step_shell_name(file, step);
  if (script == NULL && shell != NULL && script_shell_named(shell) == SCRIPT_POWERSHELL) {
    g_autoptr(ShellScript) calls = shell_parse(step->run.text, strlen(step->run.text));
    check_script(file, step, calls);
  } else if (script != NULL) {
    check_script(file, step, script);
  }
}

const Rule rule_adhoc_packages = {
  .id = "adhoc-packages",
  .family = FAMILY_SECURITY,
  .summary = "packages that no lock file fixes",
  .severity = SEVERITY_LOW,
  .confidence = CONFIDENCE_HIGH,
  .step = check_step,
};
