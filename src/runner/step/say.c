#include "runner/step/step.h"

#include "base/error.h"

#include <stdarg.h>
#include <string.h>

void step_fail(Step *step, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  if (step->failure == NULL)
    step->failure = g_strdup_vprintf(format, arguments);
  va_end(arguments);
  if (step->outcome == STATUS_SUCCESS)
    step->outcome = STATUS_FAILURE;
}

static void emit_line(Step *step, const char *text) {
  g_autofree char *valid = g_utf8_make_valid(text, -1);
  g_autofree char *masked = job_mask(step->job, valid);
  g_autofree char *line = g_strconcat(masked, "\n", NULL);
  const Step *root = step_root(step);
  job_emit(step->job, (RunEvent){.kind = RUN_EVENT_OUTPUT, .step = root->name, .step_number = root->number, .text = line, .text_size = strlen(line)});
}

void step_say(Step *step, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  g_autofree char *text = g_strdup_vprintf(format, arguments);
  va_end(arguments);
  emit_line(step, text);
}

void step_warn(Step *step, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  g_autofree char *text = g_strdup_vprintf(format, arguments);
  va_end(arguments);
  g_autofree char *line = g_strconcat("##[warning]", text, NULL);
  emit_line(step, line);
  g_autofree char *masked = job_mask(step->job, text);
  json_auto_t *annotation = json_pack("{s:s}", "level", "warning");
  job_set_text(annotation, "message", masked);
  job_annotate(step->job, annotation);
}

void step_note_stop(Step *step, const GError *error) {
  const JobClock *clock = step->job->clock;
  if (error_is(error, DROVER_ERROR_TIMEOUT)) {
    step_fail(step, "was stopped: its timeout-minutes were over");
  } else if (!error_is(error, DROVER_ERROR_CANCELLED)) {
    step_fail(step, "could not be run: %s", error->message);
  } else if (job_clock_timed_out(clock)) {
    step_fail(step, "was stopped: the job's timeout-minutes were over");
  } else {
    step->outcome = STATUS_CANCELLED;
    step_fail(step, "was stopped: cancelled");
  }
}
