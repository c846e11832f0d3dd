/* The typed model of an action's metadata, action.yml or action.yaml: JavaScript, composite and Docker actions.
 *
 * Like workflow.h, whose pieces it shares: what GitHub refuses becomes located diagnostics, the model lives in the arena of its
 * document, is immutable and may be read by any thread. Follows GitHub's metadata syntax reference.
 */
#pragma once

#include "workflow/workflow.h"

typedef enum { ACTION_JAVASCRIPT, ACTION_COMPOSITE, ACTION_DOCKER, ACTION_UNKNOWN } ActionKind;

typedef struct {
  ActionKind kind; /* ACTION_UNKNOWN only in a file that is wrong */
  const char *file;
  bool valid;
  WorkflowText name;
  WorkflowText author;
  WorkflowText description;
  WorkflowInputs inputs;
  WorkflowOutputs outputs;
  const YamlNode *runs; /* NULL when absent */
  WorkflowText using;
  WorkflowText main, pre, pre_if, post, post_if; /* of JavaScript */
  WorkflowText image, entrypoint;                /* of Docker: "Dockerfile", a path, or docker://IMAGE */
  WorkflowText pre_entrypoint, post_entrypoint;  /* of Docker */
  WorkflowTexts args;                            /* of Docker */
  WorkflowPairs env;                             /* of Docker */
  WorkflowStep **steps;                          /* of a composite action */
  guint step_count;
  const YamlNode *branding; /* NULL when absent */
  WorkflowText icon, color;
  WorkflowExpressions expressions;
  YamlDocument *document;
  Source *source; /* NULL unless read leniently */
} Action;

/* What `runs.using` says; without regard to case. */
ActionKind action_kind(const char *using);

/* Reads an action's metadata; NULL exactly when a finding was added to `diagnostics`. */
Action *action_parse(const char *file, const char *text, size_t size, Diagnostics *diagnostics) G_GNUC_WARN_UNUSED_RESULT;
/* As workflow_parse_lenient(): a model of what can be read, with findings and advice. `text` must outlive it. */
Action *action_parse_lenient(const char *file, const char *text, size_t size, Diagnostics *diagnostics) G_GNUC_WARN_UNUSED_RESULT;
void action_free(Action *action);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Action, action_free)
