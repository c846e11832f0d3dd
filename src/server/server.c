#include "server/server.h"

#include "httpd/answer.h"
#include "httpd/httpd.h"
#include "server/routes.h"

#include <string.h>

#define BODY_MAX_BYTES ((size_t)64 << 10) /* outside the registry, where no body is read */

struct Server {
  ServerOptions options;
  HttpdCounters counters;
  HttpdHandler handlers[2];
  Httpd *httpd;
};

/* A request to a route, while it lasts. */
typedef struct {
  size_t body_bytes;
} Exchange;

static bool is_registry_path(const char *path, void *data) {
  const Server *server = data;
  return server->options.registry != NULL && (strcmp(path, "/v2") == 0 || g_str_has_prefix(path, "/v2/"));
}

static enum MHD_Result handle_registry(void *data, struct MHD_Connection *connection, const char *path, const char *method, const char *body,
                                       size_t *body_bytes, void **state) {
  const Server *server = data;
  return registry_handle(server->options.registry, connection, path, method, body, body_bytes, state);
}

static bool is_any_path(G_GNUC_UNUSED const char *path, G_GNUC_UNUSED void *data) {
  return true;
}

static enum MHD_Result send_answer(struct MHD_Connection *connection, unsigned status, struct MHD_Response *response) {
  enum MHD_Result queued = MHD_queue_response(connection, status, response);
  MHD_destroy_response(response);
  return queued;
}

static enum MHD_Result begin_route(struct MHD_Connection *connection) {
  const char *length = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, MHD_HTTP_HEADER_CONTENT_LENGTH);
  guint64 bytes = 0;
  if (length == NULL || (g_ascii_string_to_unsigned(length, 10, 0, BODY_MAX_BYTES, &bytes, NULL)))
    return MHD_YES;
  return send_answer(connection, MHD_HTTP_CONTENT_TOO_LARGE,
                     routes_error("too-large", "no body of more than %zu bytes is taken here", BODY_MAX_BYTES));
}

/* Nothing outside the registry reads a body; a small one is dropped, a large one ends the connection. */
static enum MHD_Result handle_route(void *data, struct MHD_Connection *connection, const char *path, const char *method,
                                    G_GNUC_UNUSED const char *body, size_t *body_bytes, void **state) {
  const Server *server = data;
  Exchange *exchange = *state;
  if (exchange == NULL) {
    *state = g_new0(Exchange, 1);
    return begin_route(connection);
  }
  if (*body_bytes > 0) {
    exchange->body_bytes += *body_bytes;
    *body_bytes = 0;
    return exchange->body_bytes <= BODY_MAX_BYTES ? MHD_YES : MHD_NO;
  }
  RouteCall call = {.connection = connection, .registry = server->options.registry, .store = server->options.store, .counters = &server->counters};
  unsigned status = MHD_HTTP_INTERNAL_SERVER_ERROR;
  struct MHD_Response *response = routes_answer(&call, path, method, &status);
  return send_answer(connection, status, response);
}

static void route_done(void **state) {
  g_clear_pointer(state, g_free);
}

Server *server_start(const ServerOptions *options, GError **error) {
  Server *server = g_new0(Server, 1);
  server->options = *options;
  server->options.listen = NULL; /* the caller's text need not live on */
  server->handlers[0] = (HttpdHandler){
    .takes = is_registry_path, .handle = handle_registry, .done = registry_request_done, .failure = registry_request_failure, .user = server};
  server->handlers[1] = (HttpdHandler){.takes = is_any_path, .handle = handle_route, .done = route_done, .user = server};
  HttpdOptions http = {.listen = options->listen,
                       .handlers = server->handlers,
                       .handler_count = G_N_ELEMENTS(server->handlers),
                       .counters = &server->counters};
  server->httpd = httpd_start(&http, error);
  if (server->httpd == NULL)
    g_clear_pointer(&server, g_free);
  return server;
}

void server_stop(Server *server, int64_t grace_ms) {
  httpd_stop(server->httpd, grace_ms);
  g_free(server);
}

const char *server_address(const Server *server) {
  return httpd_address(server->httpd);
}
