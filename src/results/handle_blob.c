/* Bytes over links, as clients of Azure's block blobs send and fetch them: the whole in one piece, or blocks and then their list. */
#include "base/error.h"
#include "base/id.h"
#include "httpd/range.h"
#include "results/block_list.h"
#include "results/link.h"
#include "results/request.h"

#include <string.h>
#include <time.h>
#include <unistd.h>

#define SERVICE_VERSION "2024-11-04" /* what a client gets that names none */
#define WHOLE "."                    /* the id of a blob's only block: no block can be called so */

/* RFC 9110's form; transfer full. */
static char *http_date(int64_t time_s) {
  g_autoptr(GDateTime) time = g_date_time_new_from_unix_utc(time_s);
  static const char *const days[] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
  static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  return g_strdup_printf("%s, %02d %s %04d %02d:%02d:%02d GMT", days[g_date_time_get_day_of_week(time) - 1], g_date_time_get_day_of_month(time),
                         months[g_date_time_get_month(time) - 1], g_date_time_get_year(time), g_date_time_get_hour(time),
                         g_date_time_get_minute(time), g_date_time_get_second(time));
}

static void add_service_headers(Request *request) {
  g_autofree char *id = id_new();
  const char *version = request_header(request, "x-ms-version");
  const char *client_id = request_header(request, "x-ms-client-request-id");
  answer_header(request->response, "x-ms-request-id", id);
  answer_header(request->response, "x-ms-version", version != NULL ? version : SERVICE_VERSION);
  if (client_id != NULL)
    answer_header(request->response, "x-ms-client-request-id", client_id);
}

static bool check_link(Request *request, LinkUse use) {
  Link link = {.use = use, .subject = request->rest, .type = request_query(request, "rsct"), .name = request_query(request, "rscd")};
  const char *expires = request_query(request, "se");
  if (range_number(expires, &link.expires_s) &&
      link_is_valid(request->results->secret, &link, request_query(request, "sig"), g_get_real_time() / G_USEC_PER_SEC))
    return true;
  request_fail(request, MHD_HTTP_FORBIDDEN, "the link is wrong or too old");
  return false;
}

/* ---- PUT -------------------------------------------------------------------------------------------------------------- */

static void answer_put(Request *request) {
  g_autofree char *date = http_date(g_get_real_time() / G_USEC_PER_SEC);
  g_autofree char *tag = g_strdup_printf("\"%s\"", request->rest);
  request_answer_empty(request, MHD_HTTP_CREATED);
  answer_header(request->response, MHD_HTTP_HEADER_ETAG, tag);
  answer_header(request->response, MHD_HTTP_HEADER_LAST_MODIFIED, date);
  answer_header(request->response, "x-ms-request-server-encrypted", "false");
  add_service_headers(request);
}

static bool is_list(const Request *request) {
  return g_strcmp0(request_query(request, "comp"), "blocklist") == 0;
}

/* Which block the body is; NULL, and the request is answered, when it is none. */
static const char *block_of(Request *request) {
  const char *part = request_query(request, "comp");
  const char *id = request_query(request, "blockid");
  const char *type = request_header(request, "x-ms-blob-type");
  if (part == NULL && type != NULL && strcmp(type, "BlockBlob") == 0)
    return WHOLE;
  if (part != NULL && strcmp(part, "block") == 0 && block_id_is_valid(id))
    return id;
  if (part == NULL)
    request_fail(request, MHD_HTTP_BAD_REQUEST, "x-ms-blob-type: only BlockBlob is known here");
  else
    request_fail(request, MHD_HTTP_BAD_REQUEST, "comp=%.20s: expected block with a blockid in base64, or blocklist", part);
  return NULL;
}

static void put_begin(Request *request) {
  g_autoptr(GError) error = NULL;
  int64_t id = 0, size_bytes = 0;
  if (!check_link(request, LINK_WRITE))
    return;
  request->upload = range_number(request->rest, &id) ? uploads_get(request->results, id) : NULL;
  if (request->upload == NULL) {
    request_fail(request, MHD_HTTP_NOT_FOUND, "the upload has ended");
    return;
  }
  const char *block = is_list(request) ? NULL : block_of(request);
  if (block == NULL)
    return;
  if (!range_number(request_header(request, MHD_HTTP_HEADER_CONTENT_LENGTH), &size_bytes))
    request_fail(request, MHD_HTTP_LENGTH_REQUIRED, "Content-Length is missing");
  else if (!upload_begin_block(request->upload, block, -1, size_bytes, &request->block, &error))
    request_fail_error(request, error);
}

static void take_list(Request *request, const char *bytes, size_t size) {
  if (request->body == NULL)
    request->body = g_byte_array_new();
  if (request->body->len + size > BLOCK_LIST_MAX_BYTES)
    request_fail(request, MHD_HTTP_CONTENT_TOO_LARGE, "a list of blocks has at most %zu bytes", BLOCK_LIST_MAX_BYTES);
  else
    g_byte_array_append(request->body, (const guint8 *)bytes, (guint)size);
}

static void put_take(Request *request, const char *bytes, size_t size) {
  g_autoptr(GError) error = NULL;
  if (request->block.id == NULL)
    take_list(request, bytes, size);
  else if (!upload_write(request->upload, &request->block, bytes, size, &error))
    request_fail_error(request, error);
}

