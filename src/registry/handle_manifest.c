/* Manifests, tags and referrers. */
#include "base/digest.h"
#include "base/error.h"
#include "base/image_reference.h"
#include "httpd/range.h"
#include "registry/blob.h"
#include "registry/manifest.h"
#include "registry/request.h"

#include <string.h>

void base_get(Request *request) {
  json_auto_t *empty = json_object();
  request_answer(request, MHD_HTTP_OK, answer_json("application/json", empty));
}

/* ---- GET -------------------------------------------------------------------------------------------------------------- */

/* The digest that a tag or a digest stands for; NULL when the request is answered. */
static char *resolve_reference(Request *request) {
  const char *reference = request->target.reference;
  g_autoptr(GError) error = NULL;
  if (digest_is_valid(reference))
    return g_strdup(reference);
  char *digest = NULL;
  if (image_is_tag(reference))
    digest = tag_read(request->registry, request->target.repository, reference, &error);
  else
    error_set(&error, DROVER_ERROR_NOT_FOUND, "neither a tag nor a sha256 digest: there can be no such manifest");
  if (digest == NULL)
    request_fail_error(request, error);
  return digest;
}

void manifest_get(Request *request) {
  g_autofree char *digest = resolve_reference(request);
  if (digest == NULL)
    return;
  g_autoptr(GError) error = NULL;
  g_autofree char *media_type = NULL;
  int64_t size_bytes = 0;
  int fd = manifest_open(request->registry, request->target.repository, digest, &size_bytes, &media_type, &error);
  if (fd < 0) {
    request_fail_error(request, error);
    return;
  }
  request_answer(request, MHD_HTTP_OK, answer_file(media_type, fd, 0, size_bytes));
  answer_header(request->response, "Docker-Content-Digest", digest);
}

/* ---- PUT -------------------------------------------------------------------------------------------------------------- */

static void refuse_size(Request *request) {
  request_fail(request, MHD_HTTP_CONTENT_TOO_LARGE, CODE_MANIFEST_INVALID, NULL, "a manifest has at most %zu bytes", MANIFEST_MAX_BYTES);
}

void manifest_put_begin(Request *request) {
  const char *reference = request->target.reference;
  const char *length = request_header(request, MHD_HTTP_HEADER_CONTENT_LENGTH);
  int64_t size_bytes = 0;
  if (strchr(reference, ':') != NULL && !request_check_digest(request, reference))
    return;
  if (strchr(reference, ':') == NULL && !image_is_tag(reference))
    request_fail(request, MHD_HTTP_BAD_REQUEST, CODE_MANIFEST_INVALID, reference, "not a tag: letters, digits and . _ -, at most 128");
  else if (length != NULL && range_number(length, &size_bytes) && size_bytes > (int64_t)MANIFEST_MAX_BYTES)
    refuse_size(request);
  else
    request->body = g_byte_array_new();
}

void manifest_put_take(Request *request, const char *bytes, size_t size) {
  if (request->body->len + size > MANIFEST_MAX_BYTES)
    refuse_size(request);
  else
    g_byte_array_append(request->body, (const uint8_t *)bytes, (guint)size);
}

/* Every missing blob is named, so that a client can push all of them before it tries again. */
static void refuse_missing(Request *request, const GPtrArray *missing) {
  enum { NAMED_MAX = 100 };
  json_auto_t *errors = json_array();
  for (guint i = 0; i < MIN(missing->len, NAMED_MAX); i++) {
    const Descriptor *descriptor = g_ptr_array_index(missing, i);
    g_autofree char *message = g_strdup_printf("%s: repository %s does not hold this %s: push it first", descriptor->place,
                                               request->target.repository, descriptor->is_manifest ? "manifest" : "blob");
    json_array_append_new(errors, error_object(CODE_MANIFEST_BLOB_UNKNOWN, message, descriptor->digest));
  }
  json_auto_t *body = json_pack("{s:O}", "errors", errors);
  request_answer(request, MHD_HTTP_BAD_REQUEST, answer_json("application/json", body));
}

static bool has_all_parts(Request *request, const Manifest *manifest, GError **error) {
  g_autoptr(GPtrArray) missing = manifest_find_missing(request->registry, request->target.repository, manifest, error);
  if (missing != NULL && missing->len > 0)
    refuse_missing(request, missing);
  return missing != NULL && missing->len == 0;
}

/* The tag is looked at before the manifest is stored, so that a refused push leaves nothing, and made after it: link(2) then
 * decides between two who come at once. */
static bool store(Request *request, const Manifest *manifest, const char *digest, GError **error) {
  const char *tag = digest_is_valid(request->target.reference) ? NULL : request->target.reference;
  const char *bytes = (const char *)request->body->data;
  const char *repository = request->target.repository;
  return (tag == NULL || tag_is_free_for(request->registry, repository, tag, digest, error)) && has_all_parts(request, manifest, error) &&
         manifest_store(request->registry, repository, manifest, bytes, request->body->len, digest, error) &&
         (tag == NULL || tag_make(request->registry, repository, tag, digest, error));
}

