/* What drover and the init of a sandbox say to each other. A request is one datagram over the control socket, with a call socket of its
 * own in it; a payload of strings follows over that one, and all answers come back over it. So any number of calls run at once, and a
 * call sees by the end of its socket that init has died. Both sides are drover's own: nothing inside can reach the sockets.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#define WIRE_FDS_MAX 4
#define WIRE_PAYLOAD_MAX_BYTES ((size_t)64 << 20)

typedef enum { WIRE_SETUP, WIRE_RUN, WIRE_LISTEN, WIRE_COUNT } WireKind;

typedef struct {
  uint32_t kind;
  uint32_t size_bytes;  /* of the payload */
  uint32_t first_count; /* strings of the payload that belong to its first list; the rest is the second */
  uint32_t value;       /* RUN: whether interactive; LISTEN: the port */
} WireRequest;

typedef enum {
  WIRE_MAP,     /* SETUP: the user namespace of the process that drover started wants its ids */
  WIRE_WARNING, /* SETUP: `text` */
  WIRE_READY,   /* SETUP is done; LISTEN: `value` is the port, the socket comes with it; COUNT: `value` */
  WIRE_FAILED,  /* `code` is an errno, `text` what could not be made; RUN: `value` is a SpawnEnd */
  WIRE_ENDED,   /* RUN: `value` is the status */
} WireWhat;

typedef struct {
  int32_t what;
  int32_t value;
  int32_t code;
  char text[244];
} WireReply;

/* Strings one after the other, each with its NUL. */
void wire_append(GByteArray *payload, const char *text);

/* A NULL-terminated list of pointers into `bytes`; NULL when the bytes do not end in a NUL or hold fewer than `at_least`. */
const char **wire_strings(const char *bytes, size_t size, size_t at_least);

/* Send: false when the other end is gone. Receive: 0 at the end or on an error, and all `fds` not received are -1. Received descriptors
 * are closed on exec. */
bool wire_send(int fd, const void *bytes, size_t size, const int *fds, size_t fd_count);
size_t wire_receive(int fd, void *bytes, size_t size, int fds[WIRE_FDS_MAX]);

/* The whole of `size` bytes over a stream. */
bool wire_write(int fd, const void *bytes, size_t size);
bool wire_read(int fd, void *bytes, size_t size);
