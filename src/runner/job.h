/* One job of a run, or one combination of its matrix: its folder, its contexts, its steps. Private to this folder.
 *
 * The scheduler (run.c) makes it, one thread runs it, and the scheduler reads it again when it has ended. */
#pragma once

#include "base/process.h"
#include "runner/expand.h"
#include "runner/output/mask.h"
#include "runner/runner.h"
#include "runner/status.h"
#include "workflow/expression/expression.h"

#include <gio/gio.h>
#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct {
  /* what it is; set by the scheduler */
  const RunSpec *spec;
  const WorkflowJob *job;
  char *name;       /* "test (tenants)" */
  char *marker;     /* the value of DROVER_JOB that all its processes carry */
  char *dir;        /* its folder */
  json_t *matrix;   /* its combination: an object */
  json_t *strategy; /* the strategy context */
  json_t *needs;    /* the needs context, its own copy */
  GCancellable *cancellable;

  /* while it runs; its thread's own */
  char *workspace;
  char *home;
  char *temp;
  char *tools;
  char *event_path;
  Mask *mask;
  json_t *env;      /* workflow's and job's env, and what steps wrote into GITHUB_ENV: an object of strings */
  GPtrArray *paths; /* char *, put before PATH, the last first */
  json_t *steps;    /* the steps context */
  Status status;
  int64_t deadline_us; /* monotonic: timeout-minutes */
  int64_t cleanup_us;  /* monotonic: until when steps may run that do so although the job was stopped; 0: it was not */
  bool timed_out;
  guint step_number;

  /* what came of it */
  Status outcome;    /* before continue-on-error */
  Status conclusion; /* after it */
  char *failure;     /* "step \"Run tests\" (ci.yml:31) ended with status 1", or NULL */
  json_t *outputs;   /* an object of strings */
  json_t *report;    /* of the steps: a list */
  json_t *notes;     /* ::error::, ::warning:: and ::notice::, a list */
} JobRun;

void job_run_free(JobRun *job);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(JobRun, job_run_free)

/* Runs it to its end; everything that goes wrong is in `conclusion` and `failure`. At the end none of its processes is left
 * and its folder is gone. */
void job_run(JobRun *job);

/* Remembers the first failure and makes the job fail. `step` may be NULL. Takes the text through the mask. */
void job_fail(JobRun *job, const WorkflowStep *step, const char *step_name, const char *format, ...) G_GNUC_PRINTF(4, 5);

/* ---- contexts (context.c) ---- */

/* What status functions answer: of a job while steps are chosen, of the jobs before when a job is. */
typedef struct {
  bool success;
  bool failure;
  bool cancelled;
  const char *workspace; /* for hashFiles(); NULL: it is not available */
} StatusView;

/* The answer to calls in an ExpressionScope whose `user` is a StatusView. */
bool status_call(const char *name, const ExpressionValue *arguments, size_t count, ExpressionValue *result, void *user, GError **error);

/* The github context; `job` may be NULL. Transfer full. */
json_t *old_context_github(const RunSpec *spec, const JobRun *job);
/* secrets of a run: an object. Transfer full. */
json_t *old_context_secrets(const RunSpec *spec);

/* What the expressions of a job see now. `env` (may be NULL) is laid over the job's. */
typedef struct {
  json_t *contexts;
  StatusView view;
  ExpressionScope scope;
} JobScope;

JobScope *job_scope_new(const JobRun *job, json_t *env);
void job_scope_free(JobScope *scope);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(JobScope, job_scope_free)

/* ---- environment (environment.c) ---- */

/* The files of one step through which it speaks back. */
typedef struct {
  char *env, *output, *path, *state, *summary;
} StepFiles;

void step_files_clear(StepFiles *files);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(StepFiles, step_files_clear)

/* The whole environment of a step's process: "K=V", NULL-terminated, transfer full. `env` is the step's own. */
char **step_environment(const JobRun *job, const char *action, json_t *env, const StepFiles *files);

/* ---- steps (step.c) ---- */

/* Runs one step, or skips it; updates the job's status, contexts and report. */
void step_run(JobRun *job, const WorkflowStep *step);

/* ---- actions/checkout (step_checkout.c) ---- */

/* Writes the tested commit's files into the workspace, or below it where "path" says so. */
bool step_checkout(JobRun *job, const WorkflowStep *step, const ExpressionScope *scope, json_t *outputs, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* ---- output (output.c) ---- */

/* What a step prints: commands are done, secrets hidden, the rest shown under the job's name. */
typedef struct {
  JobRun *job;
  json_t *outputs;        /* of the step; ::set-output:: adds to it */
  GByteArray *pending[2]; /* the begun line of each stream */
  char *resume;           /* after ::stop-commands::TOKEN, the token; else NULL */
  char *failure;          /* a command that makes the step fail: why */
} Output;

void output_begin(Output *output, JobRun *job, json_t *outputs);
/* A ProcessLineFunc; `data` is the Output. */
void output_line(ProcessStream stream, const char *line, size_t length, void *data);
void output_end(Output *output);

/* A line of the runner's own, masked. */
void job_say(JobRun *job, const char *format, ...) G_GNUC_PRINTF(2, 3);