static void answer_stored(Request *request, const Manifest *manifest, const char *digest) {
  g_autofree char *location = g_strdup_printf("/v2/%s/manifests/%s", request->target.repository, digest);
  request_answer_created(request, location, digest);
  if (manifest->subject != NULL)
    answer_header(request->response, "OCI-Subject", manifest->subject);
}

void manifest_put_end(Request *request) {
  const char *reference = request->target.reference;
  g_autoptr(GError) error = NULL;
  Digest digest = digest_bytes(request->body->data, request->body->len);
  if (digest_is_valid(reference) && strcmp(reference, digest.text) != 0) {
    request_fail(request, MHD_HTTP_BAD_REQUEST, CODE_DIGEST_INVALID, reference, "the %u bytes received have digest %s", request->body->len,
                 digest.text);
    return;
  }
  g_autoptr(Manifest) manifest =
    manifest_parse((const char *)request->body->data, request->body->len, request_header(request, MHD_HTTP_HEADER_CONTENT_TYPE), &error);
  if (manifest != NULL && store(request, manifest, digest.text, &error))
    answer_stored(request, manifest, digest.text);
  else if (error != NULL)
    request_fail_error(request, error);
}

/* ---- lists ------------------------------------------------------------------------------------------------------------ */

void tags_get(Request *request) {
  const char *repository = request->target.repository;
  const char *count = request_query(request, "n");
  int64_t max = INT64_MAX;
  g_autoptr(GError) error = NULL;
  if (count != NULL && !range_number(count, &max)) {
    request_fail(request, MHD_HTTP_BAD_REQUEST, CODE_UNSUPPORTED, count, "n: expected a number of tags");
    return;
  }
  if (!repository_exists(request->registry, repository)) {
    request_fail(request, MHD_HTTP_NOT_FOUND, CODE_NAME_UNKNOWN, repository, "there is no repository of that name");
    return;
  }
  g_autofree char *folder = path_in_tags(request->registry, repository, NULL);
  g_autoptr(GPtrArray) tags = layout_list(folder, image_is_tag, request_query(request, "last"), &error);
  if (tags == NULL) {
    request_fail_error(request, error);
    return;
  }
  guint shown = (guint)MIN(max, (int64_t)tags->len);
  json_auto_t *list = json_array();
  for (guint i = 0; i < shown; i++)
    json_array_append_new(list, json_string(g_ptr_array_index(tags, i)));
  json_auto_t *body = json_pack("{s:s, s:O}", "name", repository, "tags", list);
  request_answer(request, MHD_HTTP_OK, answer_json("application/json", body));
  if (shown > 0 && shown < tags->len) {
    g_autofree char *link =
      g_strdup_printf("</v2/%s/tags/list?n=%u&last=%s>; rel=\"next\"", repository, shown, (const char *)g_ptr_array_index(tags, shown - 1));
    answer_header(request->response, MHD_HTTP_HEADER_LINK, link);
  }
}

static void answer_referrers(Request *request, const Referrers *referrers, const char *artifact_type) {
  static const char index_type[] = "application/vnd.oci.image.index.v1+json";
  json_auto_t *body = json_pack("{s:i, s:s, s:O}", "schemaVersion", 2, "mediaType", index_type, "manifests", referrers->descriptors);
  request_answer(request, MHD_HTTP_OK, answer_json(index_type, body));
  if (artifact_type != NULL)
    answer_header(request->response, "OCI-Filters-Applied", "artifactType");
  if (referrers->next != NULL) {
    g_autofree char *filter = artifact_type != NULL ? g_uri_escape_string(artifact_type, NULL, FALSE) : NULL;
    g_autofree char *link = g_strdup_printf("</v2/%s/referrers/%s?last=%s%s%s>; rel=\"next\"", request->target.repository, request->target.reference,
                                            referrers->next, filter != NULL ? "&artifactType=" : "", filter != NULL ? filter : "");
    answer_header(request->response, MHD_HTTP_HEADER_LINK, link);
  }
}

void referrers_get(Request *request) {
  const char *subject = request->target.reference;
  const char *artifact_type = request_query(request, "artifactType");
  g_autoptr(GError) error = NULL;
  g_auto(Referrers) referrers = {0};
  if (!request_check_digest(request, subject))
    return;
  if (manifest_list_referrers(request->registry, request->target.repository, subject, artifact_type, request_query(request, "last"), &referrers,
                              &error))
    answer_referrers(request, &referrers, artifact_type);
  else
    request_fail_error(request, error);
}
