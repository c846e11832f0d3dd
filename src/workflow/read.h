/* From the YAML tree to the typed model. Private to this folder.
 *
 * Tolerant: what is not as the schema wants it is absent from the model. Everything lies in the document's arena.
 */
#pragma once

#include "workflow/schema.h"

/* ---- a file held against its schema (reading.c) ---- */

typedef struct {
  YamlDocument *document; /* its root is a mapping */
  Source *source;         /* borrows the text */
  bool valid;
  GArray *expressions; /* FoundExpression */
} Reading;

/* Adds what is wrong to `diagnostics`, in order and each once: what stands behind an anchor is seen wherever the anchor is named. For
 * those who lint that is more: what GitHub takes although it is surely not meant. NULL when the text is no YAML, or no mapping: then it
 * is not what was `expected`; or when its aliases make it too large. */
Reading *reading_new(const char *file, const char *text, size_t size, const Shape *shape, const char *expected, bool linting,
                     Diagnostics *diagnostics);
void reading_free(Reading *reading);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Reading, reading_free)

/* Moves the expressions that were found into a model, whose jobs and steps have the same numbers. `steps` are those of an action. */
WorkflowExpressions reading_expressions(Reading *reading, Arena *arena, const WorkflowJob *jobs, guint job_count, WorkflowStep *const *steps,
                                        guint step_count);

/* Takes `document` over. Its root is a mapping. */
Workflow *model_workflow(YamlDocument *document);

/* ---- pieces (read_pieces.c) ---- */

WorkflowText model_text(const YamlNode *node);
WorkflowText model_key(const YamlNode *mapping, const char *key);
/* A list of texts, or a single one. */
WorkflowTexts model_texts(Arena *arena, const YamlNode *node);
WorkflowPairs model_pairs(Arena *arena, const YamlNode *node);
WorkflowDefaults model_defaults(const YamlNode *mapping); /* of the mapping that holds `defaults` */
WorkflowPermissions model_permissions(Arena *arena, const YamlNode *node);
WorkflowConcurrency model_concurrency(const YamlNode *node);
WorkflowInputs model_inputs(Arena *arena, const YamlNode *node);
WorkflowOutputs model_outputs(Arena *arena, const YamlNode *node);
/* The scalar of a key of a mapping, or NULL. */
const YamlNode *model_key_node(const YamlNode *mapping, const char *key);

/* ---- events (read_events.c) ---- */

WorkflowEvent *model_events(Arena *arena, const YamlNode *on, guint *count);

/* ---- jobs and steps (read_jobs.c) ---- */

WorkflowJob *model_jobs(Arena *arena, const YamlNode *node, guint *count);
/* A list of steps; `all` gets those of parallel groups, too. */
WorkflowStep **model_steps(Arena *arena, const YamlNode *node, const WorkflowJob *job, guint *count, WorkflowStep ***all, guint *all_count);
