/* Takes connections from a listening socket and hands them to libmicrohttpd, on a thread of its own.
 *
 * libmicrohttpd 0.9.75 can do it itself, but its MHD_quiesce_daemon() races with its pool: a worker that takes the socket out of its
 * epoll set at the same moment, or after the caller has closed it, ends the whole process. Private to this folder. */
#pragma once

#include <microhttpd.h>

typedef struct Acceptor Acceptor;

/* `fd` listens and is the acceptor's from here on; `daemon` was started with MHD_USE_NO_LISTEN_SOCKET and MHD_USE_ITC and must outlive
 * the acceptor. NULL, with `fd` left to the caller, when there is no descriptor for it. */
Acceptor *acceptor_start(struct MHD_Daemon *daemon, int fd);

/* Takes no more connections: closes the socket, and frees. */
void acceptor_stop(Acceptor *acceptor);
