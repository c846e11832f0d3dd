/* The contexts that do not change while a job runs: github and its event, runner; from the repository and the event, as GitHub fills them. */
#pragma once

#include "git/repository.h"
#include "workflow/workflow.h"

#include <jansson.h>
#include <stdbool.h>

typedef struct {
  const Commit *commit;
  const char *repository; /* "owner/name" */
  const Workflow *workflow;
  const char *event;     /* "push" */
  const json_t *payload; /* of --event-file: laid over what is made from the repository; NULL: nothing */
  const json_t *inputs;  /* of workflow_dispatch; may be NULL */
  const char *run_id;    /* ULID; github.run_id is a number made from it */
  unsigned run_number, run_attempt;
  const char *actor;      /* made a login; NULL: the commit's author */
  const char *server_url; /* "http://drover.localhost:43121" */
  const char *token;      /* github.token; may be NULL */
} ContextSpec;

/* The event's payload: GitHub's shape for push, pull_request(_target), workflow_dispatch, schedule, release, repository_dispatch,
 * workflow_call and the rest, as far as a repository tells it; `payload` wins wherever it says something. INPUT for a payload that is no
 * object. Transfer full. */
json_t *context_event(const ContextSpec *spec, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The github context without what a job adds (job, workspace, event_path, action...). ref, sha, base_ref, head_ref, ref_name, ref_type
 * follow the event (a pull request's are refs/pull/N/merge); sha is always the commit that runs. INPUT for a repository that is no
 * "owner/name". Transfer full. */
json_t *context_github(const ContextSpec *spec, const json_t *event, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* What steps see of them: CI, GITHUB_* and RUNNER_*, as an object of texts. Members that are not there give no variable: a job adds
 * its own to the contexts first. Transfer full. */
json_t *context_environment(const json_t *github, const json_t *runner);

/* The inputs context of a dispatch: given values over defaults, with their types (boolean, number, choice, environment, string); INPUT
 * names what is missing, unknown or not one of the choices. `given` may be NULL. Transfer full. */
json_t *context_inputs(const WorkflowInputs *declared, const json_t *given, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The runner context: os, arch, name, environment, debug; paths are the job's to add. Transfer full. */
json_t *context_runner(bool debug);

/* run-name, or what GitHub shows without one: the commit's subject, or the workflow's name. Transfer full. */
char *context_run_name(const ContextSpec *spec, const json_t *github, const json_t *inputs, const json_t *vars);
