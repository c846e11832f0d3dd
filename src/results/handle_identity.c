/* What a job can prove of itself to others: OIDC tokens, and the key to check them by (OpenID Connect Discovery 1.0). */
#include "base/error.h"
#include "base/id.h"
#include "results/call.h"
#include "results/token.h"

#include <string.h>

#define LIFETIME_S 300
#define AUDIENCE_MAX_BYTES 1024

/* The owner's page, as GitHub has it, where the job names nobody. Transfer full. */
static char *usual_audience(const Call *call) {
  g_autofree char *owner = g_strndup(call->grant->repository, strcspn(call->grant->repository, "/"));
  return g_strconcat(call->base, "/", owner, NULL);
}

static json_t *identity_claims(const Call *call, const char *audience) {
  g_autofree char *id = id_new();
  json_int_t now_s = g_get_real_time() / G_USEC_PER_SEC;
  json_t *claims =
    json_pack("{s:s, s:s, s:s, s:I, s:I, s:I}", "iss", call->base, "aud", audience, "jti", id, "iat", now_s, "nbf", now_s, "exp", now_s + LIFETIME_S);
  json_object_update_missing(claims, call->grant->identity);
  return claims;
}

static void get_token(Call *call) {
  g_autoptr(GError) error = NULL;
  const char *given = call_query(call, "audience");
  if (!json_is_object(call->grant->identity) || (given != NULL && (strlen(given) > AUDIENCE_MAX_BYTES || !g_utf8_validate(given, -1, NULL)))) {
    call_fail(call, MHD_HTTP_BAD_REQUEST, "audience: expected at most %d bytes of UTF-8", AUDIENCE_MAX_BYTES);
    return;
  }
  g_autofree char *usual = usual_audience(call);
  json_auto_t *claims = identity_claims(call, given != NULL ? given : usual);
  EVP_PKEY *key = results_identity(call->results, &error);
  g_autofree char *token = key != NULL ? token_sign_identity(key, claims, &error) : NULL;
  if (token == NULL)
    call_fail_error(call, error);
  else
    call_answer_json(call, MHD_HTTP_OK, json_pack("{s:i, s:s}", "count", 1, "value", token));
  if (call->response != NULL)
    answer_header(call->response, MHD_HTTP_HEADER_CACHE_CONTROL, "no-store");
}

static void get_configuration(Call *call) {
  g_autofree char *keys = g_strconcat(call->base, "/.well-known/jwks", NULL);
  call_answer_json(call, MHD_HTTP_OK,
                   json_pack("{s:s, s:s, s:[s], s:[s], s:[s], s:[s]}", "issuer", call->base, "jwks_uri", keys, "subject_types_supported", "public",
                             "response_types_supported", "id_token", "id_token_signing_alg_values_supported", "RS256", "scopes_supported", "openid"));
}

static void get_keys(Call *call) {
  g_autoptr(GError) error = NULL;
  EVP_PKEY *key = results_identity(call->results, &error);
  if (key == NULL)
    call_fail_error(call, error);
  else
    call_answer_json(call, MHD_HTTP_OK, token_key_set(key));
}

const Route identity_routes[] = {
  {.method = "GET", .path = "/_apis/idtoken", .style = STYLE_JSON, .access = ACCESS_IDENTITY, .end = get_token, .body_max_bytes = 4096},
  {.method = "GET", .path = "/.well-known/openid-configuration", .style = STYLE_JSON, .end = get_configuration, .body_max_bytes = 4096},
  {.method = "GET", .path = "/.well-known/jwks", .style = STYLE_JSON, .end = get_keys, .body_max_bytes = 4096},
  {0},
};
