/* The HTTP server: one port for the registry (/v2/), health (/healthz), counters (/metrics), the API (/api/v1/) and the page (/).
 *
 * Over httpd/httpd.h. Routes are a const table: {path, handler}. There are no users yet, so but for pushing to the registry nothing here changes
 * anything, and it listens on nothing that it was not told to.
 */
#pragma once

#include "registry/registry.h"
#include "store/store.h"

#include <stdbool.h>
#include <stdint.h>

typedef struct Server Server;

typedef struct {
  const char *listen; /* "address:port"; an IPv6 address in brackets; port 0: any free one */
  Registry *registry; /* borrowed; NULL: no /v2/ */
  Store *store;       /* borrowed; NULL: no API */
} ServerOptions;

/* Listens and serves on threads of its own. INPUT when `listen` is no address; CONFLICT when the port is in use: the message
 * names address and port, and the program that has it, where that can be seen. The process must ignore or block SIGXFSZ if it
 * limits the size of files. */
Server *server_start(const ServerOptions *options, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Refuses new connections, lets running requests end for at most `grace_ms`, and frees. */
void server_stop(Server *server, int64_t grace_ms);

/* "127.0.0.1:43121": what it listens on. Transfer none. */
const char *server_address(const Server *server);
