#include "receiver.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define CLOSE_AT_ONCE 1
#define NEVER_ANSWER 2

struct Receiver {
  int fd;
  char *address;
  const unsigned *statuses;
  GThread *thread;
  GMutex mutex;
  GPtrArray *requests;
  GArray *held; /* connections that get no answer */
};

/* Reads to the end of the body that Content-Length announces. */
static char *read_request(int fd) {
  g_autoptr(GString) text = g_string_new(NULL);
  for (char buffer[4096];;) {
    const char *head_end = strstr(text->str, "\r\n\r\n");
    const char *length = head_end != NULL ? strstr(text->str, "Content-Length: ") : NULL;
    if (head_end != NULL && text->len >= (gsize)(head_end + 4 - text->str) + (length != NULL ? strtoul(length + 16, NULL, 10) : 0))
      return g_string_free(g_steal_pointer(&text), FALSE);
    ssize_t got = read(fd, buffer, sizeof buffer);
    if (got <= 0)
      return NULL;
    g_string_append_len(text, buffer, got);
  }
}

static void answer(int fd, unsigned status, const char *request) {
  const char *line_end = strstr(request, "\r\n");
  g_autofree char *echo = g_strndup(request, line_end != NULL ? (gsize)(line_end - request) : 0); /* as servers do on errors */
  g_autofree char *text = g_strdup_printf("HTTP/1.1 %u x\r\nConnection: close\r\nContent-Length: %zu\r\n\r\n%s", status, strlen(echo), echo);
  (void)!send(fd, text, strlen(text), MSG_NOSIGNAL);
}

static gpointer serve(gpointer data) {
  Receiver *receiver = data;
  for (guint number = 0;; number++) {
    int fd = accept(receiver->fd, NULL, NULL);
    if (fd < 0)
      return NULL;
    char *request = read_request(fd);
    guint last = 0;
    while (last < number && receiver->statuses[last + 1] != 0)
      last++;
    unsigned status = receiver->statuses[last];
    g_mutex_lock(&receiver->mutex);
    g_ptr_array_add(receiver->requests, request);
    g_mutex_unlock(&receiver->mutex);
    if (status == NEVER_ANSWER) {
      g_array_append_val(receiver->held, fd);
      continue;
    }
    if (status != CLOSE_AT_ONCE && request != NULL)
      answer(fd, status, request);
    close(fd);
  }
}

Receiver *receiver_new(const char *path, const unsigned *statuses) {
  Receiver *receiver = g_new0(Receiver, 1);
  struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t size = sizeof at;
  receiver->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  g_assert_cmpint(bind(receiver->fd, (struct sockaddr *)&at, sizeof at), ==, 0);
  g_assert_cmpint(listen(receiver->fd, 16), ==, 0);
  g_assert_cmpint(getsockname(receiver->fd, (struct sockaddr *)&at, &size), ==, 0);
  receiver->address = g_strdup_printf("http://127.0.0.1:%u/%s", ntohs(at.sin_port), path);
  receiver->statuses = statuses;
  receiver->requests = g_ptr_array_new_with_free_func(g_free);
  receiver->held = g_array_new(FALSE, FALSE, sizeof(int));
  g_mutex_init(&receiver->mutex);
  receiver->thread = g_thread_new("receiver", serve, receiver);
  return receiver;
}

void receiver_free(Receiver *receiver) {
  shutdown(receiver->fd, SHUT_RDWR);
  g_thread_join(receiver->thread);
  close(receiver->fd);
  for (guint i = 0; i < receiver->held->len; i++)
    close(g_array_index(receiver->held, int, i));
  g_array_unref(receiver->held);
  g_ptr_array_unref(receiver->requests);
  g_mutex_clear(&receiver->mutex);
  g_free(receiver->address);
  g_free(receiver);
}

const char *receiver_address(const Receiver *receiver) {
  return receiver->address;
}

guint receiver_count(Receiver *receiver) {
  g_mutex_lock(&receiver->mutex);
  guint count = receiver->requests->len;
  g_mutex_unlock(&receiver->mutex);
  return count;
}

char *receiver_last(Receiver *receiver) {
  g_mutex_lock(&receiver->mutex);
  char *last = receiver->requests->len > 0 ? g_strdup(receiver->requests->pdata[receiver->requests->len - 1]) : NULL;
  g_mutex_unlock(&receiver->mutex);
  return last;
}
