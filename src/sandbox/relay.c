#include "sandbox/relay.h"

#include "sandbox/auto_fd.h"
#include "sandbox/proxy_head.h"

#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>

#define CONNECT_MAX_MS 15000
#define HEAD_MAX_MS 30000
#define IDLE_MAX_MS 300000
#define PIECE_BYTES 65536

/* False at the end of time, or when all is to stop. */
static bool wait_for(int fd, short events, int stop_fd, int timeout_ms) {
  struct pollfd fds[] = {{.fd = fd, .events = events}, {.fd = stop_fd, .events = POLLIN}};
  int ready;
  while ((ready = poll(fds, 2, timeout_ms)) < 0 && errno == EINTR)
    ;
  return ready > 0 && fds[1].revents == 0;
}

static int connect_to(GInetAddress *address, unsigned port, int stop_fd) {
  g_autoptr(GSocketAddress) target = g_inet_socket_address_new(address, (guint16)port);
  struct sockaddr_storage native;
  gssize size = g_socket_address_get_native_size(target);
  if (!g_socket_address_to_native(target, &native, sizeof native, NULL))
    return -1;
  int fd = socket(native.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  int failed = 0;
  socklen_t length = sizeof failed;
  if (fd >= 0 &&
      (connect(fd, (struct sockaddr *)&native, (socklen_t)size) == 0 || (errno == EINPROGRESS && wait_for(fd, POLLOUT, stop_fd, CONNECT_MAX_MS) &&
                                                                         getsockopt(fd, SOL_SOCKET, SO_ERROR, &failed, &length) == 0 && failed == 0)))
    return fd;
  auto_fd_close(&fd);
  return -1;
}

static GList *resolve(const char *host, GCancellable *stop) {
  if (g_hostname_is_ip_address(host))
    return g_list_append(NULL, g_inet_address_new_from_string(host));
  g_autoptr(GResolver) resolver = g_resolver_get_default();
  return g_resolver_lookup_by_name(resolver, host, stop, NULL);
}

int relay_connect(const Network *network, const char *host, unsigned port, int stop_fd, GCancellable *stop, const char **status) {
  *status = "403 Forbidden";
  if (!network_allows(network, host, port))
    return -1;
  GList *addresses = resolve(host, stop);
  int fd = -1;
  if (addresses == NULL)
    *status = "502 Bad Gateway";
  for (const GList *at = addresses; at != NULL && fd < 0; at = at->next) {
    if (!network_allows_address(network, host, at->data))
      continue;
    *status = "502 Bad Gateway";
    fd = connect_to(at->data, port, stop_fd);
  }
  g_list_free_full(addresses, g_object_unref);
  return fd;
}

size_t relay_read_head(int fd, int stop_fd, char *bytes, size_t size_max) {
  size_t size = 0;
  int64_t until_us = g_get_monotonic_time() + HEAD_MAX_MS * 1000LL;
  while (size < size_max) {
    int64_t left_ms = (until_us - g_get_monotonic_time()) / 1000;
    if (left_ms <= 0 || !wait_for(fd, POLLIN, stop_fd, (int)left_ms))
      return 0;
    ssize_t got = recv(fd, bytes + size, size_max - size, 0);
    if (got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR))
      return 0;
    size += got > 0 ? (size_t)got : 0;
    if (proxy_head_length(bytes, size) > 0)
      return size;
  }
  return 0;
}

bool relay_write(int fd, int stop_fd, const char *bytes, size_t size) {
  for (size_t done = 0; done < size;) {
    ssize_t put = send(fd, bytes + done, size - done, MSG_NOSIGNAL);
    if (put < 0 && ((errno != EAGAIN && errno != EINTR) || !wait_for(fd, POLLOUT, stop_fd, IDLE_MAX_MS)))
      return false;
    done += put > 0 ? (size_t)put : 0;
  }
  return true;
}

/* One direction. */
typedef struct {
  int from, to;
  size_t start, end; /* of what was read and not written */
  bool ended;        /* `from` has; `to` is told so once all is written */
  bool closed;
  char bytes[PIECE_BYTES];
} Way;

static short wanted(const Way *way, int fd) {
  bool has = way->start < way->end;
  return (short)((fd == way->from && !has && !way->ended ? POLLIN : 0) | (fd == way->to && has ? POLLOUT : 0));
}

/* False when the connection is broken. */
static bool step(Way *way) {
  if (way->start == way->end && !way->ended) {
    ssize_t got = recv(way->from, way->bytes, sizeof way->bytes, MSG_DONTWAIT);
    if (got < 0)
      return errno == EAGAIN || errno == EINTR;
    way->ended = got == 0;
    way->start = 0, way->end = (size_t)got;
  }
  if (way->start < way->end) {
    ssize_t put = send(way->to, way->bytes + way->start, way->end - way->start, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (put < 0)
      return errno == EAGAIN || errno == EINTR;
    way->start += (size_t)put;
  }
  if (way->ended && way->start == way->end && !way->closed) {
    shutdown(way->to, SHUT_WR);
    way->closed = true;
  }
  return true;
}

void relay_both(int one, int other, int stop_fd) {
  g_autofree Way *ways = g_new(Way, 2);
  ways[0].from = ways[1].to = one;
  ways[0].to = ways[1].from = other;
  for (size_t i = 0; i < 2; i++)
    ways[i].start = ways[i].end = 0, ways[i].ended = ways[i].closed = false;
  while (!ways[0].closed || !ways[1].closed) {
    struct pollfd fds[] = {
      {.fd = one, .events = (short)(wanted(&ways[0], one) | wanted(&ways[1], one))},
      {.fd = other, .events = (short)(wanted(&ways[0], other) | wanted(&ways[1], other))},
      {.fd = stop_fd, .events = POLLIN},
    };
    int ready = poll(fds, 3, IDLE_MAX_MS);
    if (ready < 0 && errno == EINTR)
      continue;
    bool broken = ready <= 0 || fds[2].revents != 0;
    for (size_t i = 0; i < 2 && !broken; i++)
      broken = !step(&ways[i]);
    for (size_t i = 0; i < 2; i++) /* both directions are gone, and nothing is left to write: no event would end the loop */
      broken = broken || (fds[i].events == 0 && (fds[i].revents & (POLLHUP | POLLERR)) != 0);
    if (broken)
      return;
  }
}
