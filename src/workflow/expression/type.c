#include "workflow/expression/type_internal.h"

#include <stdlib.h>
#include <string.h>

const Type type_any = {.kind = TYPE_ANY};
const Type type_null = {.kind = TYPE_NULL};
const Type type_bool = {.kind = TYPE_BOOL};
const Type type_number = {.kind = TYPE_NUMBER};
const Type type_string = {.kind = TYPE_STRING};
const Type type_any_array = {.kind = TYPE_ARRAY, .rest = &type_any};
const Type type_any_object = TYPE_MAP(&type_any);

const char *type_kind_name(const Type *type) {
  static const char *const names[] = {
    [TYPE_ANY] = "any",       [TYPE_NULL] = "null",   [TYPE_BOOL] = "bool",     [TYPE_NUMBER] = "number",
    [TYPE_STRING] = "string", [TYPE_ARRAY] = "array", [TYPE_OBJECT] = "object",
  };
  return names[type->kind];
}

/* --- arrays --- */

const Type *type_array(Arena *arena, const Type *item) {
  Type *array = arena_alloc(arena, sizeof(Type));
  *array = (Type){.kind = TYPE_ARRAY, .rest = item};
  return array;
}

const Type *type_filtered(Arena *arena, const Type *item) {
  Type *array = arena_alloc(arena, sizeof(Type));
  *array = (Type){.kind = TYPE_ARRAY, .filtered = true, .rest = item};
  return array;
}

const Type *type_item(const Type *array) {
  if (array->kind != TYPE_ARRAY)
    return &type_any;
  return array->rest != NULL ? array->rest : type_notation_item(array);
}

/* --- objects --- */

int type_compare_names(const char *left, const char *right) {
  return expression_text_compare(left, strlen(left), right, strlen(right));
}

static int compare_properties(const void *left, const void *right) {
  return type_compare_names(((const TypeProperty *)left)->name, ((const TypeProperty *)right)->name);
}

/* Makes one property of neighbours with the same name; returns how many are left. */
static size_t unite_properties(Arena *arena, TypeProperty *properties, size_t count) {
  size_t kept = 0;
  for (size_t i = 0; i < count; i++) {
    TypeProperty *last = kept == 0 ? NULL : &properties[kept - 1];
    if (last != NULL && compare_properties(last, &properties[i]) == 0)
      last->type = type_merge(arena, last->type, properties[i].type);
    else
      properties[kept++] = properties[i];
  }
  return kept;
}

const Type *type_object(Arena *arena, const TypeProperty *properties, size_t count, const Type *rest) {
  TypeProperty *sorted = arena_array(arena, TypeProperty, count);
  for (size_t i = 0; i < count; i++)
    sorted[i] = properties[i];
  if (count > 0)
    qsort(sorted, count, sizeof *sorted, compare_properties);

  Type *object = arena_alloc(arena, sizeof(Type));
  *object = (Type){.kind = TYPE_OBJECT, .rest = rest, .properties = sorted, .count = unite_properties(arena, sorted, count)};
  return object;
}

/* The index of the first property whose name is not below `name`, and whether it is `name`. */
static size_t find_property(const Type *object, const char *name, size_t length, bool *found) {
  size_t low = 0;
  size_t high = object->count;

  *found = false;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    const char *there = object->properties[middle].name;
    int order = expression_text_compare(there, strlen(there), name, length);
    *found = *found || order == 0;
    if (order < 0)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

const Type *type_with(Arena *arena, const Type *object, const char *name, const Type *type) {
  if (object->kind != TYPE_OBJECT)
    return object;

  bool found = false;
  size_t at = find_property(object, name, strlen(name), &found);
  TypeProperty *properties = arena_array(arena, TypeProperty, object->count + 1);
  size_t count = 0;
  for (size_t i = 0; i < at; i++)
    properties[count++] = object->properties[i];
  properties[count++] = (TypeProperty){.name = name, .type = type};
  for (size_t i = at + found; i < object->count; i++)
    properties[count++] = object->properties[i];

  Type *with = arena_alloc(arena, sizeof(Type));
  *with = *object;
  with->properties = properties;
  with->count = count;
  return with;
}

const Type *type_listed_property(const Type *object, const char *name, size_t length) {
  bool found = false;
  size_t at = find_property(object, name, length, &found);
  return found ? object->properties[at].type : NULL;
}

const Type *type_property(const Type *object, const char *name, size_t length) {
  if (object->kind != TYPE_OBJECT)
    return &type_any;

  const Type *listed = type_listed_property(object, name, length);
  if (listed != NULL)
    return listed;
  return type_is_lazy(object) ? type_notation_property(object, name, length) : object->rest;
}

void type_each_name(const Type *object, TypeNameVisitor visit, void *user) {
  if (object->kind != TYPE_OBJECT)
    return;
  for (size_t i = 0; i < object->count; i++) {
    if (!visit(object->properties[i].name, user))
      return;
  }
  type_notation_each_name(object, visit, user);
}
