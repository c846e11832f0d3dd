/* The services of a job: containers beside it, each reached by its id, ready before the first step. */
#pragma once

#include "engine/request.h"
#include "engine/scope.h"

#include <jansson.h>

/* All borrowed for the call. */
typedef struct {
  const ContainerScope *scope;
  const char *name; /* its id in the workflow: its name on the network */
  const ContainerRequest *request;
  const char *entrypoint;     /* NULL: the image's own */
  const char *const *command; /* words; NULL: the image's own */
  GCancellable *cancellable;
} ServiceSpec;

typedef struct Service Service;

/* Fetches the image and starts the container, without waiting until it is ready, so that several can get ready at once. Errors as
 * job_container_new()'s. */
Service *service_start(const ServiceSpec *spec, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Waits until its health check says yes; one without a check is ready when it runs. FAILED with its last lines when it turned unhealthy
 * or ended, TIMEOUT after `deadline_ms` (0: none). Any thread, one at a time. */
bool service_wait(Service *service, int64_t deadline_ms, GCancellable *cancellable, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* {"id", "network", "ports": {"6379": "49153"}}: its part of the job context. Transfer full. */
json_t *service_context(const Service *service);

/* Its last lines on both streams; transfer full. */
char *service_logs(const Service *service, unsigned lines);

/* Kills and removes it. NULL is fine. */
void service_free(Service *service);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Service, service_free)

/* The words of a service's "command:", by a shell's rules of quoting, without a shell. NULL or blank gives NULL, and no error. Transfer
 * full. */
char **service_words(const char *command, GError **error);
