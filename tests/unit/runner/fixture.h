/* What the runner's tests share: a temporary repository with one commit, and runs of workflow texts on it. */
#pragma once

#include "runner/runner.h"

#include <gio/gio.h>

typedef struct {
  char *dir;
  char *repository;
  char *data; /* drover's folder; no run may be left in it */
  char *log_path;
  Commit *commit;
} Fixture;

/* The commit holds hello.txt ("hello\n"), pinned/a.lock and script.sh. */
void fixture_begin(Fixture *fixture);
void fixture_end(Fixture *fixture);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Fixture, fixture_end)

typedef struct {
  bool good;
  GError *error;
  json_t *result;
  char *log; /* all that was shown */
} Outcome;

void outcome_clear(Outcome *outcome);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Outcome, outcome_clear)

typedef struct {
  const char *const *secrets; /* "NAME=VALUE", NULL-terminated */
  Isolation isolation;        /* full: the test's main() must begin with fixture_main() */
  const char *actions;        /* a folder of actions */
  const char *keep;           /* where the workspace is kept */
  RunRecord *record;
  const char *only_job;
  unsigned parallel_max;
  GCancellable *cancellable;
  const char *id;
} RunOptions;

/* Is what a sandbox starts when it starts this program. */
bool fixture_main(int argc, char **argv, int *status);

/* Runs the jobs (the text behind "jobs:"), checks that nothing is left behind. */
Outcome fixture_run(Fixture *fixture, RunOptions options, const char *jobs);

/* The n-th job of the result, and members of it: "conclusion", "outputs.x". Transfer none. */
const char *outcome_job(const Outcome *outcome, guint index, const char *member);

void assert_log_has(const Outcome *outcome, const char *text);
void assert_log_lacks(const Outcome *outcome, const char *text);
