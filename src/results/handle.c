/* The services as one handler: which route a call belongs to, and the driver between libmicrohttpd's calls and its row. */
#include "results/handle.h"

#include "results/call.h"

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

static bool is_too_large(const Call *call) {
  const char *header = call_header(call, MHD_HTTP_HEADER_CONTENT_LENGTH);
  guint64 bytes = 0;
  return call->route->body_max_bytes > 0 && header != NULL && !g_ascii_string_to_unsigned(header, 10, 0, call->route->body_max_bytes, &bytes, NULL);
}

static void begin(Call *call) {
  bool is_path = false;
  call->base = base_url(call_header(call, MHD_HTTP_HEADER_HOST));
  call->route = find_route(call->path, call->method, &is_path);
  const Route *route = call->route;
  if (route == NULL) {
    call_fail(call, is_path ? MHD_HTTP_METHOD_NOT_ALLOWED : MHD_HTTP_NOT_FOUND, "%.20s of %.200s is no call of these services", call->method,
              call->path);
    return;
  }
  call->rest = call->path + strlen(route->path);
  if (call->base == NULL)
    call_fail(call, MHD_HTTP_BAD_REQUEST, "Host: expected the name or address of this server");
  else if (route->access != ACCESS_ALL && !call_take_grant(call, route->access == ACCESS_IDENTITY ? GRANT_IDENTITY : GRANT_RUNTIME))
    return;
  else if (is_too_large(call))
    call_fail(call, MHD_HTTP_CONTENT_TOO_LARGE, "no body of more than %zu bytes is taken here", route->body_max_bytes);
  else if (route->begin != NULL)
    route->begin(call);
}

static enum MHD_Result take_body(Call *call, const char *bytes, size_t size) {
  const Route *route = call->route;
  if (call->response != NULL) {
    call->dropped_bytes += size;
    return call->dropped_bytes <= DROPPED_MAX_BYTES ? MHD_YES : MHD_NO;
  }
  if (route->take != NULL) {
    route->take(call, bytes, size);
    return MHD_YES;
  }
  if (call->body == NULL)
    call->body = g_byte_array_new();
  if (call->body->len + size > route->body_max_bytes)
    call_fail(call, MHD_HTTP_CONTENT_TOO_LARGE, "no body of more than %zu bytes is taken here", route->body_max_bytes);
  else
    g_byte_array_append(call->body, (const guint8 *)bytes, (guint)size);
  return MHD_YES;
}

static bool read_json(Call *call) {
  const GByteArray *body = call->body;
  call->json = body != NULL ? json_loadb((const char *)body->data, body->len, 0, NULL) : NULL;
  if (json_is_object(call->json))
    return true;
  call_fail(call, MHD_HTTP_BAD_REQUEST, "the body must be an object of JSON");
  return false;
}

static void end(Call *call) {
  if (!call->route->is_json || read_json(call))
    call->route->end(call);
}

static bool waits_for_continue(const Call *call) {
  const char *expect = call_header(call, MHD_HTTP_HEADER_EXPECT);
  return expect != NULL && g_ascii_strcasecmp(expect, "100-continue") == 0;
}

static void release_upload(Call *call) {
  if (call->upload != NULL)
    intake_drop_block(call->upload, &call->block);
  g_clear_pointer(&call->upload, intake_unref);
}

/* The upload is let go first: a client sends its next call the moment it has the answer. */
static enum MHD_Result send_answer(Call *call) {
  release_upload(call);
  return MHD_queue_response(call->connection, call->status, call->response);
}

/* An error that is known from the head alone is sent at once only to a client that waits for leave to send its body: a connection
 * closed on bytes that were not read resets it, and the answer would be lost. */
enum MHD_Result handle_request(void *results, struct MHD_Connection *connection, const char *path, const char *method, const char *body,
                               size_t *body_bytes, void **state) {
  Call *call = *state;
  if (call == NULL) {
    *state = call = g_new0(Call, 1);
    *call = (Call){.results = results, .connection = connection, .method = method, .path = g_strdup(path)};
    begin(call);
    return call->response != NULL && waits_for_continue(call) ? send_answer(call) : MHD_YES;
  }
  if (*body_bytes > 0) {
    size_t size = *body_bytes;
    *body_bytes = 0;
    return take_body(call, body, size);
  }
  if (call->response == NULL)
    end(call);
  return send_answer(call);
}

void handle_done(void **state) {
  Call *call = *state;
  *state = NULL;
  if (call == NULL)
    return;
  release_upload(call);
  g_clear_pointer(&call->response, MHD_destroy_response);
  g_clear_pointer(&call->body, g_byte_array_unref);
  g_clear_pointer(&call->grant, grant_free);
  json_decref(call->json);
  g_free(call->path);
  g_free(call->base);
  g_free(call->failure);
  g_free(call);
}

const char *handle_failure(const void *state) {
  const Call *call = state;
  return call != NULL ? call->failure : NULL;
}
