#include "lint/view.h"

#include <string.h>

#define COMMENT_MAX_BYTES 500 /* from the scalar to the end of what is looked at */

struct LintView {
  EditTree *tree;      /* NULL until somebody asks */
  GHashTable *places;  /* line and column -> the scalar there; NULL until somebody asks */
  GHashTable *uses;    /* WorkflowText -> Uses; NULL for those that cannot be read */
  GHashTable *scripts; /* WorkflowStep -> ShellScript; NULL for what no POSIX shell reads */
  GHashTable *systems; /* WorkflowJob -> RunnerSystem */
};

static void free_uses(void *uses) {
  g_clear_pointer((Uses **)&uses, uses_free);
}

static void free_script(void *script) {
  g_clear_pointer((ShellScript **)&script, shell_script_free);
}

LintView *lint_view_new(void) {
  LintView *view = g_new0(LintView, 1);
  view->uses = g_hash_table_new_full(NULL, NULL, NULL, free_uses);
  view->scripts = g_hash_table_new_full(NULL, NULL, NULL, free_script);
  view->systems = g_hash_table_new(NULL, NULL);
  return view;
}

void lint_view_free(LintView *view) {
  g_clear_pointer(&view->tree, edit_tree_free);
  g_clear_pointer(&view->places, g_hash_table_unref);
  g_hash_table_unref(view->uses);
  g_hash_table_unref(view->scripts);
  g_hash_table_unref(view->systems);
  g_free(view);
}

static const Uses *find_uses(LintFile *file, const WorkflowText *text) {
  void *uses = NULL;
  if (text->text == NULL || g_hash_table_lookup_extended(file->view->uses, text, NULL, &uses))
    return uses;
  uses = uses_parse(text->text, NULL, NULL);
  g_hash_table_insert(file->view->uses, (void *)text, uses);
  return uses;
}

const Uses *lint_step_uses(LintFile *file, const WorkflowStep *step) {
  return find_uses(file, &step->uses);
}

const Uses *lint_job_uses(LintFile *file, const WorkflowJob *job) {
  return find_uses(file, &job->uses);
}

/* ---- scripts ---- */

RunnerSystem lint_job_system(const LintFile *file, const WorkflowJob *job) {
  void *system = NULL;
  if (job == NULL || g_hash_table_lookup_extended(file->view->systems, job, NULL, &system))
    return (RunnerSystem)GPOINTER_TO_INT(system);
  RunnerSystem told = lint_runner_system(job);
  g_hash_table_insert(file->view->systems, (void *)job, GINT_TO_POINTER(told));
  return told;
}

/* Whether the script reads a variable as only PowerShell does: $env:NAME. */
static bool reads_powershell(const char *script) {
  const char *variable = strstr(script, "$env:");
  return variable != NULL && g_ascii_isupper(variable[strlen("$env:")]);
}

const char *lint_step_shell_name(const LintFile *file, const WorkflowStep *step) {
  const WorkflowText *places[] = {
    &step->shell,
    step->job != NULL ? &step->job->defaults.shell : NULL,
    file->workflow != NULL ? &file->workflow->defaults.shell : NULL,
  };
  if (step->run.text == NULL)
    return NULL;
  for (size_t i = 0; i < G_N_ELEMENTS(places); i++)
    if (places[i] != NULL && places[i]->text != NULL)
      return lint_has_expression(places[i]) ? NULL : places[i]->text;
  RunnerSystem system = lint_job_system(file, step->job);
  bool is_windows = system == SYSTEM_WINDOWS || (system == SYSTEM_UNKNOWN && reads_powershell(step->run.text));
  return is_windows ? "pwsh" : "bash";
}

ScriptShell lint_step_shell(const LintFile *file, const WorkflowStep *step) {
  const char *name = lint_step_shell_name(file, step);
  return name != NULL ? script_shell_named(name) : SCRIPT_OTHER;
}

const ShellScript *lint_step_script(LintFile *file, const WorkflowStep *step) {
  void *script = NULL;
  if (step->run.text == NULL || g_hash_table_lookup_extended(file->view->scripts, step, NULL, &script))
    return script;
  if (script_shell_is_posix(lint_step_shell(file, step)))
    script = shell_parse(step->run.text, strlen(step->run.text));
  g_hash_table_insert(file->view->scripts, (void *)step, script);
  return script;
}

LintReport lint_report_in_script(const LintFile *file, const WorkflowStep *step, size_t start, size_t end) {
  return lint_report_at(file, step->run.node, start, end);
}

/* ---- pieces ---- */

