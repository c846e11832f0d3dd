/* The HTTP proxy by which programs in a sandbox reach the hosts of its list, and no others. It listens inside and connects from outside,
 * in threads of its own: one for each of at most 64 connections at once; more wait.
 */
#pragma once

#include "sandbox/network.h"

typedef struct Proxy Proxy;

/* Takes `listen_fd`; `network` must live as long. */
Proxy *proxy_new(int listen_fd, const Network *network);

/* Ends all connections. NULL is fine. */
void proxy_free(Proxy *proxy);
