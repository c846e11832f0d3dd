#include "rollout/health.h"

#include "base/error.h"
#include "base/http.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define FIRST_DELAY_MS 50
#define LINGER_MS 50
#define BODY_SHOWN_BYTES 200

HealthTarget *health_target_new(const char *name, unsigned port, const ProjectHealth *health) {
  HealthTarget *target = g_new0(HealthTarget, 1);
  target->name = g_strdup(name);
  target->port = port;
  target->health = health;
  return target;
}

void health_target_free(HealthTarget *target) {
  g_free(target->name);
  g_free(target->words);
  g_free(target);
}

/* ---- one probe ---------------------------------------------------------------------------------------------------------- */

/* The start of an answer's body on one line. */
static char *first_bytes(const HttpResponse *response) {
  g_autofree char *valid = g_utf8_make_valid(response->body, (gssize)MIN(response->body_size, BODY_SHOWN_BYTES));
  for (char *byte = valid; *byte != '\0'; byte++)
    if (g_ascii_iscntrl(*byte))
      *byte = ' ';
  return g_strdup(g_strstrip(valid));
}

static bool probe_http(const HealthTarget *target, GError **error) {
  g_autofree char *url = g_strdup_printf("http://127.0.0.1:%u%s", target->port, target->health->path);
  static const char *const headers[] = {"Host: localhost", "User-Agent: drover", NULL};
  g_auto(HttpResponse) response = {0};
  if (!http_send(&(HttpRequest){.url = url, .headers = headers, .timeout_ms = target->health->timeout_ms, .direct = true}, &response, error))
    return false;
  if (response.status >= 200 && response.status <= 399)
    return true;
  g_autofree char *body = first_bytes(&response);
  return error_set(error, DROVER_ERROR_UNAVAILABLE, "GET %s answered %u%s%s", target->health->path, response.status, *body != '\0' ? ": " : "", body);
}

/* A connection, waited for until `timeout_ms`; errno values. */
static int connect_within(int fd, unsigned port, int64_t timeout_ms) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  if (connect(fd, (struct sockaddr *)&address, sizeof address) == 0)
    return 0;
  if (errno != EINPROGRESS)
    return errno;
  if (poll(&(struct pollfd){.fd = fd, .events = POLLOUT}, 1, (int)MIN(timeout_ms, G_MAXINT)) == 0)
    return ETIMEDOUT;
  int code = 0;
  socklen_t size = sizeof code;
  return getsockopt(fd, SOL_SOCKET, SO_ERROR, &code, &size) < 0 ? errno : code;
}

/* An engine that publishes ports by a proxy takes every connection, and drops it when nothing listens behind. */
static int dropped_at_once(int fd) {
  char byte;
  if (poll(&(struct pollfd){.fd = fd, .events = POLLIN}, 1, LINGER_MS) <= 0)
    return 0;
  return recv(fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) <= 0 ? ECONNRESET : 0;
}

static bool probe_connection(const HealthTarget *target, GError **error) {
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0)
    return error_set_errno(error, errno, "socket");
  int code = connect_within(fd, target->port, target->health->timeout_ms);
  if (code == 0)
    code = dropped_at_once(fd);
  close(fd);
  return code == 0 || error_set(error, DROVER_ERROR_UNAVAILABLE, "no connection to its port: %s", g_strerror(code));
}

bool health_probe(const HealthTarget *target, G_GNUC_UNUSED void *data, GError **error) {
  return target->health->path != NULL ? probe_http(target, error) : probe_connection(target, error);
}

/* ---- waiting ------------------------------------------------------------------------------------------------------------ */

int64_t health_delay_ms(const ProjectHealth *health, unsigned probes, int64_t elapsed_ms) {
  int64_t left_ms = health->interval_ms * health->attempts - elapsed_ms;
  if (left_ms <= 0 && probes >= health->attempts)
    return -1;
  int64_t delay_ms = FIRST_DELAY_MS;
  for (unsigned i = 1; i < probes && delay_ms < health->interval_ms; i++)
    delay_ms *= 2;
  delay_ms = MIN(delay_ms, health->interval_ms);
  return left_ms > 0 ? MIN(delay_ms, left_ms) : delay_ms;
}

static bool give_up(const HealthTarget *target, int64_t elapsed_ms, const char *why, const HealthTarget **failed, GError **error) {
  if (failed != NULL)
    *failed = target;
  return error_set(error, DROVER_ERROR_FAILED, "%s did not become healthy in %.1f s (%u probes): %s", target->name, (double)elapsed_ms / 1000,
                   target->probes, why);
}

/* Probes one replica that is due; false when it is given up. */
static bool probe_due(HealthTarget *target, const HealthSource *source, const Clock *clock, int64_t started_us, const HealthTarget **failed,
                      GError **error) {
  g_autoptr(GError) words = NULL, death = NULL;
  target->probes++;
  target->healthy = source->probe(target, source->data, &words);
  if (target->healthy)
    return true;
  g_free(target->words);
  target->words = g_strdup(words->message);
  int64_t now_us = clock->now_us(clock);
  int64_t elapsed_ms = (now_us - started_us) / 1000;
  if (!source->alive(target, source->data, &death))
    return give_up(target, elapsed_ms, death->message, failed, error);
  int64_t delay_ms = health_delay_ms(target->health, target->probes, elapsed_ms);
  if (delay_ms < 0)
    return give_up(target, elapsed_ms, target->words, failed, error);
  target->next_us = now_us + delay_ms * 1000;
  return true;
}

bool health_wait(const GPtrArray *targets, const HealthSource *source, const Clock *clock, GCancellable *cancellable, const HealthTarget **failed,
                 GError **error) {
  int64_t started_us = clock->now_us(clock);
  for (;;) {
    int64_t next_us = G_MAXINT64;
    for (guint i = 0; i < targets->len; i++) {
      HealthTarget *target = g_ptr_array_index(targets, i);
      if (!target->healthy && target->next_us <= clock->now_us(clock) && !probe_due(target, source, clock, started_us, failed, error))
        return false;
      if (!target->healthy)
        next_us = MIN(next_us, target->next_us);
    }
    if (next_us == G_MAXINT64)
      return true;
    int64_t wait_ms = MAX((next_us - clock->now_us(clock) + 999) / 1000, 0);
    if (!clock->sleep_ms(clock, wait_ms, cancellable))
      return error_set(error, DROVER_ERROR_CANCELLED, "stopped while the new version was becoming healthy");
  }
}
