#include "registry/manifest.h"

#include "base/digest.h"
#include "base/error.h"
#include "base/image_reference.h"

#include <string.h>

/* The four kinds, and under which key each lists what it is made of. */
typedef struct {
  const char *media_type;
  bool is_index;
} Kind;

static const Kind kinds[] = {
  {"application/vnd.oci.image.manifest.v1+json", false},
  {"application/vnd.oci.image.index.v1+json", true},
  {"application/vnd.docker.distribution.manifest.v2+json", false},
  {"application/vnd.docker.distribution.manifest.list.v2+json", true},
};

/* Layers that by their licence lie elsewhere: the repository need not hold them. */
static const char *const elsewhere[] = {"application/vnd.oci.image.layer.nondistributable.v1.", "application/vnd.docker.image.rootfs.foreign."};

static void descriptor_free(void *data) {
  Descriptor *descriptor = data;
  g_free(descriptor->place);
  g_free(descriptor->digest);
  g_free(descriptor);
}

void manifest_free(Manifest *manifest) {
  g_ptr_array_unref(manifest->needs);
  g_free(manifest->subject);
  g_free(manifest->artifact_type);
  json_decref(manifest->annotations);
  g_free(manifest);
}

static const Kind *kind_find(const char *media_type, size_t length) {
  for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++)
    if (strlen(kinds[i].media_type) == length && g_ascii_strncasecmp(kinds[i].media_type, media_type, length) == 0)
      return &kinds[i];
  return NULL;
}

/* The header's type without its parameters. */
static size_t essence_length(const char *content_type) {
  size_t length = strcspn(content_type, ";");
  while (length > 0 && g_ascii_isspace(content_type[length - 1]))
    length--;
  return length;
}

/* What the header says, or else the manifest itself; NULL when that is no kind, or when they differ. */
static const Kind *kind_of(json_t *root, const char *content_type, GError **error) {
  json_t *own = json_object_get(root, "mediaType");
  const char *own_text = json_string_value(own);
  const char *text = content_type != NULL ? content_type : own_text;
  const Kind *kind = text != NULL ? kind_find(text, essence_length(text)) : NULL;
  bool agrees = own == NULL || (own_text != NULL && kind != NULL && g_ascii_strcasecmp(own_text, kind->media_type) == 0);
  if (own != NULL && own_text == NULL)
    error_set(error, DROVER_ERROR_INPUT, "mediaType: expected text");
  else if (text == NULL)
    error_set(error, DROVER_ERROR_INPUT, "neither a Content-Type header nor a mediaType says what kind of manifest this is");
  else if (kind == NULL)
    error_set(error, DROVER_ERROR_INPUT, "\"%.100s\" is no kind of manifest known here: expected %s, %s, %s or %s", text, kinds[0].media_type,
              kinds[1].media_type, kinds[2].media_type, kinds[3].media_type);
  else if (!agrees)
    error_set(error, DROVER_ERROR_INPUT, "mediaType says \"%.100s\" and the Content-Type header %s", own_text, kind->media_type);
  return agrees ? kind : NULL;
}

/* Reads what every descriptor has; `digest` points into it. */
static bool read_descriptor(json_t *value, const char *place, const char **digest, int64_t *size_bytes, GError **error) {
  const char *text = json_string_value(json_object_get(value, "digest"));
  json_t *size = json_object_get(value, "size");
  json_t *media_type = json_object_get(value, "mediaType");
  if (!json_is_object(value))
    return error_set(error, DROVER_ERROR_INPUT, "%s: expected a descriptor", place);
  if (text == NULL || !image_is_digest(text))
    return error_set(error, DROVER_ERROR_INPUT, "%s.digest: expected sha256: and 64 hexadecimal digits", place);
  if (!digest_is_valid(text))
    return error_set(error, DROVER_ERROR_INPUT, "%s.digest: %s: only sha256 is supported, with 64 lower-case hexadecimal digits", place, text);
  if (!json_is_integer(size) || json_integer_value(size) < 0)
    return error_set(error, DROVER_ERROR_INPUT, "%s.size: expected a number of bytes", place);
  if (!json_is_string(media_type))
    return error_set(error, DROVER_ERROR_INPUT, "%s.mediaType: expected text", place);
  *digest = text;
  *size_bytes = json_integer_value(size);
  return true;
}

static bool lies_elsewhere(json_t *value) {
  const char *media_type = json_string_value(json_object_get(value, "mediaType"));
  for (size_t i = 0; i < G_N_ELEMENTS(elsewhere); i++)
    if (g_str_has_prefix(media_type, elsewhere[i]))
      return true;
  return false;
}

