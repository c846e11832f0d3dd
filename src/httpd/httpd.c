#include "httpd/httpd.h"

#include "base/error.h"
#include "base/log.h"
#include "httpd/acceptor.h"
#include "httpd/listen.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define THREADS_MIN 4
#define THREADS_MAX 32
#define CONNECTIONS_MAX 1024
#define IDLE_S 60
#define CONNECTION_BYTES ((size_t)64 << 10)

struct Httpd {
  HttpdOptions options;
  HttpdCounters own_counters; /* when the options give none */
  struct MHD_Daemon *daemon;
  GPtrArray *acceptors; /* under the lock */
  char *address;
  pthread_mutex_t lock;
  pthread_cond_t idle; /* `running` became 0 */
  unsigned running;    /* under the lock */
};

/* One request while it lasts. */
typedef struct {
  Httpd *httpd;
  const HttpdHandler *handler; /* NULL: nobody takes the path */
  bool counted;
  void *state;
} Exchange;

static const HttpdHandler *find_handler(const Httpd *httpd, const char *path) {
  for (size_t i = 0; i < httpd->options.handler_count; i++)
    if (httpd->options.handlers[i].takes(path, httpd->options.handlers[i].user))
      return &httpd->options.handlers[i];
  return NULL;
}

static Exchange *exchange_begin(Httpd *httpd, const char *path) {
  Exchange *exchange = g_new0(Exchange, 1);
  exchange->httpd = httpd;
  exchange->handler = find_handler(httpd, path);
  atomic_fetch_add(&httpd->options.counters->running, 1);
  pthread_mutex_lock(&httpd->lock);
  httpd->running++;
  pthread_mutex_unlock(&httpd->lock);
  return exchange;
}

static void exchange_end(G_GNUC_UNUSED void *data, G_GNUC_UNUSED struct MHD_Connection *connection, void **state,
                         G_GNUC_UNUSED enum MHD_RequestTerminationCode why) {
  Exchange *exchange = *state;
  *state = NULL;
  if (exchange == NULL)
    return;
  Httpd *httpd = exchange->httpd;
  if (exchange->handler != NULL)
    exchange->handler->done(&exchange->state);
  g_free(exchange);
  atomic_fetch_sub(&httpd->options.counters->running, 1);
  pthread_mutex_lock(&httpd->lock);
  if (--httpd->running == 0)
    pthread_cond_broadcast(&httpd->idle);
  pthread_mutex_unlock(&httpd->lock);
}

static void count(Exchange *exchange, struct MHD_Connection *connection, const char *method, const char *path) {
  const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_HTTP_STATUS);
  if (info == NULL || exchange->counted)
    return;
  unsigned status = info->http_status;
  const HttpdHandler *handler = exchange->handler;
  const char *failure = handler != NULL && handler->failure != NULL ? handler->failure(exchange->state) : NULL;
  exchange->counted = true;
  atomic_fetch_add(&exchange->httpd->options.counters->answers[MIN(status / 100, 5)], 1);
  g_autofree char *shown = g_strescape(path, NULL); /* a client must not write lines of its own into the log */
  if (failure != NULL)
    log_error("%s %s: answered %u: %s", method, shown, status, failure);
  else
    log_debug("%s %s: answered %u", method, shown, status);
}

static enum MHD_Result answer_nothing(struct MHD_Connection *connection) {
  struct MHD_Response *response = MHD_create_response_from_buffer(0, NULL, MHD_RESPMEM_PERSISTENT);
  enum MHD_Result queued = MHD_queue_response(connection, MHD_HTTP_NOT_FOUND, response);
  MHD_destroy_response(response);
  return queued;
}

static enum MHD_Result handle(void *data, struct MHD_Connection *connection, const char *path, const char *method, G_GNUC_UNUSED const char *version,
                              const char *body, size_t *body_bytes, void **state) {
  Exchange *exchange = *state;
  if (exchange == NULL)
    *state = exchange = exchange_begin(data, path);
  const HttpdHandler *handler = exchange->handler;
  enum MHD_Result result =
    handler != NULL ? handler->handle(handler->user, connection, path, method, body, body_bytes, &exchange->state) : answer_nothing(connection);
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

static struct MHD_Daemon *start_daemon(Httpd *httpd) {
  unsigned threads = httpd->options.threads > 0 ? httpd->options.threads : CLAMP(2 * g_get_num_processors(), THREADS_MIN, THREADS_MAX);
  size_t connection_bytes = httpd->options.connection_bytes > 0 ? httpd->options.connection_bytes : CONNECTION_BYTES;
  return MHD_start_daemon(MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_ITC | MHD_USE_NO_LISTEN_SOCKET | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG, 0,
                          NULL, NULL, handle, httpd, MHD_OPTION_EXTERNAL_LOGGER, log_line, NULL, MHD_OPTION_THREAD_POOL_SIZE, threads,
                          MHD_OPTION_CONNECTION_LIMIT, (unsigned)CONNECTIONS_MAX, MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)IDLE_S,
                          MHD_OPTION_CONNECTION_MEMORY_LIMIT, connection_bytes, MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_UNESCAPE_CALLBACK,
                          unescape, NULL, MHD_OPTION_NOTIFY_COMPLETED, exchange_end, NULL, MHD_OPTION_END);
}

