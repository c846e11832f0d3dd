/* Waiting for replicas on a clock that the test turns. */
#include "rollout/health.h"

#include "base/error.h"

#include <string.h>

static const ProjectHealth health = {.path = (char *)"/health", .interval_ms = 1000, .timeout_ms = 500, .attempts = 5};

typedef struct {
  Clock clock;
  int64_t now_us;
  int64_t cancel_us;      /* when a wait is cancelled; 0: never */
  unsigned healthy_after; /* probes that fail first; of the replica that `sick` names, or of all */
  const char *sick;
  unsigned dead_after; /* probes after which the container is gone; 0: never */
  unsigned probes;
} World;

static int64_t world_now(const Clock *clock) {
  return ((const World *)clock->data)->now_us;
}

static bool world_sleep(const Clock *clock, int64_t duration_ms, G_GNUC_UNUSED GCancellable *cancellable) {
  World *world = clock->data;
  g_assert_cmpint(duration_ms, >=, 0);
  world->now_us += duration_ms * 1000;
  return world->cancel_us == 0 || world->now_us < world->cancel_us;
}

static bool world_probe(const HealthTarget *target, void *data, GError **error) {
  World *world = data;
  world->probes++;
  bool sick = world->sick == NULL || strcmp(world->sick, target->name) == 0;
  if (!sick || target->probes > world->healthy_after)
    return true;
  return error_set(error, DROVER_ERROR_UNAVAILABLE, "GET /health answered 503: starting (probe %u)", target->probes);
}

static bool world_alive(const HealthTarget *target, void *data, GError **error) {
  const World *world = data;
  return world->dead_after == 0 || target->probes < world->dead_after || error_set(error, DROVER_ERROR_FAILED, "its container is gone");
}

static bool wait_for(World *world, const HealthTarget **failed, GError **error) {
  world->clock = (Clock){.now_us = world_now, .sleep_ms = world_sleep, .data = world};
  world->now_us = 1000000;
  const HealthSource source = {.probe = world_probe, .alive = world_alive, .data = world};
  g_autoptr(GPtrArray) targets = g_ptr_array_new_with_free_func((GDestroyNotify)health_target_free);
  g_ptr_array_add(targets, health_target_new("web-1", 1, &health));
  g_ptr_array_add(targets, health_target_new("web-2", 2, &health));
  bool done = health_wait(targets, &source, &world->clock, NULL, failed, error);
  /* The target dies with the list. */
  if (!done && failed != NULL && *failed != NULL)
    g_assert_cmpstr((*failed)->name, ==, world->sick != NULL ? world->sick : "web-1");
  return done;
}

static void test_healthy_at_once_waits_for_nothing(void) {
  World world = {0};
  g_autoptr(GError) error = NULL;
  g_assert_true(wait_for(&world, NULL, &error));
  g_assert_cmpint(world.now_us, ==, 1000000);
  g_assert_cmpuint(world.probes, ==, 2);
}

static void test_one_that_is_slow_is_waited_for_alone(void) {
  World world = {.healthy_after = 3, .sick = "web-2"};
  g_autoptr(GError) error = NULL;
  g_assert_true(wait_for(&world, NULL, &error));
  g_assert_cmpint((world.now_us - 1000000) / 1000, ==, 50 + 100 + 200);
  g_assert_cmpuint(world.probes, ==, 1 + 4);
}

static void test_patience_ends(void) {
  World world = {.healthy_after = 1000, .sick = "web-2"};
  const HealthTarget *failed = NULL;
  g_autoptr(GError) error = NULL;
  g_assert_false(wait_for(&world, &failed, &error));
  g_assert_error(error, DROVER_ERROR, DROVER_ERROR_FAILED);
  g_assert_nonnull(strstr(error->message, "web-2 did not become healthy in 5.0 s"));
  g_assert_nonnull(strstr(error->message, "answered 503: starting"));
  g_assert_cmpint(world.now_us, ==, 1000000 + 5 * 1000000);
}

static void test_a_dead_container_is_not_waited_for(void) {
  World world = {.healthy_after = 1000, .dead_after = 2};
  g_autoptr(GError) error = NULL;
  g_assert_false(wait_for(&world, NULL, &error));
  g_assert_error(error, DROVER_ERROR, DROVER_ERROR_FAILED);
  g_assert_nonnull(strstr(error->message, "its container is gone"));
  g_assert_cmpint(world.now_us, <, 1000000 + 1000000);
}

static void test_cancelled(void) {
  World world = {.healthy_after = 1000, .cancel_us = 1500000};
  const HealthTarget *failed = NULL;
  g_autoptr(GError) error = NULL;
  g_assert_false(wait_for(&world, &failed, &error));
  g_assert_error(error, DROVER_ERROR, DROVER_ERROR_CANCELLED);
  g_assert_null(failed);
}

