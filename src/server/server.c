#include "server/server.h"

#include "base/error.h"
#include "base/log.h"
#include "registry/answer.h"
#include "server/acceptor.h"
#include "server/listen.h"
#include "server/routes.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define THREADS_MIN 4
#define THREADS_MAX 32
#define CONNECTIONS_MAX 1024
#define IDLE_S 60
#define CONNECTION_MEMORY_BYTES ((size_t)64 << 10) /* a request's head, and the piece of a body handed on at once */
#define BODY_MAX_BYTES ((size_t)64 << 10)          /* outside the registry, where no body is read */

struct Server {
  ServerOptions options;
  struct MHD_Daemon *daemon;
  Acceptor *acceptor;
  char *address;
  Metrics metrics;
  pthread_mutex_t lock;
  pthread_cond_t idle; /* `running` became 0 */
  unsigned running;    /* under the lock */
};

/* One request while it lasts. */
typedef struct {
  Server *server;
  bool is_registry;
  bool counted;
  size_t body_bytes;
  void *registry_state;
} Exchange;

static bool is_registry_path(const Server *server, const char *path) {
  return server->options.registry != NULL && (strcmp(path, "/v2") == 0 || g_str_has_prefix(path, "/v2/"));
}

static Exchange *exchange_begin(Server *server, const char *path) {
  Exchange *exchange = g_new0(Exchange, 1);
  exchange->server = server;
  exchange->is_registry = is_registry_path(server, path);
  atomic_fetch_add(&server->metrics.running, 1);
  pthread_mutex_lock(&server->lock);
  server->running++;
  pthread_mutex_unlock(&server->lock);
  return exchange;
}

static void exchange_end(G_GNUC_UNUSED void *data, G_GNUC_UNUSED struct MHD_Connection *connection, void **state,
                         G_GNUC_UNUSED enum MHD_RequestTerminationCode why) {
  Exchange *exchange = *state;
  *state = NULL;
  if (exchange == NULL)
    return;
  Server *server = exchange->server;
  registry_request_done(&exchange->registry_state);
  g_free(exchange);
  atomic_fetch_sub(&server->metrics.running, 1);
  pthread_mutex_lock(&server->lock);
  if (--server->running == 0)
    pthread_cond_broadcast(&server->idle);
  pthread_mutex_unlock(&server->lock);
}

static void count(Exchange *exchange, struct MHD_Connection *connection, const char *method, const char *path) {
  const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_HTTP_STATUS);
  if (info == NULL || exchange->counted)
    return;
  unsigned status = info->http_status;
  const char *failure = registry_request_failure(exchange->registry_state);
  exchange->counted = true;
  atomic_fetch_add(&exchange->server->metrics.answers[MIN(status / 100, 5)], 1);
  g_autofree char *shown = g_strescape(path, NULL); /* a client must not write lines of its own into the log */
  if (failure != NULL)
    log_error("%s %s: answered %u: %s", method, shown, status, failure);
  else
    log_debug("%s %s: answered %u", method, shown, status);
}

static enum MHD_Result send_answer(struct MHD_Connection *connection, unsigned status, struct MHD_Response *response) {
  enum MHD_Result queued = MHD_queue_response(connection, status, response);
  MHD_destroy_response(response);
  return queued;
}

/* Nothing outside the registry reads a body; a small one is dropped, a large one ends the connection. */
static enum MHD_Result handle_route(Exchange *exchange, struct MHD_Connection *connection, const char *path, const char *method, size_t *body_bytes) {
  if (*body_bytes > 0) {
    exchange->body_bytes += *body_bytes;
    *body_bytes = 0;
    return exchange->body_bytes <= BODY_MAX_BYTES ? MHD_YES : MHD_NO;
  }
  const Server *server = exchange->server;
  RouteCall call = {.connection = connection, .registry = server->options.registry, .store = server->options.store, .metrics = &server->metrics};
  unsigned status = MHD_HTTP_INTERNAL_SERVER_ERROR;
  struct MHD_Response *response = routes_answer(&call, path, method, &status);
  return send_answer(connection, status, response);
}

static enum MHD_Result begin_route(struct MHD_Connection *connection) {
  const char *length = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, MHD_HTTP_HEADER_CONTENT_LENGTH);
  guint64 bytes = 0;
  if (length == NULL || (g_ascii_string_to_unsigned(length, 10, 0, BODY_MAX_BYTES, &bytes, NULL)))
    return MHD_YES;
  return send_answer(connection, MHD_HTTP_CONTENT_TOO_LARGE,
                     routes_error("too-large", "no body of more than %zu bytes is taken here", BODY_MAX_BYTES));
}

