/* Runs a plan's jobs on this machine: in sandboxes, in containers where the workflow says so, or as plain processes.
 *
 * Jobs run in parallel where `needs` allows, a thread each; each has an empty workspace of its own. Steps see GitHub's environment
 * variables, files and services, and nothing of drover's environment but PATH. Every process carries DROVER_RUN=<id>, so that
 * runner_clean() finds what a killed drover left behind, and DROVER_JOB, by which a job's end ends what its steps left running.
 *
 * Where a job was cancelled, or its timeout-minutes were over, the step that runs is ended and steps whose `if` wants it, always() or
 * cancelled(), still run, for cancel-timeout-minutes at most; as at GitHub. A job whose time is over counts as failed.
 *
 * All lies below DATA: runs/ID/N (a job's folders, gone at its end) and the run's record beside them, actions, node, results,
 * concurrency.
 */
#pragma once

#include "base/executor.h"
#include "git/repository.h"
#include "runner/events.h"
#include "runner/record/record.h"
#include "workflow/plan.h"

#include <gio/gio.h>
#include <jansson.h>
#include <stdbool.h>

#define RUN_ACTION_SERVER "https://github.com" /* where actions are fetched from, unless nothing may be */

typedef enum {
  ISOLATION_FULL, /* a sandbox a job */
  ISOLATION_NONE, /* plain processes, which may do what drover's user may */
} Isolation;

/* The secrets and variables of an environment, objects of strings (transfer full): laid over those of the run. */
typedef bool (*RunEnvironmentFunc)(const char *name, json_t **secrets, json_t **vars, void *user, GError **error);

/* A step failed that nothing forgives, and its job has not gone on yet: `spec` is what ran, and where. One call at a time. */
typedef void (*RunFailureFunc)(const char *job, const char *step, Executor *executor, const ExecutorSpec *spec, void *user);

/* Borrowed until runner_run() returns; what is not said may be NULL or 0. */
typedef struct {
  const char *id; /* a ULID; required, as are the next three and data_dir */
  const Plan *plan;
  const Commit *commit; /* what is run */
  const char *project;
  const char *repository; /* "owner/name"; NULL: as the remote "origin" is called, else "local/PROJECT" */
  const char *event;      /* NULL: "push" */
  const json_t *payload;  /* laid over the event that the repository tells */
  const json_t *inputs;   /* of workflow_dispatch */
  const json_t *secrets;  /* an object of strings, masked in all output; GITHUB_TOKEN is made up where it is missing */
  const json_t *vars;     /* an object of strings */
  RunEnvironmentFunc environment;
  void *environment_user;
  unsigned number; /* github.run_number; 0: 1 */

  const RunRecord *replay; /* of another run, which has ended: its job `replay_job` alone runs again, from the step at the position */
  const char *replay_job;  /* its key */
  int replay_from;

  const char *data_dir;
  const char *const *action_folders; /* NULL-terminated; action/store.h */
  const char *action_server_url;     /* NULL: nothing is fetched */
  bool locked;                       /* an action that the lock does not know is refused */
  bool update_lock;                  /* what the lock says is forgotten, and written anew */
  bool write_lock;                   /* actions that the lock does not know are added to the working tree's */

  Isolation isolation;
  const char *network; /* sandbox.h, as the next three */
  int64_t memory_max_bytes;
  int64_t processes_max;
  double cpus_max;
  unsigned parallel_max;      /* 0: the number of processors */
  const char *only_job;       /* run this job and what it needs; NULL: all */
  const char *keep_workspace; /* a folder, made new, that gets the workspace of the last job that ended; NULL: none */
  RunRecord *record;          /* gets what is needed to go on or to run again; NULL: nothing is recorded */
  bool resume;                /* `record` is that of an earlier try, of the same id, which was killed: it goes on */
  bool debug;                 /* ::debug:: is shown */

  RunEventFunc on_event;
  void *event_user;
  RunFailureFunc on_failure; /* --break-on-failure */
  void *failure_user;
  GCancellable *cancellable;
} RunSpec;

/* The newest runs whose records are kept. */
#define RUN_RECORDS_MAX 20

/* DATA/runs/ID, where its record is; transfer full. */
char *runner_folder(const char *id, const char *data_dir);

/* Runs it to its end. True when every job succeeded or was skipped. A job that failed: FAILED, a line for each: job, step, place
 * and exit status. CANCELLED when it was; INPUT when something cannot be run here; NOT_FOUND when there is no `only_job`.
 *
 * `document` (may be NULL, transfer full, set on FAILED and CANCELLED too) holds no secret and is {"conclusion", "jobs": [{"id",
 * "name", "key", "outcome", "conclusion", "failure"?, "outputs", "steps": [{"name", "line", "outcome", "conclusion", "seconds",
 * "message"?, "summary"?}], "notes": [{"level", "file", "line", "title", "message"}]}]}: an entry for each combination of a matrix. */
bool runner_run(const RunSpec *spec, json_t **document, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Everything that stands in the way of running it: runner labels that cannot be had, unknown shells. `only_job` NULL: all; an
 * unknown job is a finding. Returns whether there is nothing. */
bool runner_check(const Plan *plan, const char *only_job, Diagnostics *diagnostics) G_GNUC_WARN_UNUSED_RESULT;

/* Kills every process of run `id` and removes its folder, record and all: for runs whose drover died. */
bool runner_clean(const char *id, const char *data_dir, GError **error);
