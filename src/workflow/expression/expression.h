/* The GitHub Actions expression language: parse once, evaluate often.
 *
 * Owns: the lexer, parser, value model and evaluator for `${{ }}` expressions, strings that contain them, and `if:`
 * conditions. Knows nothing of workflows, jobs or steps: contexts arrive as JSON, and whatever depends on a run
 * (success(), hashFiles(), ...) is asked of the caller through ExpressionScope.
 *
 * Promises:
 * - Expression, ExpressionTemplate and ExpressionCondition are immutable after parsing and may be evaluated by several
 *   threads at once. Contexts may be shared as well, as long as nobody changes them meanwhile: an evaluation only
 *   counts references, which jansson does atomically. No global state.
 * - Untrusted text is safe: recursion is bounded by EXPRESSION_MAX_DEPTH, memory by EXPRESSION_MAX_MEMORY_BYTES.
 * - Every error is in EXPRESSION_ERROR and carries the byte offset where it lies, see expression_error_offset().
 *   Outputs are not touched on failure.
 *
 * Follows https://docs.github.com/actions/reference/workflows-and-actions/expressions; where that is silent, what
 * GitHub's own runner does: numbers are doubles written with 15 significant digits, strings compare without regard to
 * case, arrays and objects are equal only to themselves. */
#pragma once

#include <glib.h>
#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#define EXPRESSION_MAX_LENGTH 21000 /* UTF-16 units, as GitHub counts */
#define EXPRESSION_MAX_DEPTH 50
#define EXPRESSION_MAX_ARGUMENTS 255
#define EXPRESSION_MAX_JSON_DEPTH 100
#define EXPRESSION_MAX_MEMORY_BYTES ((size_t)10 * 1024 * 1024)

/* --- errors --- */

typedef enum {
  EXPRESSION_ERROR_LEXING,     /* the text holds something that is no token, or is too long */
  EXPRESSION_ERROR_PARSING,    /* the tokens form no expression, or name something that does not exist */
  EXPRESSION_ERROR_EVALUATION, /* the expression is well formed and has no value here */
} ExpressionError;

#define EXPRESSION_ERROR expression_error_quark()
GQuark expression_error_quark(void);

/* The byte offset into the parsed text at which `error` lies; 0 for an error of another domain. For a template or a
 * condition it counts from the start of the whole text. Survives g_error_copy() and g_prefix_error(). */
size_t expression_error_offset(const GError *error);

/* --- values --- */

typedef enum {
  EXPRESSION_NULL,
  EXPRESSION_BOOLEAN,
  EXPRESSION_NUMBER,
  EXPRESSION_STRING,
  EXPRESSION_ARRAY,
  EXPRESSION_OBJECT,
} ExpressionKind;

/* A value, held by value; zeroed it is null. `json` is an owned reference and set for strings, arrays and objects only.
 * `filtered` marks the result of `.*`, on which a further index applies to every item; `exact_keys` an object whose
 * keys are compared exactly. */
typedef struct {
  ExpressionKind kind;
  bool boolean;
  bool filtered;
  bool exact_keys;
  double number;
  json_t *json;
} ExpressionValue;

ExpressionValue expression_value_boolean(bool boolean);
ExpressionValue expression_value_number(double number);
/* Copies `text`; bytes that are not UTF-8 become U+FFFD. */
ExpressionValue expression_value_string(const char *text, size_t length);
/* Takes a reference of its own; NULL gives null. */
ExpressionValue expression_value_from_json(json_t *json);
ExpressionValue expression_value_copy(const ExpressionValue *value);
void expression_value_clear(ExpressionValue *value);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(ExpressionValue, expression_value_clear)

/* "Null", "Boolean", "Number", "String", "Array" or "Object"; static. */
const char *expression_kind_name(ExpressionKind kind);
/* Null, false, 0, NaN and '' are false; everything else is true. */
bool expression_value_is_truthy(const ExpressionValue *value);
/* Null is 0, a string its number ('' is 0, no number is NaN), arrays and objects NaN. */
double expression_value_to_number(const ExpressionValue *value);
/* Transfer full, NUL-terminated; `length` (optional) is needed where the string may hold a NUL. Null is '', an array
 * 'Array', an object 'Object'. */
char *expression_value_to_string(const ExpressionValue *value, size_t *length);
/* Transfer full. A whole number up to 2^53 is a JSON integer. NaN and the infinities, which JSON lacks, become the
 * strings "NaN", "Infinity" and "-Infinity". */
json_t *expression_value_to_json(const ExpressionValue *value);
/* `==`, after coercion. */
bool expression_value_equals(const ExpressionValue *left, const ExpressionValue *right);

/* --- what an expression may name, and what it finds --- */

/* A function's name and how many arguments it takes. */
typedef struct {
  const char *name;
  unsigned least;
  unsigned most;
} ExpressionFunction;

/* What the place an expression stands in allows; checked while parsing, without regard to case. The language's own
 * functions (contains, startsWith, endsWith, format, join, toJSON, fromJSON, case) are always allowed. */
typedef struct {
  const char *const *contexts;         /* NULL-terminated; NULL: any name */
  const ExpressionFunction *functions; /* ended by a NULL name; NULL: any name */
} ExpressionNames;

/* The functions that depend on a run, with GitHub's argument counts: success, failure, always, cancelled, hashFiles;
 * ended by a NULL name. A place for ExpressionNames.functions to start from. */
extern const ExpressionFunction expression_run_functions[];

/* The signature of a function of the language or of expression_run_functions, NULL for another; static. */
const ExpressionFunction *expression_function_find(const char *name);

