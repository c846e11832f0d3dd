/* An HTTP server on libmicrohttpd: epoll and a thread pool, streamed bodies, limits on connections, heads and idle time. What the
 * server, the registry and the services for jobs share: each of them is a HttpdHandler.
 */
#pragma once

#include <glib.h>
#include <microhttpd.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct Httpd Httpd;

/* One folder of paths. Called as libmicrohttpd's access handler is; a request's state lives in `*state` between the calls and `done`
 * ends it (`*state` may be NULL). A handler may suspend connections. */
typedef struct {
  bool (*takes)(const char *path, void *user); /* the first handler that takes a path gets the request; nobody: 404 */
  enum MHD_Result (*handle)(void *user, struct MHD_Connection *connection, const char *path, const char *method, const char *body, size_t *body_bytes,
                            void **state);
  void (*done)(void **state);
  const char *(*failure)(const void *state); /* why it was answered with 500 or above, for the log; NULL: nothing to say. May be NULL */
  void (*stop)(void *user);                  /* the server's grace has ended: no connection may stay suspended behind this call. May be NULL */
  void *user;
} HttpdHandler;

typedef struct {
  atomic_int_least64_t answers[6]; /* by the first digit of the status */
  atomic_int_least64_t running;    /* requests begun and not ended */
} HttpdCounters;

typedef struct {
  const char *listen;           /* "address:port"; port 0: any free one. Or: */
  int fd;                       /* a listening socket, taken over; used when `listen` is NULL */
  const HttpdHandler *handlers; /* borrowed, as all below */
  size_t handler_count;
  unsigned threads;        /* 0: by the number of processors */
  size_t connection_bytes; /* for a request's head; up to half of it of a body is handed on at once. 0: 64 KiB */
  HttpdCounters *counters; /* may be NULL */
} HttpdOptions;

/* Listens and serves on threads of its own. INPUT when `listen` is no address; CONFLICT when the port is in use: the message names
 * address and port, and the program that has it, where that can be seen. A process that limits the size of files must ignore or block
 * SIGXFSZ. */
Httpd *httpd_start(const HttpdOptions *options, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Lets another listening socket lead to the same handlers (taken over): one in a sandbox's network. */
bool httpd_add_listener(Httpd *httpd, int fd, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Takes no new connections, lets running requests end for at most `grace_ms`, and frees. */
void httpd_stop(Httpd *httpd, int64_t grace_ms);
const char *httpd_address(const Httpd *httpd); /* "127.0.0.1:43121"; transfer none */
