#include "rollout/router_config.h"

#include "base/digest.h"

#include <string.h>

#define IDENTITY_DIGITS 16

static const char *const slot_names[SLOT_COUNT] = {[SLOT_BLUE] = "blue", [SLOT_GREEN] = "green"};
/* A slot's condition in the frontend: a bucket below green's share is green's. */
static const char *const slot_conditions[SLOT_COUNT] = {[SLOT_BLUE] = "!to_green", [SLOT_GREEN] = "to_green"};

const char router_errorfile_text[] = "HTTP/1.1 503 Service Unavailable\r\n"
                                     "Content-Type: text/plain\r\n"
                                     "Cache-Control: no-store\r\n"
                                     "Retry-After: 5\r\n"
                                     "Connection: close\r\n"
                                     "Content-Length: 47\r\n"
                                     "\r\n"
                                     "Nothing answers here now. Try again in a while\n";

static const char global_section[] = "global\n"
                                     "  stats socket unix@./" ROUTER_ADMIN_SOCKET " mode 600 level admin expose-fd listeners\n"
                                     "  stats timeout 1m\n"
                                     "  fd-hard-limit 65536\n"
                                     "  noreuseport\n";

static const char defaults_section[] = "\n"
                                       "defaults\n"
                                       "  mode http\n"
                                       "  timeout connect 2s\n"
                                       "  timeout client 60s\n"
                                       "  timeout http-request 15s\n"
                                       "  timeout http-keep-alive 60s\n"
                                       "  timeout queue 30s\n"
                                       "  timeout server 120s\n"
                                       "  timeout tunnel 1h\n"
                                       "  retries 3\n"
                                       "  retry-on conn-failure\n"
                                       "  option redispatch\n"
                                       "  option forwardfor\n"
                                       "  http-reuse safe\n"
                                       "  errorfile 503 " ROUTER_ERRORFILE "\n";

static const char frontend_rules[] = "  http-request set-var(txn.bucket) int(0)\n"
                                     "  acl to_green var(txn.bucket),sub(proc.green_share) -m int lt 0\n"
                                     "  http-after-response set-header Connection close if { var(proc.closing) -m int gt 0 }\n"
                                     "  use_backend drover.idle if { var(proc.green_share) -m int lt 0 }\n";

static const char last_section[] = "\n"
                                   "backend drover.idle\n"
                                   "\n"
                                   "backend drover.unrouted\n"
                                   "  http-request return status 404 content-type text/plain string \"No service has this path\\n\"\n";

const char *slot_name(Slot slot) {
  return slot_names[slot];
}

bool slot_parse(const char *name, Slot *slot) {
  for (int i = 0; i < SLOT_COUNT; i++) {
    if (g_strcmp0(slot_names[i], name) != 0)
      continue;
    *slot = (Slot)i;
    return true;
  }
  return false;
}

int slot_share(Slot slot) {
  return slot == SLOT_GREEN ? ROUTER_SHARE_ALL : 0;
}

/* ---- the state ---------------------------------------------------------------------------------------------------------- */

static void free_server(void *data) {
  RouterServer *server = data;
  g_free(server->name);
  g_free(server);
}

static void free_service(void *data) {
  RouterService *service = data;
  g_free(service->name);
  g_free(service->health_path);
  g_ptr_array_unref(service->servers);
  g_free(service);
}

static void free_route(void *data) {
  RouterRoute *route = data;
  g_free(route->path);
  g_free(route->service);
  g_free(route);
}

RouterState *router_state_new(const char *listen, int64_t drain_ms) {
  RouterState *state = g_new0(RouterState, 1);
  state->listen = g_strdup(listen);
  state->drain_ms = drain_ms;
  state->share = ROUTER_SHARE_NONE;
  for (int slot = 0; slot < SLOT_COUNT; slot++) {
    state->slots[slot].services = g_ptr_array_new_with_free_func(free_service);
    state->slots[slot].routes = g_ptr_array_new_with_free_func(free_route);
  }
  return state;
}

void router_state_free(RouterState *state) {
  for (int slot = 0; slot < SLOT_COUNT; slot++) {
    g_ptr_array_unref(state->slots[slot].services);
    g_ptr_array_unref(state->slots[slot].routes);
  }
  g_free(state->listen);
  g_free(state->user);
  g_free(state);
}

RouterService *router_state_add_service(RouterState *state, Slot slot, const char *name) {
  RouterService *service = g_new0(RouterService, 1);
  service->name = g_strdup(name);
  service->servers = g_ptr_array_new_with_free_func(free_server);
  g_ptr_array_add(state->slots[slot].services, service);
  return service;
}

void router_state_add_route(RouterState *state, Slot slot, const char *path, const char *service) {
  RouterRoute *route = g_new0(RouterRoute, 1);
  route->path = g_strdup(path);
  route->service = g_strdup(service);
  g_ptr_array_add(state->slots[slot].routes, route);
}

void router_service_add_server(RouterService *service, const char *name, unsigned port) {
  RouterServer *server = g_new0(RouterServer, 1);
  server->name = g_strdup(name);
  server->port = port;
  g_ptr_array_add(service->servers, server);
}

