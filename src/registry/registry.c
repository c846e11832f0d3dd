#include "registry/registry.h"

#include "base/digest.h"
#include "base/error.h"
#include "base/image_reference.h"
#include "registry/blob.h"
#include "registry/layout.h"
#include "registry/upload.h"

#include <unistd.h>

static bool make_folders(const char *dir, GError **error) {
  static const char *const folders[] = {"blobs/sha256", "repositories", "uploads"};
  for (size_t i = 0; i < G_N_ELEMENTS(folders); i++) {
    g_autofree char *path = g_build_filename(dir, folders[i], NULL);
    if (!layout_make_folder(path, error))
      return false;
  }
  return true;
}

Registry *registry_open(const char *dir, GError **error) {
  if (!make_folders(dir, error)) {
    g_prefix_error(error, "the registry's store cannot be opened: ");
    return NULL;
  }
  Registry *registry = g_new0(Registry, 1);
  registry->dir = g_strdup(dir);
  registry->swept_us = g_get_real_time();
  pthread_mutex_init(&registry->lock, NULL);
  upload_sweep(registry, registry->swept_us);
  return registry;
}

void registry_free(Registry *registry) {
  g_clear_pointer(&registry->streams, g_hash_table_unref);
  pthread_mutex_destroy(&registry->lock);
  g_free(registry->dir);
  g_free(registry);
}

RegistryCounters registry_counters(Registry *registry) {
  return (RegistryCounters){
    .uploads = atomic_load(&registry->uploads),
    .uploads_refused = atomic_load(&registry->uploads_refused),
    .upload_bytes = atomic_load(&registry->upload_bytes),
    .manifests = atomic_load(&registry->manifests),
  };
}

static bool check_names(const char *repository, const char *tag, GError **error) {
  if (!image_is_repository(repository))
    return error_set(error, DROVER_ERROR_INPUT,
                     "\"%s\" is not the name of a repository: lower-case letters and digits, with single . _ - or / between", repository);
  if (!image_is_tag(tag))
    return error_set(error, DROVER_ERROR_INPUT, "\"%s\" is not a tag: letters, digits and . _ -, at most 128", tag);
  return true;
}

char *registry_resolve_tag(Registry *registry, const char *repository, const char *tag, GError **error) {
  return check_names(repository, tag, error) ? tag_read(registry, repository, tag, error) : NULL;
}

bool registry_add_tag(Registry *registry, const char *repository, const char *tag, const char *digest, GError **error) {
  if (!check_names(repository, tag, error))
    return false;
  if (!digest_is_valid(digest))
    return error_set(error, DROVER_ERROR_INPUT, "\"%s\" is not a digest: expected sha256: and 64 hexadecimal digits", digest);
  g_autofree char *manifest = path_in_manifests(registry, repository, digest);
  if (access(manifest, F_OK) < 0)
    return error_set(error, DROVER_ERROR_NOT_FOUND, "repository %s does not hold manifest %s: push it first", repository, digest);
  return tag_make(registry, repository, tag, digest, error);
}
