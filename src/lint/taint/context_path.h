/* Which members of contexts an expression names, and which of them become a part of its value.
 *
 * Pure; any thread. The depth of syntax trees is bounded, and so is all recursion here.
 */
#pragma once

#include "workflow/expression/ast.h"

#define CONTEXT_PATH_MAX (EXPRESSION_MAX_DEPTH + 2)

/* `github.event.commits[0].message` as names: "github", "event", "commits", "*", "message". A number, a wildcard and what is computed
 * are "*". Names are borrowed from the expression. */
typedef struct {
  const char *names[CONTEXT_PATH_MAX];
  guint count;
} ContextPath;

/* False, with `path` left alone, when the node is no context and no member of one. */
bool context_path(const ExpressionNode *node, ContextPath *path);

/* Whether the names are those of `pattern` ("needs.*.result"; "*" is any one name), without regard to case. */
bool context_path_is(const ContextPath *path, const char *pattern);
/* The same for the first names of the path: it is what the pattern names, or lies below. */
bool context_path_below(const ContextPath *path, const char *pattern);
/* The same for what follows the first `from` names; a pattern may end in ".**". */
bool context_path_matches(const ContextPath *path, guint from, const char *pattern);

/* The name at `index`, NULL where the path is shorter or the name is "*". */
const char *context_path_name(const ContextPath *path, guint index);

/* A piece of a file as a message may hold it: one line without control characters, not long. Transfer full. */
char *context_short_text(const char *text);

/* "github.event.commits.*.message", short; transfer full. */
char *context_path_text(const ContextPath *path);

/* Calls `visit` for each context, or member of one, whose value may become a part of the value of `node` (NULL is fine): through
 * toJSON, fromJSON, format, join and case, and as what `&&` and `||` choose; not through comparisons, conditions or contains(). `at`
 * is the node to point at. */
typedef void (*ContextVisitor)(const ExpressionNode *at, const ContextPath *path, void *user);
void context_flow(const ExpressionNode *node, ContextVisitor visit, void *user);
