/* Runs a workflow's jobs and steps as processes on this machine.
 *
 * Jobs run in parallel where `needs` allows, a thread each; each has an empty workspace of its own, into which actions/checkout
 * writes the commit. Steps see GitHub's environment variables and files (GITHUB_ENV, GITHUB_OUTPUT, GITHUB_PATH, ...) and
 * nothing of drover's environment but PATH. Every process carries DROVER_RUN=<id> in its environment, so that runner_clean()
 * finds what a killed drover left behind, and DROVER_JOB, by which a job's end ends what its steps left running.
 *
 * Where a job was cancelled, or its timeout-minutes were over, the step that runs is ended (SIGTERM, then SIGKILL) and steps
 * whose `if` wants it, always() or cancelled(), still run, for five minutes at most; as at GitHub. A job whose time is over
 * counts as failed.
 */
#pragma once

#include "base/progress.h"
#include "base/secret.h"
#include "git/repository.h"
#include "workflow/workflow.h"

#include <gio/gio.h>
#include <jansson.h>
#include <stdbool.h>

typedef struct {
  const char *id; /* the run's */
  const Workflow *workflow;
  const Commit *commit; /* what is checked out */
  const char *project;
  const char *event;          /* "push" */
  const char *work_dir;       /* the jobs' folders are made in a folder <id> of it, which is removed at the end, and it too when empty */
  const char *const *secrets; /* NULL-terminated "NAME=VALUE"; masked in all output; may be NULL */
  const char *only_job;       /* run this job and what it needs; NULL: all */
  unsigned parallel_max;      /* 0: the number of processors */
  Progress *progress;
  GCancellable *cancellable;
} RunSpec;

typedef enum { RUN_SUCCESS, RUN_FAILURE, RUN_CANCELLED, RUN_SKIPPED } RunConclusion;

const char *run_conclusion_name(RunConclusion conclusion); /* "success", ... as GitHub writes them */

/* Everything that stands in the way of running it: located diagnostics for unsupported actions, runner labels that cannot be
 * had, unknown shells. Returns whether there is nothing. */
bool runner_check(const Workflow *workflow, Diagnostics *diagnostics) G_GNUC_WARN_UNUSED_RESULT;

/* The same for a run of `only_job` (NULL: all) and what it needs; an unknown job is a finding. */
bool runner_check_job(const Workflow *workflow, const char *only_job, Diagnostics *diagnostics) G_GNUC_WARN_UNUSED_RESULT;

/* Runs it to its end. True when every job succeeded or was skipped. A job that failed: FAILED, a line for each: job, step, place
 * and exit status. CANCELLED when it was; INPUT when runner_check_job() finds something; NOT_FOUND when there is no `only_job`.
 *
 * `result` (may be NULL, transfer full, set on FAILED and CANCELLED too) holds no secret and is {"conclusion", "jobs": [{"id",
 * "name", "outcome", "conclusion", "failure"?, "outputs", "steps": [{"name", "line", "outcome", "conclusion", "seconds",
 * "message"?, "summary"?}], "notes": [{"level", "file", "line", "title", "message"}]}]}: an entry for each combination of a matrix. */
bool runner_run(const RunSpec *spec, json_t **result, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Kills every process of run `id` and removes its work folder: for runs whose drover died. `work_dir` is what the run was given. */
bool runner_clean(const char *id, const char *work_dir, GError **error);
