#include "lint/rules/template_injection_fix.h"

#include "lint/edit/edit_yaml.h"
#include "lint/rules/script_place.h"
#include "lint/script/script.h"

#include <string.h>

/* Each fix looks through the words of its script: longer ones are left to people. */
#define SCRIPT_MAX_BYTES ((size_t)16 << 10)

/* ---- names ---- */

/* Members of github that every step has as GITHUB_<NAME>. */
static const char *const given[] = {
  "actor",
  "actor_id",
  "api_url",
  "base_ref",
  "event_name",
  "event_path",
  "graphql_url",
  "head_ref",
  "job",
  "ref",
  "ref_name",
  "ref_protected",
  "ref_type",
  "repository",
  "repository_id",
  "repository_owner",
  "repository_owner_id",
  "run_attempt",
  "run_id",
  "run_number",
  "server_url",
  "sha",
  "triggering_actor",
  "workflow",
  "workflow_ref",
  "workflow_sha",
  "workspace",
};

/* Those of runner, likewise RUNNER_<NAME>. */
static const char *const given_by_runner[] = {"arch", "environment", "name", "os", "temp", "tool_cache"};

static bool is_among(const char *name, const char *const *names, size_t count) {
  for (size_t i = 0; i < count; i++)
    if (g_ascii_strcasecmp(name, names[i]) == 0)
      return true;
  return false;
}

static bool is_given(const ContextPath *path) {
  if (path->count != 2)
    return false;
  if (g_ascii_strcasecmp(path->names[0], "runner") == 0)
    return is_among(path->names[1], given_by_runner, G_N_ELEMENTS(given_by_runner));
  return g_ascii_strcasecmp(path->names[0], "github") == 0 && is_among(path->names[1], given, G_N_ELEMENTS(given));
}

/* Whether a shell can write it. */
static bool is_name(const char *name) {
  return name[0] != '\0' && !g_ascii_isdigit(name[0]) && strspn(name, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "_") == strlen(name);
}

static bool is_variable(const ContextPath *path) {
  const char *name = context_path_name(path, 1);
  return path->count == 2 && g_ascii_strcasecmp(path->names[0], "env") == 0 && name != NULL && is_name(name);
}

static bool says_little(const ContextPath *path, guint index) {
  const char *name = path->names[index];
  return index + 1 < path->count && (index == 0 || g_ascii_strcasecmp(name, "event") == 0 || strcmp(name, "*") == 0);
}

/* The first name that counts. One alone could be that of a variable which programs know, as `matrix.path` is of PATH: so it gets what
 * it is a member of; secrets are mostly named for where they go. */
static guint first_name(const ContextPath *path) {
  guint first = 0;
  while (says_little(path, first))
    first++;
  bool is_alone = first > 0 && first + 1 == path->count && g_ascii_strcasecmp(path->names[0], "secrets") != 0;
  return first - is_alone;
}

/* "ISSUE_TITLE" for github.event.issue.title, "VALUE" where nothing has a name. Transfer full. */
static char *variable_name(const ContextPath *path) {
  if (path != NULL && is_variable(path))
    return g_strdup(path->names[1]);
  g_autoptr(GString) name = g_string_new(NULL);
  for (guint first = path != NULL ? first_name(path) : 0, i = first; path != NULL && i < path->count; i++)
    if (i == first || !says_little(path, i))
      g_string_append_printf(name, "%s%s", name->len > 0 ? "_" : "", strcmp(path->names[i], "*") == 0 ? "ANY" : path->names[i]);
  for (char *c = name->str; *c != '\0'; c++)
    *c = g_ascii_isalnum(*c) ? g_ascii_toupper(*c) : '_';
  return g_strdup(name->len == 0 || g_ascii_isdigit(name->str[0]) ? "VALUE" : name->str);
}

/* ---- shells ---- */

/* How a shell writes a variable, among other text and where it is a word of its own. */
typedef struct {
  ScriptShell shell;
  const char *before, *behind;
  const char *quote;
} Spelling;

