#include "fixture.h"

#include <stdatomic.h>

static void test_tag(void) {
  g_auto(Fixture) fixture = fixture_new();
  g_autoptr(GError) error = NULL;
  Digest digest;
  g_assert_true(push_image(fixture.registry, "shop", "{}", &digest, &error));
  g_assert_null(registry_resolve_tag(fixture.registry, "shop", "v1", &error));
  g_assert_true(error_is(error, DROVER_ERROR_NOT_FOUND));
  g_clear_error(&error);
  g_assert_true(registry_add_tag(fixture.registry, "shop", "v1", digest.text, &error));
  fixture_restart(&fixture);
  g_autofree char *found = registry_resolve_tag(fixture.registry, "shop", "v1", &error);
  g_assert_cmpstr(found, ==, digest.text);
  g_assert_true(registry_add_tag(fixture.registry, "shop", "v1", digest.text, &error)); /* the same again */
}

static void test_tag_never_moves(void) {
  g_auto(Fixture) fixture = fixture_new();
  g_autoptr(GError) error = NULL;
  Digest first;
  Digest second;
  g_assert_true(push_image(fixture.registry, "shop", "{}", &first, &error));
  g_assert_true(push_image(fixture.registry, "shop", "{\"x\": 1}", &second, &error));
  g_assert_true(registry_add_tag(fixture.registry, "shop", "v1", first.text, &error));
  g_assert_false(registry_add_tag(fixture.registry, "shop", "v1", second.text, &error));
  g_assert_true(error_is(error, DROVER_ERROR_CONFLICT));
  g_assert_nonnull(strstr(error->message, "a tag that exists never moves"));
  g_autofree char *found = registry_resolve_tag(fixture.registry, "shop", "v1", NULL);
  g_assert_cmpstr(found, ==, first.text);
}

static void test_bad_names(void) {
  static const struct {
    const char *claim;
    const char *repository;
    const char *tag;
    const char *digest;
    DroverError code;
  } rows[] = {
    {"a path as repository", "../shop", "v1", "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", DROVER_ERROR_INPUT},
    {"a path as tag", "shop", "../v1", "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", DROVER_ERROR_INPUT},
    {"no digest", "shop", "v1", "latest", DROVER_ERROR_INPUT},
    {"a manifest that is not there", "shop", "v1", "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", DROVER_ERROR_NOT_FOUND},
  };
  g_auto(Fixture) fixture = fixture_new();
  for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_test_message("%s", rows[i].claim);
    g_autoptr(GError) error = NULL;
    g_assert_false(registry_add_tag(fixture.registry, rows[i].repository, rows[i].tag, rows[i].digest, &error));
    g_assert_true(error_is(error, rows[i].code));
  }
  g_assert_cmpuint(count_entries(fixture.dir, "repositories"), ==, 0);
}

static void test_corrupt(void) {
  g_auto(Fixture) fixture = fixture_new();
  g_autoptr(GError) error = NULL;
  g_autofree char *path = path_in_tags(fixture.registry, "shop", "v1");
  g_assert_true(layout_write(fixture.registry, path, "sha256:../../x", 14, LAYOUT_REPLACE, NULL, &error));
  g_assert_null(registry_resolve_tag(fixture.registry, "shop", "v1", &error));
  g_assert_true(error_is(error, DROVER_ERROR_CORRUPT));
}

/* ---- many writers at once --------------------------------------------------------------------------------------------- */

enum { WRITERS = 8, ROUNDS = 20 };

typedef struct {
  Registry *registry;
  const char *tag;
  const char *digest;
  atomic_int *ready;
  bool won;
} Writer;

static void *write_tag(void *data) {
  Writer *writer = data;
  g_autoptr(GError) error = NULL;
  atomic_fetch_add(writer->ready, 1);
  while (atomic_load(writer->ready) < WRITERS)
    g_thread_yield();
  writer->won = registry_add_tag(writer->registry, "shop", writer->tag, writer->digest, &error);
  g_assert_true(writer->won == (error == NULL));
  g_assert_true(error == NULL || error_is(error, DROVER_ERROR_CONFLICT));
  return NULL;
}

static void run_round(Registry *const *registries, const Digest *digests, const char *tag) {
  atomic_int ready = 0;
  Writer writers[WRITERS];
  GThread *threads[WRITERS];
  for (int i = 0; i < WRITERS; i++) {
    writers[i] = (Writer){.registry = registries[i % 2], .tag = tag, .digest = digests[i].text, .ready = &ready};
    threads[i] = g_thread_new("writer", write_tag, &writers[i]);
  }
  int winner = -1;
  for (int i = 0; i < WRITERS; i++) {
    g_thread_join(threads[i]);
    g_assert_true(!writers[i].won || winner < 0);
    winner = writers[i].won ? i : winner;
  }
  g_assert_cmpint(winner, >=, 0);
  g_autofree char *found = registry_resolve_tag(registries[0], "shop", tag, NULL);
  g_assert_cmpstr(found, ==, digests[winner].text);
}

/* Two stores opened on one folder stand for two processes: they share no lock. */
static void test_one_writer_wins(void) {
  g_auto(Fixture) fixture = fixture_new();
  g_autoptr(GError) error = NULL;
  g_autoptr(Registry) other = registry_open(fixture.dir, &error);
  Registry *const registries[] = {fixture.registry, other};
  Digest digests[WRITERS];
  for (int i = 0; i < WRITERS; i++) {
    g_autofree char *config = g_strdup_printf("{\"n\": %d}", i);
    g_assert_true(push_image(fixture.registry, "shop", config, &digests[i], &error));
  }
  for (int round = 0; round < ROUNDS; round++) {
    g_autofree char *tag = g_strdup_printf("v%d", round);
    run_round(registries, digests, tag);
  }
  g_assert_cmpuint(count_entries(fixture.dir, "uploads"), ==, 0);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/registry/tag/made-and-found", test_tag);
  g_test_add_func("/registry/tag/never-moves", test_tag_never_moves);
  g_test_add_func("/registry/tag/bad-names", test_bad_names);
  g_test_add_func("/registry/tag/corrupt", test_corrupt);
  g_test_add_func("/registry/tag/one-writer-wins", test_one_writer_wins);
  return g_test_run();
}
