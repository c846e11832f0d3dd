/* The listening socket: from "address:port" to a descriptor, with messages that say what to do. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <sys/socket.h>

typedef struct {
  struct sockaddr_storage address;
  socklen_t size;
} ListenAddress;

/* Reads "127.0.0.1:5000", "[::1]:5000" or "localhost:5000" (which is 127.0.0.1). No name is looked up. INPUT. */
bool listen_parse(const char *text, ListenAddress *address, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Binds and listens; the caller closes it. -1 and CONFLICT (in use), NOT_FOUND (not an address of this machine), REFUSED (a port
 * that needs privilege) or IO. "[::]" means IPv6 and only IPv6. */
int listen_open(const ListenAddress *address, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* What a socket is bound to: "127.0.0.1:43121"; transfer full. */
char *listen_describe(int fd);

/* "python3 (process 123)": who listens on a TCP port, or NULL when /proc does not tell. Transfer full. */
char *listen_port_owner(unsigned port);
