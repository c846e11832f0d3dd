#include "lint/taint/taint_internal.h"
#include "lint/view.h"

#include <string.h>

/* ---- actions whose outputs outsiders decide ---- */

static const struct {
  const char *action;  /* as uses_matches() takes it */
  const char *outputs; /* globs, separated by blanks */
} giving[] = {
  {"tj-actions/changed-files", "*files"}, /* names of files of the pull request */
  {"tj-actions/branch-names", "*branch *ref* tag"},
  {"dorny/paths-filter", "*_files"},
  {"jitterbit/get-changed-files", "*"},
  {"ana06/get-changed-files", "*"},
  {"trilom/file-changes-action", "files*"},
  {"masesgroup/retrieve-changed-files", "*"},
  {"lots0logs/gh-action-get-changed-files", "*"},
  {"umani/changed-files", "files*"},
  {"jurplel/get-changed-files", "*"},
  {"xt0rted/pull-request-comment-branch", "head_ref"},
  {"alessbell/pull-request-comment-branch", "head_ref"},
  {"gotson/pull-request-comment-branch", "head_ref"},
  {"eficode/resolve-pr-refs", "head_ref"},
  {"potiuk/get-workflow-origin", "*branch"},
  {"8bitjonny/gh-get-current-pr", "*title *body *head_ref *labels"},
  {"jwalton/gh-find-current-pr", "*title *body"},
  {"peter-evans/find-comment", "comment-body"},
  {"peter-murray/issue-body-parser-action", "*"},
  {"peter-murray/issue-forms-body-parser", "*"},
  {"zentered/issue-forms-body-parser", "*"},
  {"stefanbuck/github-issue-parser", "*"},
  {"issue-ops/parser", "*"},
  {"onmax/issue-form-parser", "*"},
  {"khan/pull-request-comment-trigger", "comment_body"},
  {"actions-ecosystem/action-regex-match", "match group*"},
  {"frabert/replace-string-action", "replaced"},
};

static bool is_given(const Uses *uses, const char *name) {
  for (size_t i = 0; uses != NULL && i < G_N_ELEMENTS(giving); i++) {
    if (!uses_matches(uses, giving[i].action))
      continue;
    g_auto(GStrv) globs = g_strsplit(giving[i].outputs, " ", 0);
    g_autofree char *lower = g_ascii_strdown(name != NULL ? name : "files", -1);
    for (char **glob = globs; *glob != NULL; glob++)
      if (g_pattern_match_simple(*glob, lower))
        return true;
  }
  return false;
}

/* ---- what a script's text holds ---- */

static Taint of_script(Taints *taints, const TaintScope *scope, size_t start, size_t end);

static const Taint unknown = {.kind = TAINT_OUTPUT};

static bool assigns(const ShellWord *word, const char *name) {
  size_t length = strlen(name);
  return strncmp(word->text, name, length) == 0 && (word->text[length] == '=' || g_str_has_prefix(word->text + length, "+="));
}

/* `export X=...` and its like. */
static bool declares(const ShellCommand *command) {
  static const char *const declaring[] = {"export", "declare", "local", "readonly", "typeset"};
  for (size_t i = 0; command->words->len > 1 && i < G_N_ELEMENTS(declaring); i++)
    if (shell_word_is(shell_word(command, 0), declaring[i]))
      return true;
  return false;
}

/* The assignments of a variable in the script itself. */
static bool of_assigned(Taints *taints, const TaintScope *scope, const char *name, Taint *taint) {
  const ShellScript *script = lint_step_script(taints->file, scope->step);
  Taint worst = {0};
  bool found = false;
  for (guint i = 0; script != NULL && i < script->commands->len && taint_spend(taints, 1); i++) {
    const ShellCommand *command = shell_command(script, i);
    const GArray *words = declares(command) ? command->words : command->assignments;
    for (guint w = 0; w < words->len; w++) {
      const ShellWord *word = &g_array_index(words, ShellWord, w);
      if (!assigns(word, name))
        continue;
      worst = taint_worse(worst, of_script(taints, scope, word->start, word->end));
      found = true;
    }
  }
  if (found)
    *taint = worst;
  return found;
}

