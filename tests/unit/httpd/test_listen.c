#include "base/error.h"
#include "httpd/httpd.h"
#include "httpd/listen.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void test_addresses(void) {
  static const struct {
    const char *claim;
    const char *text;
    bool good;
  } rows[] = {
    {"IPv4", "127.0.0.1:5000", true},
    {"all of IPv4", "0.0.0.0:0", true},
    {"IPv6 in brackets", "[::1]:5000", true},
    {"localhost", "localhost:5000", true},
    {"the last port", "127.0.0.1:65535", true},
    {"a port that is none", "127.0.0.1:65536", false},
    {"no port", "127.0.0.1", false},
    {"an empty port", "127.0.0.1:", false},
    {"a port with letters", "127.0.0.1:80a", false},
    {"a sign", "127.0.0.1:+80", false},
    {"no address", ":5000", false},
    {"a name, which would have to be looked up", "example.test:5000", false},
    {"IPv6 without brackets", "::1:5000", false},
    {"an open bracket", "[::1:5000", false},
    {"empty brackets", "[]:5000", false},
    {"IPv4 in brackets", "[127.0.0.1]:5000", false},
    {"nothing", "", false},
    {"NULL", NULL, false},
  };
  for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_test_message("%s", rows[i].claim);
    g_autoptr(GError) error = NULL;
    ListenAddress address;
    g_assert_cmpint(listen_parse(rows[i].text, &address, &error), ==, rows[i].good);
    g_assert_true(rows[i].good || error_is(error, DROVER_ERROR_INPUT));
  }
}

static int open_at(const char *text, GError **error) {
  ListenAddress address;
  return listen_parse(text, &address, error) ? listen_open(&address, error) : -1;
}

static void test_any_port(void) {
  static const char *const texts[] = {"127.0.0.1:0", "[::1]:0"};
  static const char *const begins[] = {"127.0.0.1:", "[::1]:"};
  for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
    g_autoptr(GError) error = NULL;
    int fd = open_at(texts[i], &error);
    g_assert_no_error(error);
    g_autofree char *text = listen_describe(fd);
    g_assert_true(g_str_has_prefix(text, begins[i]));
    g_assert_false(g_str_has_suffix(text, ":0"));
    close(fd);
  }
}

static void test_in_use(void) {
  g_autoptr(GError) error = NULL;
  int fd = open_at("127.0.0.1:0", &error);
  g_autofree char *text = listen_describe(fd);
  g_autofree char *begin = g_strdup_printf("address %s is in use by another program: ", text);
  g_autofree char *owner = g_strdup_printf("(process %d)", getpid());
  g_assert_null(httpd_start(&(HttpdOptions){.listen = text}, &error));
  close(fd);
  g_assert_true(error_is(error, DROVER_ERROR_CONFLICT));
  g_assert_true(g_str_has_prefix(error->message, begin));
  g_assert_nonnull(strstr(error->message, owner));
  g_assert_nonnull(strstr(error->message, "choose another with --listen"));
}

static void test_owner_of_a_free_port(void) {
  int fd = open_at("127.0.0.1:0", NULL);
  g_autofree char *text = listen_describe(fd);
  close(fd);
  g_autofree char *owner = listen_port_owner((unsigned)atoi(strrchr(text, ':') + 1));
  g_assert_null(owner);
}

static void test_foreign_address(void) {
  g_autoptr(GError) error = NULL;
  g_assert_cmpint(open_at("192.0.2.1:0", &error), ==, -1); /* kept for documentation: no machine has it */
  g_assert_true(error_is(error, DROVER_ERROR_NOT_FOUND));
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/httpd/listen/addresses", test_addresses);
  g_test_add_func("/httpd/listen/any-port", test_any_port);
  g_test_add_func("/httpd/listen/in-use", test_in_use);
  g_test_add_func("/httpd/listen/owner-of-a-free-port", test_owner_of_a_free_port);
  g_test_add_func("/httpd/listen/foreign-address", test_foreign_address);
  return g_test_run();
}