static void httpd_free(Httpd *httpd) {
  pthread_cond_destroy(&httpd->idle);
  pthread_mutex_destroy(&httpd->lock);
  g_ptr_array_unref(httpd->acceptors);
  g_free(httpd->address);
  g_free(httpd);
}

static Httpd *httpd_new(const HttpdOptions *options, int fd) {
  Httpd *httpd = g_new0(Httpd, 1);
  httpd->options = *options;
  httpd->options.listen = NULL; /* the caller's text need not live on */
  if (httpd->options.counters == NULL)
    httpd->options.counters = &httpd->own_counters;
  httpd->acceptors = g_ptr_array_new();
  httpd->address = listen_describe(fd);
  pthread_mutex_init(&httpd->lock, NULL);
  pthread_condattr_t attributes;
  pthread_condattr_init(&attributes);
  pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
  pthread_cond_init(&httpd->idle, &attributes);
  pthread_condattr_destroy(&attributes);
  return httpd;
}

bool httpd_add_listener(Httpd *httpd, int fd, GError **error) {
  Acceptor *acceptor = acceptor_start(httpd->daemon, fd);
  if (acceptor == NULL) {
    close(fd);
    return error_set(error, DROVER_ERROR_UNAVAILABLE, "address %s: the HTTP server cannot listen: too few descriptors", httpd->address);
  }
  pthread_mutex_lock(&httpd->lock);
  g_ptr_array_add(httpd->acceptors, acceptor);
  pthread_mutex_unlock(&httpd->lock);
  return true;
}

static int open_listener(const HttpdOptions *options, GError **error) {
  ListenAddress address;
  if (options->listen == NULL)
    return options->fd;
  return listen_parse(options->listen, &address, error) ? listen_open(&address, error) : -1;
}

Httpd *httpd_start(const HttpdOptions *options, GError **error) {
  int fd = open_listener(options, error);
  if (fd < 0)
    return NULL;
  Httpd *httpd = httpd_new(options, fd);
  httpd->daemon = start_daemon(httpd);
  if (httpd->daemon == NULL) {
    error_set(error, DROVER_ERROR_UNAVAILABLE, "address %s: the HTTP server cannot start: too few descriptors or threads", httpd->address);
    close(fd);
  } else if (httpd_add_listener(httpd, fd, error)) {
    return httpd;
  } else {
    MHD_stop_daemon(httpd->daemon);
  }
  httpd_free(httpd);
  return NULL;
}

static void wait_idle(Httpd *httpd, int64_t grace_ms) {
  struct timespec end;
  clock_gettime(CLOCK_MONOTONIC, &end);
  end.tv_sec += grace_ms / 1000;
  end.tv_nsec += (grace_ms % 1000) * 1000000;
  if (end.tv_nsec >= 1000000000) {
    end.tv_sec++;
    end.tv_nsec -= 1000000000;
  }
  pthread_mutex_lock(&httpd->lock);
  while (httpd->running > 0 && pthread_cond_timedwait(&httpd->idle, &httpd->lock, &end) == 0)
    continue;
  pthread_mutex_unlock(&httpd->lock);
}

void httpd_stop(Httpd *httpd, int64_t grace_ms) {
  for (guint i = 0; i < httpd->acceptors->len; i++)
    acceptor_stop(g_ptr_array_index(httpd->acceptors, i));
  wait_idle(httpd, grace_ms);
  for (size_t i = 0; i < httpd->options.handler_count; i++)
    if (httpd->options.handlers[i].stop != NULL)
      httpd->options.handlers[i].stop(httpd->options.handlers[i].user);
  MHD_stop_daemon(httpd->daemon);
  httpd_free(httpd);
}

const char *httpd_address(const Httpd *httpd) {
  return httpd->address;
}
