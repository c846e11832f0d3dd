/* Repositories over HTTP, with git itself as the client. */
#include "fixture.h"

#include "base/process.h"

#include <gio/gio.h>
#include <glib/gstdio.h>

static char *git(const char *const *arguments) {
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) argv = g_ptr_array_new();
  static const char *const settings[] = {"git", "-c",       "user.name=a", "-c", "user.email=a@example.test", "-c", "init.defaultBranch=main",
                                         "-c",  "gc.auto=0"};
  for (size_t i = 0; i < G_N_ELEMENTS(settings); i++)
    g_ptr_array_add(argv, (gpointer)settings[i]);
  for (; *arguments != NULL; arguments++)
    g_ptr_array_add(argv, (gpointer)*arguments);
  g_ptr_array_add(argv, NULL);
  g_auto(ProcessResult) result = {0};
  bool ran = process_run(&(ProcessSpec){.argv = (const char *const *)argv->pdata, .deadline_ms = 60000}, &result, &error);
  g_assert_true(ran);
  if (result.exit_status != 0)
    g_test_message("git: %s", result.err);
  return result.exit_status == 0 ? g_strdup(g_strchomp(result.out)) : NULL;
}
#define GIT(...) git((const char *const[]){__VA_ARGS__, NULL})

/* A repository of two commits, and the id of the first. */
static char *make_repository(const char *dir, char **first) {
  char *path = g_build_filename(dir, "origin", NULL);
  g_autofree char *made = GIT("init", "-q", path);
  g_autofree char *one = GIT("-C", path, "commit", "-q", "--allow-empty", "-m", "one");
  g_autofree char *two = GIT("-C", path, "commit", "-q", "--allow-empty", "-m", "two");
  g_assert_nonnull(two);
  *first = GIT("-C", path, "rev-parse", "HEAD~1");
  return path;
}

static void test_fetch(void) {
  static const struct {
    const char *claim;
    const char *token;
    const char *name;
    const char *protocol;
    bool fetches;
  } rows[] = {
    {"protocol 2", "s3cret", "octo/shop", "protocol.version=2", true},
    {"protocol 0", "s3cret", "octo/shop.git", "protocol.version=0", true},
    {"in other letters", "s3cret", "Octo/Shop", "protocol.version=2", true},
    {"a wrong token", "other", "octo/shop", "protocol.version=2", false},
    {"another repository", "s3cret", "octo/shop2", "protocol.version=2", false},
  };
  g_auto(Fixture) fixture = fixture_new(NULL);
  g_autofree char *first = NULL;
  g_autofree char *origin = make_repository(fixture.dir, &first);
  results_offer_repository(fixture.results, "octo/shop", origin, "s3cret");
  for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_test_message("%s", rows[i].claim);
    g_autofree char *password = g_strdup_printf("x-access-token:%s", rows[i].token);
    g_autofree char *encoded = g_base64_encode((const guchar *)password, strlen(password));
    g_autofree char *header = g_strdup_printf("http.extraHeader=Authorization: basic %s", encoded);
    g_autofree char *url = g_strdup_printf("http://%s/%s", httpd_address(fixture.httpd), rows[i].name);
    g_autofree char *clone = g_strdup_printf("%s/clone%zu", fixture.dir, i);
    g_autofree char *made = GIT("init", "-q", clone);
    g_autofree char *fetched = GIT("-C", clone, "-c", header, "-c", rows[i].protocol, "fetch", "-q", "--depth=1", url, first);
    g_assert_cmpint(fetched != NULL, ==, rows[i].fetches);
    g_autofree char *subject = GIT("-C", clone, "log", "-1", "--format=%s", "FETCH_HEAD");
    g_assert_cmpstr(subject, ==, rows[i].fetches ? "one" : NULL);
  }
}

