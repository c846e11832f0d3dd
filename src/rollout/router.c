#include "rollout/router.h"

#include "base/error.h"
#include "base/fs.h"
#include "base/process.h"
#include "rollout/router_process.h"

#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define WORKER_USER "haproxy"
#define DELETE_ATTEMPTS 20
#define STEP_MS 50

struct Router {
  char *dir;
};

Router *router_new(const char *data_dir, const char *project, const char *environment) {
  Router *router = g_new0(Router, 1);
  /* Neither name has a dot in it: no two environments share a folder. */
  g_autofree char *name = g_strconcat(project, ".", environment, NULL);
  router->dir = g_build_filename(data_dir, "router", name, NULL);
  return router;
}

void router_free(Router *router) {
  g_free(router->dir);
  g_free(router);
}

bool router_check_program(GError **error) {
  return router_process_check_program(error);
}

bool router_check_listen(const Router *router, const char *listen, GError **error) {
  return router_process_check_listen(router->dir, listen, error);
}

bool router_is_alive(const Router *router) {
  return router_process_is_alive(router->dir);
}

/* ---- questions ---------------------------------------------------------------------------------------------------------- */

static char *ask(const Router *router, const char *command, GError **error) {
  return runtime_ask(router->dir, ROUTER_ADMIN_SOCKET, command, error);
}

static char *get_variable(const Router *router, const char *name, GError **error) {
  g_autofree char *command = g_strdup_printf("get var proc.%s", name);
  g_autofree char *answer = ask(router, command, error);
  return answer != NULL ? runtime_read_variable(answer, error) : NULL;
}

bool router_share(const Router *router, int *share, GError **error) {
  g_autofree char *text = get_variable(router, "green_share", error);
  gint64 value = 0;
  if (text == NULL)
    return false;
  if (!g_ascii_string_to_signed(text, 10, ROUTER_SHARE_NONE, ROUTER_SHARE_ALL, &value, NULL))
    return error_set(error, DROVER_ERROR_CORRUPT, "HAProxy: proc.green_share is \"%s\", which is no share", text);
  *share = (int)value;
  return true;
}

GPtrArray *router_rows(const Router *router, GError **error) {
  g_autofree char *answer = ask(router, "show stat -1 6 -1", error);
  return answer != NULL ? runtime_read_stat(answer, error) : NULL;
}

bool router_is_busy(const Router *router, Slot slot, bool *busy, GError **error) {
  g_autoptr(GPtrArray) rows = router_rows(router, error);
  RuntimeProcesses processes = {0};
  if (rows == NULL || !router_process_list(router->dir, &processes, error))
    return false;
  g_autofree char *suffix = g_strconcat(".", slot_name(slot), NULL);
  uint64_t sessions = 0;
  for (guint i = 0; i < rows->len; i++) {
    const RuntimeRow *row = g_ptr_array_index(rows, i);
    if (row->server == NULL && g_str_has_suffix(row->backend, suffix))
      sessions += row->sessions;
  }
  *busy = sessions > 0 || processes.old_workers > 0;
  return true;
}

/* ---- changes in place --------------------------------------------------------------------------------------------------- */

/* Sends commands and requires that nothing but `expected` comes back. */
static bool tell(const Router *router, const char *command, const char *expected, GError **error) {
  g_autofree char *answer = ask(router, command, error);
  if (answer == NULL)
    return false;
  g_strstrip(answer);
  return strcmp(answer, expected) == 0 || error_set(error, DROVER_ERROR_UNAVAILABLE, "HAProxy: \"%s\": %s", command, answer);
}

static bool set_variable(const Router *router, const char *name, int value, GError **error) {
  g_autofree char *command = g_strdup_printf("experimental-mode on; set var proc.%s int(%d)", name, value);
  return tell(router, command, "", error);
}

static const RuntimeRow *find_row(const GPtrArray *rows, const char *backend, const char *server) {
  for (guint i = 0; i < rows->len; i++) {
    const RuntimeRow *row = g_ptr_array_index(rows, i);
    if (strcmp(row->backend, backend) == 0 && g_strcmp0(row->server, server) == 0)
      return row;
  }
  return NULL;
}

