/* What a run was asked for, as one JSON object: made of a command line, kept beside the run's journal, and read again by
 * `drover run --resume` and `drover replay`. No value of a secret is in it, only where it comes from.
 */
#pragma once

#include "cli/command.h"
#include "git/repository.h"
#include "runner/runner.h"

#include <jansson.h>

/* The options of `drover run` that are part of it. `workflow` is a path in the commit. Paths become absolute. INPUT for a wrong
 * --input or --var, USAGE for what cannot go together. Transfer full. */
json_t *request_new(const Invocation *invocation, const Commit *commit, const char *project, const char *workflow, GError **error);

/* A request made ready: everything read and checked, nothing run. Owns all that `spec` borrows. */
typedef struct {
  RunSpec spec; /* without id, events and cancellable */
  json_t *request;
  Commit *commit;
  Plan *plan;
  Mirror *mirror;
  json_t *payload, *inputs, *secrets, *vars;
  char **folders; /* of actions; what json_string_value() gave lives in `request` */
} RunSetup;

/* `request` is transfer full. Findings of the workflow go to `diagnostics`: NULL with an error for all else that is wrong, and NULL
 * without one where there are findings. */
RunSetup *run_setup_new(json_t *request, const char *data_dir, Diagnostics *diagnostics, GError **error);
void run_setup_free(RunSetup *setup);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RunSetup, run_setup_free)