static void test_refusals(void) {
  static const struct {
    const char *claim;
    const char *method;
    const char *path;
    const char *header;
    unsigned status;
  } rows[] = {
    {"no token", "GET", "/octo/shop/info/refs?service=git-upload-pack", NULL, 401},
    {"a token as a bearer's", "GET", "/octo/shop/info/refs?service=git-upload-pack", "Authorization: Bearer s3cret", 200},
    {"pushing", "GET", "/octo/shop/info/refs?service=git-receive-pack", "Authorization: Bearer s3cret", 403},
    {"pushing at once", "POST", "/octo/shop/git-receive-pack", "Authorization: Bearer s3cret", 403},
    {"the old protocol", "GET", "/octo/shop/info/refs", "Authorization: Bearer s3cret", 403},
    {"a file of the repository", "GET", "/octo/shop/config", "Authorization: Bearer s3cret", 404},
    {"another repository", "GET", "/octo/other/info/refs?service=git-upload-pack", "Authorization: Bearer s3cret", 404},
    {"the wrong method", "GET", "/octo/shop/git-upload-pack", "Authorization: Bearer s3cret", 405},
    {"a body that is not what its header says", "POST", "/octo/shop/git-upload-pack", "Content-Encoding: gzip", 400},
  };
  g_auto(Fixture) fixture = fixture_new(NULL);
  g_autofree char *first = NULL;
  g_autofree char *origin = make_repository(fixture.dir, &first);
  results_offer_repository(fixture.results, "octo/shop", origin, "s3cret");
  for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_test_message("%s", rows[i].claim);
    if (rows[i].status == 400)
      results_offer_repository(fixture.results, "octo/shop", origin, NULL); /* one header is all that a row has */
    g_auto(HttpResponse) response =
      ask(&fixture, NULL, rows[i].method, rows[i].path, rows[i].header, strcmp(rows[i].method, "POST") == 0 ? "text" : NULL);
    g_assert_cmpuint(response.status, ==, rows[i].status);
  }
}

/* A git that thinks for ever, in the PATH's first folder. */
static char *make_slow_git(const char *dir) {
  g_autofree char *path = g_build_filename(dir, "git", NULL);
  g_assert_true(g_file_set_contents(path, "#!/bin/sh\nsleep 20\n", -1, NULL));
  g_assert_cmpint(g_chmod(path, 0755), ==, 0);
  return g_strconcat(dir, ":", g_getenv("PATH"), NULL);
}

static void test_stop_while_git_thinks(void) {
  static const char head[] = "GET /octo/shop/info/refs?service=git-upload-pack HTTP/1.1\r\nHost: x\r\n\r\n";
  g_autoptr(GError) error = NULL;
  g_autofree char *dir = fs_temp_dir(g_get_tmp_dir(), "results", &error);
  g_autoptr(Results) results = results_open(dir, NULL, &error);
  g_autofree char *path = make_slow_git(dir);
  g_autofree char *before = g_strdup(g_getenv("PATH"));
  size_t count = 0;
  results_offer_repository(results, "octo/shop", dir, NULL);
  const HttpdHandler *handlers = results_handlers(results, &count);
  Httpd *httpd = httpd_start(&(HttpdOptions){.listen = "127.0.0.1:0", .handlers = handlers, .handler_count = count}, &error);
  g_assert_no_error(error);
  g_autoptr(GSocketClient) client = g_socket_client_new();
  g_autoptr(GSocketConnection) connection = g_socket_client_connect_to_host(client, httpd_address(httpd), 0, NULL, &error);
  g_assert_no_error(error);
  g_setenv("PATH", path, TRUE);
  char answer[64] = "";
  g_assert_true(g_output_stream_write_all(g_io_stream_get_output_stream(G_IO_STREAM(connection)), head, strlen(head), NULL, NULL, &error));
  g_assert_cmpint(g_input_stream_read(g_io_stream_get_input_stream(G_IO_STREAM(connection)), answer, sizeof answer - 1, NULL, &error), >, 0);
  g_setenv("PATH", before, TRUE);
  int64_t begin_us = g_get_monotonic_time();
  httpd_stop(httpd, 100);
  g_assert_cmpint(g_get_monotonic_time() - begin_us, <, 30 * G_USEC_PER_SEC);
  fs_remove_tree(dir, NULL);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/results/git/fetch", test_fetch);
  g_test_add_func("/results/git/refusals", test_refusals);
  g_test_add_func("/results/git/stop-while-git-thinks", test_stop_while_git_thinks);
  return g_test_run();
}
