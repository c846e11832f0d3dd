#include "runner/job/job.h"

#include <stdarg.h>
#include <string.h>

#define ANNOTATIONS_MAX 1000

void job_emit(Job *job, RunEvent event) {
  event.job = job->spec->name;
  event.job_number = job->spec->number;
  run_emit(job->run, &event);
}

char *job_mask(const Job *job, const char *text) {
  return mask_apply(job->mask, text, strlen(text), false, NULL);
}

void job_say(Job *job, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  g_autofree char *text = g_strdup_vprintf(format, arguments);
  va_end(arguments);
  g_autofree char *valid = g_utf8_make_valid(text, -1);
  g_autofree char *masked = job_mask(job, valid);
  g_autofree char *line = g_strconcat(masked, "\n", NULL);
  job_emit(job, (RunEvent){.kind = RUN_EVENT_OUTPUT, .text = line, .text_size = strlen(line)});
}

void job_fail(Job *job, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  g_autofree char *text = g_strdup_vprintf(format, arguments);
  va_end(arguments);
  if (job->state.status == STATUS_SUCCESS)
    job->state.status = STATUS_FAILURE;
  if (job->failure == NULL)
    job->failure = job_mask(job, text);
}

void job_note_stopped(Job *job) {
  if (job->clock == NULL || !job_clock_stopped(job->clock))
    return;
  if (job_clock_timed_out(job->clock))
    job_fail(job, "was stopped: its timeout-minutes were over");
  else
    job->state.status = STATUS_CANCELLED;
}

void job_annotate(Job *job, const json_t *annotation) {
  g_mutex_lock(&job->lock);
  if (json_array_size(job->annotations) < ANNOTATIONS_MAX)
    json_array_append_new(job->annotations, json_copy((json_t *)annotation));
  g_mutex_unlock(&job->lock);
}
