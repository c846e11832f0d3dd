/* The registry's endpoints as a table, and the driver between libmicrohttpd's calls and its rows. */
#include "base/image_reference.h"
#include "registry/blob.h"
#include "registry/request.h"

#include <string.h>

static const Route routes[] = {
  {TARGET_BASE, "GET", NULL, NULL, base_get, CODE_UNSUPPORTED, CODE_UNSUPPORTED},
  {TARGET_BLOB, "GET", NULL, NULL, blob_get, CODE_BLOB_UNKNOWN, CODE_DIGEST_INVALID},
  {TARGET_UPLOADS, "POST", uploads_begin, upload_take_body, uploads_end, CODE_BLOB_UNKNOWN, CODE_DIGEST_INVALID},
  {TARGET_UPLOAD, "GET", NULL, NULL, upload_status, CODE_BLOB_UPLOAD_UNKNOWN, CODE_BLOB_UPLOAD_INVALID},
  {TARGET_UPLOAD, "PATCH", upload_chunk_begin, upload_take_body, upload_chunk_end, CODE_BLOB_UPLOAD_UNKNOWN, CODE_BLOB_UPLOAD_INVALID},
  {TARGET_UPLOAD, "PUT", upload_close_begin, upload_take_body, upload_close_end, CODE_BLOB_UPLOAD_UNKNOWN, CODE_DIGEST_INVALID},
  {TARGET_UPLOAD, "DELETE", NULL, NULL, upload_delete, CODE_BLOB_UPLOAD_UNKNOWN, CODE_BLOB_UPLOAD_INVALID},
  {TARGET_MANIFEST, "GET", NULL, NULL, manifest_get, CODE_MANIFEST_UNKNOWN, CODE_MANIFEST_INVALID},
  {TARGET_MANIFEST, "PUT", manifest_put_begin, manifest_put_take, manifest_put_end, CODE_MANIFEST_UNKNOWN, CODE_MANIFEST_INVALID},
  {TARGET_TAGS, "GET", NULL, NULL, tags_get, CODE_NAME_UNKNOWN, CODE_UNSUPPORTED},
  {TARGET_REFERRERS, "GET", NULL, NULL, referrers_get, CODE_MANIFEST_UNKNOWN, CODE_DIGEST_INVALID},
};

static const Route *find_route(TargetKind kind, const char *method) {
  const char *wanted = strcmp(method, "HEAD") == 0 ? "GET" : method; /* libmicrohttpd leaves the body out */
  for (size_t i = 0; i < G_N_ELEMENTS(routes); i++)
    if (routes[i].kind == kind && strcmp(routes[i].method, wanted) == 0)
      return &routes[i];
  return NULL;
}

static void refuse_method(Request *request) {
  g_autoptr(GString) allow = g_string_new(NULL);
  for (size_t i = 0; i < G_N_ELEMENTS(routes); i++)
    if (routes[i].kind == request->target.kind)
      g_string_append_printf(allow, "%s%s%s", allow->len > 0 ? ", " : "", routes[i].method, strcmp(routes[i].method, "GET") == 0 ? ", HEAD" : "");
  bool deletes = strcmp(request->method, "DELETE") == 0;
  request_fail(request, MHD_HTTP_METHOD_NOT_ALLOWED, CODE_UNSUPPORTED, NULL, "%s is not supported here%s", request->method,
               deletes ? ": manifests, tags and blobs stay once they are stored" : "");
  answer_header(request->response, MHD_HTTP_HEADER_ALLOW, allow->str);
}

static void request_begin(Request *request, const char *path) {
  if (!target_parse(path, &request->target)) {
    request_fail(request, MHD_HTTP_NOT_FOUND, CODE_UNSUPPORTED, path, "the registry has no such endpoint");
    return;
  }
  request->route = find_route(request->target.kind, request->method);
  const char *repository = request->target.repository;
  if (repository != NULL && !image_is_repository(repository))
    request_fail(request, MHD_HTTP_BAD_REQUEST, CODE_NAME_INVALID, repository,
                 "not the name of a repository: at most 255 lower-case letters and digits, with single . _ - or / between");
  else if (request->route == NULL)
    refuse_method(request);
  else if (request->route->begin != NULL)
    request->route->begin(request);
}

static bool waits_for_continue(const Request *request) {
  const char *expect = request_header(request, MHD_HTTP_HEADER_EXPECT);
  return expect != NULL && g_ascii_strcasecmp(expect, "100-continue") == 0;
}

/* Before the answer goes out: a client sends its next chunk the moment it has the answer, perhaps to another thread. */
static void release_upload(Request *request) {
  if (request->upload != NULL && request->upload_is_private)
    upload_cancel(request->upload);
  g_clear_pointer(&request->upload, upload_free);
}

static enum MHD_Result request_send(Request *request) {
  release_upload(request);
  answer_header(request->response, "Docker-Distribution-API-Version", "registry/2.0");
  return MHD_queue_response(request->connection, request->status, request->response);
}

/* An error that is known from the head alone is sent at once only to a client that waits for leave to send its body. To others
 * it is sent after the body: a connection closed on bytes that were not read resets it, and the answer would be lost. */
enum MHD_Result registry_handle(Registry *registry, struct MHD_Connection *connection, const char *url, const char *method, const char *upload_data,
                                size_t *upload_data_size, void **state) {
  Request *request = *state;
  if (request == NULL) {
    request = g_new0(Request, 1);
    *state = request;
    *request = (Request){.registry = registry, .connection = connection, .method = method, .chunk_bytes = -1};
    request_begin(request, url);
    return request->response != NULL && waits_for_continue(request) ? request_send(request) : MHD_YES;
  }
  if (*upload_data_size > 0) {
    if (request->response == NULL && request->route->take != NULL)
      request->route->take(request, upload_data, *upload_data_size);
    *upload_data_size = 0;
    return MHD_YES;
  }
  if (request->response == NULL)
    request->route->end(request);
  return request_send(request);
}

void registry_request_done(void **state) {
  Request *request = *state;
  *state = NULL;
  if (request == NULL)
    return;
  release_upload(request);
  g_clear_pointer(&request->response, MHD_destroy_response);
  g_clear_pointer(&request->body, g_byte_array_unref);
  target_clear(&request->target);
  g_free(request->failure);
  g_free(request);
}

const char *registry_request_failure(const void *state) {
  const Request *request = state;
  return request != NULL ? request->failure : NULL;
}
