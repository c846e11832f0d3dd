#include "base/executor_drain.h"

#include <errno.h>
#include <glib.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#define PIECE_BYTES 65536
#define EVENTS_MAX 16

struct ExecutorDrain {
  GMutex lock;
  GHashTable *fds; /* those that are open */
  GThread *thread; /* NULL until something is to be drained; -1 for the next two likewise */
  int epoll_fd;
  int stop_fd;
};

ExecutorDrain *executor_drain_new(void) {
  ExecutorDrain *drain = g_new0(ExecutorDrain, 1);
  g_mutex_init(&drain->lock);
  drain->fds = g_hash_table_new(NULL, NULL);
  drain->epoll_fd = drain->stop_fd = -1;
  return drain;
}

static void drain_read(ExecutorDrain *drain, int fd) {
  char dropped[PIECE_BYTES];
  ssize_t got = read(fd, dropped, sizeof dropped);
  if (got > 0 || (got < 0 && (errno == EAGAIN || errno == EINTR)))
    return;
  g_mutex_lock(&drain->lock);
  g_hash_table_remove(drain->fds, GINT_TO_POINTER(fd));
  epoll_ctl(drain->epoll_fd, EPOLL_CTL_DEL, fd, NULL); /* a child that is just being started may hold a copy, so closing is not enough */
  close(fd);
  g_mutex_unlock(&drain->lock);
}

static void *drain_loop(void *data) {
  ExecutorDrain *drain = data;
  struct epoll_event events[EVENTS_MAX];
  for (;;) {
    int count = epoll_wait(drain->epoll_fd, events, EVENTS_MAX, -1);
    for (int i = 0; i < count; i++) {
      if (events[i].data.fd == drain->stop_fd)
        return NULL;
      drain_read(drain, events[i].data.fd);
    }
  }
}

static void drain_watch(const ExecutorDrain *drain, int fd) {
  struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};
  epoll_ctl(drain->epoll_fd, EPOLL_CTL_ADD, fd, &event);
}

static void drain_start(ExecutorDrain *drain) {
  drain->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
  drain->stop_fd = eventfd(0, EFD_CLOEXEC);
  drain_watch(drain, drain->stop_fd);
  drain->thread = g_thread_new("drain", drain_loop, drain);
}

void executor_drain_add(ExecutorDrain *drain, int fd) {
  g_mutex_lock(&drain->lock);
  if (drain->thread == NULL)
    drain_start(drain);
  g_hash_table_add(drain->fds, GINT_TO_POINTER(fd));
  drain_watch(drain, fd);
  g_mutex_unlock(&drain->lock);
}

void executor_drain_free(ExecutorDrain *drain) {
  if (drain->thread != NULL) {
    (void)!write(drain->stop_fd, &(uint64_t){1}, sizeof(uint64_t));
    g_thread_join(drain->thread);
    close(drain->epoll_fd);
    close(drain->stop_fd);
  }
  GHashTableIter open;
  g_hash_table_iter_init(&open, drain->fds);
  for (void *fd; g_hash_table_iter_next(&open, &fd, NULL);)
    close(GPOINTER_TO_INT(fd));
  g_hash_table_unref(drain->fds);
  g_mutex_clear(&drain->lock);
  g_free(drain);
}
