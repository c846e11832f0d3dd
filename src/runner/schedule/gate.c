#include "runner/schedule/node.h"

#include "base/error.h"
#include "workflow/matrix.h"

#include <string.h>

/* ---- what is asked for ---- */

typedef struct {
  char *group;
  bool cancel_in_progress;
  bool queue_max;
} Request;

static void request_clear(Request *request) {
  g_free(request->group);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Request, request_clear)

/* All of it may be one expression; a text is the group. */
static bool read_request(const YamlNode *written, json_t *contexts, Request *request, GError **error) {
  ExpressionScope scope = {.contexts = contexts};
  json_auto_t *value = matrix_evaluate(written, &scope, error);
  if (value == NULL)
    return false;
  g_auto(ExpressionValue) group = expression_value_from_json(json_is_object(value) ? json_object_get(value, "group") : value);
  request->group = expression_value_to_string(&group, NULL);
  if (group.kind == EXPRESSION_OBJECT || group.kind == EXPRESSION_ARRAY)
    return error_set(error, DROVER_ERROR_INPUT, "%s:%u:%u: concurrency: expected the name of a group", written->location.file, written->location.line,
                     written->location.column);
  if (!schedule_read_bool(json_object_get(value, "cancel-in-progress"), written->location, false, &request->cancel_in_progress, error))
    return false;
  request->queue_max = g_strcmp0(json_string_value(json_object_get(value, "queue")), "max") == 0;
  return true;
}

/* ---- joining ---- */

/* From another thread. */
static void wake(void *user) {
  Schedule *schedule = user;
  g_async_queue_push(schedule->messages, schedule);
}

static bool names(const ScheduleGate *gate, const char *group) {
  return gate->group != NULL && g_ascii_strcasecmp(gate->group, group) == 0;
}

/* Whether a workflow around `leg`, or a job that called one of them, is in the group already. */
static bool is_inside(const ScheduleLeg *leg, const char *group) {
  for (; leg != NULL; leg = leg->node->frame->caller)
    if (names(&leg->node->frame->gate, group) || (leg->node->frame->caller != NULL && names(&leg->node->frame->caller->gate, group)))
      return true;
  return false;
}

/* Groups are those of a repository. */
static bool join(Schedule *schedule, const Request *request, const char *member, ScheduleGate *gate, GError **error) {
  const char *repository = json_string_value(json_object_get(schedule->top->github, "repository"));
  g_autofree char *group = g_strdup_printf("%s\n%s", repository != NULL ? repository : "", request->group);
  gate->slot = concurrency_join(schedule->spec->concurrency,
                                &(ConcurrencyRequest){
                                  .group = group,
                                  .member = member,
                                  .cancel_in_progress = request->cancel_in_progress,
                                  .queue_max = request->queue_max,
                                  .on_change = wake,
                                  .user = schedule,
                                },
                                error);
  if (gate->slot == NULL)
    return false;
  gate->group = g_strdup(request->group);
  return true;
}

static bool refuse_circle(const char *group, GError **error) {
  return error_set(error, DROVER_ERROR_CANCELLED, "the workflow that it stands in is in the concurrency group \"%s\" itself: it would wait for ever",
                   group);
}

bool schedule_gate_of_leg(Schedule *schedule, ScheduleLeg *leg, GError **error) {
  const YamlNode *written = leg->node->plan->job->concurrency.node;
  if (written == NULL || schedule->spec->concurrency == NULL)
    return true;
  g_auto(Request) request = {0};
  json_auto_t *contexts = schedule_contexts(schedule->spec, leg->node->frame, leg->node, leg);
  if (!read_request(written, contexts, &request, error))
    return false;
  if (*request.group == '\0')
    return true;
  if (is_inside(leg, request.group))
    return refuse_circle(request.group, error);
  g_autofree char *member = g_strdup_printf("the job \"%s\" of the run %s", leg->name, schedule->spec->run);
  return join(schedule, &request, member, &leg->gate, error);
}

bool schedule_gate_of_frame(Schedule *schedule, ScheduleFrame *frame, GError **error) {
  const YamlNode *written = frame->plan->workflow->concurrency.node;
  if (written == NULL || schedule->spec->concurrency == NULL)
    return true;
  g_auto(Request) request = {0};
  json_auto_t *contexts = schedule_contexts(schedule->spec, frame, NULL, NULL);
  if (!read_request(written, contexts, &request, error))
    return false;
  if (*request.group == '\0' || (frame->caller != NULL && names(&frame->caller->gate, request.group)))
    return true; /* its caller has entered it for both */
  if (is_inside(frame->caller, request.group))
    return refuse_circle(request.group, error);
  g_autofree char *member = frame->caller != NULL ? g_strdup_printf("the job \"%s\" of the run %s", frame->caller->name, schedule->spec->run)
                                                  : g_strdup_printf("the run %s", schedule->spec->run);
  return join(schedule, &request, member, &frame->gate, error);
}

/* ---- being in ---- */

ScheduleGateState schedule_gate_state(const ScheduleGate *gate) {
  if (gate->slot == NULL)
    return GATE_OPEN;
  if (concurrency_newcomer(gate->slot) != NULL)
    return GATE_LOST;
  return concurrency_is_held(gate->slot) ? GATE_OPEN : GATE_SHUT;
}

char *schedule_gate_loss(const ScheduleGate *gate) {
  return g_strdup_printf("%s took its place in the concurrency group \"%s\"", concurrency_newcomer(gate->slot), gate->group);
}

void schedule_gate_leave(ScheduleGate *gate) {
  g_clear_pointer(&gate->slot, concurrency_leave);
  g_clear_pointer(&gate->group, g_free);
}