/* Gives the context `name` (spelled as in the expression), or NULL, which reads as null. The result is borrowed and
 * must live until the evaluation ends. */
typedef json_t *(*ExpressionContextFunc)(const char *name, void *user);

/* Answers a function that is not one of the language's own. `name` is spelled as in the expression: compare without
 * regard to case. Sets `result` (transfer full) and returns true, or sets `error`; an error of another domain is
 * reported as EXPRESSION_ERROR_EVALUATION at the call. */
typedef bool (*ExpressionCallFunc)(const char *name, const ExpressionValue *arguments, size_t count, ExpressionValue *result, void *user,
                                   GError **error);

/* Everything an evaluation reads; zeroed members mean "none". Borrowed for the length of the call. */
typedef struct {
  json_t *contexts;              /* an object of contexts by name, looked up without regard to case */
  ExpressionContextFunc context; /* instead of `contexts` */
  ExpressionCallFunc call;
  void *user;
  const char *const *exact;  /* NULL-terminated: contexts whose own keys keep their case, as env does on Linux */
  size_t memory_limit_bytes; /* 0: EXPRESSION_MAX_MEMORY_BYTES */
} ExpressionScope;

/* --- expressions --- */

typedef struct Expression Expression;
typedef struct ExpressionNode ExpressionNode;

/* Parses the text between `${{` and `}}` (blanks around it are fine; a text of blanks only is null). `names` may be
 * NULL to allow any context and any function; argument counts of known functions are checked all the same. Transfer
 * full, NULL on error. */
Expression *expression_parse_named(const char *text, size_t length, const ExpressionNames *names, GError **error) G_GNUC_WARN_UNUSED_RESULT;
Expression *expression_parse(const char *text, size_t length, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void expression_free(Expression *expression);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Expression, expression_free)

/* The syntax tree (ast.h), borrowed; NULL where the text holds blanks only. */
const ExpressionNode *expression_root(const Expression *expression);
/* Whether success(), failure(), always() or cancelled() is called anywhere in it. */
bool expression_uses_status_function(const Expression *expression);

/* Sets `value` (transfer full). */
bool expression_evaluate(const Expression *expression, const ExpressionScope *scope, ExpressionValue *value,
                         GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* --- strings that contain `${{ }}` --- */

/* Where one `${{ }}` lies: text[start..end) is all of it, text[inner..inner_end) what stands between the braces. */
typedef struct {
  size_t start;
  size_t inner;
  size_t inner_end;
  size_t end;
} ExpressionSpan;

/* Finds the first `${{ }}` at or after `from`; `}}` within a string literal does not close it. Sets `found`. False with
 * EXPRESSION_ERROR_PARSING at the `${{` when it is never closed. For callers that report more than the first error. */
bool expression_span_next(const char *text, size_t length, size_t from, ExpressionSpan *span, bool *found, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* A literal piece (`expression` NULL) or a `${{ }}` of a template. Borrowed from the template. Offsets in `expression`
 * count from span.inner. */
typedef struct {
  ExpressionSpan span;
  char *literal; /* NUL-terminated; length span.end - span.start */
  Expression *expression;
} ExpressionSegment;

typedef struct ExpressionTemplate ExpressionTemplate;

/* Transfer full, NULL on error. GitHub turns a template of several pieces into one format() call; its limits on length
 * and number of arguments apply, and hit long scripts in `run:`. */
ExpressionTemplate *expression_template_parse(const char *text, size_t length, const ExpressionNames *names,
                                              GError **error) G_GNUC_WARN_UNUSED_RESULT;
void expression_template_free(ExpressionTemplate *template);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ExpressionTemplate, expression_template_free)

const ExpressionSegment *expression_template_segments(const ExpressionTemplate *template, size_t *count);
/* The expression of a text that is exactly one `${{ }}`, else NULL. Borrowed. */
const Expression *expression_template_single(const ExpressionTemplate *template);

/* Sets `value` (transfer full): what the expression gives where the text is exactly one `${{ }}`, else a string. */
bool expression_template_evaluate(const ExpressionTemplate *template, const ExpressionScope *scope, ExpressionValue *value,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The same as a string, transfer full, NULL on error; `length` as in expression_value_to_string(). */
char *expression_template_expand(const ExpressionTemplate *template, const ExpressionScope *scope, size_t *length,
                                 GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* --- `if:` --- */

typedef struct ExpressionCondition ExpressionCondition;

/* Parses the text of an `if:`, with or without `${{ }}`. A text that calls no status function means
 * `success() && (text)`; an empty one `success()`. As at GitHub, a text that has anything beside its `${{ }}`, be it a
 * newline, is a string and so nearly always true: expression_condition_is_string() tells. Transfer full, NULL on
 * error. */
ExpressionCondition *expression_condition_parse(const char *text, size_t length, const ExpressionNames *names,
                                                GError **error) G_GNUC_WARN_UNUSED_RESULT;
void expression_condition_free(ExpressionCondition *condition);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ExpressionCondition, expression_condition_free)

bool expression_condition_is_string(const ExpressionCondition *condition);
/* The expression of a condition that is not a string, else NULL; offsets in it count from `*offset` (optional) in the
 * condition's text. Borrowed. */
const Expression *expression_condition_expression(const ExpressionCondition *condition, size_t *offset);

/* Sets `met`. Asks the scope's `call` for "success" where the condition has no status function of its own. */
bool expression_condition_evaluate(const ExpressionCondition *condition, const ExpressionScope *scope, bool *met,
                                   GError **error) G_GNUC_WARN_UNUSED_RESULT;
