#include "engine/service.h"

#include "base/clock.h"
#include "base/error.h"
#include "engine/call.h"
#include "engine/fetch.h"
#include "engine/guest.h"
#include "engine/health.h"

#include <string.h>

#define FAILURE_LINES 20

struct Service {
  const ContainerScope *scope;
  char *name;
  char *image; /* as the workflow wrote it */
  char *id;
  char *network;
  json_t *facts; /* the engine's "inspect" */
  int64_t started_us;
};

void service_free(Service *service) {
  if (service == NULL)
    return;
  g_autoptr(GError) failure = NULL;
  if (service->id != NULL && !guest_remove(service->scope->engine, service->id, &failure))
    g_warning("service %s: %s", service->name, failure->message);
  json_decref(service->facts);
  g_free(service->name);
  g_free(service->image);
  g_free(service->id);
  g_free(service->network);
  g_free(service);
}

char *service_logs(const Service *service, unsigned lines) {
  return engine_logs(service->scope->engine, service->id, lines);
}

char **service_words(const char *command, GError **error) {
  g_autofree char *text = g_strstrip(g_strdup(command != NULL ? command : ""));
  char **words = NULL;
  g_autoptr(GError) failure = NULL;
  if (*text != '\0' && !g_shell_parse_argv(text, NULL, &words, &failure))
    error_set(error, DROVER_ERROR_INPUT, "command: %s", failure->message);
  return words;
}

Service *service_start(const ServiceSpec *spec, GError **error) {
  g_autofree char *image = container_image_fetch(spec->scope, spec->request, spec->cancellable, error);
  if (image == NULL) {
    g_prefix_error(error, "service %s: ", spec->name);
    return NULL;
  }
  g_autoptr(Service) service = g_new0(Service, 1);
  service->scope = spec->scope;
  service->name = g_strdup(spec->name);
  service->image = g_strdup(spec->request->image);
  service->network = g_strdup(spec->scope->network);
  service->started_us = g_get_monotonic_time();
  GuestPlan plan = {.kind = "service", .alias = spec->name, .entrypoint = spec->entrypoint, .arguments = spec->command, .life = CONTAINER_STAYS};
  service->id = guest_start(spec->scope, spec->request, &plan, image, spec->cancellable, error);
  service->facts = service->id != NULL ? guest_inspect(spec->scope->engine, service->id, error) : NULL;
  if (service->facts != NULL)
    return g_steal_pointer(&service);
  g_prefix_error(error, "service %s: ", spec->name);
  return NULL;
}

/* ---- until it is ready ---- */

static bool fails(const Service *service, const char *how, GError **error) {
  g_autofree char *words = service_logs(service, FAILURE_LINES);
  return error_set(error, DROVER_ERROR_FAILED, "service %s: the container of %s %s; its last lines:\n%s", service->name, service->image, how,
                   g_strchomp(words));
}

static bool is_running(const Service *service) {
  return json_is_true(json_object_get(json_object_get(service->facts, "State"), "Running"));
}

static bool look_again(Service *service, GError **error) {
  json_t *facts = guest_inspect(service->scope->engine, service->id, error);
  if (facts == NULL)
    return false;
  json_decref(service->facts);
  service->facts = facts;
  return true;
}

/* Whether the check passes now: run inside, as the container's own user. */
static bool passes(const Service *service, const HealthCheck *check, GCancellable *cancellable) {
  g_autoptr(GPtrArray) arguments = g_ptr_array_new();
  g_ptr_array_add(arguments, (char *)"exec");
  g_ptr_array_add(arguments, service->id);
  for (char **word = check->test; *word != NULL; word++)
    g_ptr_array_add(arguments, *word);
  g_ptr_array_add(arguments, NULL);
  g_auto(ProcessResult) result = {0};
  ProcessSpec spec = {.deadline_ms = check->timeout_ms, .grace_ms = 1, .cancellable = cancellable};
  return engine_call(service->scope->engine, spec, (const char *const *)arguments->pdata, &result, NULL) && result.exit_status == 0;
}

static Health ask(const Service *service, const HealthCheck *check, HealthCount *count, GCancellable *cancellable) {
  if (check->test == NULL)
    return HEALTH_READY;
  if (engine_traits(service->scope->engine)->kind == ENGINE_DOCKER)
    return health_docker(service->facts);
  bool passed = passes(service, check, cancellable);
  return health_judge(check, count, passed, (g_get_monotonic_time() - service->started_us) / 1000);
}

bool service_wait(Service *service, int64_t deadline_ms, GCancellable *cancellable, GError **error) {
  g_auto(HealthCheck) check = health_check_read(service->facts);
  HealthCount count = {0};
  int64_t begun_us = g_get_monotonic_time();
  for (unsigned attempt = 0;; attempt++) {
    if (!look_again(service, error))
      return false;
    if (!is_running(service))
      return fails(service, "has ended", error);
    Health health = ask(service, &check, &count, cancellable);
    if (health != HEALTH_STARTING)
      return health == HEALTH_READY || fails(service, "is unhealthy", error);
    if (deadline_ms > 0 && g_get_monotonic_time() - begun_us > deadline_ms * 1000)
      return error_set(error, DROVER_ERROR_TIMEOUT, "service %s: not healthy after %" G_GINT64_FORMAT " ms", service->name, deadline_ms);
    const Clock *clock = clock_system();
    if (!clock->sleep_ms(clock, health_pause_ms(attempt), cancellable))
      return error_set(error, DROVER_ERROR_CANCELLED, "service %s: stopped while it was starting", service->name);
  }
}

/* ---- the context ---- */

/* On a shared network it listens on the machine's own: a port is itself. */
static json_t *ports_of(const Service *service) {
  json_t *ports = json_object();
  const char *key;
  json_t *bindings;
  json_object_foreach (json_object_get(json_object_get(service->facts, "NetworkSettings"), "Ports"), key, bindings) {
    const char *port = json_string_value(json_object_get(json_array_get(bindings, 0), "HostPort"));
    g_autofree char *number = g_strndup(key, strcspn(key, "/"));
    if (port != NULL)
      json_object_set_new(ports, number, json_string(port));
  }
  return ports;
}

json_t *service_context(const Service *service) {
  return json_pack("{s:s, s:s*, s:o}", "id", service->id, "network", service->network, "ports", ports_of(service));
}
