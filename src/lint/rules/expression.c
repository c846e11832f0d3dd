#include "lint/contexts/contexts.h"
#include "lint/rules/untrusted_input.h"
#include "workflow/matrix.h"

#include <string.h>

/* The reader finds what GitHub refuses: syntax, names that are not available. Here is what it runs although it cannot mean
 * anything: members that nothing has, comparisons that are never true, values where others are wanted. */

typedef struct {
  LintFile *file;
  const WorkflowExpression *expression;
} Pass;

/* ---- inside ---- */

/* GitHub adds members to its payloads: of those that we do not know only what looks like a slip of the pen is told. */
static void tell(const TypeFinding *finding, void *user) {
  const Pass *pass = user;
  if (finding->kind != TYPE_FINDING_PAYLOAD)
    lint_report(pass->file, lint_report_in(pass->file, pass->expression, finding->start, finding->end), "%s", finding->message);
}

/* ---- the value ---- */

#define KIND_TEXTS (KIND_TEXT | KIND_FILLED)

/* What a value of each type may stand for. */
static const unsigned kinds_taken[] = {
  [TYPE_ANY] = ~0u,
  [TYPE_NULL] = KIND_NOTHING,
  [TYPE_BOOL] = KIND_TEXTS | KIND_BOOLEAN,
  [TYPE_NUMBER] = KIND_TEXTS | KIND_NUMBER,
  [TYPE_STRING] = KIND_TEXTS,
  [TYPE_ARRAY] = KIND_LIST,
  [TYPE_OBJECT] = KIND_MAPPING,
};

static const struct {
  unsigned kind;
  const char *name;
} kind_names[] = {
  {KIND_TEXTS, "a text"}, {KIND_BOOLEAN, "true or false"}, {KIND_NUMBER, "a number"}, {KIND_LIST, "a list"}, {KIND_MAPPING, "a mapping"},
};

static char *wanted_text(unsigned kinds) {
  GString *text = g_string_new(NULL);
  for (size_t i = 0; i < G_N_ELEMENTS(kind_names); i++)
    if (kinds & kind_names[i].kind)
      g_string_append_printf(text, "%s%s", text->len > 0 ? " or " : "", kind_names[i].name);
  return g_string_free(text, FALSE);
}

/* Beside other text, and in keys, only what has a text makes sense. */
static unsigned kinds_wanted(const WorkflowExpression *expression) {
  if (!expression->whole || expression->is_key)
    return expression->bare ? 0 : KIND_TEXT;
  return expression->kinds & (KIND_TEXTS | KIND_BOOLEAN | KIND_NUMBER | KIND_LIST | KIND_MAPPING);
}

/* False where a context may not be named at its place, which the reader has said. */
static bool is_available(const ExpressionNode *node, const ExpressionNode *parent G_GNUC_UNUSED, void *user) {
  const ExpressionNames *names = user;
  if (node->kind != EXPRESSION_NODE_CONTEXT || names == NULL || names->contexts == NULL)
    return true;
  for (const char *const *context = names->contexts; *context != NULL; context++)
    if (g_ascii_strcasecmp(*context, node->name) == 0)
      return true;
  return false;
}

static void check_value(LintFile *file, const WorkflowExpression *expression, const Type *type) {
  unsigned wanted = kinds_wanted(expression);
  bool is_condition = (expression->kinds & KIND_CONDITION) != 0;
  if (wanted == 0 || is_condition || (wanted & kinds_taken[type->kind]))
    return;
  if (!expression_node_walk(expression_root(expression->expression), is_available, (void *)expression->names))
    return;
  g_autofree char *expected = wanted_text(wanted), *found = type_describe(type);
  bool in_text = (wanted & KIND_TEXTS) != 0 && (wanted & ~(unsigned)KIND_TEXTS) == 0;
  lint_report(file, lint_report_at(file, expression->scalar, expression->span.start, expression->span.end), "%s: expected %s, found %s%s",
              expression->key != NULL ? expression->key : "value", expected, found, in_text ? ", which has no useful text" : "");
}

/* ---- names of variables ---- */

static bool is_variable_name(const char *name) {
  if (!g_ascii_isalpha(*name) && *name != '_')
    return false;
  for (; *name != '\0'; name++)
    if (!g_ascii_isalnum(*name) && *name != '_')
      return false;
  return true;
}

