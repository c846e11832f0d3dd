#include "workflow/expression/type_internal.h"

#include <string.h>

/* --- what may stand where --- */

/* `from` has all that its names say, `to` takes any name. */
static bool fits_map(const Type *to, const Type *from) {
  for (size_t i = 0; i < from->count; i++) {
    if (!type_assignable(to->rest, from->properties[i].type))
      return false;
  }
  return from->rest == NULL || type_assignable(to->rest, from->rest);
}

static bool fits_table(const Type *to, const Type *from) {
  for (size_t i = 0; i < from->count; i++) {
    const TypeProperty *property = &from->properties[i];
    const Type *wanted = type_listed_property(to, property->name, strlen(property->name));
    if (wanted == NULL || !type_assignable(wanted, property->type))
      return false;
  }
  for (size_t i = 0; from->rest != NULL && i < to->count; i++) {
    if (!type_assignable(to->properties[i].type, from->rest))
      return false;
  }
  return true;
}

static bool fits_object(const Type *to, const Type *from) {
  if (type_is_lazy(to) || type_is_lazy(from))
    return true;
  return to->rest == NULL ? fits_table(to, from) : fits_map(to, from);
}

static bool fits_array(const Type *to, const Type *from) {
  return (type_is_lazy(to) && type_is_lazy(from)) || type_assignable(type_item(to), type_item(from));
}

bool type_assignable(const Type *to, const Type *from) {
  if (to == from || from->kind == TYPE_ANY)
    return true;
  switch (to->kind) {
  case TYPE_ANY:
  case TYPE_BOOL:
    return true;
  case TYPE_STRING:
    return from->kind == TYPE_STRING || from->kind == TYPE_NUMBER;
  case TYPE_NULL:
  case TYPE_NUMBER:
    return from->kind == to->kind;
  case TYPE_ARRAY:
    return from->kind == TYPE_ARRAY && fits_array(to, from);
  case TYPE_OBJECT:
    return from->kind == TYPE_OBJECT && fits_object(to, from);
  }
  return true;
}

/* --- what operators say about it --- */

static bool is_container(const Type *type) {
  return type->kind == TYPE_ARRAY || type->kind == TYPE_OBJECT;
}

static bool is_unknown(const Type *type) {
  return type->kind == TYPE_ANY || type->kind == TYPE_NULL;
}

bool type_may_equal(const Type *left, const Type *right) {
  for (int depth = 0; depth < EXPRESSION_MAX_JSON_DEPTH && left->kind == TYPE_ARRAY && right->kind == TYPE_ARRAY; depth++) {
    left = type_item(left);
    right = type_item(right);
  }
  if (is_unknown(left) || is_unknown(right))
    return true;
  return is_container(left) || is_container(right) ? left->kind == right->kind : true;
}

bool type_is_ordered(const Type *type) {
  return type->kind == TYPE_ANY || type->kind == TYPE_NUMBER || type->kind == TYPE_STRING;
}

bool type_has_text(const Type *type) {
  return !is_container(type) && type->kind != TYPE_NULL;
}
