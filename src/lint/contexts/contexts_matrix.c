#include "lint/contexts/contexts_internal.h"

#include <string.h>

static const Type *value_type(LintFile *file, const YamlNode *node, const WorkflowJob *job);

/* What all items have in common. */
static const Type *item_type(LintFile *file, const YamlNode *list, const WorkflowJob *job) {
  const Type *item = NULL;
  for (guint i = 0; i < list->count; i++) {
    const Type *type = value_type(file, list->items[i], job);
    item = item == NULL ? type : type_merge(file->arena, item, type);
  }
  return item != NULL ? item : &type_any;
}

/* The depth is that of the YAML tree, which has a limit, and so has what aliases repeat. */
static const Type *value_type(LintFile *file, const YamlNode *node, const WorkflowJob *job) {
  if (node->kind == YAML_SCALAR)
    return lint_scalar_type(file, node, job);
  if (node->kind == YAML_SEQUENCE)
    return type_array(file->arena, item_type(file, node, job));
  TypeProperty *properties = arena_array(file->arena, TypeProperty, node->count);
  for (guint i = 0; i < node->count; i++)
    properties[i] = (TypeProperty){yaml_key(node, i)->text, value_type(file, yaml_value(node, i), job)};
  return type_object(file->arena, properties, node->count, NULL);
}

/* ---- the matrix ---- */

/* What one key of the matrix is in a job: an item of its list. */
static const Type *vector_type(LintFile *file, const YamlNode *vector, const WorkflowJob *job) {
  return vector->kind == YAML_SEQUENCE ? item_type(file, vector, job) : type_item(value_type(file, vector, job));
}

static const Type *vectors_type(LintFile *file, const YamlNode *matrix, const WorkflowJob *job) {
  TypeProperty *properties = arena_array(file->arena, TypeProperty, matrix->count);
  size_t count = 0;
  for (guint i = 0; i < matrix->count; i++) {
    const char *key = yaml_key(matrix, i)->text;
    if (strcmp(key, "include") != 0 && strcmp(key, "exclude") != 0)
      properties[count++] = (TypeProperty){key, vector_type(file, yaml_value(matrix, i), job)};
  }
  return type_object(file->arena, properties, count, NULL);
}

/* What `include` adds may be of any form when an expression gives it. */
static const Type *add_included(LintFile *file, const Type *vectors, const Type *included) {
  if (included->kind != TYPE_OBJECT)
    return &type_any_object;
  return type_merge(file->arena, vectors, included);
}

static const Type *literal_type(LintFile *file, const YamlNode *matrix, const WorkflowJob *job) {
  const Type *vectors = vectors_type(file, matrix, job);
  const YamlNode *include = yaml_get(matrix, "include");
  if (include == NULL || (include->kind == YAML_SEQUENCE && include->count == 0))
    return vectors;
  return add_included(file, vectors, vector_type(file, include, job));
}

/* All of the matrix is one expression: its vectors are lists, and so is its `include`. */
static const Type *dynamic_type(LintFile *file, const YamlNode *matrix, const WorkflowJob *job) {
  const Type *type = value_type(file, matrix, job);
  if (type->kind != TYPE_OBJECT || type->rest != NULL || type->source != NULL)
    return &type_any_object;
  TypeProperty *properties = arena_array(file->arena, TypeProperty, type->count);
  size_t count = 0;
  for (size_t i = 0; i < type->count; i++)
    if (g_ascii_strcasecmp(type->properties[i].name, "include") != 0 && g_ascii_strcasecmp(type->properties[i].name, "exclude") != 0)
      properties[count++] = (TypeProperty){type->properties[i].name, type_item(type->properties[i].type)};
  const Type *vectors = type_object(file->arena, properties, count, NULL), *include = type_property(type, "include", strlen("include"));
  return include != NULL ? add_included(file, vectors, type_item(include)) : vectors;
}

static const Type *make_matrix(LintFile *file, const WorkflowJob *job) {
  const YamlNode *strategy = job->strategy.node, *matrix = job->strategy.matrix;
  if (strategy != NULL && strategy->kind != YAML_MAPPING)
    return &type_any_object;
  if (matrix == NULL)
    return type_object(file->arena, NULL, 0, NULL);
  return matrix->kind == YAML_MAPPING  ? literal_type(file, matrix, job)
         : matrix->kind == YAML_SCALAR ? dynamic_type(file, matrix, job)
                                       : &type_any_object;
}

const Type *contexts_matrix(LintFile *file, const WorkflowExpression *expression) {
  const WorkflowJob *job = expression->job;
  if (job == NULL)
    return NULL;
  JobContexts *contexts = contexts_of_job(file, job);
  if (contexts->matrix == NULL) {
    contexts->matrix = &type_any_object; /* for an expression in it that asks for it all the same */
    contexts->matrix = make_matrix(file, job);
  }
  return contexts->matrix;
}
