#include "runner/run_progress.h"

#include "base/progress.h"

#include <stdbool.h>
#include <string.h>

/* Marks of GitHub's raw logs, and what a person reads in their place. */
static const struct {
  const char *mark;
  const char *shown; /* NULL: the line is left out */
} marks[] = {
  {"##[group]", "> "},          {"##[endgroup]", NULL},     {"##[error]", "error: "},
  {"##[warning]", "warning: "}, {"##[notice]", "notice: "}, {"##[debug]", "debug: "},
};

static const ProgressOutcome outcomes[] = {
  [STATUS_SUCCESS] = PROGRESS_OK, [STATUS_FAILURE] = PROGRESS_FAILED, [STATUS_CANCELLED] = PROGRESS_FAILED, [STATUS_SKIPPED] = PROGRESS_SKIPPED};

static void show_line(Progress *progress, const char *job, const char *line, size_t size) {
  for (size_t i = 0; i < G_N_ELEMENTS(marks); i++) {
    size_t length = strlen(marks[i].mark);
    if (size < length || memcmp(line, marks[i].mark, length) != 0)
      continue;
    if (marks[i].shown == NULL)
      return;
    g_autofree char *text = g_strdup_printf("%s%.*s", marks[i].shown, (int)(size - length), line + length);
    progress_line(progress, job, text, strlen(text));
    return;
  }
  progress_line(progress, job, line, size);
}

/* What a step is going to run, in one piece: its name says enough here. */
static bool is_preface(const RunEvent *event) {
  return g_str_has_prefix(event->text, "##[group]Run ");
}

static void show_output(Progress *progress, const RunEvent *event) {
  if (is_preface(event))
    return;
  const char *at = event->text, *end = event->text + event->text_size;
  while (at < end) {
    const char *newline = memchr(at, '\n', (size_t)(end - at));
    const char *stop = newline != NULL ? newline : end;
    show_line(progress, event->job, at, (size_t)(stop - at));
    at = stop + 1;
  }
}

static void show_step(Progress *progress, const RunEvent *event, const char *after) {
  g_autofree char *line = g_strdup_printf("== %s%s", event->step, after);
  progress_line(progress, event->job, line, strlen(line));
}

static void show_job_end(Progress *progress, const RunEvent *event) {
  bool forgiven = event->conclusion == STATUS_SUCCESS && event->outcome == STATUS_FAILURE;
  const char *otherwise = event->conclusion == STATUS_CANCELLED ? "cancelled" : "";
  progress_end(progress, event->job, forgiven ? PROGRESS_WARNED : outcomes[event->conclusion], "%s",
               event->message != NULL ? event->message : otherwise);
}

void run_progress_event(const RunEvent *event, void *progress) {
  switch (event->kind) {
  case RUN_EVENT_JOB_STARTED:
    progress_begin(progress, event->job);
    break;
  case RUN_EVENT_STEP_STARTED:
    show_step(progress, event, "");
    break;
  case RUN_EVENT_OUTPUT:
    show_output(progress, event);
    break;
  case RUN_EVENT_STEP_ENDED:
    if (event->outcome == STATUS_SKIPPED)
      show_step(progress, event, " (skipped)");
    break;
  case RUN_EVENT_JOB_ENDED:
    show_job_end(progress, event);
    break;
  case RUN_EVENT_RUN_STARTED:
  case RUN_EVENT_ANNOTATION:
  case RUN_EVENT_RUN_ENDED:
  default:
    break;
  }
}
