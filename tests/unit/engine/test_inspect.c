#include "engine/engine.h"

#include "base/error.h"

#include <string.h>

/* podman 4.3, shortened. */
static const char podman[] =
  "[{\"Id\": \"39d5\", \"Name\": \"b\", \"RestartCount\": 2, \"State\": {\"Status\": \"running\", \"Running\": true, \"ExitCode\": 0},"
  "  \"Config\": {\"Labels\": {\"io.drover.rollout\": \"r1\", \"io.drover.slot\": \"blue\", \"io.drover.service\": \"web\","
  "  \"io.drover.role\": \"replica\", \"io.drover.release\": \"l1\", \"other\": \"x\"}},"
  "  \"NetworkSettings\": {\"Ports\": {\"8000/tcp\": [{\"HostIp\": \"127.0.0.1\", \"HostPort\": \"35501\"}]}}},"
  " {\"Id\": \"1c2d\", \"Name\": \"a\", \"State\": {\"Status\": \"exited\", \"Running\": false, \"ExitCode\": 137},"
  "  \"Config\": {\"Labels\": null}, \"NetworkSettings\": {\"Ports\": {\"8000/tcp\": null}}}]";

static void test_podman(void) {
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) containers = engine_parse_containers(podman, strlen(podman), &error);
  g_assert_no_error(error);
  g_assert_cmpuint(containers->len, ==, 2);
  const EngineContainer *a = g_ptr_array_index(containers, 0), *b = g_ptr_array_index(containers, 1);
  g_assert_cmpstr(a->name, ==, "a");
  g_assert_false(a->running);
  g_assert_cmpint(a->exit_code, ==, 137);
  g_assert_cmpuint(a->host_port, ==, 0);
  g_assert_cmpstr(a->slot, ==, "");
  g_assert_cmpstr(b->id, ==, "39d5");
  g_assert_true(b->running);
  g_assert_cmpuint(b->restarts, ==, 2);
  g_assert_cmpuint(b->host_port, ==, 35501);
  g_assert_cmpstr(b->rollout, ==, "r1");
  g_assert_cmpstr(b->release, ==, "l1");
  g_assert_cmpstr(b->slot, ==, "blue");
  g_assert_cmpstr(b->service, ==, "web");
  g_assert_cmpstr(b->role, ==, "replica");
}

static void test_docker_writes_a_slash_before_names(void) {
  static const char text[] = "[{\"Id\": \"1\", \"Name\": \"/web\", \"State\": {\"Status\": \"running\", \"Running\": true}}]";
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) containers = engine_parse_containers(text, strlen(text), &error);
  g_assert_no_error(error);
  g_assert_cmpstr(((const EngineContainer *)g_ptr_array_index(containers, 0))->name, ==, "web");
}

static void test_ports_that_are_none(void) {
  static const char *const ports[] = {"\"0\"", "\"65536\"", "\"x\"", "\"\"", "\"-1\"", "8000", "null"};
  for (size_t i = 0; i < G_N_ELEMENTS(ports); i++) {
    g_test_message("%s", ports[i]);
    g_autofree char *text = g_strdup_printf("[{\"Id\": \"1\", \"Name\": \"w\", \"State\": {\"Status\": \"x\", \"Running\": true}, "
                                            "\"NetworkSettings\": {\"Ports\": {\"80/tcp\": [{\"HostPort\": %s}]}}}]",
                                            ports[i]);
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) containers = engine_parse_containers(text, strlen(text), &error);
    g_assert_no_error(error);
    g_assert_cmpuint(((const EngineContainer *)g_ptr_array_index(containers, 0))->host_port, ==, 0);
  }
}

static void test_bad_answers(void) {
  static const struct {
    const char *claim;
    const char *text;
  } rows[] = {
    {"nothing", ""},
    {"no JSON", "Error: no such container"},
    {"no list", "{}"},
    {"cut off", "[{\"Id\": \"1\""},
    {"an entry that is no object", "[1]"},
    {"no name", "[{\"Id\": \"1\", \"State\": {\"Status\": \"x\", \"Running\": true}}]"},
    {"no state", "[{\"Id\": \"1\", \"Name\": \"w\"}]"},
    {"a state of the wrong type", "[{\"Id\": \"1\", \"Name\": \"w\", \"State\": {\"Status\": 1, \"Running\": \"yes\"}}]"},
  };
  for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_test_message("%s", rows[i].claim);
    g_autoptr(GError) error = NULL;
    g_assert_null(engine_parse_containers(rows[i].text, strlen(rows[i].text), &error));
    g_assert_error(error, DROVER_ERROR, DROVER_ERROR_CORRUPT);
  }
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/engine-inspect/podman", test_podman);
  g_test_add_func("/engine-inspect/docker-names", test_docker_writes_a_slash_before_names);
  g_test_add_func("/engine-inspect/no-ports", test_ports_that_are_none);
  g_test_add_func("/engine-inspect/bad-answers", test_bad_answers);
  return g_test_run();
}
