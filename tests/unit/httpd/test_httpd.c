#include "base/error.h"
#include "base/http.h"
#include "httpd/answer.h"
#include "httpd/httpd.h"
#include "httpd/listen.h"

#include <string.h>

/* A handler that says its own name below its own folder; its state is a copy of the path. */
static bool takes(const char *path, void *user) {
  return g_str_has_prefix(path, user);
}

static enum MHD_Result handle(void *user, struct MHD_Connection *connection, const char *path, G_GNUC_UNUSED const char *method,
                              G_GNUC_UNUSED const char *body, size_t *body_bytes, void **state) {
  if (*state == NULL) {
    *state = g_strdup(path);
    return MHD_YES;
  }
  if (*body_bytes > 0) {
    *body_bytes = 0;
    return MHD_YES;
  }
  struct MHD_Response *response = answer_bytes("text/plain", g_strconcat(user, "|", *state, NULL), strlen(user) + 1 + strlen(*state));
  enum MHD_Result queued = MHD_queue_response(connection, 200, response);
  MHD_destroy_response(response);
  return queued;
}

static void done(void **state) {
  g_clear_pointer(state, g_free);
}

static const HttpdHandler handlers[] = {
  {.takes = takes, .handle = handle, .done = done, .user = (char[]){"/a/b"}},
  {.takes = takes, .handle = handle, .done = done, .user = (char[]){"/a"}},
};

static HttpResponse ask(const char *address, const char *path) {
  g_autoptr(GError) error = NULL;
  g_autofree char *url = g_strdup_printf("http://%s%s", address, path);
  HttpResponse response = {0};
  (void)!http_send(&(HttpRequest){.url = url, .direct = true}, &response, &error);
  g_assert_no_error(error);
  return response;
}

static void test_dispatch(void) {
  static const struct {
    const char *claim;
    const char *path;
    unsigned status;
    const char *body;
  } rows[] = {
    {"the first that takes it gets it", "/a/b/c", 200, "/a/b|/a/b/c"},
    {"the next gets what is left", "/a/c", 200, "/a|/a/c"},
    {"nobody takes it", "/b", 404, ""},
  };
  g_autoptr(GError) error = NULL;
  HttpdCounters counters = {0};
  Httpd *httpd =
    httpd_start(&(HttpdOptions){.listen = "127.0.0.1:0", .handlers = handlers, .handler_count = G_N_ELEMENTS(handlers), .counters = &counters},
                &error);
  g_assert_no_error(error);
  for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_test_message("%s", rows[i].claim);
    g_auto(HttpResponse) response = ask(httpd_address(httpd), rows[i].path);
    g_assert_cmpuint(response.status, ==, rows[i].status);
    g_assert_cmpstr(response.body, ==, rows[i].body);
  }
  g_assert_cmpint(atomic_load(&counters.answers[2]), ==, 2);
  g_assert_cmpint(atomic_load(&counters.answers[4]), ==, 1);
  httpd_stop(httpd, 1000);
  g_assert_cmpint(atomic_load(&counters.running), ==, 0);
}

static int listen_on_any_port(void) {
  g_autoptr(GError) error = NULL;
  ListenAddress address;
  int fd = listen_parse("127.0.0.1:0", &address, &error) ? listen_open(&address, &error) : -1;
  g_assert_no_error(error);
  return fd;
}

static void test_listeners(void) {
  g_autoptr(GError) error = NULL;
  int first = listen_on_any_port(), second = listen_on_any_port();
  g_autofree char *other = listen_describe(second);
  Httpd *httpd = httpd_start(&(HttpdOptions){.fd = first, .handlers = handlers, .handler_count = G_N_ELEMENTS(handlers)}, &error);
  g_assert_no_error(error);
  g_assert_true(httpd_add_listener(httpd, second, &error));
  const char *const addresses[] = {httpd_address(httpd), other};
  for (size_t i = 0; i < G_N_ELEMENTS(addresses); i++) {
    g_auto(HttpResponse) response = ask(addresses[i], "/a");
    g_assert_cmpuint(response.status, ==, 200);
  }
  httpd_stop(httpd, 1000);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/httpd/httpd/dispatch", test_dispatch);
  g_test_add_func("/httpd/httpd/listeners", test_listeners);
  return g_test_run();
}
