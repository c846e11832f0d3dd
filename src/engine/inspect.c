#include "base/error.h"
#include "engine/engine.h"

#include <jansson.h>
#include <string.h>

void engine_container_free(EngineContainer *container) {
  g_free(container->id);
  g_free(container->name);
  g_free(container->status);
  g_free(container->rollout);
  g_free(container->release);
  g_free(container->slot);
  g_free(container->service);
  g_free(container->role);
  g_free(container);
}

static char *label(const json_t *labels, const char *name) {
  g_autofree char *key = g_strconcat(ENGINE_LABEL, name, NULL);
  const char *value = json_string_value(json_object_get(labels, key));
  return g_strdup(value != NULL ? value : "");
}

/* {"8000/tcp": [{"HostIp": "127.0.0.1", "HostPort": "35501"}]}: the first published port. */
static unsigned published_port(json_t *ports) {
  const char *key;
  json_t *bindings;
  json_object_foreach (ports, key, bindings) {
    const char *text = json_string_value(json_object_get(json_array_get(bindings, 0), "HostPort"));
    guint64 port = 0;
    if (text != NULL && g_ascii_string_to_unsigned(text, 10, 1, G_MAXUINT16, &port, NULL))
      return (unsigned)port;
  }
  return 0;
}

static EngineContainer *read_container(json_t *item) {
  const char *id = NULL, *name = NULL, *status = NULL;
  json_t *labels = NULL, *ports = NULL;
  int running = 0, exit_code = 0, restarts = 0;
  if (json_unpack(item, "{s:s, s:s, s:{s:s, s:b, s?i}, s?i, s?{s?o}, s?{s?o}}", "Id", &id, "Name", &name, "State", "Status", &status, "Running",
                  &running, "ExitCode", &exit_code, "RestartCount", &restarts, "Config", "Labels", &labels, "NetworkSettings", "Ports", &ports) != 0)
    return NULL;
  EngineContainer *container = g_new0(EngineContainer, 1);
  container->id = g_strdup(id);
  container->name = g_strdup(*name == '/' ? name + 1 : name); /* docker writes a slash before it */
  container->status = g_strdup(status);
  container->running = running != 0;
  container->exit_code = exit_code;
  container->restarts = (unsigned)MAX(restarts, 0);
  container->host_port = published_port(ports);
  container->rollout = label(labels, "rollout");
  container->release = label(labels, "release");
  container->slot = label(labels, "slot");
  container->service = label(labels, "service");
  container->role = label(labels, "role");
  return container;
}

static int by_name(const void *left, const void *right) {
  const EngineContainer *const *a = left, *const *b = right;
  return strcmp((*a)->name, (*b)->name);
}

GPtrArray *engine_parse_containers(const char *text, size_t size, GError **error) {
  json_error_t where;
  json_auto_t *list = json_loadb(text, size, 0, &where);
  if (!json_is_array(list)) {
    error_set(error, DROVER_ERROR_CORRUPT, "the container engine's inspect gave no JSON list: line %d: %s", where.line,
              list == NULL ? where.text : "not a list");
    return NULL;
  }
  g_autoptr(GPtrArray) containers = g_ptr_array_new_with_free_func((GDestroyNotify)engine_container_free);
  size_t index;
  json_t *item;
  json_array_foreach (list, index, item) {
    EngineContainer *container = read_container(item);
    if (container == NULL) {
      error_set(error, DROVER_ERROR_CORRUPT, "the container engine's inspect: entry %zu has no id, name or state", index);
      return NULL;
    }
    g_ptr_array_add(containers, container);
  }
  g_ptr_array_sort(containers, by_name);
  return g_steal_pointer(&containers);
}
