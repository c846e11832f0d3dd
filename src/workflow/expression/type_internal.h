/* What the files of the types share; nobody else includes it. */
#pragma once

#include "workflow/expression/internal.h"
#include "workflow/expression/type.h"

/* A merge that would name more properties, or need more notations, gives an object of which nothing is known. */
#define TYPE_MAX_MERGED_PROPERTIES 128
#define TYPE_MAX_NOTATIONS 64

static inline bool type_is_lazy(const Type *type) {
  return type->notation_count > 0;
}

static inline bool type_is_text_node(const ExpressionNode *node) {
  return node->kind == EXPRESSION_NODE_LITERAL && node->value.kind == EXPRESSION_STRING;
}

/* type.c */

/* What `.*` gives, with items of `item`. */
const Type *type_filtered(Arena *arena, const Type *item);
int type_compare_names(const char *left, const char *right);
/* The type of a property that the object's table has, else NULL. */
const Type *type_listed_property(const Type *object, const char *name, size_t length);

/* type_notation.c: lazy types. */

const Type *type_notation_item(const Type *array);
const Type *type_notation_property(const Type *object, const char *name, size_t length);
void type_notation_each_name(const Type *object, TypeNameVisitor visit, void *user);
/* Both are lazy and of one kind. NULL where they cannot be one lazy type. */
const Type *type_notation_merge(Arena *arena, const Type *left, const Type *right);

/* type_describe.c */

/* type_describe() with no properties of objects, for messages in which they do not matter. Transfer full. */
char *type_describe_briefly(const Type *type);
/* Whether a name needs no quotes in a message: ASCII letters, digits, `_` and `-`, and not long. */
bool type_is_plain_name(const char *name);
/* Appends a name to a message, quoted and shortened where it needs to be. */
void type_append_name(GString *text, const char *name);

/* type_report.c: findings. Those about an index node give the type that is left to it, any. */

/* Reports a finding about `node`. */
void type_report(const ExpressionTypeScope *scope, TypeFindingKind kind, const ExpressionNode *node, const char *format, ...) G_GNUC_PRINTF(4, 5);
/* The name in the brackets or after the `.`, a literal, is none of `object`'s. */
const Type *type_report_missing(const ExpressionTypeScope *scope, const ExpressionNode *node, const Type *object);
/* The operand is of type `found`, which has no such members. */
const Type *type_report_operand(const ExpressionTypeScope *scope, const ExpressionNode *node, const char *expected, const Type *found);
/* The operand of `.*` has no members. */
const Type *type_report_empty(const ExpressionTypeScope *scope, const ExpressionNode *node);
/* What stands in the brackets is of type `found`, which names no member. */
const Type *type_report_index(const ExpressionTypeScope *scope, const ExpressionNode *node, const char *expected, const Type *found);

/* type_member.c */

/* The type of an index node, given the types of its operand and of what is in the brackets. */
const Type *type_check_member(const ExpressionTypeScope *scope, const ExpressionNode *node, const Type *operand, const Type *index);

/* type_call.c */

/* Checks a call against the types of its arguments; gives the type of its result. */
const Type *type_check_call(const ExpressionTypeScope *scope, const ExpressionNode *call, const Type *const *arguments);

/* type_format.c */

/* Checks a call of format() whose first argument is a literal. */
void type_check_format(const ExpressionTypeScope *scope, const ExpressionNode *call);
