#include "registry/request.h"

#include "base/digest.h"
#include "base/error.h"
#include "base/image_reference.h"

#include <stdarg.h>
#include <string.h>

void request_answer(Request *request, unsigned status, struct MHD_Response *response) {
  g_clear_pointer(&request->response, MHD_destroy_response);
  request->status = status;
  request->response = response;
}

void request_answer_empty(Request *request, unsigned status) {
  request_answer(request, status, answer_bytes(NULL, NULL, 0));
}

void request_answer_created(Request *request, const char *location, const char *digest) {
  request_answer_empty(request, MHD_HTTP_CREATED);
  answer_header(request->response, MHD_HTTP_HEADER_LOCATION, location);
  answer_header(request->response, "Docker-Content-Digest", digest);
}

json_t *error_object(const char *code, const char *message, const char *detail) {
  g_autofree char *text = g_utf8_make_valid(message, -1); /* it may quote what the client sent */
  g_autofree char *more = detail != NULL ? g_utf8_make_valid(detail, -1) : NULL;
  return json_pack("{s:s, s:s, s:s?}", "code", code, "message", text, "detail", more);
}

void request_fail(Request *request, unsigned status, const char *code, const char *detail, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  g_autofree char *message = g_strdup_vprintf(format, arguments);
  va_end(arguments);
  json_auto_t *body = json_pack("{s:[o]}", "errors", error_object(code, message, detail));
  request_answer(request, status, answer_json("application/json", body));
}

static const char *code_of(const Request *request, const GError *error) {
  if (error_is(error, DROVER_ERROR_NOT_FOUND))
    return request->route->not_found;
  if (error_is(error, DROVER_ERROR_INPUT))
    return request->route->invalid;
  return error_is(error, DROVER_ERROR_CONFLICT) ? CODE_DENIED : CODE_UNKNOWN;
}

void request_fail_error(Request *request, const GError *error) {
  unsigned status = error_http_status(error);
  const char *message = error->message;
  if (status >= 500) { /* its text may hold paths of this machine */
    g_free(request->failure);
    request->failure = g_strdup(error->message);
    message = status == MHD_HTTP_INSUFFICIENT_STORAGE ? "the registry's disk is full" : "the registry failed; its log says why";
  }
  request_fail(request, status, code_of(request, error), NULL, "%s", message);
}

const char *request_query(const Request *request, const char *name) {
  return MHD_lookup_connection_value(request->connection, MHD_GET_ARGUMENT_KIND, name);
}

const char *request_header(const Request *request, const char *name) {
  return MHD_lookup_connection_value(request->connection, MHD_HEADER_KIND, name);
}

bool request_check_digest(Request *request, const char *digest) {
  if (digest != NULL && digest_is_valid(digest))
    return true;
  if (digest != NULL && image_is_digest(digest) && !g_str_has_prefix(digest, "sha256:"))
    request_fail(request, MHD_HTTP_BAD_REQUEST, CODE_UNSUPPORTED, digest, "only sha256 digests are supported");
  else
    request_fail(request, MHD_HTTP_BAD_REQUEST, CODE_DIGEST_INVALID, digest, "expected a digest: sha256: and 64 lower-case hexadecimal digits");
  return false;
}
