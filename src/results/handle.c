/* The services as one handler: which route a request belongs to, and the driver between libmicrohttpd's calls and its row. */
#include "results/handle.h"

#include "results/request.h"

#include <string.h>

#define DROPPED_MAX_BYTES ((size_t)64 << 20)

static const Route *const tables[] = {cache_routes, cache_v1_routes, artifact_routes, blob_routes, identity_routes};

bool handle_takes(const char *path, G_GNUC_UNUSED void *results) {
  static const char *const folders[] = {"/twirp/", "/_apis/", "/results-blobs/", "/.well-known/"};
  for (size_t i = 0; i < G_N_ELEMENTS(folders); i++)
    if (g_str_has_prefix(path, folders[i]))
      return true;
  return false;
}

static bool is_path_of(const Route *route, const char *path) {
  return g_str_has_suffix(route->path, "/") ? g_str_has_prefix(path, route->path) : strcmp(path, route->path) == 0;
}

/* `*is_path` tells a wrong method from a wrong path. */
static const Route *find_route(const char *path, const char *method, bool *is_path) {
  const char *wanted = strcmp(method, "HEAD") == 0 ? "GET" : method; /* libmicrohttpd leaves the body out */
  for (size_t i = 0; i < G_N_ELEMENTS(tables); i++)
    for (const Route *route = tables[i]; route->method != NULL; route++) {
      bool fits = is_path_of(route, path);
      *is_path = *is_path || fits;
      if (fits && strcmp(route->method, wanted) == 0)
        return route;
    }
  return NULL;
}

/* The name under which the client reached this server leads back to it from where the client is. */
static char *base_url(const char *host) {
  static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._:[]";
  bool good = host != NULL && *host != '\0' && strlen(host) <= 255 && host[strspn(host, letters)] == '\0';
  return good ? g_strconcat("http://", host, NULL) : NULL;
}

static bool is_too_large(const Request *request) {
  const char *header = request_header(request, MHD_HTTP_HEADER_CONTENT_LENGTH);
  guint64 bytes = 0;
  return request->route->body_max_bytes > 0 && header != NULL &&
         !g_ascii_string_to_unsigned(header, 10, 0, request->route->body_max_bytes, &bytes, NULL);
}

static void begin(Request *request) {
  bool is_path = false;
  request->base = base_url(request_header(request, MHD_HTTP_HEADER_HOST));
  request->route = find_route(request->path, request->method, &is_path);
  const Route *route = request->route;
  if (route == NULL) {
    request_fail(request, is_path ? MHD_HTTP_METHOD_NOT_ALLOWED : MHD_HTTP_NOT_FOUND, "%.20s of %.200s is no call of these services", request->method,
                 request->path);
    return;
  }
  request->rest = request->path + strlen(route->path);
  if (request->base == NULL)
    request_fail(request, MHD_HTTP_BAD_REQUEST, "Host: expected the name or address of this server");
  else if (route->access != ACCESS_ALL && !request_take_grant(request, route->access == ACCESS_IDENTITY ? GRANT_IDENTITY : GRANT_RUNTIME))
    return;
  else if (is_too_large(request))
    request_fail(request, MHD_HTTP_CONTENT_TOO_LARGE, "no body of more than %zu bytes is taken here", route->body_max_bytes);
  else if (route->begin != NULL)
    route->begin(request);
}

static enum MHD_Result take_body(Request *request, const char *bytes, size_t size) {
  const Route *route = request->route;
  if (request->response != NULL) {
    request->dropped_bytes += size;
    return request->dropped_bytes <= DROPPED_MAX_BYTES ? MHD_YES : MHD_NO;
  }
  if (route->take != NULL) {
    route->take(request, bytes, size);
    return MHD_YES;
  }
  if (request->body == NULL)
    request->body = g_byte_array_new();
  if (request->body->len + size > route->body_max_bytes)
    request_fail(request, MHD_HTTP_CONTENT_TOO_LARGE, "no body of more than %zu bytes is taken here", route->body_max_bytes);
  else
    g_byte_array_append(request->body, (const guint8 *)bytes, (guint)size);
  return MHD_YES;
}

static bool read_json(Request *request) {
  const GByteArray *body = request->body;
  request->json = body != NULL ? json_loadb((const char *)body->data, body->len, 0, NULL) : NULL;
  if (json_is_object(request->json))
    return true;
  request_fail(request, MHD_HTTP_BAD_REQUEST, "the body must be an object of JSON");
  return false;
}

static void end(Request *request) {
  if (!request->route->is_json || read_json(request))
    request->route->end(request);
}

static bool waits_for_continue(const Request *request) {
  const char *expect = request_header(request, MHD_HTTP_HEADER_EXPECT);
  return expect != NULL && g_ascii_strcasecmp(expect, "100-continue") == 0;
}

static void release_upload(Request *request) {
  if (request->upload != NULL)
    upload_drop_block(request->upload, &request->block);
  g_clear_pointer(&request->upload, upload_unref);
}

/* The upload is let go first: a client sends its next call the moment it has the answer. */
static enum MHD_Result send_answer(Request *request) {
  release_upload(request);
  return MHD_queue_response(request->connection, request->status, request->response);
}

/* An error that is known from the head alone is sent at once only to a client that waits for leave to send its body: a connection
 * closed on bytes that were not read resets it, and the answer would be lost. */
enum MHD_Result handle_request(void *results, struct MHD_Connection *connection, const char *path, const char *method, const char *body,
                               size_t *body_bytes, void **state) {
  Request *request = *state;
  if (request == NULL) {
    *state = request = g_new0(Request, 1);
    *request = (Request){.results = results, .connection = connection, .method = method, .path = g_strdup(path)};
    begin(request);
    return request->response != NULL && waits_for_continue(request) ? send_answer(request) : MHD_YES;
  }
  if (*body_bytes > 0) {
    size_t size = *body_bytes;
    *body_bytes = 0;
    return take_body(request, body, size);
  }
  if (request->response == NULL)
    end(request);
  return send_answer(request);
}

void handle_done(void **state) {
  Request *request = *state;
  *state = NULL;
  if (request == NULL)
    return;
  release_upload(request);
  g_clear_pointer(&request->response, MHD_destroy_response);
  g_clear_pointer(&request->body, g_byte_array_unref);
  g_clear_pointer(&request->grant, grant_free);
  json_decref(request->json);
  g_free(request->path);
  g_free(request->base);
  g_free(request->failure);
  g_free(request);
}

const char *handle_failure(const void *state) {
  const Request *request = state;
  return request != NULL ? request->failure : NULL;
}
