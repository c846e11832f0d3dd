#include "type_workflow.h"

#include <string.h>

static const char notations_text[] =
  "{'push': {'object': {'ref': 'string', 'forced': 'bool', 'size': 'number', 'commits': {'array': {'ref': 'commit'}},"
  "                     'repository': {'ref': 'repository'}, 'team': {'ref': 'team'}, 'tree': {'ref': 'tree'}}},"
  " 'issues': {'object': {'action': 'string', 'size': 'string', 'issue': {'object': {'title': 'string', 'labels': {'array': {'ref': 'label'}}}},"
  "                       'repository': {'ref': 'repository'}, 'commits': {'array': {'ref': 'label'}}}},"
  " 'commit': {'object': {'id': 'string', 'author': {'object': {'name': 'string'}}}},"
  " 'label': {'object': {'name': 'string', 'default': 'bool'}},"
  " 'repository': {'object': {'full_name': 'string', 'custom': {'object': {'known': 'number'}, 'rest': 'string'}}},"
  " 'team': {'object': {'slug': 'string', 'parent': {'ref': 'team'}}},"
  " 'tree': {'array': {'ref': 'tree'}},"
  " 'self': {'ref': 'self'}, 'lost': {'ref': 'nobody'}, 'broken': {'objects': 3}, 'typo': 'strnig', 'number': 7}";

json_t *type_workflow_notations(void) {
  static json_t *parsed = NULL;
  if (parsed != NULL)
    return parsed;
  g_autofree char *quoted = g_strdelimit(g_strdup(notations_text), "'", '"');
  parsed = json_loads(quoted, 0, NULL);
  g_assert_nonnull(parsed);
  return parsed;
}

static const json_t *resolve(const char *ref, G_GNUC_UNUSED void *user) {
  return json_object_get(type_workflow_notations(), ref);
}

static const TypeProperty no_properties[] = {{0}};
static const Type empty = {.kind = TYPE_OBJECT, .properties = no_properties};

static const TypeProperty package_properties[] = {{"name", &type_string}, {"optional", &type_bool}};
static const Type package = TYPE_STRICT(package_properties);
static const TypeProperty matrix_properties[] = {{"node", &type_number}, {"os", &type_string}, {"package", &package}};
static const Type matrix = TYPE_STRICT(matrix_properties);

static const TypeProperty input_properties[] = {{"count", &type_number}, {"flag", &type_bool}, {"name", &type_string}, {"what", &type_any}};
static const Type inputs = TYPE_STRICT(input_properties);

static const TypeProperty output_properties[] = {{"sha", &type_string}};
static const Type outputs = TYPE_STRICT(output_properties);
static const TypeProperty need_properties[] = {{"outputs", &outputs}, {"result", &type_string}};
static const Type need = TYPE_STRICT(need_properties);
static const TypeProperty needs_properties[] = {{"build", &need}, {"lint", &need}};
static const Type needs = TYPE_STRICT(needs_properties);

static const Type numbers = {.kind = TYPE_ARRAY, .rest = &type_number};
static const TypeProperty list_properties[] = {{"deep", &(const Type){.kind = TYPE_ARRAY, .rest = &numbers}}, {"numbers", &numbers}};
static const Type list = TYPE_STRICT(list_properties);

static const TypeProperty contexts[] = {{"matrix", &matrix}, {"inputs", &inputs}, {"needs", &needs}, {"steps", &empty}, {"list", &list}};

static const Type *context(const char *name, void *user) {
  const TypeWorkflow *workflow = user;
  if (g_ascii_strcasecmp(name, "github") == 0)
    return workflow->github;
  for (size_t i = 0; i < G_N_ELEMENTS(contexts); i++) {
    if (g_ascii_strcasecmp(contexts[i].name, name) == 0)
      return contexts[i].type;
  }
  return type_of_context(name);
}

static void report(const TypeFinding *finding, void *user) {
  static const char *const kinds[] = {
    [TYPE_FINDING_MEMBER] = "member",     [TYPE_FINDING_PAYLOAD] = "payload", [TYPE_FINDING_COMPARISON] = "comparison",
    [TYPE_FINDING_ARGUMENT] = "argument", [TYPE_FINDING_FORMAT] = "format",   [TYPE_FINDING_JSON] = "json",
  };
  TypeWorkflow *workflow = user;
  g_string_append_printf(workflow->findings, "%zu-%zu %s: %s\n", finding->start, finding->end, kinds[finding->kind], finding->message);
}

void type_workflow_init(TypeWorkflow *workflow) {
  Arena *arena = arena_new();
  *workflow = (TypeWorkflow){.source = {.arena = arena, .resolve = resolve}, .findings = g_string_new(NULL)};
  const Type *push = type_from_notation(&workflow->source, json_object_get(type_workflow_notations(), "push"));
  const Type *issues = type_from_notation(&workflow->source, json_object_get(type_workflow_notations(), "issues"));
  workflow->github = type_with(arena, &type_github, "event", type_merge(arena, push, issues));
}

void type_workflow_clear(TypeWorkflow *workflow) {
  g_string_free(workflow->findings, TRUE);
  arena_free(workflow->source.arena);
}

const Type *type_workflow_check(TypeWorkflow *workflow, const char *text) {
  g_autoptr(GError) error = NULL;
  g_autoptr(Expression) expression = expression_parse(text, strlen(text), &error);
  g_assert_no_error(error);
  ExpressionTypeScope scope = {.arena = workflow->source.arena, .context = context, .report = report, .user = workflow};
  return expression_type_check(expression_root(expression), &scope);
}
