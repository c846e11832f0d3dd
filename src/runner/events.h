/* What happens in a run, told as it happens: to a terminal, to scripts (one JSON object a line), to a log, to a page.
 *
 * Nothing here holds a secret: all texts went through the mask. Texts are borrowed for the call.
 */
#pragma once

#include "runner/status.h"

#include <glib.h>
#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

typedef enum {
  RUN_EVENT_RUN_STARTED, /* detail: {"project", "commit", "event", "jobs": [name]} */
  RUN_EVENT_JOB_STARTED,
  RUN_EVENT_STEP_STARTED,
  RUN_EVENT_OUTPUT,     /* text: whole lines of the step, as GitHub's raw log has them: "##[group]...", "##[error]...", plain */
  RUN_EVENT_ANNOTATION, /* detail: {"level", "title", "message", "file", "line", "end_line", "column", "end_column"}; what is not said is absent */
  RUN_EVENT_STEP_ENDED, /* outcome, conclusion, duration, message; detail: {"summary"?} */
  RUN_EVENT_JOB_ENDED,  /* the same; detail: {"outputs"} */
  RUN_EVENT_RUN_ENDED,  /* detail: the document that runner_run() gives */
} RunEventKind;

typedef struct {
  RunEventKind kind;
  int64_t at_us;     /* since the Unix epoch */
  const char *run;   /* its id */
  const char *job;   /* as GitHub shows it: "caller / test (linux)"; NULL: the run itself */
  guint job_number;  /* from 1; 0: the run itself; names may be alike, numbers are not */
  const char *step;  /* its name; NULL: the job itself */
  guint step_number; /* from 1, in the order of starting; 0: the job itself. Steps in the background overlap */
  const char *place; /* "ci.yml:31" of a job or step; may be NULL */
  Status outcome;    /* of what ended */
  Status conclusion; /* after continue-on-error */
  int64_t duration_ms;
  const char *message; /* why it failed, or NULL */
  const char *text;    /* of OUTPUT; valid UTF-8, ends with a newline */
  size_t text_size;
  const json_t *detail; /* may be NULL */
} RunEvent;

/* One at a time, from any thread. */
typedef void (*RunEventFunc)(const RunEvent *event, void *user);

/* {"event": "step.ended", "at": "2026-11-25T03:25:05.123456Z", "run", "job", ...}: what is absent is left out. Transfer full. */
json_t *run_event_json(const RunEvent *event);
