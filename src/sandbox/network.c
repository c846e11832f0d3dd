#include "sandbox/network.h"

#include "base/error.h"

#include <string.h>

#define PORT_MAX 65535

typedef struct {
  char *host;    /* lower case; without "*." */
  bool below;    /* "*.": what lies below it, and not it */
  unsigned port; /* 0: 80 and 443 */
} Entry;

struct Network {
  bool is_own;
  GArray *entries; /* of Entry */
};

static void entry_clear(void *data) {
  g_free(((Entry *)data)->host);
}

/* "[v6]" without its brackets, a name without its last dot, in lower case. Transfer full. */
static char *plain_host(const char *text, size_t length) {
  if (length >= 2 && text[0] == '[' && text[length - 1] == ']')
    text++, length -= 2;
  else if (length > 1 && text[length - 1] == '.')
    length--;
  return g_ascii_strdown(text, (gssize)length);
}

static bool is_host(const char *host) {
  if (g_hostname_is_ip_address(host))
    return true;
  return *host != '\0' && strspn(host, "abcdefghijklmnopqrstuvwxyz0123456789-._") == strlen(host) && host[0] != '.' && host[0] != '-';
}

static bool parse_entry(const char *text, Entry *entry) {
  entry->below = g_str_has_prefix(text, "*.");
  if (entry->below)
    text += strlen("*.");
  const char *colon = strrchr(text, ':'), *bracket = strrchr(text, ']');
  if (colon != NULL && colon < bracket)
    colon = NULL;
  if (bracket == NULL && colon != NULL && strchr(text, ':') != colon)
    colon = NULL; /* an IPv6 address without brackets has no port */
  guint64 port = 0;
  if (colon != NULL && !g_ascii_string_to_unsigned(colon + 1, 10, 1, PORT_MAX, &port, NULL))
    return false;
  entry->port = (unsigned)port;
  entry->host = plain_host(text, colon != NULL ? (size_t)(colon - text) : strlen(text));
  return is_host(entry->host);
}

static bool parse_list(Network *network, const char *text, GError **error) {
  g_auto(GStrv) parts = g_strsplit(*text != '\0' ? text : ",", ",", -1); /* "" has no part, and would pass */
  for (char **part = parts; *part != NULL; part++) {
    Entry entry = {0};
    bool good = parse_entry(g_strstrip(*part), &entry);
    g_array_append_val(network->entries, entry);
    if (!good)
      return error_set(error, DROVER_ERROR_INPUT, "network: \"%s\" is not a host: write \"host\", \"none\", or a list of HOST, HOST:PORT and *.HOST",
                       *part);
  }
  return true;
}

Network *network_parse(const char *text, GError **error) {
  g_autoptr(Network) network = g_new0(Network, 1);
  network->entries = g_array_new(false, true, sizeof(Entry));
  g_array_set_clear_func(network->entries, entry_clear);
  network->is_own = text != NULL && strcmp(text, "host") != 0;
  if (network->is_own && strcmp(text, "none") != 0 && !parse_list(network, text, error))
    return NULL;
  return g_steal_pointer(&network);
}

void network_free(Network *network) {
  if (network != NULL)
    g_array_unref(network->entries);
  g_free(network);
}

bool network_is_own(const Network *network) {
  return network->is_own;
}

bool network_has_list(const Network *network) {
  return network->entries->len > 0;
}

static bool entry_matches(const Entry *entry, const char *host, unsigned port) {
  if (entry->port != 0 ? port != entry->port : port != 80 && port != 443)
    return false;
  if (!entry->below)
    return strcmp(host, entry->host) == 0;
  size_t length = strlen(host), wanted = strlen(entry->host);
  return length > wanted + 1 && host[length - wanted - 1] == '.' && strcmp(host + length - wanted, entry->host) == 0;
}

bool network_allows(const Network *network, const char *host, unsigned port) {
  g_autofree char *plain = plain_host(host, strlen(host));
  for (guint i = 0; i < network->entries->len; i++)
    if (entry_matches(&g_array_index(network->entries, Entry, i), plain, port))
      return true;
  return false;
}

/* Where cloud providers answer with the machine's credentials, besides link-local addresses. */
static const char *const metadata[] = {"fd00:ec2::254", "100.100.100.200", "168.63.129.16", NULL};

/* IPv4 within IPv6 counts as what it leads to. Transfer full. */
static GInetAddress *innermost(GInetAddress *address) {
  static const guint8 mapped[12] = {[10] = 0xff, [11] = 0xff};
  const guint8 *bytes = g_inet_address_to_bytes(address);
  if (g_inet_address_get_family(address) == G_SOCKET_FAMILY_IPV6 && memcmp(bytes, mapped, sizeof mapped) == 0)
    return g_inet_address_new_from_bytes(bytes + sizeof mapped, G_SOCKET_FAMILY_IPV4);
  return g_object_ref(address);
}

static bool is_delicate(GInetAddress *outermost) {
  g_autoptr(GInetAddress) address = innermost(outermost);
  g_autofree char *text = g_inet_address_to_string(address);
  bool zero = g_inet_address_get_family(address) == G_SOCKET_FAMILY_IPV4 && g_inet_address_to_bytes(address)[0] == 0;
  return zero || g_inet_address_get_is_any(address) || g_inet_address_get_is_loopback(address) || g_inet_address_get_is_link_local(address) ||
         g_inet_address_get_is_multicast(address) || g_strv_contains(metadata, text);
}

bool network_allows_address(const Network *network, const char *host, GInetAddress *address) {
  if (!is_delicate(address))
    return true;
  g_autofree char *plain = plain_host(host, strlen(host));
  if (!g_hostname_is_ip_address(plain) && strcmp(plain, "localhost") != 0)
    return false;
  for (guint i = 0; i < network->entries->len; i++) {
    const Entry *entry = &g_array_index(network->entries, Entry, i);
    if (!entry->below && strcmp(entry->host, plain) == 0)
      return true;
  }
  return false;
}
