#include "httpd/acceptor.h"

#include "base/log.h"

#include <errno.h>
#include <glib.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#define RETRY_MS 50 /* when descriptors or memory ran out: until another connection has ended */

struct Acceptor {
  struct MHD_Daemon *daemon;
  int fd;
  int stop; /* an eventfd */
  GThread *thread;
};

static bool is_of_the_connection(int code) {
  return code == EINTR || code == EAGAIN || code == ECONNABORTED || code == EPROTO;
}

static void take(const Acceptor *acceptor) {
  struct sockaddr_storage address;
  socklen_t size = sizeof address;
  int fd = accept4(acceptor->fd, (struct sockaddr *)&address, &size, SOCK_CLOEXEC | SOCK_NONBLOCK);
  if (fd >= 0) {
    (void)MHD_add_connection(acceptor->daemon, fd, (struct sockaddr *)&address, size); /* closes it when there are too many */
    return;
  }
  if (is_of_the_connection(errno))
    return;
  log_debug("http: accept: %s", g_strerror(errno));
  struct pollfd stop = {.fd = acceptor->stop, .events = POLLIN};
  (void)poll(&stop, 1, RETRY_MS);
}

static void *run(void *data) {
  const Acceptor *acceptor = data;
  struct pollfd fds[] = {{.fd = acceptor->stop, .events = POLLIN}, {.fd = acceptor->fd, .events = POLLIN}};
  while (fds[0].revents == 0) {
    if (poll(fds, G_N_ELEMENTS(fds), -1) > 0 && fds[0].revents == 0 && fds[1].revents != 0)
      take(acceptor);
  }
  return NULL;
}

Acceptor *acceptor_start(struct MHD_Daemon *daemon, int fd) {
  int stop = eventfd(0, EFD_CLOEXEC);
  if (stop < 0)
    return NULL;
  Acceptor *acceptor = g_new(Acceptor, 1);
  *acceptor = (Acceptor){.daemon = daemon, .fd = fd, .stop = stop};
  acceptor->thread = g_thread_new("accept", run, acceptor);
  return acceptor;
}

void acceptor_stop(Acceptor *acceptor) {
  uint64_t one = 1;
  while (write(acceptor->stop, &one, sizeof one) < 0 && errno == EINTR)
    continue;
  g_thread_join(acceptor->thread);
  close(acceptor->fd);
  close(acceptor->stop);
  g_free(acceptor);
}