static enum MHD_Result handle(void *data, struct MHD_Connection *connection, const char *path, const char *method, G_GNUC_UNUSED const char *version,
                              const char *body, size_t *body_bytes, void **state) {
  Exchange *exchange = *state;
  bool begins = exchange == NULL;
  if (begins)
    *state = exchange = exchange_begin(data, path);
  enum MHD_Result result = MHD_YES;
  if (exchange->is_registry)
    result = registry_handle(exchange->server->options.registry, connection, path, method, body, body_bytes, &exchange->registry_state);
  else if (begins)
    result = begin_route(connection);
  else
    result = handle_route(exchange, connection, path, method, body_bytes);
  count(exchange, connection, method, path);
  return result;
}

/* Decodes "%HH" in place, but for "%00": a NUL would hide from every check what comes behind it. */
static size_t unescape(G_GNUC_UNUSED void *data, G_GNUC_UNUSED struct MHD_Connection *connection, char *text) {
  char *out = text;
  for (const char *in = text; *in != '\0';) {
    int high = in[0] == '%' ? g_ascii_xdigit_value(in[1]) : -1;
    int low = high >= 0 ? g_ascii_xdigit_value(in[2]) : -1;
    bool decodes = low >= 0 && (high | low) != 0;
    *out++ = decodes ? (char)(high << 4 | low) : *in;
    in += decodes ? 3 : 1;
  }
  *out = '\0';
  return (size_t)(out - text);
}

G_GNUC_PRINTF(2, 0) static void log_line(G_GNUC_UNUSED void *data, const char *format, va_list arguments) {
  char line[512];
  vsnprintf(line, sizeof line, format, arguments);
  log_debug("http: %s", g_strchomp(line));
}

static struct MHD_Daemon *start_daemon(Server *server) {
  unsigned threads = CLAMP(2 * g_get_num_processors(), THREADS_MIN, THREADS_MAX);
  return MHD_start_daemon(MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_ITC | MHD_USE_NO_LISTEN_SOCKET | MHD_USE_ERROR_LOG, 0, NULL, NULL, handle, server,
                          MHD_OPTION_EXTERNAL_LOGGER, log_line, NULL, MHD_OPTION_THREAD_POOL_SIZE, threads, MHD_OPTION_CONNECTION_LIMIT,
                          (unsigned)CONNECTIONS_MAX, MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)IDLE_S, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
                          CONNECTION_MEMORY_BYTES, MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_UNESCAPE_CALLBACK, unescape, NULL,
                          MHD_OPTION_NOTIFY_COMPLETED, exchange_end, NULL, MHD_OPTION_END);
}

static void server_free(Server *server) {
  pthread_cond_destroy(&server->idle);
  pthread_mutex_destroy(&server->lock);
  g_free(server->address);
  g_free(server);
}

static Server *server_new(const ServerOptions *options, int fd) {
  Server *server = g_new0(Server, 1);
  server->options = *options;
  server->options.listen = NULL; /* the caller's text need not live on */
  server->address = listen_describe(fd);
  pthread_mutex_init(&server->lock, NULL);
  pthread_condattr_t attributes;
  pthread_condattr_init(&attributes);
  pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
  pthread_cond_init(&server->idle, &attributes);
  pthread_condattr_destroy(&attributes);
  return server;
}

Server *server_start(const ServerOptions *options, GError **error) {
  ListenAddress address;
  int fd = listen_parse(options->listen, &address, error) ? listen_open(&address, error) : -1;
  if (fd < 0)
    return NULL;
  Server *server = server_new(options, fd);
  server->daemon = start_daemon(server);
  server->acceptor = server->daemon != NULL ? acceptor_start(server->daemon, fd) : NULL;
  if (server->acceptor == NULL) {
    if (server->daemon != NULL)
      MHD_stop_daemon(server->daemon);
    error_set(error, DROVER_ERROR_UNAVAILABLE, "address %s: the HTTP server cannot start: too few descriptors or threads", server->address);
    close(fd);
    server_free(server);
    return NULL;
  }
  return server;
}

static void wait_idle(Server *server, int64_t grace_ms) {
  struct timespec end;
  clock_gettime(CLOCK_MONOTONIC, &end);
  end.tv_sec += grace_ms / 1000;
  end.tv_nsec += (grace_ms % 1000) * 1000000;
  if (end.tv_nsec >= 1000000000) {
    end.tv_sec++;
    end.tv_nsec -= 1000000000;
  }
  pthread_mutex_lock(&server->lock);
  while (server->running > 0 && pthread_cond_timedwait(&server->idle, &server->lock, &end) == 0)
    continue;
  pthread_mutex_unlock(&server->lock);
}

void server_stop(Server *server, int64_t grace_ms) {
  acceptor_stop(server->acceptor);
  wait_idle(server, grace_ms);
  MHD_stop_daemon(server->daemon);
  server_free(server);
}

const char *server_address(const Server *server) {
  return server->address;
}
