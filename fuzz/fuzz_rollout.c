/* Reads any bytes as an answer of HAProxy's runtime API, as a container engine's inspect, and as what a program said, and
 * renders them as the words of a project file: nothing breaks out of its line. */
#include "rollout/engine.h"
#include "rollout/migrate.h"
#include "rollout/redact.h"
#include "rollout/router_config.h"
#include "rollout/router_process.h"
#include "rollout/runtime.h"

#include <string.h>

static void read_answers(const char *text) {
  RuntimeProcesses processes = {0};
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) rows = runtime_read_stat(text, &error);
  g_assert_true((rows == NULL) == (error != NULL));
  g_clear_error(&error);
  g_autofree char *value = runtime_read_variable(text, &error);
  g_assert_true((value == NULL) == (error != NULL));
  g_clear_error(&error);
  if (runtime_read_processes(text, &processes, &error))
    g_assert_cmpint(processes.master, >, 1);
  g_clear_error(&error);
  g_autofree char *words = router_process_words(text);
  (void)router_process_version(text);
}

static void read_containers(const char *bytes, size_t size) {
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) containers = engine_parse_containers(bytes, size, &error);
  g_assert_true((containers == NULL) == (error != NULL));
  for (guint i = 0; containers != NULL && i < containers->len; i++) {
    const EngineContainer *container = g_ptr_array_index(containers, i);
    g_assert_cmpuint(container->host_port, <=, G_MAXUINT16);
    g_assert_nonnull(container->rollout);
  }
}

static guint count_lines(const char *text) {
  guint lines = 0;
  for (const char *end = text; (end = strchr(end, '\n')) != NULL; end++)
    lines++;
  return lines;
}

static char *render(const char *path) {
  g_autoptr(RouterState) state = router_state_new(path, 1000);
  router_state_add_service(state, SLOT_BLUE, "web")->health_path = g_strdup(path);
  router_state_add_route(state, SLOT_BLUE, path, "web");
  return router_config_render(state);
}

static void render_words(const char *text) {
  g_autofree char *plain = render("/");
  g_autofree char *hostile = render(text);
  g_assert_cmpuint(count_lines(plain), ==, count_lines(hostile));
}

static void hide(const char *text) {
  g_autoptr(Redactor) redactor = redactor_new(NULL);
  redactor_add(redactor, text);
  g_autofree char *clean = redact(redactor, text);
  g_assert_true(strlen(text) < REDACT_MIN || strcmp(clean, "***") == 0);
  g_autofree char *words = migration_last_words(text, 5);
  g_assert_true(g_utf8_validate(words, -1, NULL));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
  g_autofree char *text = g_strndup((const char *)bytes, size);
  read_answers(text);
  read_containers((const char *)bytes, size);
  render_words(text);
  hide(text);
  g_autofree char *address = NULL;
  unsigned port = 0;
  if (router_process_split_listen(text, &address, &port, NULL))
    g_assert_cmpuint(port, >, 0);
  return 0;
}
