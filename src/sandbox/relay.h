/* The two ends of a proxied connection. Every wait ends when `stop_fd` becomes readable, which it then stays. */
#pragma once

#include "sandbox/network.h"

#include <stddef.h>

/* A connection to a host that the network allows; -1 with what to answer in `status` ("403 Forbidden", ...: static). */
int relay_connect(const Network *network, const char *host, unsigned port, int stop_fd, GCancellable *stop, const char **status);

/* Reads until a whole head of a request is there, and perhaps more. Its size; 0 when it does not come. */
size_t relay_read_head(int fd, int stop_fd, char *bytes, size_t size_max);

bool relay_write(int fd, int stop_fd, const char *bytes, size_t size);

/* Passes bytes both ways until both ends have ended, or nothing comes for some minutes. */
void relay_both(int one, int other, int stop_fd);
