/* Reads any bytes as a manifest of each kind, and holds what is accepted to what the store relies on: every digest in it may
 * become a path, and every size is one. */
#include "base/digest.h"
#include "base/error.h"
#include "registry/manifest.h"

static void check(const Manifest *manifest) {
  g_assert_nonnull(manifest->media_type);
  for (guint i = 0; i < manifest->needs->len; i++) {
    const Descriptor *descriptor = g_ptr_array_index(manifest->needs, i);
    g_assert_true(digest_is_valid(descriptor->digest));
    g_assert_cmpint(descriptor->size_bytes, >=, 0);
    g_assert_nonnull(descriptor->place);
  }
  g_assert_true(manifest->subject == NULL || digest_is_valid(manifest->subject));
  g_assert_true(manifest->annotations == NULL || json_is_object(manifest->annotations));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static const char *const types[] = {NULL, "application/vnd.oci.image.manifest.v1+json", "application/vnd.oci.image.index.v1+json",
                                      "application/vnd.docker.distribution.manifest.list.v2+json;x"};
  for (size_t i = 0; i < G_N_ELEMENTS(types); i++) {
    g_autoptr(GError) error = NULL;
    g_autoptr(Manifest) manifest = manifest_parse((const char *)data, size, types[i], &error);
    g_assert_true((manifest != NULL) == (error == NULL));
    if (manifest != NULL)
      check(manifest);
    else
      g_assert_true(error_is(error, DROVER_ERROR_INPUT));
  }
  return 0;
}
