/* The configuration as text: goldens, what changes its identity and what does not, and hostile bytes. */
#include "rollout/router_config.h"

#include <string.h>

static RouterState *shop(void) {
  RouterState *state = router_state_new("0.0.0.0:8080", 10000);
  for (int slot = 0; slot < SLOT_COUNT; slot++) {
    RouterService *backend = router_state_add_service(state, (Slot)slot, "backend");
    backend->health_path = g_strdup("/api/v1/health/");
    backend->interval_ms = 2000;
    backend->timeout_ms = 1000;
    RouterService *frontend = router_state_add_service(state, (Slot)slot, "frontend");
    frontend->interval_ms = 2000;
    frontend->timeout_ms = 1000;
    router_state_add_route(state, (Slot)slot, "/api/", "backend");
    router_state_add_route(state, (Slot)slot, "/", "frontend");
  }
  return state;
}

static RouterService *service_of(RouterState *state, Slot slot, guint index) {
  return g_ptr_array_index(state->slots[slot].services, index);
}

static void assert_has(const char *text, const char *line) {
  if (strstr(text, line) == NULL)
    g_error("no \"%s\" in:\n%s", line, text);
}

static const char golden_frontend[] = "\nfrontend drover.public\n"
                                      "  bind 0.0.0.0:8080\n"
                                      "  http-request set-var(txn.bucket) int(0)\n"
                                      "  acl to_green var(txn.bucket),sub(proc.green_share) -m int lt 0\n"
                                      "  http-after-response set-header Connection close if { var(proc.closing) -m int gt 0 }\n"
                                      "  use_backend drover.idle if { var(proc.green_share) -m int lt 0 }\n"
                                      "  use_backend backend.blue if !to_green { path_beg /api/ }\n"
                                      "  use_backend frontend.blue if !to_green { path_beg / }\n"
                                      "  use_backend backend.green if to_green { path_beg /api/ }\n"
                                      "  use_backend frontend.green if to_green { path_beg / }\n"
                                      "  default_backend drover.unrouted\n"
                                      "\nbackend backend.blue\n"
                                      "  balance leastconn\n"
                                      "  timeout check 1000ms\n"
                                      "  option httpchk\n"
                                      "  http-check send meth GET uri /api/v1/health/ ver HTTP/1.1 hdr Host localhost hdr User-Agent drover\n"
                                      "  http-check expect status 200-399\n"
                                      "  server w-1 127.0.0.1:4001 check inter 2000ms fall 3 rise 1\n"
                                      "\nbackend frontend.blue\n"
                                      "  balance leastconn\n"
                                      "  timeout check 1000ms\n"
                                      "\nbackend backend.green\n";

static void test_golden(void) {
  g_autoptr(RouterState) state = shop();
  state->share = 0;
  router_service_add_server(service_of(state, SLOT_BLUE, 0), "w-1", 4001);
  g_autofree char *text = router_config_render(state);
  assert_has(text, golden_frontend);
  assert_has(text, "\n  set-var proc.green_share int(0)\n");
  assert_has(text, "\n  hard-stop-after 10000ms\n");
  assert_has(text, "\n  retry-on conn-failure\n");
  assert_has(text, "\n  option redispatch\n");
  assert_has(text, "\n  option forwardfor\n");
  assert_has(text, "\n  http-reuse safe\n");
  assert_has(text, "expose-fd listeners");
  assert_has(text, "\n  noreuseport\n");
  g_assert_null(strstr(text, "  user "));
}

static void test_the_share_survives_a_restart(void) {
  static const int shares[] = {ROUTER_SHARE_NONE, 0, 1, 2500, ROUTER_SHARE_ALL};
  for (size_t i = 0; i < G_N_ELEMENTS(shares); i++) {
    g_autoptr(RouterState) state = shop();
    state->share = shares[i];
    g_autofree char *text = router_config_render(state);
    g_autofree char *line = g_strdup_printf("\n  set-var proc.green_share int(%d)\n", shares[i]);
    assert_has(text, line);
  }
}

static void test_the_text_names_what_it_is(void) {
  g_autoptr(RouterState) state = shop();
  g_autofree char *text = router_config_render(state);
  g_autofree char *base = router_config_base_identity(state);
  g_autofree char *blue = router_config_slot_identity(state, SLOT_BLUE);
  g_autofree char *green = router_config_slot_identity(state, SLOT_GREEN);
  g_autofree char *lines =
    g_strdup_printf("  set-var proc.base str(%s)\n  set-var proc.blue str(%s)\n  set-var proc.green str(%s)\n", base, blue, green);
  assert_has(text, lines);
  g_assert_cmpuint(strlen(base), ==, 16);
  g_assert_cmpstr(blue, !=, green);
}

/* ---- what needs a reload ------------------------------------------------------------------------------------------------ */