/* A server is added, gets its checks and only then traffic: "add server ... enabled" miscounts the active servers. */
static bool add_server(const Router *router, const char *backend, const RouterService *service, const RouterServer *server, GError **error) {
  g_autofree char *options = router_config_server_options(service);
  g_autofree char *add = g_strdup_printf("add server %s/%s 127.0.0.1:%u %s", backend, server->name, server->port, options);
  g_autofree char *health = g_strdup_printf("enable health %s/%s", backend, server->name);
  g_autofree char *enable = g_strdup_printf("enable server %s/%s", backend, server->name);
  return tell(router, add, "New server registered.", error) && tell(router, health, "", error) && tell(router, enable, "", error);
}

/* The engine gave the container another port when it started it again. */
static bool move_server(const Router *router, const char *backend, const RouterServer *server, GError **error) {
  g_autofree char *command = g_strdup_printf("set server %s/%s addr 127.0.0.1 port %u", backend, server->name, server->port);
  g_autofree char *answer = ask(router, command, error);
  return answer != NULL;
}

static bool add_missing(const Router *router, const RouterState *state, Slot slot, const GPtrArray *rows, GError **error) {
  const GPtrArray *services = state->slots[slot].services;
  for (guint i = 0; i < services->len; i++) {
    const RouterService *service = g_ptr_array_index(services, i);
    g_autofree char *backend = g_strdup_printf("%s.%s", service->name, slot_name(slot));
    for (guint j = 0; j < service->servers->len; j++) {
      const RouterServer *server = g_ptr_array_index(service->servers, j);
      const RuntimeRow *row = find_row(rows, backend, server->name);
      if (row == NULL ? !add_server(router, backend, service, server, error)
                      : row->port != server->port && !move_server(router, backend, server, error))
        return false;
    }
  }
  return true;
}

static bool is_wanted(const RouterState *state, const RuntimeRow *row) {
  for (int slot = 0; slot < SLOT_COUNT; slot++) {
    const GPtrArray *services = state->slots[slot].services;
    for (guint i = 0; i < services->len; i++) {
      const RouterService *service = g_ptr_array_index(services, i);
      g_autofree char *backend = g_strdup_printf("%s.%s", service->name, slot_name((Slot)slot));
      for (guint j = 0; strcmp(backend, row->backend) == 0 && j < service->servers->len; j++)
        if (strcmp(((const RouterServer *)g_ptr_array_index(service->servers, j))->name, row->server) == 0)
          return true;
    }
  }
  return false;
}

/* What cannot be deleted, because a connection to it still ends, stays in maintenance: it gets no request, and the next
 * router_apply() finds it again. */
static bool delete_server(const Router *router, const RuntimeRow *row, const Clock *clock, GError **error) {
  g_autofree char *stop =
    g_strdup_printf("set server %s/%s state maint; shutdown sessions server %s/%s", row->backend, row->server, row->backend, row->server);
  g_autofree char *delete = g_strdup_printf("del server %s/%s", row->backend, row->server);
  if (!tell(router, stop, "", error))
    return false;
  for (int attempt = 0; attempt < DELETE_ATTEMPTS; attempt++) {
    g_autofree char *answer = ask(router, delete, error);
    if (answer == NULL)
      return false;
    if (strstr(answer, "Server deleted") != NULL || strstr(answer, "No such server") != NULL)
      return true;
    clock->sleep_ms(clock, STEP_MS, NULL);
  }
  return true;
}

static bool delete_unwanted(const Router *router, const RouterState *state, const GPtrArray *rows, const Clock *clock, GError **error) {
  for (guint i = 0; i < rows->len; i++) {
    const RuntimeRow *row = g_ptr_array_index(rows, i);
    if (row->server != NULL && !is_wanted(state, row) && !delete_server(router, row, clock, error))
      return false;
  }
  return true;
}

/* Servers that get traffic come first, those that lose it last, so that no request meets an empty backend. */
static bool change_in_place(const Router *router, const RouterState *state, const Clock *clock, GError **error) {
  g_autoptr(GPtrArray) rows = router_rows(router, error);
  int share = 0;
  return rows != NULL && add_missing(router, state, SLOT_BLUE, rows, error) && add_missing(router, state, SLOT_GREEN, rows, error) &&
         router_share(router, &share, error) && (share == state->share || set_variable(router, "green_share", state->share, error)) &&
         delete_unwanted(router, state, rows, clock, error);
}