/* `name` as the script's shell sees it. */
static Taint of_shell_variable(Taints *taints, const TaintScope *scope, const char *name) {
  static const char *const own[][2] = {{"GITHUB_HEAD_REF", "head_ref"}, {"GITHUB_REF", "ref"}, {"GITHUB_REF_NAME", "ref_name"}};
  Taint taint = unknown;
  if (of_assigned(taints, scope, name, &taint))
    return taint;
  if (taint_of_variable(taints, scope, name, &taint))
    return taint_through(taints, taint, "$%s", name);
  for (size_t i = 0; i < G_N_ELEMENTS(own); i++)
    if (strcmp(own[i][0], name) == 0)
      return taint_through(taints, taint_of_path(taints, scope, &(ContextPath){.names = {"github", own[i][1]}, .count = 2}), "$%s", name);
  return g_str_has_prefix(name, "GITHUB_") || g_str_has_prefix(name, "RUNNER_") ? (Taint){0} : taint;
}

/* The name of the variable that is expanded at `at`, where the shell's sign for it stands; "" for another expansion, NULL for none. */
static char *expanded_name(const char *text, size_t at, size_t end) {
  size_t start = at + 1;
  if (text[at] == '$' && start < end && text[start] == '{')
    start++;
  if (text[at] == '$' && end - start > 4 && g_ascii_strncasecmp(text + start, "env:", 4) == 0)
    start += 4;
  size_t stop = start;
  while (stop < end && (g_ascii_isalnum(text[stop]) || text[stop] == '_'))
    stop++;
  if (stop > start)
    return text[at] == '$' || (stop < end && text[stop] == '%') ? g_strndup(text + start, stop - start) : NULL;
  return text[at] == '$' && at + 1 < end && strchr("({", text[at + 1]) != NULL ? g_strdup("") : NULL;
}

/* Bytes [start, end) of the step's script, when the shell has expanded them. */
static Taint of_script(Taints *taints, const TaintScope *scope, size_t start, size_t end) {
  const char *text = scope->step->run.text, *shell = lint_step_shell_name(taints->file, scope->step);
  char sign = shell != NULL && script_shell_named(shell) == SCRIPT_CMD ? '%' : '$';
  Taint worst = taint_of_range(taints, scope, scope->step->run.node, start, end);
  if (taints->depth >= TAINT_DEPTH_MAX || !taint_spend(taints, 1))
    return taint_worse(worst, unknown);
  taints->depth++;
  for (size_t i = start; i < end && text[start] != '\''; i++) {
    size_t after;
    if (text[i] == '`')
      worst = taint_worse(worst, unknown);
    if ((text[i] != sign && text[i] != '$') || (i > start && text[i - 1] == '\\'))
      continue;
    if (script_expression_at(text, end, i, &after)) {
      i = after - 1;
      continue;
    }
    g_autofree char *name = text[i] == sign ? expanded_name(text, i, end) : NULL;
    if (name != NULL)
      worst = taint_worse(worst, name[0] != '\0' ? of_shell_variable(taints, scope, name) : unknown);
  }
  taints->depth--;
  return worst;
}

/* ---- what a step writes ---- */

static const GPtrArray *writes_of(Taints *taints, const WorkflowStep *step) {
  GPtrArray *writes = g_hash_table_lookup(taints->writes, step);
  if (writes != NULL)
    return writes;
  const char *shell = lint_step_shell_name(taints->file, step);
  bool may = step->run.text != NULL && (strstr(step->run.text, "GITHUB_") != NULL || strstr(step->run.text, "::") != NULL);
  writes = script_writes_runner_file(may && shell != NULL ? script_shell_named(shell) : SCRIPT_OTHER, may ? step->run.text : "",
                                     may ? strlen(step->run.text) : 0);
  g_hash_table_insert(taints->writes, (void *)step, writes);
  return writes;
}

/* The name that a line gives a value to: "x=...", "x<<...", "::set-output name=x::...". Length 0: it gives none. */
static size_t line_name(const char *text, size_t start, size_t end, size_t *length) {
  size_t at = start;
  while (at < end && strchr("\"' \t", text[at]) != NULL)
    at++;
  bool command = end - at > 2 && strncmp(text + at, "::", 2) == 0;
  const char *name = command ? g_strstr_len(text + at, (gssize)(end - at), "name=") : NULL;
  if (name != NULL)
    at = (size_t)(name - text) + strlen("name=");
  size_t stop = at;
  while (stop < end && (g_ascii_isalnum(text[stop]) || strchr("_-", text[stop]) != NULL))
    stop++;
  bool gives = stop < end && (command ? text[stop] == ':' : text[stop] == '=' || g_str_has_prefix(text + stop, "<<"));
  *length = gives ? stop - at : 0;
  return at;
}

