/* A store in a folder of its own, and the records that the store's tests begin with. */
#pragma once

#include "base/fs.h"
#include "store/store.h"

#define COMMIT_A "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define COMMIT_B "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
#define COMMIT_C "cccccccccccccccccccccccccccccccccccccccc"

typedef struct {
  char *dir;
  Store *store;
} Fixture;

static inline void fixture_clear(Fixture *fixture) {
  g_clear_pointer(&fixture->store, store_close);
  if (fixture->dir != NULL)
    fs_remove_tree(fixture->dir, NULL);
  g_clear_pointer(&fixture->dir, g_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Fixture, fixture_clear)

static inline Fixture fixture_new(void) {
  GError *error = NULL;
  Fixture fixture = {.dir = g_dir_make_tmp("drover-store-XXXXXX", &error)};
  g_assert_no_error(error);
  fixture.store = store_open(fixture.dir, &error);
  g_assert_no_error(error);
  return fixture;
}

static inline Release release_sample(const char *project, const char *commit) {
  return (Release){
    .project = (char *)project,
    .commit = (char *)commit,
    .subject = (char *)"backend: faster invoices",
    .author = (char *)"Ada <ada@example.org>",
    .project_file = (char *)"version: 1\n",
  };
}

/* Its id in `*id` (transfer full, may be NULL). */
static inline bool release_add(Store *store, const char *project, const char *commit, char **id, GError **error) {
  json_auto_t *images = json_pack("{s:s}", "backend", "sha256:00"), *checks = json_array();
  Release release = release_sample(project, commit);
  release.images = images, release.checks = checks;
  g_autoptr(Release) made = NULL;
  if (!release_record(store, &release, "ada", 1000, &made, error))
    return false;
  if (id != NULL)
    *id = g_strdup(made->id);
  return true;
}

static inline bool rollout_add(Store *store, const char *id, const char *environment, const char *release, const char *slot, GError **error) {
  return rollout_record(store,
                        &(Rollout){.id = (char *)id,
                                   .project = (char *)"shop",
                                   .environment = (char *)environment,
                                   .release = (char *)release,
                                   .actor = (char *)"ada",
                                   .state = (char *)"prepare",
                                   .slot = (char *)slot,
                                   .started_us = 2000},
                        error);
}
