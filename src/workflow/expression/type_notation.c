#include "workflow/expression/type_internal.h"

#include <string.h>

#define MAX_HOPS 8 /* from ref to ref */

/* Types are made of the notations that a value may have, read one level at a time: whoever asks for a property gets the
 * merge of what each notation says of it, which may be lazy again. */

static const Type *const scalars[] = {&type_any, &type_null, &type_bool, &type_number, &type_string};

static const json_t *follow(const TypeSource *source, const json_t *notation) {
  for (int hops = 0; hops < MAX_HOPS; hops++) {
    const char *ref = json_string_value(json_object_get(notation, "ref"));
    if (ref == NULL)
      return notation;
    notation = source->resolve == NULL ? NULL : source->resolve(ref, source->user);
  }
  return NULL;
}

static const Type *scalar(const char *name) {
  for (size_t i = 0; i < G_N_ELEMENTS(scalars); i++) {
    if (strcmp(type_kind_name(scalars[i]), name) == 0)
      return scalars[i];
  }
  return &type_any;
}

static Type *lazy_type(Arena *arena, const TypeSource *source, TypeKind kind, size_t capacity, const json_t ***notations) {
  Type *type = arena_alloc(arena, sizeof(Type));
  *notations = arena_array(arena, const json_t *, capacity);
  *type = (Type){.kind = kind, .source = source, .notations = *notations};
  return type;
}

static const Type *lazy(const TypeSource *source, TypeKind kind, const json_t *notation) {
  const json_t **notations = NULL;
  Type *type = lazy_type(source->arena, source, kind, 1, &notations);
  notations[type->notation_count++] = notation;
  return type;
}

const Type *type_from_notation(const TypeSource *source, const json_t *notation) {
  notation = follow(source, notation);
  if (json_is_string(notation))
    return scalar(json_string_value(notation));
  if (json_is_object(json_object_get(notation, "object")))
    return lazy(source, TYPE_OBJECT, notation);

  const json_t *item = json_object_get(notation, "array");
  return item == NULL ? &type_any : lazy(source, TYPE_ARRAY, item);
}

/* --- asking --- */

static const Type *merge_notation(const Type *owner, const Type *before, const json_t *notation) {
  const Type *type = type_from_notation(owner->source, notation);
  return before == NULL ? type : type_merge(owner->source->arena, before, type);
}

const Type *type_notation_item(const Type *array) {
  const Type *item = NULL;
  for (size_t i = 0; i < array->notation_count; i++)
    item = merge_notation(array, item, array->notations[i]);
  return item == NULL ? &type_any : item;
}

const Type *type_notation_property(const Type *object, const char *name, size_t length) {
  const Type *type = NULL;
  for (size_t i = 0; i < object->notation_count; i++) {
    const json_t *member = expression_object_get(json_object_get(object->notations[i], "object"), name, length, false);
    if (member == NULL)
      member = json_object_get(object->notations[i], "rest");
    if (member != NULL)
      type = merge_notation(object, type, member);
  }
  return type;
}

/* Whether neither the table nor one of the first `before` notations names it. */
static bool is_new_name(const Type *object, size_t before, const char *name) {
  for (size_t i = 0; i < before; i++) {
    if (json_object_get(json_object_get(object->notations[i], "object"), name) != NULL)
      return false;
  }
  return type_listed_property(object, name, strlen(name)) == NULL;
}

void type_notation_each_name(const Type *object, TypeNameVisitor visit, void *user) {
  for (size_t i = 0; i < object->notation_count; i++) {
    json_t *members = json_object_get(object->notations[i], "object");
    for (void *iter = json_object_iter(members); iter != NULL; iter = json_object_iter_next(members, iter)) {
      const char *name = json_object_iter_key(iter);
      if (is_new_name(object, i, name) && !visit(name, user))
        return;
    }
  }
}

/* --- merging --- */

static void add_notations(Type *type, const json_t **notations, const Type *from) {
  for (size_t i = 0; i < from->notation_count; i++) {
    bool known = false;
    for (size_t j = 0; j < type->notation_count && !known; j++)
      known = notations[j] == from->notations[i];
    if (!known)
      notations[type->notation_count++] = from->notations[i];
  }
}

const Type *type_notation_merge(Arena *arena, const Type *left, const Type *right) {
  bool alike = left->source == right->source && left->count == 0 && right->count == 0;
  if (!alike || left->notation_count + right->notation_count > TYPE_MAX_NOTATIONS * 2)
    return NULL;

  const json_t **notations = NULL;
  Type *type = lazy_type(arena, left->source, left->kind, left->notation_count + right->notation_count, &notations);
  add_notations(type, notations, left);
  add_notations(type, notations, right);
  type->filtered = left->filtered || right->filtered;
  return type->notation_count > TYPE_MAX_NOTATIONS ? NULL : type;
}
