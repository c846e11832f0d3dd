#include "base/digest.h"
#include "base/error.h"
#include "base/fs.h"
#include "registry/blob.h"
#include "registry/manifest.h"

#include <string.h>
#include <unistd.h>

#define MEDIA_TYPE_MAX_BYTES 128

static bool holds_manifest(const Registry *registry, const char *repository, const char *digest) {
  g_autofree char *path = path_in_manifests(registry, repository, digest);
  return access(path, F_OK) == 0;
}

static int64_t size_there(const Registry *registry, const char *repository, const Descriptor *wanted) {
  if (!wanted->is_manifest)
    return blob_size(registry, repository, wanted->digest);
  return holds_manifest(registry, repository, wanted->digest) ? content_size(registry, wanted->digest) : -1;
}

GPtrArray *manifest_find_missing(const Registry *registry, const char *repository, const Manifest *manifest, GError **error) {
  g_autoptr(GPtrArray) missing = g_ptr_array_new();
  for (guint i = 0; i < manifest->needs->len; i++) {
    Descriptor *wanted = g_ptr_array_index(manifest->needs, i);
    int64_t size_bytes = size_there(registry, repository, wanted);
    if (size_bytes < 0)
      g_ptr_array_add(missing, wanted);
    else if (size_bytes != wanted->size_bytes) {
      error_set(error, DROVER_ERROR_INPUT, "%s.size: says %" G_GINT64_FORMAT ", and %s has %" G_GINT64_FORMAT " bytes", wanted->place,
                wanted->size_bytes, wanted->digest, size_bytes);
      return NULL;
    }
  }
  return g_steal_pointer(&missing);
}

static char *read_media_type(const Registry *registry, const char *repository, const char *digest, GError **error) {
  g_autofree char *path = path_in_manifests(registry, repository, digest);
  g_autoptr(GError) why = NULL;
  char *media_type = fs_read(path, MEDIA_TYPE_MAX_BYTES, NULL, &why);
  if (error_is(why, DROVER_ERROR_NOT_FOUND))
    error_set(error, DROVER_ERROR_NOT_FOUND, "repository %s does not hold manifest %s", repository, digest);
  else if (why != NULL)
    g_propagate_error(error, g_steal_pointer(&why));
  return media_type;
}

/* The media type is as fixed as the bytes: a tag must not come to mean something else through it. */
static bool link_manifest(const Registry *registry, const char *repository, const char *digest, const char *media_type, GError **error) {
  g_autofree char *path = path_in_manifests(registry, repository, digest);
  bool made = false;
  if (!layout_write(registry, path, media_type, strlen(media_type), LAYOUT_KEEP, &made, error))
    return false;
  if (made)
    return true;
  g_autofree char *there = read_media_type(registry, repository, digest, error);
  if (there == NULL)
    return false;
  return strcmp(there, media_type) == 0 ||
         error_set(error, DROVER_ERROR_CONFLICT, "manifest %s is here already, as %s: what is stored never changes", digest, there);
}

static bool link_referrer(const Registry *registry, const char *repository, const Manifest *manifest, size_t size, const char *digest,
                          GError **error) {
  json_auto_t *descriptor = json_pack("{s:s, s:I, s:s, s:s*, s:O*}", "mediaType", manifest->media_type, "size", (json_int_t)size, "digest", digest,
                                      "artifactType", manifest->artifact_type, "annotations", manifest->annotations);
  char *text = descriptor != NULL ? json_dumps(descriptor, JSON_COMPACT) : NULL;
  if (text == NULL)
    return error_set(error, DROVER_ERROR_INTERNAL, "a referrer cannot be written as JSON");
  g_autofree char *path = path_in_referrers(registry, repository, manifest->subject, digest);
  bool done = layout_write(registry, path, text, strlen(text), LAYOUT_REPLACE, NULL, error);
  free(text);
  return done;
}

/* The bytes go first and the link that makes the manifest visible last, so that a crash in between leaves no manifest without
 * its bytes, and none that its subject's referrers do not list. */
bool manifest_store(Registry *registry, const char *repository, const Manifest *manifest, const char *bytes, size_t size, const char *digest,
                    GError **error) {
  g_autofree char *path = path_blob(registry, digest);
  if (!layout_write(registry, path, bytes, size, LAYOUT_REPLACE, NULL, error))
    return false;
  if (manifest->subject != NULL && !link_referrer(registry, repository, manifest, size, digest, error))
    return false;
  if (!link_manifest(registry, repository, digest, manifest->media_type, error))
    return false;
  atomic_fetch_add(&registry->manifests, 1);
  return true;
}

int manifest_open(const Registry *registry, const char *repository, const char *digest, int64_t *size_bytes, char **media_type, GError **error) {
  g_autofree char *kind = read_media_type(registry, repository, digest, error);
  int fd = kind != NULL ? content_open(registry, digest, size_bytes, error) : -1;
  if (fd >= 0)
    *media_type = g_steal_pointer(&kind);
  return fd;
}

/* ---- referrers -------------------------------------------------------------------------------------------------------- */

void referrers_clear(Referrers *referrers) {
  g_clear_pointer(&referrers->descriptors, json_decref);
  g_clear_pointer(&referrers->next, g_free);
}

static bool is_hex_digest(const char *name) {
  return strspn(name, "0123456789abcdef") == 64 && name[64] == '\0';
}

static json_t *read_referrer(const char *folder, const char *hex, size_t *size, GError **error) {
  g_autofree char *path = g_build_filename(folder, hex, NULL);
  g_autofree char *text = fs_read(path, 2 * MANIFEST_MAX_BYTES, size, error);
  if (text == NULL)
    return NULL;
  json_error_t why;
  json_t *descriptor = json_loadb(text, *size, 0, &why);
  if (descriptor == NULL)
    error_set(error, DROVER_ERROR_CORRUPT, "%s:%d: %s", path, why.line, why.text);
  return descriptor;
}

static bool is_wanted(const Registry *registry, const char *repository, json_t *descriptor, const char *artifact_type) {
  const char *digest = json_string_value(json_object_get(descriptor, "digest"));
  if (digest == NULL || !digest_is_valid(digest) || !holds_manifest(registry, repository, digest))
    return false; /* a push that stopped half way */
  return artifact_type == NULL || g_strcmp0(json_string_value(json_object_get(descriptor, "artifactType")), artifact_type) == 0;
}

bool manifest_list_referrers(const Registry *registry, const char *repository, const char *subject, const char *artifact_type, const char *after,
                             Referrers *referrers, GError **error) {
  g_autofree char *folder = path_in_referrers(registry, repository, subject, NULL);
  g_autoptr(GPtrArray) names = layout_list(folder, is_hex_digest, after, error);
  if (names == NULL)
    return false;
  g_auto(Referrers) found = {.descriptors = json_array()};
  size_t total = 0;
  for (guint i = 0; i < names->len; i++) {
    size_t size = 0;
    json_auto_t *descriptor = read_referrer(folder, g_ptr_array_index(names, i), &size, error);
    if (descriptor == NULL)
      return false;
    if (!is_wanted(registry, repository, descriptor, artifact_type))
      continue;
    if (json_array_size(found.descriptors) > 0 && total + size > MANIFEST_MAX_BYTES) {
      found.next = g_strdup(g_ptr_array_index(names, i - 1));
      break;
    }
    total += size;
    json_array_append(found.descriptors, descriptor);
  }
  *referrers = (Referrers){.descriptors = g_steal_pointer(&found.descriptors), .next = g_steal_pointer(&found.next)};
  return true;
}
