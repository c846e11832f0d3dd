/* Texts of a workflow or an action with their ${{ }} filled in. Errors are INPUT and begin with the place: "ci.yml:8:14: ...". Pure. */
#pragma once

#include "workflow/workflow.h"

#include <jansson.h>
#include <stdbool.h>

/* Transfer full; `text->text` is not NULL. */
char *expand_text(const WorkflowText *text, const ExpressionScope *scope, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The same as a value: that of the expression when the text is only one. */
bool expand_value(const WorkflowText *text, const ExpressionScope *scope, ExpressionValue *value, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* An absent text gives `fallback`. */
bool expand_bool(const WorkflowText *text, bool fallback, const ExpressionScope *scope, bool *value, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* A number above 0. */
bool expand_number(const WorkflowText *text, double fallback, const ExpressionScope *scope, double *value, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Pairs into `target`, an object of strings; a pair that is one expression gives a mapping, whose pairs are put there. */
bool expand_pairs(const WorkflowPairs *pairs, const ExpressionScope *scope, json_t *target, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* An `if:`; an absent one is success(). */
bool expand_condition(const WorkflowText *condition, const ExpressionScope *scope, bool *met, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Sets a member to a text; bytes that are not UTF-8 become U+FFFD, NULL becomes "". */
void expand_set(json_t *object, const char *key, const char *value);
