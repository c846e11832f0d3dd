#include "lint/view.h"
#include "workflow/expression/ast.h"

#include <string.h>

/* ---- one image ---- */

typedef enum { PIN_NONE, PIN_LATEST, PIN_TAG, PIN_DIGEST, PIN_UNKNOWN } Pin;

/* How much of the image is fixed. Not image_reference_parse(): expressions may stand in it, and what is wrong in it is not asked
 * here. */
static Pin judge_image(const char *image) {
  g_autoptr(GString) plain = g_string_new(NULL);
  for (const char *at = image; *at != '\0';) {
    const char *end = g_str_has_prefix(at, "${{") ? strstr(at, "}}") : NULL;
    g_string_append_c(plain, end != NULL ? '$' : *at);
    at = end != NULL ? end + strlen("}}") : at + 1;
  }
  if (strchr(plain->str, '@') != NULL)
    return PIN_DIGEST;
  const char *slash = strrchr(plain->str, '/');
  const char *tag = strchr(slash != NULL ? slash : plain->str, ':');
  if (tag == NULL)
    return g_str_has_suffix(plain->str, "$") ? PIN_UNKNOWN : PIN_NONE;
  return strcmp(tag, ":latest") == 0 ? PIN_LATEST : PIN_TAG;
}

static void report_image(LintFile *file, LintReport report, const char *image, Pin pin) {
  report.help = g_strdup("write its digest behind it: IMAGE:TAG@sha256:...");
  report.confidence = pin == PIN_UNKNOWN ? CONFIDENCE_LOW : CONFIDENCE_HIGH;
  report.persona = pin == PIN_TAG ? PERSONA_PEDANTIC : PERSONA_REGULAR;
  if (pin == PIN_TAG)
    lint_report(file, report, "the image \"%s\" has no digest: who can move the tag decides what runs here", image);
  else if (pin == PIN_UNKNOWN)
    lint_report(file, report, "the image that \"%s\" gives may be anything", image);
  else
    lint_report(file, report, "the image \"%s\" is whatever is the latest by then", image);
}

static void check_image(LintFile *file, LintReport report, const char *image) {
  image += g_str_has_prefix(image, "docker://") ? strlen("docker://") : 0;
  Pin pin = *image != '\0' ? judge_image(image) : PIN_DIGEST;
  if (pin != PIN_DIGEST)
    report_image(file, report, image, pin);
}

/* ---- images that an expression gives ---- */

#define MATRIX_VALUES_MAX 1000 /* that are looked at in a job: many images may name one long list */

typedef struct {
  LintFile *file;
  const WorkflowText *text;
  size_t inner; /* where the expression starts in it */
  const YamlNode *matrix;
  guint *values_left;
  bool is_single; /* the expression can only give one thing: all of the text is the place of a report */
} Giving;

/* The texts below a node: of a list those of its items, of a mapping (`path`: ".name.name") those of the member. */
static void check_values(const Giving *giving, const LintReport *report, const YamlNode *node, const char *path) {
  if (node == NULL || *giving->values_left == 0)
    return;
  --*giving->values_left;
  if (node->kind == YAML_SEQUENCE) {
    for (guint i = 0; i < node->count; i++)
      if (node->items[i]->kind != YAML_SEQUENCE)
        check_values(giving, report, node->items[i], path);
  } else if (*path == '.') {
    size_t length = strcspn(path + 1, ".");
    g_autofree char *name = g_strndup(path + 1, length);
    check_values(giving, report, yaml_get(node, name), path + 1 + length);
  } else if (node->kind == YAML_SCALAR && !yaml_is_null(node)) {
    check_image(giving->file, *report, node->text);
  }
}

/* `path` is ".name" or ".name.member". */
static void check_matrix(const Giving *giving, const LintReport *report, const char *path) {
  if (giving->matrix == NULL || giving->matrix->kind != YAML_MAPPING)
    return;
  check_values(giving, report, giving->matrix, path);
  check_values(giving, report, yaml_get(giving->matrix, "include"), path);
}

