/* What all jobs of one run share. Private to this folder; thread-safe. */
#pragma once

#include "results/results.h"
#include "runner/action/store.h"
#include "runner/runner.h"
#include "runner/schedule/schedule.h"

typedef struct {
  const RunSpec *spec;
  char *repository; /* "owner/name" */
  char *token;      /* github.token */
  json_t *github;   /* the context without what a job adds */
  json_t *runner;   /* likewise */
  char *event_text; /* github.event, for GITHUB_EVENT_PATH */
  json_t *inputs;   /* of the top workflow */
  json_t *secrets;
  json_t *vars;
  ActionStore *actions;
  char *git_dir;        /* of the repository that is run */
  char *objects_dir;    /* in it */
  char *repository_dir; /* a git folder with its refs alone, which borrows the objects where places show them */

  GMutex lock; /* over what follows */
  GMutex events;
  GMutex failures;
  int listener; /* of the services, open from the start so that the port is known; -1: they run or failed */
  unsigned port;
  Results *results;
  Httpd *httpd;
  int node_major; /* of `node` in PATH; -1: nobody has asked */
} Run;

#define RUN_REPOSITORY_INSIDE "/opt/drover/repository"
#define RUN_OBJECTS_INSIDE "/opt/drover/objects"
#define RUN_CONTAINERS_MARK "containers" /* a file in the run's folder, once a job had the engine make something */

/* Makes what jobs may see of the repository. */
bool run_repository_open(Run *run, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Hands an event on, one at a time; fills in `run` and `at_us`. */
void run_emit(Run *run, RunEvent *event);

/* ---- run_record.c ---- */

/* ScheduleSpec.recorded: what an earlier try of the run has ended. `user` is the Run. */
bool run_recorded(const char *key, JobResult *result, void *user);
/* Removes all in a run's folder but its record. */
bool run_folder_tidy(const char *folder, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* ---- run_replay.c ---- */

/* Runs the one job of RunSpec.replay again, in place of the schedule; likewise. */
bool run_replay(Run *run, json_t **document, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The services for jobs, started when the first needs them. Opens the socket, whose port is part of github.server_url. */
bool run_services_open(Run *run, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void run_services_close(Run *run);
/* The ACTIONS_* variables for `grant`; transfer full. `executor` (NULL: the machine's network): a sandbox with a network of its own. */
json_t *run_services_environment(Run *run, const ResultsGrant *grant, Executor *executor, GError **error) G_GNUC_WARN_UNUSED_RESULT;
