#include "results/call.h"

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

void call_answer(Call *call, unsigned status, struct MHD_Response *response) {
  g_clear_pointer(&call->response, MHD_destroy_response);
  call->status = status;
  call->response = response;
}

void call_answer_json(Call *call, unsigned status, json_t *body) {
  call_answer(call, status, answer_json("application/json", body));
  json_decref(body);
}

void call_answer_empty(Call *call, unsigned status) {
  call_answer(call, status, answer_bytes(NULL, NULL, 0));
}

static void fail_azure(Call *call, unsigned status, const char *code, const char *message) {
  char *body =
    g_markup_printf_escaped("<?xml version=\"1.0\" encoding=\"utf-8\"?><Error><Code>%s</Code><Message>%s</Message></Error>", code, message);
  call_answer(call, status, answer_bytes("application/xml", body, strlen(body)));
  answer_header(call->response, "x-ms-error-code", code);
}

void call_fail(Call *call, unsigned status, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  g_autofree char *formatted = g_strdup_vprintf(format, arguments);
  va_end(arguments);
  g_autofree char *message = g_utf8_make_valid(formatted, -1); /* it may quote what the client sent */
  Style style = call->route != NULL ? call->route->style : STYLE_JSON;
  size_t row = 0;
  while (codes[row].status != 0 && codes[row].status != status)
    row++;
  if (style == STYLE_AZURE)
    fail_azure(call, status, codes[row].azure, message);
  else if (style == STYLE_TWIRP)
    call_answer_json(call, status, json_pack("{s:s, s:s}", "code", codes[row].twirp, "msg", message));
  else
    call_answer_json(call, status, json_pack("{s:s, s:s}", "typeKey", codes[row].twirp, "message", message));
}

void call_fail_error(Call *call, const GError *error) {
  unsigned status = error_is(error, DROVER_ERROR_REFUSED) ? MHD_HTTP_CONTENT_TOO_LARGE : error_http_status(error);
  const char *message = error->message;
  if (status >= 500) { /* its text may hold paths of this machine */
    g_free(call->failure);
    call->failure = g_strdup(error->message);
    message = status == MHD_HTTP_INSUFFICIENT_STORAGE ? "drover's disk is full" : "drover failed; its log says why";
  }
  call_fail(call, status, "%s", message);
}

const char *call_query(const Call *call, const char *name) {
  return MHD_lookup_connection_value(call->connection, MHD_GET_ARGUMENT_KIND, name);
}

const char *call_header(const Call *call, const char *name) {
  return MHD_lookup_connection_value(call->connection, MHD_HEADER_KIND, name);
}

bool call_take_grant(Call *call, GrantUse use) {
  const char *header = call_header(call, MHD_HTTP_HEADER_AUTHORIZATION);
  bool is_bearer = header != NULL && g_ascii_strncasecmp(header, "Bearer ", 7) == 0;
  json_auto_t *claims = is_bearer ? token_verify(call->results->secret, header + 7, g_get_real_time() / G_USEC_PER_SEC) : NULL;
  call->grant = claims != NULL ? grant_read(claims, use) : NULL;
  if (claims == NULL) {
    call_fail(call, MHD_HTTP_UNAUTHORIZED, "the token is missing, wrong or too old");
    answer_header(call->response, MHD_HTTP_HEADER_WWW_AUTHENTICATE, "Bearer");
  } else if (call->grant == NULL) {
    call_fail(call, MHD_HTTP_FORBIDDEN,
              use == GRANT_IDENTITY ? "the job may not ask for its identity: it needs the permission id-token: write"
                                    : "the token is for another use");
  }
  return call->grant != NULL;
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

const json_t *call_field(const Call *call, const char *name) {
  const json_t *value = json_object_get(call->json, name);
  g_autofree char *camel = value == NULL ? camel_case(name) : NULL;
  return value != NULL ? value : json_object_get(call->json, camel);
}

const char *call_text(const Call *call, const char *name) {
  const char *text = json_string_value(call_field(call, name));
  return text != NULL ? text : "";
}

int64_t call_number(const Call *call, const char *name) {
  const json_t *value = call_field(call, name);
  int64_t number = 0;
  if (json_is_integer(value))
    number = json_integer_value(value);
  else if (json_is_string(value))
    (void)g_ascii_string_to_signed(json_string_value(value), 10, 0, G_MAXINT64, &number, NULL);
  return number;
}

/* ---- links ------------------------------------------------------------------------------------------------------------ */

static char *make_link(const Call *call, LinkUse use, const char *subject, const char *type, const char *name) {
  int64_t expires_s = g_get_real_time() / G_USEC_PER_SEC + LINK_LIFETIME_S;
  return link_make(call->results->secret, call->base, &(Link){.use = use, .subject = subject, .expires_s = expires_s, .type = type, .name = name});
}

char *call_read_link(const Call *call, const char *digest, const char *type, const char *name) {
  return make_link(call, LINK_READ, digest_hex(digest), type, name);
}

char *call_write_link(const Call *call, const Intake *upload) {
  g_autofree char *id = g_strdup_printf("%" G_GINT64_FORMAT, intake_id(upload));
  return make_link(call, LINK_WRITE, id, NULL, NULL);
}
