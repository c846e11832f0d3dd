#include "sandbox/proxy.h"

#include "sandbox/auto_fd.h"
#include "sandbox/proxy_head.h"
#include "sandbox/relay.h"

#include <fcntl.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

#define CONNECTIONS_MAX 64
#define ESTABLISHED "HTTP/1.1 200 Connection established\r\n\r\n"

struct Proxy {
  int listen_fd;
  int stop_fd;
  GCancellable *stop; /* the same, for the resolver */
  const Network *network;
  GThread *thread;
  GThreadPool *connections;
};

static void refuse(const Proxy *proxy, int fd, const char *status, const char *host, unsigned port) {
  g_autofree char *body = g_strdup_printf("%s:%u cannot be reached: it is not on the list of this job's network, or does not answer\n", host, port);
  g_autofree char *text =
    g_strdup_printf("HTTP/1.1 %s\r\nContent-Type: text/plain\r\nContent-Length: %zu\r\nConnection: close\r\n\r\n%s", status, strlen(body), body);
  (void)relay_write(fd, proxy->stop_fd, text, strlen(text));
}

/* What follows the head in `rest` came with it. */
static void pass(const Proxy *proxy, int client, const ProxyHead *head, const char *rest, size_t rest_size) {
  const char *status = NULL;
  AUTO_FD server = relay_connect(proxy->network, head->host, head->port, proxy->stop_fd, proxy->stop, &status);
  if (server < 0) {
    refuse(proxy, client, status, head->host, head->port);
    return;
  }
  bool begun = head->is_tunnel ? relay_write(client, proxy->stop_fd, ESTABLISHED, strlen(ESTABLISHED))
                               : relay_write(server, proxy->stop_fd, head->forward, strlen(head->forward));
  if (begun && relay_write(server, proxy->stop_fd, rest, rest_size))
    relay_both(client, server, proxy->stop_fd);
}

static void handle(void *data, void *user_data) {
  const Proxy *proxy = user_data;
  AUTO_FD client = GPOINTER_TO_INT(data) - 1;
  g_autofree char *bytes = g_malloc(PROXY_HEAD_MAX_BYTES);
  size_t size = relay_read_head(client, proxy->stop_fd, bytes, PROXY_HEAD_MAX_BYTES);
  if (size == 0)
    return;
  size_t length = proxy_head_length(bytes, size);
  ProxyHead head;
  if (!proxy_head_parse(bytes, length, &head)) {
    refuse(proxy, client, "400 Bad Request", "this", 0);
    return;
  }
  pass(proxy, client, &head, bytes + length, size - length);
  proxy_head_clear(&head);
}

static void *accept_all(void *data) {
  Proxy *proxy = data;
  for (;;) {
    struct pollfd fds[] = {{.fd = proxy->listen_fd, .events = POLLIN}, {.fd = proxy->stop_fd, .events = POLLIN}};
    if (poll(fds, 2, -1) < 0 && errno != EINTR)
      return NULL;
    if (fds[1].revents != 0)
      return NULL;
    int fd = fds[0].revents != 0 ? accept4(proxy->listen_fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK) : -1;
    if (fd >= 0)
      g_thread_pool_push(proxy->connections, GINT_TO_POINTER(fd + 1), NULL); /* a pool takes no NULL */
  }
}

Proxy *proxy_new(int listen_fd, const Network *network) {
  Proxy *proxy = g_new0(Proxy, 1);
  *proxy = (Proxy){.listen_fd = listen_fd, .stop_fd = eventfd(0, EFD_CLOEXEC), .stop = g_cancellable_new(), .network = network};
  fcntl(listen_fd, F_SETFL, O_NONBLOCK); /* who called may have gone again */
  proxy->connections = g_thread_pool_new(handle, proxy, CONNECTIONS_MAX, false, NULL);
  proxy->thread = g_thread_new("proxy", accept_all, proxy);
  return proxy;
}

void proxy_free(Proxy *proxy) {
  if (proxy == NULL)
    return;
  g_cancellable_cancel(proxy->stop);
  (void)!write(proxy->stop_fd, &(uint64_t){1}, sizeof(uint64_t));
  g_thread_join(proxy->thread);
  g_thread_pool_free(proxy->connections, false, true); /* those that wait are taken, and end at once */
  g_object_unref(proxy->stop);
  close(proxy->stop_fd);
  close(proxy->listen_fd);
  g_free(proxy);
}
