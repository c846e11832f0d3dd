#include "base/http.h"

#include "base/error.h"

#include <curl/curl.h>
#include <string.h>

#define TIMEOUT_DEFAULT_MS 30000
#define BODY_MAX_DEFAULT ((size_t)4 << 20)

G_DEFINE_AUTOPTR_CLEANUP_FUNC(CURL, curl_easy_cleanup)
typedef struct curl_slist CurlList;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CurlList, curl_slist_free_all)

typedef struct {
  const HttpRequest *request;
  GString *body;
  GPtrArray *headers;
  size_t body_max_bytes;
  bool too_large;
} Exchange;

static size_t take_body(char *bytes, size_t size, size_t count, void *data) {
  Exchange *exchange = data;
  if (exchange->body->len + size * count > exchange->body_max_bytes) {
    exchange->too_large = true;
    return 0;
  }
  g_string_append_len(exchange->body, bytes, (gssize)(size * count));
  return size * count;
}

static size_t take_header(char *bytes, size_t size, size_t count, void *data) {
  Exchange *exchange = data;
  g_autofree char *line = g_strndup(bytes, size * count);
  g_strchomp(line);
  if (strchr(line, ':') != NULL)
    g_ptr_array_add(exchange->headers, g_steal_pointer(&line));
  return size * count;
}

static int check_cancelled(void *data, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d) {
  (void)a, (void)b, (void)c, (void)d;
  const Exchange *exchange = data;
  return exchange->request->cancellable != NULL && g_cancellable_is_cancelled(exchange->request->cancellable);
}

static void start_curl(void) {
  static gsize done = 0;
  if (g_once_init_enter(&done)) {
    curl_global_init(CURL_GLOBAL_DEFAULT);
    g_once_init_leave(&done, 1);
  }
}

static void describe_request(CURL *curl, const HttpRequest *request, CurlList *headers, Exchange *exchange) {
  curl_easy_setopt(curl, CURLOPT_URL, request->url);
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)(request->timeout_ms > 0 ? request->timeout_ms : TIMEOUT_DEFAULT_MS));
  curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_body);
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, exchange);
  curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, take_header);
  curl_easy_setopt(curl, CURLOPT_HEADERDATA, exchange);
  curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
  curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, check_cancelled);
  curl_easy_setopt(curl, CURLOPT_XFERINFODATA, exchange);
  if (request->direct)
    curl_easy_setopt(curl, CURLOPT_NOPROXY, "*");
  if (request->body != NULL) {
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, request->body);
    curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->body_size);
  }
  if (g_strcmp0(request->method, "HEAD") == 0)
    curl_easy_setopt(curl, CURLOPT_NOBODY, 1L);
  else if (request->method != NULL)
    curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, request->method);
}

static bool explain_failure(CURLcode code, const char *details, const Exchange *exchange, GError **error) {
  const char *url = exchange->request->url;
  if (code == CURLE_OPERATION_TIMEDOUT)
    return error_set(error, DROVER_ERROR_TIMEOUT, "%s: no answer in time", url);
  if (code == CURLE_ABORTED_BY_CALLBACK)
    return error_set(error, DROVER_ERROR_CANCELLED, "%s: stopped", url);
  if (exchange->too_large)
    return error_set(error, DROVER_ERROR_REFUSED, "%s: the answer is larger than %zu bytes", url, exchange->body_max_bytes);
  if (code == CURLE_URL_MALFORMAT || code == CURLE_UNSUPPORTED_PROTOCOL)
    return error_set(error, DROVER_ERROR_INPUT, "%s: not an http or https address", url);
  return error_set(error, DROVER_ERROR_UNAVAILABLE, "%s: %s", url, *details != '\0' ? details : curl_easy_strerror(code));
}

bool http_send(const HttpRequest *request, HttpResponse *response, GError **error) {
  start_curl();
  g_autoptr(CURL) curl = curl_easy_init();
  if (curl == NULL)
    return error_set(error, DROVER_ERROR_INTERNAL, "libcurl cannot start");
  CurlList *list = NULL;
  for (const char *const *header = request->headers; header != NULL && *header != NULL; header++)
    list = curl_slist_append(list, *header);
  g_autoptr(CurlList) headers = list;
  Exchange exchange = {
    .request = request,
    .body = g_string_new(NULL),
    .headers = g_ptr_array_new_with_free_func(g_free),
    .body_max_bytes = request->body_max_bytes > 0 ? request->body_max_bytes : BODY_MAX_DEFAULT,
  };
  char details[CURL_ERROR_SIZE] = "";
  curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, details);
  describe_request(curl, request, headers, &exchange);
  CURLcode code = curl_easy_perform(curl);
  if (code != CURLE_OK) {
    g_string_free(exchange.body, TRUE);
    g_ptr_array_unref(exchange.headers);
    return explain_failure(code, details, &exchange, error);
  }
  long status = 0;
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
  *response = (HttpResponse){.status = (unsigned)status, .headers = exchange.headers, .body_size = exchange.body->len};
  response->body = g_string_free(exchange.body, FALSE);
  return true;
}

typedef struct {
  const HttpRequest *request;
  HttpResponse *response;
} Attempt;

static bool attempt_once(void *data, GError **error) {
  Attempt *attempt = data;
  g_auto(HttpResponse) response = {0};
  if (!http_send(attempt->request, &response, error))
    return false;
  if (response.status < 200 || response.status > 299) {
    bool later = response.status == 429 || response.status >= 500;
    return error_set(error, later ? DROVER_ERROR_UNAVAILABLE : DROVER_ERROR_REFUSED, "%s: answered %u: %.200s", attempt->request->url,
                     response.status, response.body);
  }
  *attempt->response = response;
  response = (HttpResponse){0};
  return true;
}

bool http_send_retrying(const HttpRequest *request, const RetryPolicy *policy, HttpResponse *response, GError **error) {
  Attempt attempt = {.request = request, .response = response};
  return retry_run(policy, clock_system(), request->cancellable, attempt_once, &attempt, error);
}

void http_response_clear(HttpResponse *response) {
  g_clear_pointer(&response->body, g_free);
  g_clear_pointer(&response->headers, g_ptr_array_unref);
}

const char *http_response_header(const HttpResponse *response, const char *name) {
  size_t length = strlen(name);
  for (guint i = 0; i < response->headers->len; i++) {
    const char *line = g_ptr_array_index(response->headers, i);
    if (g_ascii_strncasecmp(line, name, length) == 0 && line[length] == ':')
      return g_strchug((char *)line + length + 1);
  }
  return NULL;
}
