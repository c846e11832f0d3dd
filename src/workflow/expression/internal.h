/* What the files of this folder share; nobody else includes it. */
#pragma once

#include "workflow/expression/ast.h"

/* error.c */

/* Sets an error at byte `offset`; `error` may be NULL. Returns false, so that a caller can return the call. */
bool expression_fail(GError **error, ExpressionError code, size_t offset, const char *format, ...) G_GNUC_PRINTF(4, 5);
/* Adds `by` to the offset of an error of this domain; for text that is part of a larger one. */
void expression_error_shift(GError *error, size_t by);
/* A piece of the user's text fit for a message: quoted, shortened, no control characters. Transfer full. */
char *expression_excerpt(const char *text, size_t length);

/* text.c: how GitHub reads characters and numbers. Lengths are in bytes; no function needs a terminating NUL. */

/* Reads the character at `*at` and moves past it; a byte that is not UTF-8 stands for itself. `*at` is before `end`. */
gunichar expression_char_next(const char **at, const char *end);
bool expression_char_is_space(gunichar c);
/* The number of UTF-16 units `text` would take. */
size_t expression_utf16_length(const char *text, size_t length);
/* Ordinal comparison without regard to case: below, at or above 0. */
int expression_text_compare(const char *left, size_t left_length, const char *right, size_t right_length);
/* `text` in the case that comparison uses. Transfer full. */
GString *expression_text_fold(const char *text, size_t length);
/* NaN where the trimmed text is no number; '' is 0. */
double expression_number_parse(const char *text, size_t length);
/* Writes at most G_ASCII_DTOSTR_BUF_SIZE bytes with the NUL; returns `buffer` or a static text. */
const char *expression_number_format(double number, char buffer[G_ASCII_DTOSTR_BUF_SIZE]);

/* lexer.c */

typedef enum {
  EXPRESSION_TOKEN_END,
  EXPRESSION_TOKEN_LEFT_PAREN,
  EXPRESSION_TOKEN_RIGHT_PAREN,
  EXPRESSION_TOKEN_LEFT_BRACKET,
  EXPRESSION_TOKEN_RIGHT_BRACKET,
  EXPRESSION_TOKEN_COMMA,
  EXPRESSION_TOKEN_DOT,
  EXPRESSION_TOKEN_STAR,
  EXPRESSION_TOKEN_NOT,
  EXPRESSION_TOKEN_EQUAL,
  EXPRESSION_TOKEN_NOT_EQUAL,
  EXPRESSION_TOKEN_LESS,
  EXPRESSION_TOKEN_LESS_EQUAL,
  EXPRESSION_TOKEN_GREATER,
  EXPRESSION_TOKEN_GREATER_EQUAL,
  EXPRESSION_TOKEN_AND,
  EXPRESSION_TOKEN_OR,
  EXPRESSION_TOKEN_NULL,
  EXPRESSION_TOKEN_TRUE,
  EXPRESSION_TOKEN_FALSE,
  EXPRESSION_TOKEN_NUMBER,
  EXPRESSION_TOKEN_STRING, /* start and length include the quotes */
  EXPRESSION_TOKEN_NAME,
} ExpressionTokenKind;

typedef struct {
  ExpressionTokenKind kind;
  size_t start;
  size_t length;
  double number;
} ExpressionToken;

/* All tokens of `text`, the last being EXPRESSION_TOKEN_END at its end. Transfer full, NULL on error. */
GArray *expression_lex(const char *text, size_t length, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* ast.c: nodes while they are built. */

ExpressionNode *expression_node_new(ExpressionNodeKind kind, size_t start, size_t length);
void expression_node_free(ExpressionNode *node);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ExpressionNode, expression_node_free)
/* Takes `child` as the last child of `node`. */
void expression_node_adopt(ExpressionNode *node, ExpressionNode *child);
/* The same, or takes the children of `child` where both are links of one chain of && or ||. */
void expression_node_adopt_flat(ExpressionNode *node, ExpressionNode *child);

/* names.c: whether what a node names exists, and takes the arguments it is given. */

bool expression_check_context(const ExpressionNames *names, const ExpressionNode *node, GError **error);
/* Sets the node's `builtin` as well. */
bool expression_check_call(const ExpressionNames *names, ExpressionNode *call, GError **error);

/* value.c */

typedef enum {
  EXPRESSION_ORDER_BELOW,
  EXPRESSION_ORDER_SAME,
  EXPRESSION_ORDER_ABOVE,
  EXPRESSION_ORDER_NONE, /* not comparable, and not equal */
} ExpressionOrder;

ExpressionOrder expression_value_order(const ExpressionValue *left, const ExpressionValue *right);
/* A look at `json` that owns nothing; not to be cleared. */
ExpressionValue expression_value_view(json_t *json);
bool expression_value_is_primitive(const ExpressionValue *value);
/* The string form of a value without a copy: `buffer` serves numbers, the rest lives in the value or for ever. */
const char *expression_value_text(const ExpressionValue *value, char buffer[G_ASCII_DTOSTR_BUF_SIZE], size_t *length);
/* The member `key` of an object, borrowed; NULL where it has none. An exact match wins over one in another case. */
json_t *expression_object_get(json_t *object, const char *key, size_t length, bool exact);

/* evaluate.c */

/* Asks the scope for a function of the run; an error lies at `offset`. Sets `result` (transfer full). */
bool expression_scope_call(const ExpressionScope *scope, const char *name, const ExpressionValue *arguments, size_t count, size_t offset,
                           ExpressionValue *result, GError **error);

typedef struct {
  const ExpressionScope *scope;
  size_t memory_bytes; /* held by values that are still needed */
  size_t limit_bytes;
} ExpressionEvaluation;

/* Counts `bytes` that a value of `node` takes; false with an error past the limit. */
bool expression_charge(ExpressionEvaluation *evaluation, const ExpressionNode *node, size_t bytes, GError **error);

/* A call in progress. Arguments are evaluated when first asked for, as some functions never look at all of them. */
typedef struct {
  ExpressionEvaluation *evaluation;
  const ExpressionNode *node;
  ExpressionValue *values;
  bool *known;
} ExpressionCall;

/* The value of an argument, borrowed from the call; NULL on error. */
const ExpressionValue *expression_call_argument(ExpressionCall *call, size_t index, GError **error);

/* Collects a string while keeping to the memory limit. */
typedef struct {
  GString *text;
  ExpressionEvaluation *evaluation;
  const ExpressionNode *node;
} ExpressionBuilder;

void expression_builder_clear(ExpressionBuilder *builder);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(ExpressionBuilder, expression_builder_clear)
ExpressionBuilder expression_builder_new(ExpressionCall *call);
ExpressionValue expression_builder_value(const ExpressionBuilder *builder);
bool expression_builder_append(ExpressionBuilder *builder, const char *text, size_t length, GError **error);

/* functions.c */

typedef struct ExpressionBuiltin {
  ExpressionFunction signature;
  bool odd; /* takes an odd number of arguments only */
  bool (*run)(ExpressionCall *call, ExpressionValue *result, GError **error);
} ExpressionBuiltin;

const ExpressionBuiltin *expression_builtin_find(const char *name);

/* json.c */

/* Appends `value` as JSON, indented by two blanks a level. */
bool expression_json_write(ExpressionBuilder *builder, const ExpressionValue *value, GError **error);
/* Parses strict JSON of any kind; the new value's size is charged. */
bool expression_json_read(ExpressionCall *call, const char *text, size_t length, ExpressionValue *result, GError **error);
