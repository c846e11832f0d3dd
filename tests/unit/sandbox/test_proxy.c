#include "sandbox/proxy.h"
#include "sandbox/proxy_head.h"

#include <string.h>
#include <unistd.h>

static const struct {
  const char *claim, *bytes;
  const char *host; /* NULL: it is refused */
  unsigned port;
  const char *forward; /* NULL: a tunnel */
} heads[] = {
  {"a-tunnel", "CONNECT a.example:443 HTTP/1.1\r\nHost: a.example:443\r\n\r\n", "a.example", 443, NULL},
  {"a-tunnel-to-ipv6", "CONNECT [::1]:443 HTTP/1.1\r\n\r\n", "::1", 443, NULL},
  {"a-tunnel-without-port", "CONNECT a.example HTTP/1.1\r\n\r\n", NULL},
  {"a-request", "GET http://a.example/x?y HTTP/1.1\r\nHost: a.example\r\nAccept: */*\r\n\r\n", "a.example", 80,
   "GET /x?y HTTP/1.1\r\nHost: a.example\r\nConnection: close\r\nAccept: */*\r\n\r\n"},
  {"a-request-to-a-port", "GET http://a.example:81/ HTTP/1.1\r\n\r\n", "a.example", 81,
   "GET / HTTP/1.1\r\nHost: a.example:81\r\nConnection: close\r\n\r\n"},
  {"a-request-without-path", "GET http://a.example HTTP/1.0\r\n\r\n", "a.example", 80,
   "GET / HTTP/1.0\r\nHost: a.example\r\nConnection: close\r\n\r\n"},
  {"a-query-without-path", "GET http://a.example?q HTTP/1.0\r\n\r\n", "a.example", 80,
   "GET /?q HTTP/1.0\r\nHost: a.example\r\nConnection: close\r\n\r\n"},
  {"another-host-in-the-header", "GET http://a.example/ HTTP/1.1\r\nHost: b.example\r\n\r\n", "a.example", 80,
   "GET / HTTP/1.1\r\nHost: a.example\r\nConnection: close\r\n\r\n"},
  {"credentials-for-the-proxy", "GET http://a.example/ HTTP/1.1\r\nProxy-Authorization: x\r\nConnection: keep-alive\r\n\r\n", "a.example", 80,
   "GET / HTTP/1.1\r\nHost: a.example\r\nConnection: close\r\n\r\n"},
  {"a-user-in-the-uri", "GET http://u@a.example/ HTTP/1.1\r\n\r\n", NULL},
  {"origin-form", "GET / HTTP/1.1\r\nHost: a.example\r\n\r\n", NULL},
  {"another-scheme", "GET ftp://a.example/ HTTP/1.1\r\n\r\n", NULL},
  {"no-version", "GET http://a.example/\r\n\r\n", NULL},
  {"another-protocol", "GET http://a.example/ SPDY/1\r\n\r\n", NULL},
  {"port-zero", "CONNECT a.example:0 HTTP/1.1\r\n\r\n", NULL},
  {"no-host", "CONNECT :443 HTTP/1.1\r\n\r\n", NULL},
  {"an-open-bracket", "CONNECT [::1:443 HTTP/1.1\r\n\r\n", NULL},
  {"empty", "\r\n\r\n", NULL},
};

static void test_head(gconstpointer data) {
  size_t i = GPOINTER_TO_SIZE(data);
  ProxyHead head;
  bool parsed = proxy_head_parse(heads[i].bytes, strlen(heads[i].bytes), &head);
  g_assert_cmpint(parsed, ==, heads[i].host != NULL);
  if (!parsed)
    return;
  g_assert_cmpstr(head.host, ==, heads[i].host);
  g_assert_cmpuint(head.port, ==, heads[i].port);
  g_assert_cmpint(head.is_tunnel, ==, heads[i].forward == NULL);
  g_assert_cmpstr(head.forward, ==, heads[i].forward);
  proxy_head_clear(&head);
}

static void test_length(void) {
  static const char two[] = "GET / HTTP/1.1\r\n\r\nmore";
  g_assert_cmpuint(proxy_head_length(two, strlen(two)), ==, strlen(two) - strlen("more"));
  g_assert_cmpuint(proxy_head_length(two, 17), ==, 0);
}

/* ---- the proxy itself ---------------------------------------------------------------------------------------------------------- */

/* A server that says "hello", and a proxy that has `list`, in which %u stands for the server's port. */
typedef struct {
  GSocketListener *server;
  guint16 port, proxy_port;
  GThread *thread;
  Network *network;
  Proxy *proxy;
} Fixture;

static void *greet(void *data) {
  g_autoptr(GSocketConnection) connection = g_socket_listener_accept(data, NULL, NULL, NULL);
  if (connection != NULL)
    g_output_stream_write_all(g_io_stream_get_output_stream(G_IO_STREAM(connection)), "hello", 5, NULL, NULL, NULL);
  return NULL;
}

static GSocket *listening(guint16 *port) {
  GSocket *socket = g_socket_new(G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, NULL);
  g_autoptr(GInetAddress) loopback = g_inet_address_new_loopback(G_SOCKET_FAMILY_IPV4);
  g_autoptr(GSocketAddress) address = g_inet_socket_address_new(loopback, 0);
  g_assert_true(g_socket_bind(socket, address, true, NULL) && g_socket_listen(socket, NULL));
  g_autoptr(GSocketAddress) local = g_socket_get_local_address(socket, NULL);
  *port = g_inet_socket_address_get_port(G_INET_SOCKET_ADDRESS(local));
  return socket;
}

