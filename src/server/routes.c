#include "server/routes.h"

#include "base/error.h"
#include "base/log.h"
#include "httpd/answer.h"
#include "server/page.h"

#include <gio/gio.h>
#include <string.h>

typedef struct Route Route;
struct Route {
  const char *path;
  struct MHD_Response *(*answer)(const Route *route, const RouteCall *call, unsigned *status);
  const char *resource;                                              /* of files */
  const char *type;                                                  /* of files */
  bool (*api)(const RouteCall *call, json_t **made, GError **error); /* of the API */
};

struct MHD_Response *routes_error(const char *code, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  g_autofree char *message = g_strdup_vprintf(format, arguments);
  va_end(arguments);
  g_autofree char *text = g_utf8_make_valid(message, -1); /* it may quote what the client sent */
  json_auto_t *body = json_pack("{s:{s:s, s:s}}", "error", "code", code, "message", text);
  return answer_json("application/json", body);
}

static struct MHD_Response *answer_file_of_page(const Route *route, G_GNUC_UNUSED const RouteCall *call, unsigned *status) {
  g_autoptr(GBytes) bytes = g_resource_lookup_data(page_get_resource(), route->resource, G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
  if (bytes == NULL)
    g_error("%s is missing in this program", route->resource);
  gsize size = 0;
  const void *data = g_bytes_get_data(bytes, &size);
  *status = MHD_HTTP_OK;
  struct MHD_Response *response = answer_bytes(route->type, g_memdup2(data, size), size);
  answer_header(response, MHD_HTTP_HEADER_CACHE_CONTROL, "no-cache");
  return response;
}

static struct MHD_Response *answer_health(G_GNUC_UNUSED const Route *route, G_GNUC_UNUSED const RouteCall *call, unsigned *status) {
  json_auto_t *body = json_pack("{s:s, s:s}", "status", "ok", "version", DROVER_VERSION);
  *status = MHD_HTTP_OK;
  return answer_json("application/json", body);
}

static void add_metric(GString *text, const char *name, const char *type, const char *says, int64_t value) {
  g_string_append_printf(text, "# HELP drover_%s %s\n# TYPE drover_%s %s\ndrover_%s %" G_GINT64_FORMAT "\n", name, says, name, type, name, value);
}

static struct MHD_Response *answer_metrics(G_GNUC_UNUSED const Route *route, const RouteCall *call, unsigned *status) {
  GString *text = g_string_new("# HELP drover_http_answers_total HTTP answers by class of status.\n# TYPE drover_http_answers_total counter\n");
  for (int class = 1; class <= 5; class ++)
    g_string_append_printf(text, "drover_http_answers_total{class=\"%dxx\"} %" G_GINT64_FORMAT "\n", class,
                           (int64_t)atomic_load(&call->counters->answers[class]));
  add_metric(text, "http_requests_running", "gauge", "HTTP requests begun and not ended.", atomic_load(&call->counters->running));
  if (call->registry != NULL) {
    RegistryCounters counters = registry_counters(call->registry);
    add_metric(text, "registry_uploads_total", "counter", "Blobs uploaded to their end.", counters.uploads);
    add_metric(text, "registry_uploads_refused_total", "counter", "Blobs refused at their end.", counters.uploads_refused);
    add_metric(text, "registry_upload_bytes_total", "counter", "Bytes received for blobs.", counters.upload_bytes);
    add_metric(text, "registry_manifests_total", "counter", "Manifests accepted.", counters.manifests);
  }
  *status = MHD_HTTP_OK;
  gsize size = text->len;
  return answer_bytes("text/plain; version=0.0.4", g_string_free(text, FALSE), size);
}

static struct MHD_Response *answer_api(const Route *route, const RouteCall *call, unsigned *status) {
  g_autoptr(GError) error = NULL;
  json_auto_t *body = NULL;
  struct MHD_Response *response = NULL;
  if (route->api(call, &body, &error)) {
    *status = MHD_HTTP_OK;
    response = answer_json("application/json", body);
  } else {
    *status = error_http_status(error);
    if (*status >= 500)
      log_error("GET %s: %s", route->path, error->message);
    response = routes_error(error_name(error), "%s", *status >= 500 ? "drover failed; its log says why" : error->message);
  }
  answer_header(response, MHD_HTTP_HEADER_CACHE_CONTROL, "no-store");
  return response;
}

#define PAGE "/drover/page/"

static const Route routes[] = {
  {"/", answer_file_of_page, .resource = PAGE "page.html", .type = "text/html; charset=utf-8"},
  {"/page.css", answer_file_of_page, .resource = PAGE "page.css", .type = "text/css; charset=utf-8"},
  {"/page.js", answer_file_of_page, .resource = PAGE "page.js", .type = "text/javascript; charset=utf-8"},
  {"/icon.svg", answer_file_of_page, .resource = PAGE "icon.svg", .type = "image/svg+xml"},
  {"/healthz", answer_health},
  {"/metrics", answer_metrics},
  {"/api/v1/environments", answer_api, .api = api_environments},
  {"/api/v1/releases", answer_api, .api = api_releases},
  {"/api/v1/rollouts", answer_api, .api = api_rollouts},
  {"/api/v1/journal", answer_api, .api = api_journal},
};

static const Route *find_route(const RouteCall *call, const char *path) {
  for (size_t i = 0; i < G_N_ELEMENTS(routes); i++)
    if (strcmp(routes[i].path, path) == 0)
      return routes[i].api != NULL && call->store == NULL ? NULL : &routes[i];
  return NULL;
}

struct MHD_Response *routes_answer(const RouteCall *call, const char *path, const char *method, unsigned *status) {
  const Route *route = find_route(call, path);
  if (route == NULL) {
    *status = MHD_HTTP_NOT_FOUND;
    return routes_error("not-found", "nothing is at %.200s", path);
  }
  if (strcmp(method, "GET") == 0 || strcmp(method, "HEAD") == 0)
    return route->answer(route, call, status);
  *status = MHD_HTTP_METHOD_NOT_ALLOWED;
  struct MHD_Response *response = routes_error("method-not-allowed", "%.20s is not for %s: it can only be read", method, path);
  answer_header(response, MHD_HTTP_HEADER_ALLOW, "GET, HEAD");
  return response;
}