/* ---- applying ----------------------------------------------------------------------------------------------------------- */

static bool has_identity(const Router *router, const char *name, char *wanted) {
  g_autofree char *expected = wanted;
  g_autofree char *loaded = get_variable(router, name, NULL);
  return g_strcmp0(loaded, expected) == 0;
}

/* Whether what is loaded differs from `state` at most in servers and share. A slot without servers may have any backends:
 * nobody is sent there, and a reload is not worth it. */
static bool is_loaded(const Router *router, const RouterState *state) {
  if (!has_identity(router, "base", router_config_base_identity(state)))
    return false;
  for (int slot = 0; slot < SLOT_COUNT; slot++)
    if (router_state_has_servers(state, (Slot)slot) && !has_identity(router, slot_name((Slot)slot), router_config_slot_identity(state, (Slot)slot)))
      return false;
  return true;
}

static bool wait_until_loaded(const Router *router, const RouterState *state, const Clock *clock, GError **error) {
  for (int64_t waited_ms = 0; waited_ms < 10000; waited_ms += STEP_MS) {
    int share = 0;
    if (is_loaded(router, state) && router_share(router, &share, NULL) && share == state->share)
      return true;
    clock->sleep_ms(clock, STEP_MS, NULL);
  }
  RuntimeProcesses processes = {0};
  const char *why = "no answer in 10 s";
  if (!router_process_list(router->dir, &processes, NULL))
    why = "it is not running";
  else if (processes.failed_reloads > 0)
    why = "it could not load it, is its address in use?";
  return error_set(error, DROVER_ERROR_UNAVAILABLE, "HAProxy did not take the configuration %s/%s: %s", router->dir, ROUTER_CONFIG, why);
}

/* Writes the configuration beside the one in use, lets HAProxy judge it where it is `new_structure` and not only other servers,
 * and puts it in its place. */
static bool write_config(const Router *router, const RouterState *state, bool new_structure, GError **error) {
  g_autofree char *config = g_build_filename(router->dir, ROUTER_CONFIG, NULL);
  g_autofree char *next = g_strconcat(config, ".next", NULL);
  g_autofree char *errorfile = g_build_filename(router->dir, ROUTER_ERRORFILE, NULL);
  g_autofree char *text = router_config_render(state);
  if (!fs_make_dirs(router->dir, 0700, error) || !fs_write(errorfile, router_errorfile_text, strlen(router_errorfile_text), 0600, error) ||
      !fs_write(next, text, strlen(text), 0600, error) || (new_structure && !router_process_check_config(router->dir, ROUTER_CONFIG ".next", error)))
    return false;
  if (rename(next, config) < 0)
    return error_set_errno(error, errno, "%s: cannot be replaced", config);
  return fs_sync_dir(router->dir, error);
}

/* The worker in charge is told that it goes; when the new one does not come, it stays after all. */
static bool reload(const Router *router, const RouterState *state, const Clock *clock, GError **error) {
  (void)!set_variable(router, "closing", 1, NULL); /* a worker that does not answer is replaced all the same */
  if (router_process_reload(router->dir, error) && wait_until_loaded(router, state, clock, error))
    return true;
  (void)!set_variable(router, "closing", 0, NULL);
  return false;
}

bool router_apply(const Router *router, RouterState *state, const Clock *clock, GError **error) {
  if (state->user == NULL && geteuid() == 0 && getpwnam(WORKER_USER) != NULL && getgrnam(WORKER_USER) != NULL)
    state->user = g_strdup(WORKER_USER);
  bool alive = router_is_alive(router), loaded = alive && is_loaded(router, state);
  if (!write_config(router, state, !loaded, error))
    return false;
  if (!alive)
    return router_process_start(router->dir, error) && wait_until_loaded(router, state, clock, error);
  if (!loaded)
    return reload(router, state, clock, error);
  return change_in_place(router, state, clock, error);
}

bool router_stop(const Router *router, const Clock *clock, GError **error) {
  return router_process_stop(router->dir, clock, error) && fs_remove_tree(router->dir, error);
}