guint lint_key_index(const YamlNode *mapping, const char *key) {
  for (guint i = 0; mapping != NULL && mapping->kind == YAML_MAPPING && i < mapping->count; i++) {
    const YamlNode *name = yaml_key(mapping, i);
    if (name->kind == YAML_SCALAR && strcmp(name->text, key) == 0)
      return i;
  }
  return G_MAXUINT;
}

const YamlNode *lint_key(const YamlNode *mapping, const char *key) {
  guint index = lint_key_index(mapping, key);
  return index != G_MAXUINT ? yaml_key(mapping, index) : NULL;
}

LintReport lint_report_pair(const YamlNode *mapping, const char *key) {
  guint index = lint_key_index(mapping, key);
  if (index == G_MAXUINT)
    return (LintReport){.node = mapping};
  return (LintReport){.at = yaml_key(mapping, index)->location, .end = yaml_value(mapping, index)->end};
}

bool lint_has_expression(const WorkflowText *text) {
  return text->text != NULL && strstr(text->text, "${{") != NULL;
}

const YamlNode *lint_first_key(const LintFile *file) {
  const YamlNode *root = yaml_root(file->document);
  return root->kind == YAML_MAPPING && root->count > 0 ? yaml_key(root, 0) : root;
}

bool lint_is_expression(const WorkflowText *text) {
  ExpressionSpan span = {0};
  bool found = false;
  size_t length = text->text != NULL ? strlen(text->text) : 0;
  return length > 0 && expression_span_next(text->text, length, 0, &span, &found, NULL) && found && span.start == 0 && span.end == length;
}

bool lint_loses_zero(const YamlNode *scalar) {
  if (scalar->kind != YAML_SCALAR || !scalar->plain)
    return false;
  size_t digits = strspn(scalar->text, "0123456789"), length = digits;
  if (digits == 0 || scalar->text[digits] != '.')
    return false;
  length += 1 + strspn(scalar->text + digits + 1, "0123456789");
  return length == scalar->length && length > digits + 2 && scalar->text[length - 1] == '0';
}

bool lint_never_runs(const WorkflowText *condition) {
  const char *text = condition->text;
  if (text == NULL)
    return false;
  text += strspn(text, " \t\n");
  bool fenced = g_str_has_prefix(text, "${{");
  text += fenced ? strlen("${{") : 0;
  text += strspn(text, " \t\n");
  if (!g_str_has_prefix(text, "false"))
    return false;
  if (fenced && !lint_is_expression(condition)) /* what stands beside it, be it a newline, makes it a text, and that is true */
    return false;
  text += strlen("false");
  text += strspn(text, " \t\n");
  text += fenced && g_str_has_prefix(text, "}}") ? strlen("}}") : 0;
  return text[strspn(text, " \t\n")] == '\0';
}

char *lint_comment_behind(const LintFile *file, const YamlNode *scalar) {
  size_t start = source_byte(file->source, scalar->end);
  const char *rest = file->text + start;
  size_t size = MIN(file->size - start, COMMENT_MAX_BYTES);
  const char *end = memchr(rest, '\n', size);
  g_autofree char *line = g_strndup(rest, end != NULL ? (size_t)(end - rest) : size);
  char *hash = strchr(line, '#');
  char *text = hash != NULL ? g_strstrip(hash + 1) : NULL;
  return text != NULL && *text != '\0' ? g_strdup(text) : NULL;
}

/* ---- places ---- */

/* Files are smaller than 2 MiB, so that columns fit. */
static void *place_key(Location place) {
  return GSIZE_TO_POINTER((gsize)place.line << 21 | place.column);
}

/* Depth is limited by the reader; what an alias repeats is not visited again. */
static void add_places(GHashTable *places, GHashTable *seen, const YamlNode *node) {
  if (node->shared && !g_hash_table_add(seen, (void *)node))
    return;
  if (node->kind == YAML_SCALAR)
    g_hash_table_insert(places, place_key(node->location), (void *)node);
  guint count = node->kind == YAML_SCALAR ? 0 : node->kind == YAML_MAPPING ? 2 * node->count : node->count;
  for (guint i = 0; i < count; i++)
    add_places(places, seen, node->items[i]);
}

const YamlNode *lint_scalar_at(LintFile *file, Location place) {
  if (file->view->places == NULL) {
    g_autoptr(GHashTable) seen = g_hash_table_new(NULL, NULL);
    file->view->places = g_hash_table_new(NULL, NULL);
    add_places(file->view->places, seen, yaml_root(file->document));
  }
  return g_hash_table_lookup(file->view->places, place_key(place));
}

EditTree *lint_edit_tree(LintFile *file) {
  if (file->view->tree == NULL)
    file->view->tree = edit_tree_new(file->document, file->source);
  return file->view->tree;
}