static Fixture fixture_new(const char *list) {
  Fixture fixture = {.server = g_socket_listener_new()};
  g_autoptr(GSocket) server = listening(&fixture.port), proxy = listening(&fixture.proxy_port);
  g_socket_listener_add_socket(fixture.server, server, NULL, NULL);
  fixture.thread = g_thread_new("server", greet, fixture.server);
  g_auto(GStrv) parts = g_strsplit(list, "PORT", 2);
  g_autofree char *port = g_strdup_printf("%u", fixture.port), *text = g_strjoinv(port, parts);
  fixture.network = network_parse(text, NULL);
  fixture.proxy = proxy_new(dup(g_socket_get_fd(proxy)), fixture.network);
  return fixture;
}

static void fixture_clear(Fixture *fixture) {
  g_autoptr(GSocketClient) client = g_socket_client_new();
  g_autoptr(GSocketConnection) last = g_socket_client_connect_to_host(client, "127.0.0.1", fixture->port, NULL, NULL);
  (void)last; /* the server's only guest, if it had none: it ends */
  g_thread_join(fixture->thread);
  proxy_free(fixture->proxy);
  network_free(fixture->network);
  g_object_unref(fixture->server);
}

static const struct {
  const char *claim, *list, *request; /* PORT stands for the server's */
  const char *begins, *ends;
} talks[] = {
  {"a-tunnel", "127.0.0.1:PORT", "CONNECT 127.0.0.1:PORT HTTP/1.1\r\n\r\n", "HTTP/1.1 200 ", "hello"},
  {"a-request", "localhost:PORT", "GET http://localhost:PORT/ HTTP/1.1\r\n\r\n", "hello", "hello"},
  {"a-host-that-is-not-listed", "a.example:PORT", "CONNECT 127.0.0.1:PORT HTTP/1.1\r\n\r\n", "HTTP/1.1 403 ", "\n"},
  {"a-port-that-is-not-listed", "127.0.0.1", "CONNECT 127.0.0.1:PORT HTTP/1.1\r\n\r\n", "HTTP/1.1 403 ", "\n"},
  {"another-spelling-of-loopback", "127.0.0.1:PORT", "CONNECT [::ffff:127.0.0.1]:PORT HTTP/1.1\r\n\r\n", "HTTP/1.1 403 ", "\n"},
  {"no-request", "127.0.0.1:PORT", "hello\r\n\r\n", "HTTP/1.1 400 ", "\n"},
};

static void test_talk(gconstpointer data) {
  size_t i = GPOINTER_TO_SIZE(data);
  Fixture fixture = fixture_new(talks[i].list);
  g_autoptr(GSocketClient) client = g_socket_client_new();
  g_autoptr(GSocketConnection) connection = g_socket_client_connect_to_host(client, "127.0.0.1", fixture.proxy_port, NULL, NULL);
  g_auto(GStrv) parts = g_strsplit(talks[i].request, "PORT", 2);
  g_autofree char *port = g_strdup_printf("%u", fixture.port), *request = g_strjoinv(port, parts);
  g_output_stream_write_all(g_io_stream_get_output_stream(G_IO_STREAM(connection)), request, strlen(request), NULL, NULL, NULL);
  g_socket_shutdown(g_socket_connection_get_socket(connection), false, true, NULL);
  char answer[4096] = {0};
  gsize got = 0;
  g_input_stream_read_all(g_io_stream_get_input_stream(G_IO_STREAM(connection)), answer, sizeof answer - 1, &got, NULL, NULL);
  g_assert_true(g_str_has_prefix(answer, talks[i].begins));
  g_assert_true(g_str_has_suffix(answer, talks[i].ends));
  fixture_clear(&fixture);
}

/* One that says nothing must not hold up the end. */
static void test_free_with_an_open_connection(void) {
  Fixture fixture = fixture_new("127.0.0.1:PORT");
  g_autoptr(GSocketClient) client = g_socket_client_new();
  g_autoptr(GSocketConnection) connection = g_socket_client_connect_to_host(client, "127.0.0.1", fixture.proxy_port, NULL, NULL);
  g_assert_nonnull(connection);
  fixture_clear(&fixture);
  char byte;
  g_assert_cmpint(g_input_stream_read(g_io_stream_get_input_stream(G_IO_STREAM(connection)), &byte, 1, NULL, NULL), <=, 0);
}

#define ADD_ROWS(prefix, table, function)                                                                                                            \
  for (size_t i = 0; i < G_N_ELEMENTS(table); i++) {                                                                                                 \
    g_autofree char *path = g_strconcat("/sandbox/proxy/" prefix "/", table[i].claim, NULL);                                                         \
    g_test_add_data_func(path, GSIZE_TO_POINTER(i), function);                                                                                       \
  }

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  ADD_ROWS("head", heads, test_head)
  ADD_ROWS("talk", talks, test_talk)
  g_test_add_func("/sandbox/proxy/length-of-a-head", test_length);
  g_test_add_func("/sandbox/proxy/free-with-an-open-connection", test_free_with_an_open_connection);
  return g_test_run();
}
