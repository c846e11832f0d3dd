#include "fixture.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

static int connect_to(const Server *server) {
  const char *port = strrchr(server_address(server), ':') + 1;
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(port)), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  g_assert_cmpint(connect(fd, (struct sockaddr *)&address, sizeof address), ==, 0);
  return fd;
}

static void send_all(int fd, const char *text) {
  g_assert_cmpint(send(fd, text, strlen(text), MSG_NOSIGNAL), ==, (ssize_t)strlen(text));
}

/* Sends the head of an upload and waits for leave to go on: then the request runs. */
static int begin_upload(const Server *server, const char *digest) {
  char answer[256] = "";
  int fd = connect_to(server);
  g_autofree char *head =
    g_strdup_printf("POST /v2/shop/blobs/uploads/?digest=%s HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n", digest);
  send_all(fd, head);
  g_assert_cmpint(recv(fd, answer, sizeof answer - 1, 0), >, 0);
  g_assert_true(g_str_has_prefix(answer, "HTTP/1.1 100"));
  return fd;
}

typedef struct {
  Server *server;
  int64_t grace_ms;
  atomic_bool stopped;
} Stop;

static void *stop(void *data) {
  Stop *wanted = data;
  server_stop(wanted->server, wanted->grace_ms);
  atomic_store(&wanted->stopped, true);
  return NULL;
}

static void test_running_requests_end(void) {
  g_auto(Fixture) fixture = fixture_new();
  char answer[1024] = "";
  int fd = begin_upload(fixture.server, digest_bytes("hello", 5).text);
  Stop wanted = {.server = g_steal_pointer(&fixture.server), .grace_ms = 60000};
  GThread *thread = g_thread_new("stop", stop, &wanted);
  send_all(fd, "hello");
  g_assert_cmpint(recv(fd, answer, sizeof answer - 1, 0), >, 0);
  g_assert_true(g_str_has_prefix(answer, "HTTP/1.1 201"));
  g_thread_join(thread);
  g_assert_true(atomic_load(&wanted.stopped));
  close(fd);
}

static void test_grace_ends(void) {
  g_auto(Fixture) fixture = fixture_new();
  int fd = begin_upload(fixture.server, digest_bytes("hello", 5).text);
  server_stop(g_steal_pointer(&fixture.server), 0); /* returns, though the request never ends */
  g_autofree char *uploads = g_build_filename(fixture.registry_dir, "uploads", NULL);
  g_autoptr(GDir) left = g_dir_open(uploads, 0, NULL);
  g_assert_null(g_dir_read_name(left)); /* nobody knows its id, so nobody could go on */
  close(fd);
}

static void test_idle_connections_do_not_hold_it(void) {
  g_auto(Fixture) fixture = fixture_new();
  char answer[1024] = "";
  int fd = connect_to(fixture.server);
  send_all(fd, "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n");
  g_assert_cmpint(recv(fd, answer, sizeof answer - 1, 0), >, 0);
  int64_t begin_us = g_get_monotonic_time();
  server_stop(g_steal_pointer(&fixture.server), 60000);
  g_assert_cmpint(g_get_monotonic_time() - begin_us, <, 30 * G_USEC_PER_SEC);
  close(fd);
}

static void test_address_is_free_again(void) {
  g_auto(Fixture) fixture = fixture_new();
  g_autoptr(GError) error = NULL;
  g_autofree char *address = g_strdup(server_address(fixture.server));
  g_auto(HttpResponse) response = ask(&fixture, "GET", "/healthz");
  g_assert_cmpuint(response.status, ==, 200);
  server_stop(g_steal_pointer(&fixture.server), 1000);
  fixture.server = server_start(&(ServerOptions){.listen = address}, &error);
  g_assert_no_error(error);
  g_assert_cmpstr(server_address(fixture.server), ==, address);
}

/* libmicrohttpd 0.9.75 ends the process when its threads meet a listening socket that MHD_quiesce_daemon() is taking away. */
static void test_stopping_under_new_connections(void) {
  for (int round = 0; round < 50; round++) {
    g_autoptr(GError) error = NULL;
    Server *server = server_start(&(ServerOptions){.listen = "127.0.0.1:0"}, &error);
    g_assert_no_error(error);
    int fds[4];
    for (size_t i = 0; i < G_N_ELEMENTS(fds); i++)
      fds[i] = connect_to(server);
    server_stop(server, 1000);
    for (size_t i = 0; i < G_N_ELEMENTS(fds); i++)
      close(fds[i]);
  }
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/server/stop/running-requests-end", test_running_requests_end);
  g_test_add_func("/server/stop/grace-ends", test_grace_ends);
  g_test_add_func("/server/stop/idle-connections-do-not-hold-it", test_idle_connections_do_not_hold_it);
  g_test_add_func("/server/stop/address-is-free-again", test_address_is_free_again);
  g_test_add_func("/server/stop/under-new-connections", test_stopping_under_new_connections);
  return g_test_run();
}