static bool commit_list(Request *request, GError **error) {
  const GByteArray *body = request->body;
  g_autoptr(GPtrArray) ids = block_list_parse(body != NULL ? (const char *)body->data : "", body != NULL ? body->len : 0, error);
  return ids != NULL && upload_commit_list(request->upload, (const char *const *)ids->pdata, ids->len, error);
}

static bool end_block(Request *request, GError **error) {
  static const char *const whole[] = {WHOLE};
  bool is_whole = strcmp(request->block.id, WHOLE) == 0;
  return upload_end_block(request->upload, &request->block, error) && (!is_whole || upload_commit_list(request->upload, whole, 1, error));
}

static void put_end(Request *request) {
  g_autoptr(GError) error = NULL;
  if (request->block.id == NULL ? commit_list(request, &error) : end_block(request, &error))
    answer_put(request);
  else
    request_fail_error(request, error);
}

/* ---- GET and HEAD ----------------------------------------------------------------------------------------------------- */

static void add_disposition(Request *request) {
  const char *name = request_query(request, "rscd");
  if (name == NULL || *name == '\0')
    return;
  g_autofree char *escaped = g_uri_escape_string(name, NULL, FALSE);
  g_autofree char *value = g_strdup_printf("attachment; filename=\"%s\"; filename*=UTF-8''%s", escaped, escaped);
  answer_header(request->response, MHD_HTTP_HEADER_CONTENT_DISPOSITION, value);
}

/* Whether the client wants another state of the blob than there is; a blob has only one. */
static bool is_refused_by_condition(const Request *request, const char *tag) {
  const char *match = request_header(request, MHD_HTTP_HEADER_IF_MATCH);
  return match != NULL && strcmp(match, "*") != 0 && strstr(match, tag) == NULL;
}

static RangeKind wanted_range(const Request *request, int64_t size_bytes, int64_t *first, int64_t *length) {
  const char *header = request_header(request, "x-ms-range");
  bool is_head = strcmp(request->method, "HEAD") == 0;
  return is_head ? RANGE_WHOLE : range_parse(header != NULL ? header : request_header(request, MHD_HTTP_HEADER_RANGE), size_bytes, first, length);
}

static void answer_content(Request *request, int fd, int64_t size_bytes) {
  int64_t first = 0, length = size_bytes;
  const char *type = request_query(request, "rsct");
  RangeKind range = wanted_range(request, size_bytes, &first, &length);
  g_autofree char *part =
    range == RANGE_PART ? g_strdup_printf("bytes %" G_GINT64_FORMAT "-%" G_GINT64_FORMAT "/%" G_GINT64_FORMAT, first, first + length - 1, size_bytes)
                        : g_strdup_printf("bytes */%" G_GINT64_FORMAT, size_bytes);
  if (range == RANGE_UNSATISFIABLE) {
    close(fd);
    request_fail(request, MHD_HTTP_RANGE_NOT_SATISFIABLE, "the blob has %" G_GINT64_FORMAT " bytes", size_bytes);
  } else {
    request_answer(request, range == RANGE_PART ? MHD_HTTP_PARTIAL_CONTENT : MHD_HTTP_OK,
                   answer_file(type != NULL && *type != '\0' ? type : "application/octet-stream", fd, first, length));
    add_disposition(request);
  }
  if (range != RANGE_WHOLE)
    answer_header(request->response, MHD_HTTP_HEADER_CONTENT_RANGE, part);
}

static void get(Request *request) {
  g_autoptr(GError) error = NULL;
  if (!check_link(request, LINK_READ))
    return;
  g_autofree char *digest = g_strconcat("sha256:", request->rest, NULL);
  g_autofree char *tag = g_strdup_printf("\"%s\"", request->rest);
  int64_t size_bytes = 0, written_s = 0;
  int fd = digest_is_valid(digest) ? index_open_blob(request->results->index, digest, &size_bytes, &written_s, &error) : -1;
  if (fd < 0) {
    request_fail(request, error == NULL || error_is(error, DROVER_ERROR_NOT_FOUND) ? MHD_HTTP_NOT_FOUND : MHD_HTTP_INTERNAL_SERVER_ERROR,
                 "the blob is not there any more");
    return;
  }
  if (is_refused_by_condition(request, tag)) {
    close(fd);
    request_fail(request, MHD_HTTP_PRECONDITION_FAILED, "If-Match: the blob is %s", tag);
    return;
  }
  g_autofree char *date = http_date(written_s);
  answer_content(request, fd, size_bytes);
  answer_header(request->response, MHD_HTTP_HEADER_ETAG, tag);
  answer_header(request->response, MHD_HTTP_HEADER_LAST_MODIFIED, date);
  answer_header(request->response, MHD_HTTP_HEADER_ACCEPT_RANGES, "bytes");
  answer_header(request->response, "x-ms-blob-type", "BlockBlob");
  add_service_headers(request);
}

const Route blob_routes[] = {
  {.method = "PUT", .path = LINK_WRITE_PATH, .style = STYLE_AZURE, .begin = put_begin, .take = put_take, .end = put_end},
  {.method = "GET", .path = LINK_READ_PATH, .style = STYLE_AZURE, .end = get, .body_max_bytes = 4096},
  {0},
};