static const Spelling spellings[] = {
  {SCRIPT_BASH, "${", "}", "\""}, {SCRIPT_SH, "${", "}", "\""},  {SCRIPT_DASH, "${", "}", "\""},
  {SCRIPT_KSH, "${", "}", "\""},  {SCRIPT_ZSH, "${", "}", "\""}, {SCRIPT_POWERSHELL, "${env:", "}", ""},
};

static const Spelling *spelling_of(const LintFile *file, const WorkflowStep *step) {
  const char *shell = lint_step_shell_name(file, step);
  for (size_t i = 0; shell != NULL && i < G_N_ELEMENTS(spellings); i++)
    if (spellings[i].shell == script_shell_named(shell))
      return &spellings[i];
  return NULL;
}

char *injection_help(const LintFile *file, const WorkflowExpression *expression, const ContextPath *path) {
  g_autofree char *name = variable_name(path);
  const Spelling *spelling = expression->step->kind == STEP_RUN ? spelling_of(file, expression->step) : NULL;
  g_autofree char *use =
    spelling != NULL ? g_strconcat(spelling->quote, spelling->before, name, spelling->behind, spelling->quote, NULL) : g_strdup("the variable");
  if (path != NULL && (is_given(path) || is_variable(path)))
    return g_strdup_printf("read %s instead: the step has %s in its environment", use, name);
  return g_strdup_printf("put the value into %s in env:, and read %s in the script", name, use);
}

/* ---- the fix ---- */

static char *span_text(const WorkflowExpression *expression) {
  return g_strndup(expression->scalar->text + expression->span.start, expression->span.end - expression->span.start);
}

/* Whether the script itself has the name; what stands in ${{ }} is read before any shell is there. */
static bool has_name(const char *script, const char *name) {
  const char *at = script;
  for (const char *open; (open = strstr(at, "${{")) != NULL;) {
    if (memmem(at, (size_t)(open - at), name, strlen(name)) != NULL)
      return true;
    const char *close = strstr(open, "}}");
    if (close == NULL)
      return strstr(open, name) != NULL;
    at = close + strlen("}}");
  }
  return strstr(at, name) != NULL;
}

Fix *injection_fix(LintFile *file, const WorkflowExpression *expression, const ContextPath *path) {
  const WorkflowStep *step = expression->step;
  const Spelling *spelling = file->fixing && step->kind == STEP_RUN ? spelling_of(file, step) : NULL;
  ContextPath whole;
  if (path == NULL || spelling == NULL || strlen(step->run.text) > SCRIPT_MAX_BYTES || !context_path(expression_root(expression->expression), &whole))
    return NULL;
  ScriptPlace place = script_place(file, step, expression->span.start, expression->span.end);
  if (place == PLACE_NONE)
    return NULL;
  g_autofree char *name = variable_name(path), *value = span_text(expression), *chosen = NULL;
  g_autofree char *description = g_strdup_printf("read %s from the environment", name);
  g_autoptr(Fix) fix = fix_new(description, false);
  EditTree *tree = lint_edit_tree(file);
  bool is_there = is_given(path) || is_variable(path) || workflow_pair(&step->env, name) != NULL;
  if (!is_there && has_name(step->run.text, name)) /* a variable of its own, it seems */
    return NULL;
  if (!is_given(path) && !is_variable(path) && !(edit_add_env(tree, fix, step->node, name, value, &chosen) && is_name(chosen)))
    return NULL;
  const char *quote = place == PLACE_WORD ? spelling->quote : "";
  g_autofree char *use = g_strconcat(quote, spelling->before, chosen != NULL ? chosen : name, spelling->behind, quote, NULL);
  bool made = edit_replace_in_scalar(tree, fix, expression->scalar, expression->span.start, strlen(value), use);
  return made ? g_steal_pointer(&fix) : NULL;
}
