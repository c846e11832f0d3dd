/* The HTTP client: libcurl, with limits. Any thread; the calling thread waits. */
#pragma once

#include "base/retry.h"

#include <gio/gio.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct {
  const char *method; /* NULL: GET, or POST when there is a body */
  const char *url;
  const char *const *headers; /* NULL-terminated "Name: value"; may be NULL */
  const char *body;           /* may be NULL */
  size_t body_size;
  int64_t timeout_ms;        /* for the whole exchange; 0: 30 s */
  size_t body_max_bytes;     /* of the answer; 0: 4 MiB */
  bool direct;               /* through no proxy, whatever the environment says: for what is on this machine */
  GCancellable *cancellable; /* may be NULL */
} HttpRequest;

typedef struct {
  unsigned status;
  char *body; /* NUL-terminated */
  size_t body_size;
  GPtrArray *headers; /* of char *, "Name: value" */
} HttpResponse;

void http_response_clear(HttpResponse *response);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(HttpResponse, http_response_clear)

/* Any answer is success, whatever its status. UNAVAILABLE when there was none (the message says why: name not found,
 * connection refused, TLS, ...), TIMEOUT, CANCELLED. Redirects are not followed; only http and https are spoken. */
bool http_send(const HttpRequest *request, HttpResponse *response, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The same, and statuses outside 200 to 299 are errors: 429 and 5xx UNAVAILABLE (retryable), the rest REFUSED. Retries by
 * `policy`. Only for requests that may be repeated. */
bool http_send_retrying(const HttpRequest *request, const RetryPolicy *policy, HttpResponse *response, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* A header's value, or NULL; transfer none. The name's case does not matter. */
const char *http_response_header(const HttpResponse *response, const char *name);
