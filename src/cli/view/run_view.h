/* What a person or a script sees of a run, made from its events (runner/events.h).
 *
 * - plain: a line an event, the job's name before each line of output. Also what a run's log file holds.
 * - tree: on a terminal jobs and steps with their state and time, drawn in place at most ten times a second; at the end the last lines of
 *   the steps that failed, the annotations and the summaries.
 * - json: one object a line, the last of them with the whole result.
 *
 * Output of a job is not trusted: no control character of it reaches a terminal. Thread-safe.
 */
#pragma once

#include "runner/events.h"

#include <stdbool.h>
#include <stdint.h>

typedef enum { RUN_VIEW_PLAIN, RUN_VIEW_TREE, RUN_VIEW_JSON } RunViewMode;

typedef struct {
  RunViewMode mode;
  int fd;      /* borrowed */
  bool colour; /* escape sequences for colours may be written */
  bool unicode;
  bool quiet; /* plain: no output of steps */
} RunViewOptions;

typedef struct RunView RunView;

RunView *run_view_new(const RunViewOptions *options);
/* A RunEventFunc in all but its last argument's type. */
void run_view_event(RunView *view, const RunEvent *event);
/* Takes the tree off the screen while something else has the terminal, and back. */
void run_view_suspend(RunView *view);
void run_view_resume(RunView *view);
/* Writes what is left to say, and frees. */
void run_view_free(RunView *view);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RunView, run_view_free)
