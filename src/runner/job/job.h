/* One job while it runs: its folders, its place to run in, its contexts, what came of it. Private to the runner.
 *
 * The job's thread owns it. Steps in the background run on threads of their own: they see copies of what changes (step/step.h), and
 * take `lock` for what they share.
 */
#pragma once

#include "base/executor.h"
#include "runner/job/clock.h"
#include "runner/job/folders.h"
#include "runner/hash.h"
#include "runner/job/state.h"
#include "runner/output/output.h"
#include "runner/run.h"
#include "runner/schedule/schedule.h"

typedef struct JobContainers JobContainers; /* job/containers.h */
typedef struct Frame Frame;                 /* step/frame.h */
typedef struct Background Background;       /* step/background.h */
typedef struct JobRecording JobRecording;   /* job/record.h */

typedef struct {
  Run *run;
  const JobSpec *spec;
  const WorkflowJob *model;
  const Workflow *workflow;
  JobResult *result;
  JobFolders folders;
  Executor *executor;
  bool isolated;     /* it is a sandbox */
  bool in_container; /* or a container */
  json_t *base_env;  /* what every program gets, before all else: an object of strings */
  json_t *services;  /* ACTIONS_* for actions; NULL until the first asks */
  json_t *identity;  /* ACTIONS_ID_TOKEN_*, for all steps; an object */
  json_t *secrets, *vars;
  json_t *artifacts; /* that steps declared, see artifacts.h */
  char *environment; /* the one it deploys to; NULL: none */
  JobClock *clock;
  Mask *mask;
  Matchers *matchers;
  JobState state;
  Frame *top;
  Background *background;
  GHashTable *frames;      /* key -> Frame */
  GHashTable *uses;        /* key -> ActionUse, see action/use.h */
  GPtrArray *all_uses;     /* which owns them */
  GPtrArray *names;        /* github.action of the steps, by index */
  json_t *report;          /* of the steps: a list */
  json_t *annotations;     /* a list */
  guint step_count;        /* that were started */
  guint behind;            /* how many of them an earlier try had ended: see resume.h */
  json_t *resumed;         /* run_record_checkpoint()'s; NULL: it begins */
  guint folder_number;     /* of its folders */
  json_t *masked;          /* what was given to ::add-mask::, a list */
  JobRecording *recording; /* NULL: nothing is recorded */
  int64_t began_us;
  char *failure;
  JobContainers *containers; /* NULL: none */
  GMutex lock;               /* over annotations, masked, uses, frames, and of `state` states and posts */
} Job;

/* A ScheduleJobFunc; `user` is the Run. */
void job_run(const JobSpec *spec, JobResult *result, void *run);

/* ---- report.c ---- */

/* Tells an event of the job; fills in who. */
void job_emit(Job *job, RunEvent event);
/* A line of the runner's own in the job's log, masked; `step` may be NULL. */
void job_say(Job *job, const char *format, ...) G_GNUC_PRINTF(2, 3);
/* The text, masked; transfer full. */
char *job_mask(const Job *job, const char *text);
/* Remembers the first failure and makes the job fail, unless it was stopped. Masks the text. */
void job_fail(Job *job, const char *format, ...) G_GNUC_PRINTF(2, 3);
/* Notes that the job was stopped, if it was: its status follows, once. */
void job_note_stopped(Job *job);
void job_annotate(Job *job, const json_t *annotation);

/* ---- contexts.c ---- */

/* The contexts of the job's own steps, less env. Transfer full. Needs folders and the environment's secrets. */
json_t *job_contexts_new(const Job *job);
/* What expressions of the job itself see, and what status functions answer to them. */
typedef struct {
  json_t *contexts;
  Status status;   /* of the job or the action: success() and failure() */
  bool cancelled;  /* the job is */
  HashPlace place; /* for hashFiles() */
  ExpressionScope scope;
} JobScope;
void job_scope_init(JobScope *scope, const Job *job, json_t *contexts, Status status);
/* The environment of the job, from the workflow and the job. */
bool job_expand_env(Job *job, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void job_set_text(json_t *object, const char *key, const char *value); /* what is not UTF-8 becomes U+FFFD; NULL "" */

/* ---- outputs.c ---- */

/* Expands the outputs into the result, without those that hold a secret or are too large: then the job fails. */
void job_gather_outputs(Job *job);

/* ---- place.c ---- */

/* Makes what the job's programs run in: sandbox or processes (containers: job/containers.h), and the base environment. */
bool job_place_open(Job *job, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void job_place_close(Job *job);
/* Whether a program is found inside by its name, in PATH or in `paths`. */
bool job_has_program(const Job *job, const json_t *paths, const char *program);

/* ---- grant.c ---- */

/* Fills in `services` and `identity` once, when an action is first run. */
bool job_services_open(Job *job, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Whether the job may have tokens of its identity (`id-token: write`). */
bool job_has_identity(const Job *job);
