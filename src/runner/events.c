#include "runner/events.h"

#include <stdbool.h>

const char *status_name(Status status) {
  static const char *const names[] = {
    [STATUS_SUCCESS] = "success", [STATUS_FAILURE] = "failure", [STATUS_CANCELLED] = "cancelled", [STATUS_SKIPPED] = "skipped"};
  return names[status];
}

static const struct {
  const char *name;
  bool ends; /* something, so that it has an outcome */
} kinds[] = {
  [RUN_EVENT_RUN_STARTED] = {"run.started", false},   [RUN_EVENT_JOB_STARTED] = {"job.started", false},
  [RUN_EVENT_STEP_STARTED] = {"step.started", false}, [RUN_EVENT_OUTPUT] = {"output", false},
  [RUN_EVENT_ANNOTATION] = {"annotation", false},     [RUN_EVENT_STEP_ENDED] = {"step.ended", true},
  [RUN_EVENT_JOB_ENDED] = {"job.ended", true},        [RUN_EVENT_RUN_ENDED] = {"run.ended", true},
};

static void put_text(json_t *object, const char *key, const char *text) {
  if (text == NULL)
    return;
  g_autofree char *valid = g_utf8_make_valid(text, -1);
  json_object_set_new(object, key, json_string(valid));
}

static void put_number(json_t *object, const char *key, guint number) {
  if (number > 0)
    json_object_set_new(object, key, json_integer(number));
}

static void put_time(json_t *object, int64_t at_us) {
  g_autoptr(GDateTime) second = g_date_time_new_from_unix_utc(at_us / G_USEC_PER_SEC);
  g_autofree char *text = second != NULL ? g_date_time_format(second, "%Y-%m-%dT%H:%M:%S") : g_strdup("");
  g_autofree char *whole = g_strdup_printf("%s.%06dZ", text, (int)(at_us % G_USEC_PER_SEC));
  json_object_set_new(object, "at", json_string(whole));
}

json_t *run_event_json(const RunEvent *event) {
  json_t *object = json_object();
  json_object_set_new(object, "event", json_string(kinds[event->kind].name));
  put_time(object, event->at_us);
  put_text(object, "run", event->run);
  put_text(object, "job", event->job);
  put_number(object, "job_number", event->job_number);
  put_text(object, "step", event->step);
  put_number(object, "step_number", event->step_number);
  put_text(object, "place", event->place);
  if (kinds[event->kind].ends) {
    put_text(object, "outcome", status_name(event->outcome));
    put_text(object, "conclusion", status_name(event->conclusion));
    json_object_set_new(object, "seconds", json_real((double)event->duration_ms / 1000));
  }
  put_text(object, "message", event->message);
  if (event->text != NULL)
    json_object_set_new(object, "text", json_stringn_nocheck(event->text, event->text_size));
  if (event->detail != NULL)
    json_object_set_new(object, "detail", json_deep_copy(event->detail));
  return object;
}