/* An index may also name things that are no manifests; those are blobs. */
static bool names_manifest(json_t *value, bool in_index) {
  const char *media_type = json_string_value(json_object_get(value, "mediaType"));
  return in_index && kind_find(media_type, strlen(media_type)) != NULL;
}

static bool need(Manifest *manifest, json_t *value, const char *place, bool in_index, GError **error) {
  const char *digest = NULL;
  int64_t size_bytes = 0;
  if (!read_descriptor(value, place, &digest, &size_bytes, error))
    return false;
  if (!in_index && lies_elsewhere(value))
    return true;
  Descriptor *descriptor = g_new(Descriptor, 1);
  *descriptor =
    (Descriptor){.place = g_strdup(place), .digest = g_strdup(digest), .size_bytes = size_bytes, .is_manifest = names_manifest(value, in_index)};
  g_ptr_array_add(manifest->needs, descriptor);
  return true;
}

static bool need_all(Manifest *manifest, json_t *root, const char *key, bool in_index, GError **error) {
  json_t *list = json_object_get(root, key);
  if (!json_is_array(list))
    return error_set(error, DROVER_ERROR_INPUT, "%s: expected a list of descriptors", key);
  size_t index = 0;
  json_t *value = NULL;
  json_array_foreach (list, index, value) {
    g_autofree char *place = g_strdup_printf("%s[%zu]", key, index);
    if (!need(manifest, value, place, in_index, error))
      return false;
  }
  return true;
}

static bool read_parts(Manifest *manifest, json_t *root, const Kind *kind, GError **error) {
  /* Bytes that are an image to one client and an index to another (CVE-2021-41190) are neither here. */
  const char *foreign = kind->is_index ? "layers" : "manifests";
  if (json_object_get(root, foreign) != NULL || (kind->is_index && json_object_get(root, "config") != NULL))
    return error_set(error, DROVER_ERROR_INPUT, "%s: a manifest is an image or an index, and not both",
                     json_object_get(root, foreign) != NULL ? foreign : "config");
  if (kind->is_index)
    return need_all(manifest, root, "manifests", true, error);
  return need(manifest, json_object_get(root, "config"), "config", false, error) && need_all(manifest, root, "layers", false, error);
}

static bool read_subject(Manifest *manifest, json_t *root, const Kind *kind, GError **error) {
  json_t *subject = json_object_get(root, "subject");
  json_t *type = json_object_get(root, "artifactType");
  json_t *annotations = json_object_get(root, "annotations");
  const char *digest = NULL;
  int64_t size_bytes = 0;
  if (subject != NULL && !read_descriptor(subject, "subject", &digest, &size_bytes, error))
    return false;
  if (type != NULL && !json_is_string(type))
    return error_set(error, DROVER_ERROR_INPUT, "artifactType: expected text");
  if (annotations != NULL && !json_is_object(annotations))
    return error_set(error, DROVER_ERROR_INPUT, "annotations: expected an object");
  const char *key = NULL;
  json_t *value = NULL;
  json_object_foreach (annotations, key, value) {
    if (!json_is_string(value))
      return error_set(error, DROVER_ERROR_INPUT, "annotations: \"%.100s\": expected text", key);
  }
  const char *shown = json_string_value(type);
  if ((shown == NULL || *shown == '\0') && !kind->is_index)
    shown = json_string_value(json_object_get(json_object_get(root, "config"), "mediaType"));
  manifest->subject = g_strdup(digest);
  manifest->artifact_type = g_strdup(shown);
  manifest->annotations = json_incref(annotations);
  return true;
}

Manifest *manifest_parse(const char *bytes, size_t size, const char *content_type, GError **error) {
  json_error_t why;
  json_auto_t *root = json_loadb(bytes, size, JSON_REJECT_DUPLICATES, &why);
  if (!json_is_object(root)) {
    error_set(error, DROVER_ERROR_INPUT, "the manifest is not a JSON object: %d:%d: %s", root == NULL ? why.line : 1, root == NULL ? why.column : 1,
              root == NULL ? why.text : "expected {");
    return NULL;
  }
  const Kind *kind = kind_of(root, content_type, error);
  if (kind == NULL)
    return NULL;
  if (json_integer_value(json_object_get(root, "schemaVersion")) != 2) {
    error_set(error, DROVER_ERROR_INPUT, "schemaVersion: expected 2");
    return NULL;
  }
  Manifest *made = g_new0(Manifest, 1);
  made->media_type = kind->media_type;
  made->needs = g_ptr_array_new_with_free_func(descriptor_free);
  g_autoptr(Manifest) manifest = made;
  if (!read_parts(manifest, root, kind, error) || !read_subject(manifest, root, kind, error))
    return NULL;
  return g_steal_pointer(&manifest);
}
