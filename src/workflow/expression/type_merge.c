#include "workflow/expression/type_internal.h"

/* --- objects --- */

static const Type *merge_optional(Arena *arena, const Type *left, const Type *right) {
  if (left == NULL || right == NULL)
    return left == NULL ? right : left;
  return type_merge(arena, left, right);
}

/* The property that comes next in one or both of two sorted tables, from which it moves on. */
static TypeProperty next_property(Arena *arena, const Type *left, size_t *left_at, const Type *right, size_t *right_at) {
  bool from_left = *left_at < left->count;
  bool from_right = *right_at < right->count;
  if (from_left && from_right) {
    int order = type_compare_names(left->properties[*left_at].name, right->properties[*right_at].name);
    from_left = order <= 0;
    from_right = order >= 0;
  }
  const TypeProperty *property = from_left ? &left->properties[*left_at] : &right->properties[*right_at];
  const Type *other = from_left ? right->rest : left->rest;
  if (from_left && from_right)
    other = right->properties[*right_at].type;

  *left_at += from_left;
  *right_at += from_right;
  return (TypeProperty){.name = property->name, .type = merge_optional(arena, property->type, other)};
}

static bool is_same_table(const Type *object, const TypeProperty *properties, size_t count, const Type *rest) {
  if (object->count != count || object->rest != rest)
    return false;
  for (size_t i = 0; i < count; i++) {
    if (object->properties[i].type != properties[i].type)
      return false;
  }
  return true;
}

static const Type *merge_tables(Arena *arena, const Type *left, const Type *right) {
  g_autofree TypeProperty *properties = g_new(TypeProperty, left->count + right->count);
  const Type *rest = merge_optional(arena, left->rest, right->rest);
  size_t count = 0;

  for (size_t l = 0, r = 0; l < left->count || r < right->count;)
    properties[count++] = next_property(arena, left, &l, right, &r);
  if (is_same_table(left, properties, count, rest))
    return left;
  if (count > TYPE_MAX_MERGED_PROPERTIES)
    return &type_any_object;
  return type_object(arena, properties, count, rest);
}

static const Type *merge_objects(Arena *arena, const Type *left, const Type *right) {
  const Type *merged = NULL;
  if (!type_is_lazy(left) && !type_is_lazy(right))
    merged = merge_tables(arena, left, right);
  if (type_is_lazy(left) && type_is_lazy(right))
    merged = type_notation_merge(arena, left, right);
  return merged == NULL ? &type_any_object : merged;
}

/* --- the rest --- */

static const Type *merge_arrays(Arena *arena, const Type *left, const Type *right) {
  if (left->rest == NULL && right->rest == NULL) {
    const Type *merged = type_notation_merge(arena, left, right);
    return merged == NULL ? &type_any_array : merged;
  }
  const Type *item = type_merge(arena, type_item(left), type_item(right));
  bool filtered = left->filtered || right->filtered;
  if (item == left->rest && filtered == left->filtered)
    return left;
  return filtered ? type_filtered(arena, item) : type_array(arena, item);
}

static bool is_plain(const Type *type) {
  return type->kind == TYPE_BOOL || type->kind == TYPE_NUMBER || type->kind == TYPE_STRING;
}

const Type *type_merge(Arena *arena, const Type *left, const Type *right) {
  if (left == right)
    return left;
  if (left->kind != right->kind) {
    bool text = left->kind == TYPE_STRING || right->kind == TYPE_STRING;
    return text && is_plain(left) && is_plain(right) ? &type_string : &type_any;
  }
  if (left->kind == TYPE_OBJECT)
    return merge_objects(arena, left, right);
  return left->kind == TYPE_ARRAY ? merge_arrays(arena, left, right) : left;
}

/* --- JSON --- */

static const Type *type_of_value(Arena *arena, const json_t *value, unsigned depth);

static const Type *type_of_array(Arena *arena, const json_t *array, unsigned depth) {
  const Type *item = NULL;
  for (size_t i = 0; i < json_array_size(array); i++)
    item = merge_optional(arena, item, type_of_value(arena, json_array_get(array, i), depth + 1));
  return type_array(arena, item == NULL ? &type_any : item);
}

static const Type *type_of_object(Arena *arena, json_t *object, unsigned depth) {
  g_autofree TypeProperty *properties = g_new(TypeProperty, json_object_size(object));
  size_t count = 0;

  for (void *iter = json_object_iter(object); iter != NULL; iter = json_object_iter_next(object, iter)) {
    const char *name = arena_strndup(arena, json_object_iter_key(iter), json_object_iter_key_len(iter));
    properties[count++] = (TypeProperty){name, type_of_value(arena, json_object_iter_value(iter), depth + 1)};
  }
  return type_object(arena, properties, count, NULL);
}

static const Type *type_of_value(Arena *arena, const json_t *value, unsigned depth) {
  if (depth > EXPRESSION_MAX_JSON_DEPTH)
    return &type_any;
  switch (json_typeof(value)) {
  case JSON_OBJECT:
    return type_of_object(arena, (json_t *)value, depth);
  case JSON_ARRAY:
    return type_of_array(arena, value, depth);
  case JSON_STRING:
    return &type_string;
  case JSON_INTEGER:
  case JSON_REAL:
    return &type_number;
  case JSON_TRUE:
  case JSON_FALSE:
    return &type_bool;
  case JSON_NULL:
    break;
  }
  return &type_null;
}

const Type *type_of_json(Arena *arena, const json_t *value) {
  return type_of_value(arena, value, 1);
}
