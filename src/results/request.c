#include "results/request.h"

#include "base/error.h"
#include "results/link.h"
#include "results/token.h"

#include <stdarg.h>
#include <string.h>

#define LINK_LIFETIME_S (6 * 60 * 60)

/* What a status is called in each style. */
static const struct {
  unsigned status;
  const char *twirp;
  const char *azure;
} codes[] = {
  {MHD_HTTP_BAD_REQUEST, "invalid_argument", "InvalidInput"},
  {MHD_HTTP_UNAUTHORIZED, "unauthenticated", "NoAuthenticationInformation"},
  {MHD_HTTP_FORBIDDEN, "permission_denied", "AuthenticationFailed"},
  {MHD_HTTP_NOT_FOUND, "not_found", "BlobNotFound"},
  {MHD_HTTP_METHOD_NOT_ALLOWED, "bad_route", "UnsupportedHttpVerb"},
  {MHD_HTTP_CONFLICT, "already_exists", "InvalidOperation"},
  {MHD_HTTP_LENGTH_REQUIRED, "malformed", "MissingContentLengthHeader"},
  {MHD_HTTP_PRECONDITION_FAILED, "failed_precondition", "ConditionNotMet"},
  {MHD_HTTP_CONTENT_TOO_LARGE, "resource_exhausted", "RequestBodyTooLarge"},
  {MHD_HTTP_UNSUPPORTED_MEDIA_TYPE, "malformed", "UnsupportedHeader"},
  {MHD_HTTP_RANGE_NOT_SATISFIABLE, "out_of_range", "InvalidRange"},
  {MHD_HTTP_SERVICE_UNAVAILABLE, "unavailable", "ServerBusy"},
  {MHD_HTTP_INSUFFICIENT_STORAGE, "resource_exhausted", "InsufficientStorage"},
  {0, "internal", "InternalError"},
};

void request_answer(Request *request, unsigned status, struct MHD_Response *response) {
  g_clear_pointer(&request->response, MHD_destroy_response);
  request->status = status;
  request->response = response;
}

void request_answer_json(Request *request, unsigned status, json_t *body) {
  request_answer(request, status, answer_json("application/json", body));
  json_decref(body);
}

void request_answer_empty(Request *request, unsigned status) {
  request_answer(request, status, answer_bytes(NULL, NULL, 0));
}

static void fail_azure(Request *request, unsigned status, const char *code, const char *message) {
  char *body =
    g_markup_printf_escaped("<?xml version=\"1.0\" encoding=\"utf-8\"?><Error><Code>%s</Code><Message>%s</Message></Error>", code, message);
  request_answer(request, status, answer_bytes("application/xml", body, strlen(body)));
  answer_header(request->response, "x-ms-error-code", code);
}

void request_fail(Request *request, unsigned status, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  g_autofree char *formatted = g_strdup_vprintf(format, arguments);
  va_end(arguments);
  g_autofree char *message = g_utf8_make_valid(formatted, -1); /* it may quote what the client sent */
  Style style = request->route != NULL ? request->route->style : STYLE_JSON;
  size_t row = 0;
  while (codes[row].status != 0 && codes[row].status != status)
    row++;
  if (style == STYLE_AZURE)
    fail_azure(request, status, codes[row].azure, message);
  else if (style == STYLE_TWIRP)
    request_answer_json(request, status, json_pack("{s:s, s:s}", "code", codes[row].twirp, "msg", message));
  else
    request_answer_json(request, status, json_pack("{s:s, s:s}", "typeKey", codes[row].twirp, "message", message));
}

void request_fail_error(Request *request, const GError *error) {
  unsigned status = error_is(error, DROVER_ERROR_REFUSED) ? MHD_HTTP_CONTENT_TOO_LARGE : error_http_status(error);
  const char *message = error->message;
  if (status >= 500) { /* its text may hold paths of this machine */
    g_free(request->failure);
    request->failure = g_strdup(error->message);
    message = status == MHD_HTTP_INSUFFICIENT_STORAGE ? "drover's disk is full" : "drover failed; its log says why";
  }
  request_fail(request, status, "%s", message);
}

const char *request_query(const Request *request, const char *name) {
  return MHD_lookup_connection_value(request->connection, MHD_GET_ARGUMENT_KIND, name);
}

const char *request_header(const Request *request, const char *name) {
  return MHD_lookup_connection_value(request->connection, MHD_HEADER_KIND, name);
}

bool request_take_grant(Request *request, GrantUse use) {
  const char *header = request_header(request, MHD_HTTP_HEADER_AUTHORIZATION);
  bool is_bearer = header != NULL && g_ascii_strncasecmp(header, "Bearer ", 7) == 0;
  json_auto_t *claims = is_bearer ? token_verify(request->results->secret, header + 7, g_get_real_time() / G_USEC_PER_SEC) : NULL;
  request->grant = claims != NULL ? grant_read(claims, use) : NULL;
  if (claims == NULL) {
    request_fail(request, MHD_HTTP_UNAUTHORIZED, "the token is missing, wrong or too old");
    answer_header(request->response, MHD_HTTP_HEADER_WWW_AUTHENTICATE, "Bearer");
  } else if (request->grant == NULL) {
    request_fail(request, MHD_HTTP_FORBIDDEN,
                 use == GRANT_IDENTITY ? "the job may not ask for its identity: it needs the permission id-token: write"
                                       : "the token is for another use");
  }
  return request->grant != NULL;
}

/* ---- the body --------------------------------------------------------------------------------------------------------- */

static char *camel_case(const char *name) {
  char *text = g_malloc(strlen(name) + 1);
  char *out = text;
  for (const char *in = name; *in != '\0'; in++)
    *out++ = *in == '_' && in[1] != '\0' ? g_ascii_toupper(*++in) : *in;
  *out = '\0';
  return text;
}

const json_t *request_field(const Request *request, const char *name) {
  const json_t *value = json_object_get(request->json, name);
  g_autofree char *camel = value == NULL ? camel_case(name) : NULL;
  return value != NULL ? value : json_object_get(request->json, camel);
}

const char *request_text(const Request *request, const char *name) {
  const char *text = json_string_value(request_field(request, name));
  return text != NULL ? text : "";
}

int64_t request_number(const Request *request, const char *name) {
  const json_t *value = request_field(request, name);
  int64_t number = 0;
  if (json_is_integer(value))
    number = json_integer_value(value);
  else if (json_is_string(value))
    (void)g_ascii_string_to_signed(json_string_value(value), 10, 0, G_MAXINT64, &number, NULL);
  return number;
}

/* ---- links ------------------------------------------------------------------------------------------------------------ */

static char *make_link(const Request *request, LinkUse use, const char *subject, const char *type, const char *name) {
  int64_t expires_s = g_get_real_time() / G_USEC_PER_SEC + LINK_LIFETIME_S;
  return link_make(request->results->secret, request->base,
                   &(Link){.use = use, .subject = subject, .expires_s = expires_s, .type = type, .name = name});
}

char *request_read_link(const Request *request, const char *digest, const char *type, const char *name) {
  return make_link(request, LINK_READ, digest_hex(digest), type, name);
}

char *request_write_link(const Request *request, const Upload *upload) {
  g_autofree char *id = g_strdup_printf("%" G_GINT64_FORMAT, upload_id(upload));
  return make_link(request, LINK_WRITE, id, NULL, NULL);
}
