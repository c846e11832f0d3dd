#include "base/error.h"
#include "sandbox/network.h"

#include <string.h>

static const struct {
  const char *claim, *list, *host;
  unsigned port;
  bool allowed;
} matches[] = {
  {"https", "example.org", "example.org", 443, true},
  {"http", "example.org", "example.org", 80, true},
  {"no-other-port", "example.org", "example.org", 22, false},
  {"a-port", "example.org:22", "example.org", 22, true},
  {"a-port-alone", "example.org:22", "example.org", 443, false},
  {"case", "Example.ORG", "eXample.org", 443, true},
  {"a-last-dot", "example.org", "example.org.", 443, true},
  {"another-host", "example.org", "example.com", 443, false},
  {"not-what-is-below", "example.org", "www.example.org", 443, false},
  {"what-is-below", "*.example.org", "www.example.org", 443, true},
  {"far-below", "*.example.org", "a.b.example.org", 443, true},
  {"not-the-host-itself", "*.example.org", "example.org", 443, false},
  {"not-a-longer-name", "*.example.org", "evilexample.org", 443, false},
  {"below-with-a-port", "*.example.org:8443", "www.example.org", 8443, true},
  {"the-second-of-a-list", "a.example, b.example", "b.example", 443, true},
  {"an-address", "192.0.2.1:5432", "192.0.2.1", 5432, true},
  {"an-ipv6-address", "[2001:db8::1]:5432", "2001:db8::1", 5432, true},
  {"an-ipv6-address-without-brackets", "2001:db8::1", "2001:db8::1", 443, true},
  {"nothing-on-none", "none", "example.org", 443, false},
};

static void test_match(gconstpointer data) {
  size_t i = GPOINTER_TO_SIZE(data);
  g_autoptr(GError) error = NULL;
  g_autoptr(Network) network = network_parse(matches[i].list, &error);
  g_assert_no_error(error);
  g_assert_true(network_is_own(network));
  g_assert_cmpint(network_allows(network, matches[i].host, matches[i].port), ==, matches[i].allowed);
}

static const struct {
  const char *claim, *list;
} wrongs[] = {
  {"empty", ""},
  {"an-empty-entry", "a.example,,b.example"},
  {"a-star-alone", "*"},
  {"a-star-within", "a.*.example"},
  {"a-url", "https://a.example"},
  {"port-zero", "a.example:0"},
  {"port-too-large", "a.example:65536"},
  {"port-no-number", "a.example:http"},
  {"a-space", "a b"},
  {"no-host", ":80"},
};

static void test_wrong(gconstpointer data) {
  g_autoptr(GError) error = NULL;
  g_assert_null(network_parse(wrongs[GPOINTER_TO_SIZE(data)].list, &error));
  g_assert_true(error_is(error, DROVER_ERROR_INPUT));
}

static const struct {
  const char *claim, *list, *host, *address;
  bool allowed;
} addresses[] = {
  {"the-world", "example.org", "example.org", "192.0.2.1", true},
  {"a-private-network", "example.org", "example.org", "10.1.2.3", true},
  {"no-name-for-loopback", "example.org", "example.org", "127.0.0.1", false},
  {"no-name-for-all-of-loopback", "example.org", "example.org", "127.9.9.9", false},
  {"no-name-for-ipv6-loopback", "example.org", "example.org", "::1", false},
  {"no-name-for-loopback-in-ipv6", "example.org", "example.org", "::ffff:127.0.0.1", false},
  {"no-name-for-the-unspecified", "example.org", "example.org", "0.0.0.0", false},
  {"no-name-for-the-zero-network", "example.org", "example.org", "0.1.2.3", false},
  {"no-name-for-metadata", "example.org", "example.org", "169.254.169.254", false},
  {"no-name-for-metadata-over-ipv6", "example.org", "example.org", "fd00:ec2::254", false},
  {"no-name-for-link-local", "example.org", "example.org", "fe80::1", false},
  {"a-literal-address", "127.0.0.1:8080", "127.0.0.1", "127.0.0.1", true},
  {"localhost-by-name", "localhost:8080", "localhost", "127.0.0.1", true},
  {"localhost-when-it-is-listed", "example.org", "localhost", "127.0.0.1", false},
};

static void test_address(gconstpointer data) {
  size_t i = GPOINTER_TO_SIZE(data);
  g_autoptr(Network) network = network_parse(addresses[i].list, NULL);
  g_autoptr(GInetAddress) address = g_inet_address_new_from_string(addresses[i].address);
  g_assert_cmpint(network_allows_address(network, addresses[i].host, address), ==, addresses[i].allowed);
}

static void test_kinds(void) {
  g_autoptr(Network) absent = network_parse(NULL, NULL), host = network_parse("host", NULL), none = network_parse("none", NULL);
  g_autoptr(Network) list = network_parse("a.example", NULL);
  g_assert_false(network_is_own(absent));
  g_assert_false(network_is_own(host));
  g_assert_true(network_is_own(none) && !network_has_list(none));
  g_assert_true(network_is_own(list) && network_has_list(list));
}

#define ADD_ROWS(prefix, table, function)                                                                                                            \
  for (size_t i = 0; i < G_N_ELEMENTS(table); i++) {                                                                                                 \
    g_autofree char *path = g_strconcat("/sandbox/network/" prefix "/", table[i].claim, NULL);                                                       \
    g_test_add_data_func(path, GSIZE_TO_POINTER(i), function);                                                                                       \
  }

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  ADD_ROWS("match", matches, test_match)
  ADD_ROWS("wrong", wrongs, test_wrong)
  ADD_ROWS("address", addresses, test_address)
  g_test_add_func("/sandbox/network/kinds", test_kinds);
  return g_test_run();
}
