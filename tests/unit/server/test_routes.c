#include "fixture.h"

static void test_answers(void) {
  static const struct {
    const char *claim;
    const char *method;
    const char *path;
    unsigned status;
    const char *type;
    const char *holds;
  } rows[] = {
    {"the page", "GET", "/", 200, "text/html; charset=utf-8", "<title>drover</title>"},
    {"its style", "GET", "/page.css", 200, "text/css; charset=utf-8", "prefers-color-scheme"},
    {"its script", "GET", "/page.js", 200, "text/javascript; charset=utf-8", "textContent"},
    {"its icon", "GET", "/icon.svg", 200, "image/svg+xml", "<svg"},
    {"health", "GET", "/healthz", 200, "application/json", "\"status\":\"ok\""},
    {"counters", "GET", "/metrics", 200, "text/plain; version=0.0.4", "drover_http_answers_total{class=\"2xx\"}"},
    {"the registry", "GET", "/v2/", 200, "application/json", "{}"},
    {"the registry without its slash", "GET", "/v2", 200, "application/json", "{}"},
    {"HEAD has no body", "HEAD", "/healthz", 200, "application/json", ""},
    {"a path that is not there", "GET", "/nothing", 404, "application/json", "\"not-found\""},
    {"a path below one that is", "GET", "/healthz/x", 404, "application/json", "\"not-found\""},
    {"a path that climbs", "GET", "/%2e%2e/%2e%2e/etc/passwd", 404, "application/json", "\"not-found\""},
    {"a path with markup is quoted as JSON", "GET", "/%22%3Cscript%3E", 404, "application/json", "/\\\"<script>"},
    {"a path that is not UTF-8", "GET", "/%ff%fe", 404, "application/json", "nothing is at"},
    {"a NUL hides nothing", "GET", "/healthz%00x", 404, "application/json", "/healthz%00x"},
    {"a wrong method", "POST", "/healthz", 405, "application/json", "\"method-not-allowed\""},
    {"a method that nobody knows", "BREW", "/", 405, "application/json", "\"method-not-allowed\""},
    {"the API takes nothing in", "DELETE", "/api/v1/environments", 405, "application/json", "\"method-not-allowed\""},
  };
  g_auto(Fixture) fixture = fixture_new();
  for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_test_message("%s", rows[i].claim);
    g_auto(HttpResponse) response = ask(&fixture, rows[i].method, rows[i].path);
    g_assert_cmpuint(response.status, ==, rows[i].status);
    g_assert_cmpstr(http_response_header(&response, "Content-Type"), ==, rows[i].type);
    g_assert_nonnull(strstr(response.body, rows[i].holds));
    if (rows[i].status == 405)
      g_assert_cmpstr(http_response_header(&response, "Allow"), ==, "GET, HEAD");
  }
}

static void test_security_headers(void) {
  static const char *const paths[] = {"/", "/page.js", "/healthz", "/metrics", "/api/v1/environments", "/nothing", "/v2/", "/v2/a/tags/list"};
  g_auto(Fixture) fixture = fixture_new();
  for (size_t i = 0; i < G_N_ELEMENTS(paths); i++) {
    g_test_message("%s", paths[i]);
    g_auto(HttpResponse) response = ask(&fixture, "GET", paths[i]);
    const char *policy = http_response_header(&response, "Content-Security-Policy");
    g_assert_nonnull(strstr(policy, "default-src 'self'"));
    g_assert_nonnull(strstr(policy, "frame-ancestors 'none'"));
    g_assert_cmpstr(http_response_header(&response, "X-Content-Type-Options"), ==, "nosniff");
  }
}

static void test_bodies_are_limited(void) {
  g_auto(Fixture) fixture = fixture_new();
  size_t size = (size_t)1 << 20;
  g_autofree char *body = g_malloc0(size);
  g_auto(HttpResponse) large = ask_with(&fixture, "POST", "/healthz", (const char *const[]){"Expect:", NULL}, body, size);
  g_assert_cmpuint(large.status, ==, 413);
  g_auto(HttpResponse) small = ask_with(&fixture, "POST", "/healthz", NULL, body, 1000);
  g_assert_cmpuint(small.status, ==, 405);
}

static void test_headers_are_limited(void) {
  g_auto(Fixture) fixture = fixture_new();
  g_autofree char *filler = g_strnfill(100000, 'x');
  g_autofree char *header = g_strdup_printf("X-Large: %s", filler);
  g_auto(HttpResponse) response = ask_with(&fixture, "GET", "/healthz", (const char *const[]){header, NULL}, NULL, 0);
  g_assert_cmpuint(response.status, ==, 431);
}

static int64_t metric(const Fixture *fixture, const char *name) {
  g_auto(HttpResponse) response = ask(fixture, "GET", "/metrics");
  g_autofree char *key = g_strdup_printf("\n%s ", name);
  const char *at = strstr(response.body, key);
  g_assert_nonnull(at);
  return g_ascii_strtoll(at + strlen(key), NULL, 10);
}

static void test_counters(void) {
  g_auto(Fixture) fixture = fixture_new();
  push_blob(&fixture, "shop", "hello");
  g_auto(HttpResponse) missing = ask(&fixture, "GET", "/nothing");
  g_assert_cmpuint(missing.status, ==, 404);
  g_assert_cmpint(metric(&fixture, "drover_registry_uploads_total"), ==, 1);
  g_assert_cmpint(metric(&fixture, "drover_registry_upload_bytes_total"), ==, 5);
  g_assert_cmpint(metric(&fixture, "drover_http_answers_total{class=\"4xx\"}"), ==, 1);
  g_assert_cmpint(metric(&fixture, "drover_http_answers_total{class=\"2xx\"}"), ==, 4); /* the push and three looks */
  g_assert_cmpint(metric(&fixture, "drover_http_requests_running"), ==, 1);
}

static void test_parts_that_are_not_there(void) {
  g_autoptr(GError) error = NULL;
  Fixture bare = {.server = server_start(&(ServerOptions){.listen = "127.0.0.1:0"}, &error)};
  g_assert_no_error(error);
  g_auto(HttpResponse) registry = ask(&bare, "GET", "/v2/");
  g_assert_cmpuint(registry.status, ==, 404);
  g_auto(HttpResponse) api = ask(&bare, "GET", "/api/v1/environments");
  g_assert_cmpuint(api.status, ==, 404);
  g_auto(HttpResponse) health = ask(&bare, "GET", "/healthz");
  g_assert_cmpuint(health.status, ==, 200);
  server_stop(bare.server, 1000);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/server/routes/answers", test_answers);
  g_test_add_func("/server/routes/security-headers", test_security_headers);
  g_test_add_func("/server/routes/bodies-are-limited", test_bodies_are_limited);
  g_test_add_func("/server/routes/headers-are-limited", test_headers_are_limited);
  g_test_add_func("/server/routes/counters", test_counters);
  g_test_add_func("/server/routes/parts-that-are-not-there", test_parts_that_are_not_there);
  return g_test_run();
}
