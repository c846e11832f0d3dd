/* A store in a folder of its own, and the small things that most tests put into it. */
#pragma once

#include "base/digest.h"
#include "base/error.h"
#include "base/fs.h"
#include "registry/blob.h"
#include "registry/grammar.h"
#include "registry/manifest.h"
#include "registry/upload.h"

#include <string.h>

typedef struct {
  char *dir;
  Registry *registry;
} Fixture;

static inline Fixture fixture_new(void) {
  g_autoptr(GError) error = NULL;
  Fixture fixture = {.dir = fs_temp_dir(g_get_tmp_dir(), "registry", &error)};
  g_assert_no_error(error);
  fixture.registry = registry_open(fixture.dir, &error);
  g_assert_no_error(error);
  return fixture;
}

static inline void fixture_clear(Fixture *fixture) {
  g_clear_pointer(&fixture->registry, registry_free);
  fs_remove_tree(fixture->dir, NULL);
  g_clear_pointer(&fixture->dir, g_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Fixture, fixture_clear)

/* What a new process would see. */
static inline void fixture_restart(Fixture *fixture) {
  g_autoptr(GError) error = NULL;
  registry_free(fixture->registry);
  fixture->registry = registry_open(fixture->dir, &error);
  g_assert_no_error(error);
}

static inline bool push_blob(Registry *registry, const char *repository, const char *text, GError **error) {
  g_autoptr(Upload) upload = upload_begin(registry, repository, error);
  if (upload == NULL)
    return false;
  if (upload_append(upload, text, strlen(text), error))
    return upload_commit(upload, digest_bytes(text, strlen(text)).text, error);
  upload_cancel(upload);
  return false;
}

/* An image whose config is `config`, as text. */
static inline char *image_text(const char *config) {
  return g_strdup_printf("{\"schemaVersion\": 2, \"mediaType\": \"application/vnd.oci.image.manifest.v1+json\", \"config\": {\"mediaType\": "
                         "\"application/vnd.oci.image.config.v1+json\", \"digest\": \"%s\", \"size\": %zu}, \"layers\": []}",
                         digest_bytes(config, strlen(config)).text, strlen(config));
}

/* Pushes such an image with its config; its digest. */
static inline bool push_image(Registry *registry, const char *repository, const char *config, Digest *digest, GError **error) {
  g_autofree char *text = image_text(config);
  g_autoptr(Manifest) manifest = manifest_parse(text, strlen(text), NULL, error);
  *digest = digest_bytes(text, strlen(text));
  return manifest != NULL && push_blob(registry, repository, config, error) &&
         manifest_store(registry, repository, manifest, text, strlen(text), digest->text, error);
}

static inline guint count_entries(const char *dir, const char *folder) {
  g_autofree char *path = g_build_filename(dir, folder, NULL);
  GDir *open = g_dir_open(path, 0, NULL);
  guint count = 0;
  while (open != NULL && g_dir_read_name(open) != NULL)
    count++;
  if (open != NULL)
    g_dir_close(open);
  return count;
}

/* The law of the store: every file under blobs/ has the digest that is its name. Returns how many there are. */
static inline guint check_blobs(const char *dir) {
  g_autofree char *root = g_build_filename(dir, "blobs/sha256", NULL);
  GDir *shards = g_dir_open(root, 0, NULL);
  guint count = 0;
  for (const char *shard; shards != NULL && (shard = g_dir_read_name(shards)) != NULL;) {
    g_autofree char *folder = g_build_filename(root, shard, NULL);
    GDir *blobs = g_dir_open(folder, 0, NULL);
    for (const char *name; blobs != NULL && (name = g_dir_read_name(blobs)) != NULL; count++) {
      g_autofree char *path = g_build_filename(folder, name, NULL);
      g_autoptr(GError) error = NULL;
      size_t size = 0;
      g_autofree char *bytes = fs_read(path, (size_t)64 << 20, &size, &error);
      g_assert_no_error(error);
      g_assert_cmpstr(digest_hex(digest_bytes(bytes, size).text), ==, name);
    }
    g_dir_close(blobs);
  }
  if (shards != NULL)
    g_dir_close(shards);
  return count;
}
