/* Static types of expressions: what is known of a value before anything runs, and a checker that reports what cannot work.
 *
 * Owns: the algebra of types, the types of GitHub's fixed contexts, and the walk over a syntax tree. Knows no workflow: what
 * depends on one (steps, needs, matrix, inputs, github.event) is built by the caller with the functions here.
 *
 * Promises:
 * - Types are immutable and never freed one by one. Those of the fixed contexts are static; all others live in the Arena
 *   they were made in, and so do those found through them.
 * - A type says only what is certain. What is not known is `any`, of which nothing is reported.
 * - Names of properties compare without regard to case, as GitHub compares them.
 * - Types that come from JSON notation are read when a property is reached, never as a whole; they may refer to themselves.
 * - Untrusted input is safe: recursion, the length of messages and the work done for each node are bounded.
 *
 * Static types may be read by any thread. An arena serves one thread at a time, and with it every lazy type made in it. */
#pragma once

#include "base/arena.h"
#include "workflow/expression/ast.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

/* --- types --- */

typedef enum {
  TYPE_ANY, /* nothing is known */
  TYPE_NULL,
  TYPE_BOOL,
  TYPE_NUMBER,
  TYPE_STRING,
  TYPE_ARRAY,
  TYPE_OBJECT,
} TypeKind;

typedef struct Type Type;

typedef struct {
  const char *name;
  const Type *type;
} TypeProperty;

/* Types written as JSON, each one of
 *   "any" "null" "bool" "number" "string"  {"array": TYPE}  {"object": {NAME: TYPE, ...}, "rest": TYPE}  {"ref": NAME}
 * where "rest", the type of all other properties, may be absent: then there are none. The JSON is borrowed and must outlive
 * the arena. What is malformed or cannot be resolved is `any`. */
typedef struct {
  Arena *arena;
  const json_t *(*resolve)(const char *ref, void *user); /* the TYPE that a "ref" names, borrowed; NULL: none */
  void *user;
} TypeSource;

/* Public so that tables can be static; others go through the functions below. */
struct Type {
  TypeKind kind;
  bool filtered;                  /* of an array: made by `.*`, so that a member applies to each item */
  const Type *rest;               /* of an array: its items; of an object: its other properties, NULL where it has none */
  const TypeProperty *properties; /* of an object, sorted by name in upper case (`_` after letters), no name twice */
  size_t count;
  const TypeSource *source;       /* of a lazy type, else NULL: */
  const json_t *const *notations; /* what an object, or an array's item, may be: one of these */
  size_t notation_count;
};

extern const Type type_any;
extern const Type type_null;
extern const Type type_bool;
extern const Type type_number;
extern const Type type_string;
extern const Type type_any_array;
extern const Type type_any_object; /* any properties of any type */

/* Initialisers of static objects: only the properties of an array of TypeProperty, or these and others of one type. */
#define TYPE_STRICT(table)                                                                                                                           \
  { .kind = TYPE_OBJECT, .properties = (table), .count = G_N_ELEMENTS(table) }
#define TYPE_OPEN(table, others)                                                                                                                     \
  { .kind = TYPE_OBJECT, .properties = (table), .count = G_N_ELEMENTS(table), .rest = (others) }
#define TYPE_MAP(others)                                                                                                                             \
  { .kind = TYPE_OBJECT, .rest = (others) }

/* --- making them; all transfer none, the arena's --- */

const Type *type_array(Arena *arena, const Type *item);
/* An object of `properties` in any order (copied; the names are borrowed and must outlive the arena). Two of one name are
 * merged. `rest` NULL: it has no others. */
const Type *type_object(Arena *arena, const TypeProperty *properties, size_t count, const Type *rest);
/* `object` with the property `name` (borrowed as above) being of `type`. Anything that is no object is given back as it is. A
 * copy of the table each time: for a few properties, not for building objects. */