/* ".image" of `matrix.image`, ".a.b" of `matrix.a.b`; NULL for anything else. Transfer full. */
static char *matrix_path(const ExpressionNode *node) {
  g_autoptr(GString) path = g_string_new(NULL);
  for (; node->kind == EXPRESSION_NODE_INDEX; node = expression_node_child(node, 0)) {
    const ExpressionNode *name = expression_node_child(node, 1);
    if (name->kind != EXPRESSION_NODE_LITERAL || name->value.kind != EXPRESSION_STRING)
      return NULL;
    g_autofree char *text = expression_value_to_string(&name->value, NULL);
    g_string_prepend(path, text);
    g_string_prepend_c(path, '.');
  }
  bool is_matrix = node->kind == EXPRESSION_NODE_CONTEXT && g_ascii_strcasecmp(node->name, "matrix") == 0 && path->len > 0;
  return is_matrix ? g_strdup(path->str) : NULL;
}

static void check_leaf(const Giving *giving, const ExpressionNode *leaf) {
  size_t start = giving->inner + leaf->start, end = giving->inner + leaf->end;
  LintReport report = giving->is_single ? (LintReport){.node = giving->text->node} : lint_report_at(giving->file, giving->text->node, start, end);
  g_autofree char *path = matrix_path(leaf);
  if (path != NULL) {
    check_matrix(giving, &report, path);
  } else if (leaf->kind == EXPRESSION_NODE_LITERAL) {
    g_autofree char *text = expression_value_to_string(&leaf->value, NULL);
    if (leaf->value.kind == EXPRESSION_STRING)
      check_image(giving->file, report, text);
  } else {
    g_autofree char *shown = g_strndup(giving->text->text + start, end - start);
    report_image(giving->file, report, shown, PIN_UNKNOWN);
  }
}

/* What `a && b` gives is b, as far as an image goes; what `a || b` gives is either. The tree is never deep. */
static void check_node(const Giving *giving, const ExpressionNode *node) {
  size_t count = expression_node_count(node);
  if (node->kind == EXPRESSION_NODE_AND) {
    check_node(giving, expression_node_child(node, count - 1));
  } else if (node->kind == EXPRESSION_NODE_OR) {
    for (size_t i = 0; i < count; i++)
      check_node(giving, expression_node_child(node, i));
  } else {
    check_leaf(giving, node);
  }
}

static void check_text(LintFile *file, const WorkflowText *text, const YamlNode *matrix, guint *values_left) {
  if (text->text == NULL)
    return;
  g_autoptr(ExpressionTemplate) template = lint_has_expression(text) ? expression_template_parse(text->text, text->node->length, NULL, NULL) : NULL;
  const Expression *single = template != NULL ? expression_template_single(template) : NULL;
  const ExpressionNode *root = single != NULL ? expression_root(single) : NULL;
  if (root == NULL) {
    check_image(file, (LintReport){.node = text->node}, text->text);
    return;
  }
  bool is_single = root->kind != EXPRESSION_NODE_AND && root->kind != EXPRESSION_NODE_OR;
  size_t count, inner = expression_template_segments(template, &count)->span.inner;
  check_node(&(Giving){file, text, inner, matrix, values_left, is_single}, root);
}

/* ---- the rule ---- */

static void check_job(LintFile *file, const WorkflowJob *job) {
  guint values_left = MATRIX_VALUES_MAX;
  check_text(file, &job->container.image, job->strategy.matrix, &values_left);
  for (guint i = 0; i < job->service_count; i++)
    check_text(file, &job->services[i].image, job->strategy.matrix, &values_left);
}

static void check_step(LintFile *file, const WorkflowStep *step) {
  const Uses *uses = lint_step_uses(file, step);
  if (uses == NULL || uses->kind != USES_DOCKER)
    return;
  size_t start = uses->image.host.text != NULL ? uses->image.host.offset : uses->image.repository.offset;
  check_image(file, lint_report_at(file, step->uses.node, start, step->uses.node->length), step->uses.text + start);
}

static void check_action(LintFile *file, const Action *action) {
  if (action->kind == ACTION_DOCKER && action->image.text != NULL && g_str_has_prefix(action->image.text, "docker://"))
    check_image(file, (LintReport){.node = action->image.node}, action->image.text);
}

const Rule rule_unpinned_images = {
  .id = "unpinned-images",
  .family = FAMILY_SECURITY,
  .summary = "an image without a digest",
  .severity = SEVERITY_HIGH,
  .confidence = CONFIDENCE_HIGH,
  .job = check_job,
  .step = check_step,
  .action = check_action,
};