static bool check_variable(const ExpressionNode *node, const ExpressionNode *parent G_GNUC_UNUSED, void *user) {
  const Pass *pass = user;
  if (node->kind != EXPRESSION_NODE_INDEX || expression_node_child(node, 0)->kind != EXPRESSION_NODE_CONTEXT ||
      g_ascii_strcasecmp(expression_node_child(node, 0)->name, "vars") != 0)
    return true;
  const ExpressionNode *index = expression_node_child(node, 1);
  if (index->kind != EXPRESSION_NODE_LITERAL || index->value.kind != EXPRESSION_STRING)
    return true;
  const char *name = json_string_value(index->value.json);
  LintReport place = lint_report_in(pass->file, pass->expression, node->start, node->end);
  if (g_ascii_strncasecmp(name, "GITHUB_", strlen("GITHUB_")) == 0)
    lint_report(pass->file, place, "no variable can be called %s: names that begin with GITHUB_ are GitHub's own", name);
  else if (!is_variable_name(name))
    lint_report(pass->file, place, "no variable can have this name: letters, digits and _, not beginning with a digit");
  return true;
}

static void check_expression(LintFile *file, const WorkflowExpression *expression) {
  Pass pass = {file, expression};
  const ExpressionNode *root = expression_root(expression->expression);
  const Type *type = lint_expression_type(file, expression, tell, &pass);
  check_value(file, expression, type);
  expression_node_walk(root, check_variable, &pass);
  untrusted_input_check(file, expression);
}

/* ---- inputs of called workflows ---- */

#define INPUTS_MAX 500 /* that are held against each other */

/* A text that reads as a number is one for the called workflow, and one that is empty stays a text. */
static const Type *given_type(LintFile *file, const YamlNode *value, const WorkflowJob *job) {
  char *end = NULL;
  if (value->kind != YAML_SCALAR)
    return &type_any;
  if (value->length == 0)
    return &type_string;
  const Type *type = lint_scalar_type(file, value, job);
  g_ascii_strtod(value->text, &end);
  return type->kind == TYPE_STRING && *end == '\0' && memchr(value->text, '\0', value->length) == NULL ? &type_number : type;
}

/* An expression may give either; `yes` is a text, and GitHub refuses it. */
static bool is_no_boolean(const YamlNode *value) {
  bool read;
  return value->kind == YAML_SCALAR && !yaml_is_null(value) && memmem(value->text, value->length, "${{", 3) == NULL && !yaml_to_bool(value, &read) &&
         strcmp(value->text, "true") != 0 && strcmp(value->text, "false") != 0;
}

static void check_given(LintFile *file, const WorkflowJob *job, const WorkflowPair *given, const WorkflowInputs *inputs) {
  for (guint i = 0; i < MIN(inputs->count, INPUTS_MAX); i++) {
    const WorkflowInput *input = &inputs->items[i];
    if (g_ascii_strcasecmp(input->name, given->name) != 0)
      continue;
    const Type *wanted = lint_input_type(input), *found = given_type(file, given->value.node, job);
    if (!type_assignable(wanted, found))
      lint_report(file, (LintReport){.node = given->value.node}, "the called workflow takes a %s as input \"%s\", but gets a %s",
                  type_kind_name(wanted), input->name, type_kind_name(found));
    else if (wanted->kind == TYPE_BOOL && is_no_boolean(given->value.node))
      lint_report(file, (LintReport){.node = given->value.node}, "the called workflow takes true or false as input \"%s\", but gets \"%.60s\"",
                  input->name, given->value.node->text);
    return;
  }
}

static void check_job(LintFile *file, const WorkflowJob *job) {
  LookupState state;
  if (job->uses.text == NULL || job->with.count == 0)
    return;
  const Workflow *called = lint_local_workflow(file, job->uses.text, &state, NULL);
  const WorkflowEvent *call = called != NULL ? workflow_event(called, "workflow_call") : NULL;
  for (guint i = 0; call != NULL && i < MIN(job->with.count, INPUTS_MAX); i++)
    if (job->with.items[i].name != NULL && job->with.items[i].value.node != NULL)
      check_given(file, job, &job->with.items[i], &call->inputs);
}

const Rule rule_expression = {
  .id = "expression",
  .family = FAMILY_CORRECTNESS,
  .summary = "an expression that cannot mean what it says",
  .severity = SEVERITY_ERROR,
  .confidence = CONFIDENCE_HIGH,
  .job = check_job,
  .expression = check_expression,
};