static void test_delays(void) {
  static const struct {
    const char *claim;
    unsigned probes;
    int64_t elapsed_ms;
    int64_t delay_ms;
  } rows[] = {
    {"fast at first", 1, 0, 50},
    {"twice as long each time", 2, 60, 100},
    {"never longer than the interval", 10, 3000, 1000},
    {"never longer than patience lasts", 10, 4700, 300},
    {"patience is attempts times interval", 10, 5000, -1},
    {"and not a probe longer", 10, 60000, -1},
    {"a probe that waited for its timeout is one of the attempts", 1, 60000, 50},
    {"a count that wraps nowhere", G_MAXUINT, 0, 1000},
  };
  for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_test_message("%s", rows[i].claim);
    g_assert_cmpint(health_delay_ms(&health, rows[i].probes, rows[i].elapsed_ms), ==, rows[i].delay_ms);
  }
}

/* ---- real probes, against a socket of the test's ------------------------------------------------------------------------ */

typedef struct {
  GSocketListener *listener;
  GThread *thread;
  const char *answer;
  unsigned port;
  char *request;
} Peer;

static void *peer_run(void *data) {
  Peer *peer = data;
  g_autoptr(GSocketConnection) connection = g_socket_listener_accept(peer->listener, NULL, NULL, NULL);
  char buffer[2048] = "";
  g_input_stream_read(g_io_stream_get_input_stream(G_IO_STREAM(connection)), buffer, sizeof buffer - 1, NULL, NULL);
  peer->request = g_strdup(buffer);
  g_output_stream_write_all(g_io_stream_get_output_stream(G_IO_STREAM(connection)), peer->answer, strlen(peer->answer), NULL, NULL, NULL);
  g_io_stream_close(G_IO_STREAM(connection), NULL, NULL);
  return NULL;
}

static void peer_start(Peer *peer) {
  peer->listener = g_socket_listener_new();
  g_autoptr(GInetAddress) loopback = g_inet_address_new_loopback(G_SOCKET_FAMILY_IPV4);
  g_autoptr(GSocketAddress) any = g_inet_socket_address_new(loopback, 0);
  g_autoptr(GSocketAddress) bound = NULL;
  g_assert_true(g_socket_listener_add_address(peer->listener, any, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, NULL, &bound, NULL));
  peer->port = g_inet_socket_address_get_port(G_INET_SOCKET_ADDRESS(bound));
  peer->thread = g_thread_new("peer", peer_run, peer);
}

static void peer_end(Peer *peer) {
  g_thread_join(peer->thread);
  g_object_unref(peer->listener);
  g_free(peer->request);
}

static void test_probe_over_http(void) {
  static const struct {
    const char *claim;
    const char *answer;
    const char *words; /* NULL: healthy */
  } rows[] = {
    {"200", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", NULL},
    {"a redirect", "HTTP/1.1 302 Found\r\nLocation: /login\r\nContent-Length: 0\r\n\r\n", NULL},
    {"404", "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", "GET /health answered 404"},
    {"503 with a reason", "HTTP/1.1 503 X\r\nContent-Length: 18\r\n\r\nno\ndatabase\x01 today", "GET /health answered 503: no database  today"},
    {"something else than HTTP", "220 mail ready\r\n", "127.0.0.1"},
  };
  for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_test_message("%s", rows[i].claim);
    Peer peer = {.answer = rows[i].answer};
    peer_start(&peer);
    const ProjectHealth patient = {.path = (char *)"/health", .timeout_ms = 10000};
    g_autoptr(HealthTarget) target = health_target_new("web-1", peer.port, &patient);
    g_autoptr(GError) error = NULL;
    g_assert_true(health_probe(target, NULL, &error) == (rows[i].words == NULL));
    if (rows[i].words != NULL)
      g_assert_nonnull(strstr(error->message, rows[i].words));
    g_assert_nonnull(strstr(peer.request, "GET /health HTTP/1.1\r\n"));
    g_assert_nonnull(strstr(peer.request, "Host: localhost\r\n"));
    peer_end(&peer);
  }
}

static void test_probe_of_a_port(void) {
  const ProjectHealth port_only = {.timeout_ms = 10000};
  Peer peer = {.answer = ""};
  peer_start(&peer);
  g_autoptr(HealthTarget) target = health_target_new("db-1", peer.port, &port_only);
  g_autoptr(GError) error = NULL;
  g_assert_true(health_probe(target, NULL, &error));
  peer_end(&peer);
  g_assert_false(health_probe(target, NULL, &error));
  g_assert_nonnull(strstr(error->message, "refused"));
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/health/at-once", test_healthy_at_once_waits_for_nothing);
  g_test_add_func("/health/slow-one", test_one_that_is_slow_is_waited_for_alone);
  g_test_add_func("/health/patience-ends", test_patience_ends);
  g_test_add_func("/health/dead-container", test_a_dead_container_is_not_waited_for);
  g_test_add_func("/health/cancelled", test_cancelled);
  g_test_add_func("/health/delays", test_delays);
  g_test_add_func("/health/probe-http", test_probe_over_http);
  g_test_add_func("/health/probe-port", test_probe_of_a_port);
  return g_test_run();
}