/* Adds what the lines of a written value give to `wanted` (NULL: any name); lines without a name may belong to any. */
static void add_value(Taints *taints, const TaintScope *scope, ScriptRange value, const char *wanted, Taint *worst, bool *found) {
  const char *text = scope->step->run.text;
  for (size_t line = value.start, next; line < value.end; line = next) {
    const char *newline = memchr(text + line, '\n', value.end - line);
    next = newline != NULL ? (size_t)(newline - text) + 1 : value.end;
    size_t length = 0;
    size_t name = line_name(text, line, next, &length);
    bool same = wanted == NULL || (length == strlen(wanted) && g_ascii_strncasecmp(text + name, wanted, length) == 0);
    if (length > 0 && !same)
      continue;
    Taint taint = of_script(taints, scope, line, next);
    *found = *found || length > 0 || taint.kind > TAINT_OUTPUT;
    *worst = taint_worse(*worst, taint);
  }
}

static guint count_text(const char *text, const char *wanted) {
  guint count = 0;
  for (const char *at = text; (at = strstr(at, wanted)) != NULL; at += strlen(wanted))
    count++;
  return count;
}

/* What a step writes for `name` to a file of the runner. False when it is not seen to write that name. */
static bool of_written(Taints *taints, const TaintScope *scope, const char *variable, const char *name, Taint *taint) {
  Taint worst = {0};
  bool found = false, hidden = false;
  guint seen = 0;
  const GPtrArray *writes = writes_of(taints, scope->step);
  for (guint i = 0; i < writes->len && taint_spend(taints, 1); i++) {
    const RunnerWrite *write = g_ptr_array_index(writes, i);
    if (strcmp(write->variable, variable) != 0)
      continue;
    seen += write->command == NULL;
    hidden = hidden || (write->values->len == 0 && !write->fixed);
    for (guint k = 0; k < write->values->len; k++)
      add_value(taints, scope, g_array_index(write->values, ScriptRange, k), name, &worst, &found);
  }
  if (!found)
    return false;
  if (hidden || count_text(scope->step->run.text, variable) > seen)
    worst = taint_worse(worst, unknown);
  *taint = worst;
  return true;
}

/* ---- outputs and variables ---- */

static WorkflowStep *const *steps_of(const TaintScope *scope, guint *count) {
  *count = scope->job != NULL ? scope->job->all_step_count : scope->action != NULL ? scope->action->step_count : 0;
  return scope->job != NULL ? scope->job->all_steps : scope->action != NULL ? scope->action->steps : NULL;
}

static const WorkflowStep *find_step(Taints *taints, const TaintScope *scope, const char *id) {
  guint count;
  WorkflowStep *const *steps = steps_of(scope, &count);
  for (guint i = 0; i < count && taint_spend(taints, 1); i++)
    if (steps[i]->id != NULL && g_ascii_strcasecmp(steps[i]->id, id) == 0)
      return steps[i];
  return NULL;
}

Taint taint_of_output(Taints *taints, const TaintScope *scope, const char *id, const char *name, const ContextPath *path) {
  const WorkflowStep *step = find_step(taints, scope, id);
  Taint taint = taint_source(taints, TAINT_OUTPUT, path);
  if (step == NULL)
    return taint;
  TaintScope inside = *scope;
  inside.step = step;
  inside.env_from = 0;
  if (step->kind == STEP_RUN && of_written(taints, &inside, "GITHUB_OUTPUT", name, &taint))
    return taint_through(taints, taint, "steps.%s.outputs.%s", id, name != NULL ? name : "*");
  if (step->kind != STEP_USES)
    return taint;
  if (is_given(lint_step_uses(taints->file, step), name))
    taint.kind = TAINT_ANYONE;
  else
    return taint_of_action(taints, &inside, step, name, path);
  return taint;
}

bool taint_of_written(Taints *taints, const TaintScope *scope, const char *name, Taint *taint) {
  guint count;
  bool found = false;
  Taint worst = {0};
  WorkflowStep *const *steps = steps_of(scope, &count);
  for (guint i = 0; i < count && steps[i] != scope->step && taint_spend(taints, 1); i++) {
    TaintScope inside = *scope;
    inside.step = steps[i];
    inside.env_from = 0;
    Taint one = {0};
    if (steps[i]->kind != STEP_RUN || strstr(steps[i]->run.text, name) == NULL || taints->depth >= TAINT_DEPTH_MAX)
      continue;
    taints->depth++;
    if (of_written(taints, &inside, "GITHUB_ENV", name, &one)) {
      worst = taint_worse(worst, one);
      found = true;
    }
    taints->depth--;
  }
  if (found && worst.kind <= TAINT_OUTPUT && worst.kind != TAINT_NONE)
    return false; /* as little known as if nobody had written it */
  if (found)
    *taint = worst;
  return found;
}
