#include "sandbox/wire.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

typedef union {
  struct cmsghdr header;
  char space[CMSG_SPACE(WIRE_FDS_MAX * sizeof(int))];
} Control;

void wire_append(GByteArray *payload, const char *text) {
  g_byte_array_append(payload, (const guint8 *)text, (guint)strlen(text) + 1);
}

const char **wire_strings(const char *bytes, size_t size, size_t at_least) {
  if (size > 0 && bytes[size - 1] != '\0')
    return NULL;
  g_autoptr(GPtrArray) list = g_ptr_array_new();
  for (size_t at = 0; at < size; at += strlen(bytes + at) + 1)
    g_ptr_array_add(list, (void *)(bytes + at));
  if (list->len < at_least)
    return NULL;
  g_ptr_array_add(list, NULL);
  return (const char **)g_ptr_array_steal(list, NULL);
}

bool wire_send(int fd, const void *bytes, size_t size, const int *fds, size_t fd_count) {
  Control control = {0};
  struct iovec piece = {.iov_base = (void *)bytes, .iov_len = size};
  struct msghdr message = {.msg_iov = &piece, .msg_iovlen = 1};
  if (fd_count > 0) {
    message.msg_control = &control;
    message.msg_controllen = CMSG_SPACE(fd_count * sizeof(int));
    control.header = (struct cmsghdr){.cmsg_len = CMSG_LEN(fd_count * sizeof(int)), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS};
    memcpy(CMSG_DATA(&control.header), fds, fd_count * sizeof(int));
  }
  ssize_t sent;
  while ((sent = sendmsg(fd, &message, MSG_NOSIGNAL)) < 0 && errno == EINTR)
    ;
  return sent == (ssize_t)size;
}

size_t wire_receive(int fd, void *bytes, size_t size, int fds[WIRE_FDS_MAX]) {
  Control control = {0};
  struct iovec piece = {.iov_base = bytes, .iov_len = size};
  struct msghdr message = {.msg_iov = &piece, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
  memset(fds, 0xff, WIRE_FDS_MAX * sizeof(int));
  ssize_t got;
  while ((got = recvmsg(fd, &message, MSG_CMSG_CLOEXEC | MSG_WAITALL)) < 0 && errno == EINTR)
    ;
  const struct cmsghdr *header = got > 0 ? CMSG_FIRSTHDR(&message) : NULL;
  if (header != NULL && header->cmsg_type == SCM_RIGHTS)
    memcpy(fds, CMSG_DATA(header), MIN(header->cmsg_len - CMSG_LEN(0), WIRE_FDS_MAX * sizeof(int)));
  return got == (ssize_t)size ? size : 0;
}

bool wire_write(int fd, const void *bytes, size_t size) {
  for (size_t done = 0; done < size;) {
    ssize_t put = send(fd, (const char *)bytes + done, size - done, MSG_NOSIGNAL);
    if (put < 0 && errno != EINTR)
      return false;
    done += put > 0 ? (size_t)put : 0;
  }
  return true;
}

bool wire_read(int fd, void *bytes, size_t size) {
  for (size_t done = 0; done < size;) {
    ssize_t got = recv(fd, (char *)bytes + done, size - done, 0);
    if (got == 0 || (got < 0 && errno != EINTR))
      return false;
    done += got > 0 ? (size_t)got : 0;
  }
  return true;
}
