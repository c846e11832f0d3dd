/* What the server answers besides the registry: the table of paths. Every handler only reads. Any thread. */
#pragma once

#include "httpd/httpd.h"
#include "server/server.h"

#include <jansson.h>
#include <microhttpd.h>

typedef struct {
  struct MHD_Connection *connection;
  Registry *registry;            /* may be NULL */
  Store *store;                  /* may be NULL */
  const HttpdCounters *counters; /* of /metrics */
} RouteCall;

/* The answer and its status for a path that is not the registry's: 404 for an unknown path, 405 with Allow for a method other
 * than GET and HEAD. Transfer full. */
struct MHD_Response *routes_answer(const RouteCall *call, const char *path, const char *method, unsigned *status);

/* {"error": {"code", "message"}}: how everything but the registry says what went wrong. */
struct MHD_Response *routes_error(const char *code, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* server/api.c: false sets `error`; `*made` is transfer full. */
bool api_environments(const RouteCall *call, json_t **made, GError **error);
bool api_releases(const RouteCall *call, json_t **made, GError **error);
bool api_rollouts(const RouteCall *call, json_t **made, GError **error);
bool api_journal(const RouteCall *call, json_t **made, GError **error);

/* What to say of an environment's state, from what is recorded: "empty", "moving", "healthy", "kept" (the last rollout was taken
 * back), "failed", or "unknown". Arguments but the first may be NULL. Static. */
const char *api_health(const Environment *environment, const Rollout *open, const Rollout *last);