bool router_state_has_servers(const RouterState *state, Slot slot) {
  for (guint i = 0; i < state->slots[slot].services->len; i++)
    if (((const RouterService *)g_ptr_array_index(state->slots[slot].services, i))->servers->len > 0)
      return true;
  return false;
}

/* ---- the text ----------------------------------------------------------------------------------------------------------- */

static void append_word(GString *text, const char *word) {
  for (const char *byte = word; *byte != '\0'; byte++) {
    if (g_ascii_isalnum(*byte) || strchr("/_.-~:[]", *byte) != NULL)
      g_string_append_c(text, *byte);
    else
      g_string_append_printf(text, "\\x%02x", (unsigned char)*byte);
  }
}

char *router_config_server_options(const RouterService *service) {
  return g_strdup_printf("check inter %" G_GINT64_FORMAT "ms fall 3 rise 1", service->interval_ms);
}

static void append_servers(GString *text, const RouterService *service) {
  g_autofree char *options = router_config_server_options(service);
  for (guint i = 0; i < service->servers->len; i++) {
    const RouterServer *server = g_ptr_array_index(service->servers, i);
    g_string_append_printf(text, "  server %s 127.0.0.1:%u %s\n", server->name, server->port, options);
  }
}

static void append_backend(GString *text, const RouterService *service, Slot slot, bool with_servers) {
  g_string_append_printf(text, "\nbackend %s.%s\n  balance leastconn\n  timeout check %" G_GINT64_FORMAT "ms\n", service->name, slot_names[slot],
                         service->timeout_ms);
  if (service->health_path != NULL) {
    g_string_append(text, "  option httpchk\n  http-check send meth GET uri ");
    append_word(text, service->health_path);
    g_string_append(text, " ver HTTP/1.1 hdr Host localhost hdr User-Agent drover\n  http-check expect status 200-399\n");
  }
  if (with_servers)
    append_servers(text, service);
}

static void append_backends(GString *text, const RouterState *state, Slot slot, bool with_servers) {
  const GPtrArray *services = state->slots[slot].services;
  for (guint i = 0; i < services->len; i++)
    append_backend(text, g_ptr_array_index(services, i), slot, with_servers);
}

static void append_routes(GString *text, const RouterState *state, Slot slot) {
  const GPtrArray *routes = state->slots[slot].routes;
  for (guint i = 0; i < routes->len; i++) {
    const RouterRoute *route = g_ptr_array_index(routes, i);
    g_string_append_printf(text, "  use_backend %s.%s if %s { path_beg ", route->service, slot_names[slot], slot_conditions[slot]);
    append_word(text, route->path);
    g_string_append(text, " }\n");
  }
}

/* What belongs to no slot: the process, the defaults and the listener. */
static void append_global(GString *text, const RouterState *state) {
  g_string_append(text, global_section);
  if (state->user != NULL)
    g_string_append_printf(text, "  user %s\n  group %s\n", state->user, state->user);
  /* A worker that was replaced ends within the time that the old version is given. Until then it closes no connection by
   * itself, a request may be on its way there, but asks for it with the next answer: see proc.closing. */
  g_string_append_printf(text, "  hard-stop-after %" G_GINT64_FORMAT "ms\n  close-spread-time infinite\n", MAX(state->drain_ms, 1000));
}

static void append_listener(GString *text, const RouterState *state) {
  g_string_append(text, defaults_section);
  g_string_append(text, "\nfrontend drover.public\n  bind ");
  append_word(text, state->listen);
  g_string_append_c(text, '\n');
  g_string_append(text, frontend_rules);
}

static char *identity_of(GString *text) {
  Digest digest = digest_bytes(text->str, text->len);
  g_string_free(text, TRUE);
  return g_strndup(digest_hex(digest.text), IDENTITY_DIGITS);
}

char *router_config_base_identity(const RouterState *state) {
  GString *text = g_string_new(NULL);
  append_global(text, state);
  append_listener(text, state);
  return identity_of(text);
}

char *router_config_slot_identity(const RouterState *state, Slot slot) {
  GString *text = g_string_new(NULL);
  append_routes(text, state, slot);
  append_backends(text, state, slot, false);
  return identity_of(text);
}

char *router_config_render(const RouterState *state) {
  GString *text = g_string_new("# Written by drover before each change; what is edited here is lost.\n");
  g_autofree char *base = router_config_base_identity(state);
  append_global(text, state);
  g_string_append_printf(text, "  set-var proc.green_share int(%d)\n  set-var proc.base str(%s)\n", state->share, base);
  for (int slot = 0; slot < SLOT_COUNT; slot++) {
    g_autofree char *identity = router_config_slot_identity(state, (Slot)slot);
    g_string_append_printf(text, "  set-var proc.%s str(%s)\n", slot_names[slot], identity);
  }
  append_listener(text, state);
  for (int slot = 0; slot < SLOT_COUNT; slot++)
    append_routes(text, state, (Slot)slot);
  g_string_append(text, "  default_backend drover.unrouted\n");
  for (int slot = 0; slot < SLOT_COUNT; slot++)
    append_backends(text, state, (Slot)slot, true);
  g_string_append(text, last_section);
  return g_string_free(text, FALSE);
}