static void change_nothing(G_GNUC_UNUSED RouterState *state) {
}
static void change_server(RouterState *state) {
  router_service_add_server(service_of(state, SLOT_GREEN, 1), "w-2", 4002);
}
static void change_share(RouterState *state) {
  state->share = ROUTER_SHARE_ALL;
}
static void change_listen(RouterState *state) {
  g_free(state->listen);
  state->listen = g_strdup("[::]:80");
}
static void change_drain(RouterState *state) {
  state->drain_ms = 20000;
}
static void change_route(RouterState *state) {
  router_state_add_route(state, SLOT_GREEN, "/x", "frontend");
}
static void change_service(RouterState *state) {
  router_state_add_service(state, SLOT_GREEN, "worker");
}
static void change_health(RouterState *state) {
  service_of(state, SLOT_GREEN, 1)->health_path = g_strdup("/up");
}

static void test_identities(void) {
  static const struct {
    const char *claim;
    void (*change)(RouterState *state);
    bool base, blue, green; /* whose identity changes */
  } rows[] = {
    {"nothing", change_nothing, false, false, false},
    {"a server is changed in place", change_server, false, false, false},
    {"the share is changed in place", change_share, false, false, false},
    {"the listener belongs to the base", change_listen, true, false, false},
    {"the time to drain belongs to the base", change_drain, true, false, false},
    {"a route belongs to its slot", change_route, false, false, true},
    {"a service belongs to its slot", change_service, false, false, true},
    {"a health path belongs to its slot", change_health, false, false, true},
  };
  for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_test_message("%s", rows[i].claim);
    g_autoptr(RouterState) before = shop();
    g_autoptr(RouterState) after = shop();
    rows[i].change(after);
    g_autofree char *base_before = router_config_base_identity(before), *base_after = router_config_base_identity(after);
    g_autofree char *blue_before = router_config_slot_identity(before, SLOT_BLUE), *blue_after = router_config_slot_identity(after, SLOT_BLUE);
    g_autofree char *green_before = router_config_slot_identity(before, SLOT_GREEN), *green_after = router_config_slot_identity(after, SLOT_GREEN);
    g_assert_true((strcmp(base_before, base_after) != 0) == rows[i].base);
    g_assert_true((strcmp(blue_before, blue_after) != 0) == rows[i].blue);
    g_assert_true((strcmp(green_before, green_after) != 0) == rows[i].green);
  }
}

/* ---- bytes from a project file ------------------------------------------------------------------------------------------ */

static void test_hostile_words_stay_one_word(void) {
  static const struct {
    const char *path;
    const char *rendered;
  } rows[] = {
    {"/a b", "path_beg /a\\x20b }"},  {"/a\n  bind :1", "path_beg /a\\x0a\\x20\\x20bind\\x20:1 }"}, {"/'\"\\", "path_beg /\\x27\\x22\\x5c }"},
    {"/ü", "path_beg /\\xc3\\xbc }"}, {"/#${HOME}", "path_beg /\\x23\\x24\\x7bHOME\\x7d }"},        {"/%5", "path_beg /\\x255 }"},
  };
  for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_test_message("%s", rows[i].path);
    g_autoptr(RouterState) state = shop();
    router_state_add_route(state, SLOT_BLUE, rows[i].path, "frontend");
    service_of(state, SLOT_BLUE, 1)->health_path = g_strdup(rows[i].path);
    g_autofree char *text = router_config_render(state);
    assert_has(text, rows[i].rendered);
    g_assert_null(strstr(text, rows[i].path));
  }
}

static void test_errorfile_says_its_length(void) {
  const char *body = strstr(router_errorfile_text, "\r\n\r\n") + 4;
  g_autofree char *header = g_strdup_printf("Content-Length: %zu\r\n", strlen(body));
  assert_has(router_errorfile_text, header);
}

static void test_slots(void) {
  Slot slot = SLOT_BLUE;
  g_assert_true(slot_parse("green", &slot) && slot == SLOT_GREEN);
  g_assert_true(slot_parse("blue", &slot) && slot == SLOT_BLUE);
  g_assert_false(slot_parse("red", &slot) || slot_parse("", &slot) || slot_parse(NULL, &slot));
  g_assert_cmpint(slot_share(SLOT_BLUE), ==, 0);
  g_assert_cmpint(slot_share(SLOT_GREEN), ==, ROUTER_SHARE_ALL);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/router-config/golden", test_golden);
  g_test_add_func("/router-config/share-survives-restart", test_the_share_survives_a_restart);
  g_test_add_func("/router-config/names-itself", test_the_text_names_what_it_is);
  g_test_add_func("/router-config/identities", test_identities);
  g_test_add_func("/router-config/hostile-words", test_hostile_words_stay_one_word);
  g_test_add_func("/router-config/errorfile", test_errorfile_says_its_length);
  g_test_add_func("/router-config/slots", test_slots);
  return g_test_run();
}