const Type *type_with(Arena *arena, const Type *object, const char *name, const Type *type);
/* The type of a value; names are copied. What is nested deeper than EXPRESSION_MAX_JSON_DEPTH is `any`. */
const Type *type_of_json(Arena *arena, const json_t *value);
/* `source` must outlive its arena's types. */
const Type *type_from_notation(const TypeSource *source, const json_t *notation);
/* What a value is that has one type or the other: of the same kind, that kind, with properties and items merged; a string,
 * where one is a string and the other a number or bool, as values of a matrix are; else any. */
const Type *type_merge(Arena *arena, const Type *left, const Type *right);

/* --- asking them; results live as long as the type --- */

/* The type of an object's property, NULL where it cannot have it. `any` for what is no object. */
const Type *type_property(const Type *object, const char *name, size_t length);
/* The type of an array's items; `any` for what is no array. */
const Type *type_item(const Type *array);
/* Calls `visit` for each property an object names, lazy ones included, until it returns false. The order is the table's. */
typedef bool (*TypeNameVisitor)(const char *name, void *user);
void type_each_name(const Type *object, TypeNameVisitor visit, void *user);
/* Whether a value of `from` may stand where `to` is expected, with the coercions that are no mistake: anything is a bool, a
 * number is a string. Lazy objects go with any object. */
bool type_assignable(const Type *to, const Type *from);
/* Whether `==` can ever be true of the two; where it cannot, GitHub coerces one of them to NaN. */
bool type_may_equal(const Type *left, const Type *right);
/* Whether `<` and its like say anything about it: numbers and strings only. */
bool type_is_ordered(const Type *type);
/* Whether a value has a useful text: arrays, objects and null have none, and should not stand in a `run:` or `name:`. */
bool type_has_text(const Type *type);
/* "any", "null", "bool", "number", "string", "array" or "object"; static. */
const char *type_kind_name(const Type *type);
/* "string", "array<number>", "{a: string; b: number}", "{string => string}": cut where it grows long. Transfer full. */
char *type_describe(const Type *type);

/* --- GitHub's contexts (type_contexts.c), as far as they are the same everywhere --- */

extern const Type type_github; /* with github.event of any content: see type_with() */
extern const Type type_runner;
extern const Type type_job;
extern const Type type_strategy;
extern const Type type_step; /* steps.<id>, with outputs of any name */
extern const Type type_need; /* needs.<id> and jobs.<id>, with outputs of any name */
extern const Type type_env;
extern const Type type_vars;
extern const Type type_secrets;

/* The type of the context `name`; NULL for one that depends on the workflow (steps, needs, jobs, matrix, inputs) or does not
 * exist. */
const Type *type_of_context(const char *name);

/* --- the checker (type_check.c) --- */

/* What a finding is about, for those who weigh or filter them. */
typedef enum {
  TYPE_FINDING_MEMBER,     /* a member, index or filter of a value that cannot have it */
  TYPE_FINDING_PAYLOAD,    /* a member that no notation names, and nothing like it: GitHub may know more of its payloads */
  TYPE_FINDING_COMPARISON, /* operands that are never equal, or have no order */
  TYPE_FINDING_ARGUMENT,   /* an argument of the wrong type */
  TYPE_FINDING_FORMAT,     /* placeholders and arguments of format() that do not go together */
  TYPE_FINDING_JSON,       /* a literal that fromJSON() cannot read */
} TypeFindingKind;

typedef struct {
  TypeFindingKind kind;
  size_t start; /* text[start..end) of the expression is what it is about */
  size_t end;
  const char *message; /* gone after the call */
} TypeFinding;

typedef struct {
  Arena *arena;
  /* The type of a context, spelled as in the expression; NULL: any. Without the function, type_of_context() is asked. */
  const Type *(*context)(const char *name, void *user);
  void (*report)(const TypeFinding *finding, void *user); /* told each finding; may be NULL */
  void *user;
} ExpressionTypeScope;

/* Checks `node` (NULL, an empty expression, is null) and everything under it, each node once. Gives its type, the arena's. */
const Type *expression_type_check(const ExpressionNode *node, const ExpressionTypeScope *scope);
