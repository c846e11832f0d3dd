#include "lint/taint/context_path.h"
#include "lint/edit/edit_yaml.h"
#include "lint/rules/constant.h"
#include "lint/view.h"

#include <string.h>

/* ---- what actions are called ---- */

/* A reference that is only understood by resolving its path, which few do who compare names. */
static const char *odd_part(const char *uses) {
  static const struct {
    const char *part;
    const char *name;
  } odd[] = {{"", "an empty part"}, {".", "a part \".\""}, {"..", "a part \"..\""}};
  g_auto(GStrv) halves = g_strsplit(uses, "@", 2);
  g_auto(GStrv) parts = g_strsplit(halves[0] != NULL ? halves[0] : "", "/", -1);
  for (guint i = 2; g_strv_length(parts) > 2 && parts[i] != NULL; i++)
    for (size_t k = 0; k < G_N_ELEMENTS(odd); k++)
      if (strcmp(g_strstrip(parts[i]), odd[k].part) == 0)
        return odd[k].name;
  return NULL;
}

/* The reference with a plain path; NULL where ".." leads out of it. Transfer full. */
static char *plain_reference(const char *uses) {
  g_auto(GStrv) halves = g_strsplit(uses, "@", 2);
  g_auto(GStrv) parts = g_strsplit(halves[0], "/", -1);
  g_autoptr(GPtrArray) kept = g_ptr_array_new();
  for (guint i = 0; parts[i] != NULL; i++) {
    bool up = strcmp(parts[i], "..") == 0;
    if (up && kept->len <= 2)
      return NULL;
    if (up)
      g_ptr_array_set_size(kept, (int)kept->len - 1);
    else if (parts[i][0] != '\0' && strcmp(parts[i], ".") != 0)
      g_ptr_array_add(kept, parts[i]);
  }
  g_ptr_array_add(kept, NULL);
  g_autofree char *path = g_strjoinv("/", (char **)kept->pdata);
  return halves[1] != NULL ? g_strconcat(path, "@", halves[1], NULL) : NULL;
}

static Fix *plain_fix(LintFile *file, const WorkflowText *uses) {
  g_autofree char *plain = file->fixing ? plain_reference(uses->text) : NULL;
  g_autoptr(Fix) fix = fix_new("name the action by its plain path", true);
  return plain != NULL && edit_set_scalar(lint_edit_tree(file), fix, uses->node, plain) ? g_steal_pointer(&fix) : NULL;
}

static bool is_of_repository(const char *uses) {
  return uses != NULL && !g_str_has_prefix(uses, "./") && !g_str_has_prefix(uses, "$/") && !g_str_has_prefix(uses, "docker://");
}

static void check_step(LintFile *file, const WorkflowStep *step) {
  if (!is_of_repository(step->uses.text))
    return;
  const char *odd = odd_part(step->uses.text);
  if (odd != NULL)
    lint_report(file,
                (LintReport){.node = step->uses.node, .help = g_strdup("name the action by its plain path"), .fix = plain_fix(file, &step->uses)},
                "the action's path has %s, which hides from people and tools what runs", odd);
  if (step->with.count > 0 && step->with.items[0].name == NULL)
    lint_report(
      file, (LintReport){.node = lint_key(step->node, "with"), .severity = SEVERITY_INFORMATIONAL, .help = g_strdup("name the inputs in the file")},
      "an expression stands for all inputs, so that nobody can see what the action is given");
}

/* ---- expressions ---- */

typedef struct {
  LintFile *file;
  const WorkflowExpression *expression;
} Look;

/* The value instead of the whole expression, where other text stands beside it. */
static Fix *value_fix(const Look *look, const ExpressionNode *node, const char *value) {
  const WorkflowExpression *expression = look->expression;
  if (!look->file->fixing || value == NULL || expression->whole || node != expression_root(expression->expression) || strstr(value, "${{") != NULL)
    return NULL;
  g_autoptr(Fix) fix = fix_new("write the expression's value", true);
  size_t length = expression->span.end - expression->span.start;
  bool made = edit_replace_in_scalar(lint_edit_tree(look->file), fix, expression->scalar, expression->span.start, length, value);
  return made ? g_steal_pointer(&fix) : NULL;
}

static void tell_constant(const Look *look, size_t start, size_t end, const ExpressionNode *node) {
  LintReport report = lint_report_in(look->file, look->expression, start, end);
  g_autofree char *value = node != NULL ? constant_text(look->expression, node) : NULL;
  bool plain = value != NULL && value[0] != '\0' && strlen(value) < 40;
  report.fix = node != NULL ? value_fix(look, node, value) : NULL;
  g_autofree char *shown = plain ? context_short_text(value) : NULL;
  report.help = plain ? g_strdup_printf("write its value, %s", shown) : g_strdup("write its value");
  lint_report(look->file, report, "this always gives the same: an expression that needs no computing hides what is meant");
}

/* The first operands of `true || false || x`, which are a whole for themselves. */
static size_t leading_constants(const ExpressionNode *node) {
  size_t count = 0;
  bool chain = node->kind == EXPRESSION_NODE_AND || node->kind == EXPRESSION_NODE_OR;
  while (chain && count < expression_node_count(node) && constant_is(expression_node_child(node, count)))
    count++;
  return count >= 2 ? count : 0;
}

static void look_at(const Look *look, const ExpressionNode *node) {
  if (node->kind == EXPRESSION_NODE_LITERAL)
    return;
  if (constant_is(node)) {
    tell_constant(look, node->start, node->end, node);
    return;
  }
  size_t first = leading_constants(node);
  if (first > 0)
    tell_constant(look, expression_node_child(node, 0)->start, expression_node_child(node, first - 1)->end, NULL);
  for (size_t i = first; i < expression_node_count(node); i++) {
    const ExpressionNode *child = expression_node_child(node, i);
    if (node->kind == EXPRESSION_NODE_INDEX && i == 1 && child->kind != EXPRESSION_NODE_LITERAL && child->kind != EXPRESSION_NODE_WILDCARD) {
      LintReport report = lint_report_in(look->file, look->expression, child->start, child->end);
      report.persona = PERSONA_PEDANTIC;
      report.help = g_strdup("name the member");
      lint_report(look->file, report, "which member this is is computed, so that nobody can tell what is read");
    }
    look_at(look, child);
  }
}

static void check_expression(LintFile *file, const WorkflowExpression *expression) {
  const ExpressionNode *root = expression->expression != NULL && !expression->bare ? expression_root(expression->expression) : NULL;
  Look look = {file, expression};
  if (root != NULL && root->kind == EXPRESSION_NODE_LITERAL)
    tell_constant(&look, root->start, root->end, root);
  else if (root != NULL)
    look_at(&look, root);
}

const Rule rule_obfuscation = {
  .id = "obfuscation",
  .family = FAMILY_SECURITY,
  .summary = "what runs is hidden from the eye",
  .severity = SEVERITY_LOW,
  .confidence = CONFIDENCE_HIGH,
  .fixable = true,
  .step = check_step,
  .expression = check_expression,
};
