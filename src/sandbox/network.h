/* Whom programs in a sandbox may reach, and the grammar of that: "host" (or nothing), "none", or a list of "HOST", "HOST:PORT",
 * "*.HOST" and "*.HOST:PORT", comma-separated. Without a port, 80 and 443. Names count whatever their case; "*.HOST" is no match for
 * HOST itself.
 */
#pragma once

#include <gio/gio.h>
#include <stdbool.h>

typedef struct Network Network;

/* INPUT names the entry that is wrong. `text` may be NULL. */
Network *network_parse(const char *text, GError **error);
void network_free(Network *network);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Network, network_free)

bool network_is_own(const Network *network);   /* "none" or a list: a network namespace of its own */
bool network_has_list(const Network *network); /* then a proxy is needed */

/* Whether the list has this host and port. */
bool network_allows(const Network *network, const char *host, unsigned port);

/* Whether a host that is allowed may be reached at this address. A name must not lead to this machine or its cloud's metadata service:
 * loopback, link-local, multicast and unspecified addresses are for those whom the list names by the address itself, or "localhost". */
bool network_allows_address(const Network *network, const char *host, GInetAddress *address);
