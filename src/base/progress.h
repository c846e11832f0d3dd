/* What a person sees while drover works: named tasks that begin, speak and end, on standard error.
 *
 * On a terminal tasks are coloured and marked; elsewhere plain lines. Each line of a task's output carries its name. The
 * same lines, plain, go to a log file where one is set. Thread-safe.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

typedef enum { PROGRESS_OK, PROGRESS_FAILED, PROGRESS_SKIPPED, PROGRESS_WARNED } ProgressOutcome;

typedef struct Progress Progress;

typedef struct {
  FILE *stream; /* NULL: nothing is shown */
  bool colour;
  bool quiet; /* show no output lines, only tasks */
} ProgressOptions;

Progress *progress_new(ProgressOptions options);
void progress_free(Progress *progress);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Progress, progress_free)

/* Writes all that follows to `path` too (appending), until called again; NULL ends it. */
bool progress_log_to(Progress *progress, const char *path, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* In each of these `task` names it, e.g. "build backend" or "test (tenants)". `progress` may be NULL: nothing happens. */
void progress_begin(Progress *progress, const char *task);
void progress_line(Progress *progress, const char *task, const char *line, size_t length);
/* `format` gives a detail, "" for none; the time since progress_begin() is added. */
void progress_end(Progress *progress, const char *task, ProgressOutcome outcome, const char *format, ...) G_GNUC_PRINTF(4, 5);
/* One line outside any task. */
void progress_note(Progress *progress, const char *format, ...) G_GNUC_PRINTF(2, 3);
