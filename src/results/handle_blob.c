/* Bytes over links, as clients of Azure's block blobs send and fetch them: the whole in one piece, or blocks and then their list. */
#include "base/error.h"
#include "base/id.h"
#include "httpd/range.h"
#include "results/block_list.h"
#include "results/link.h"
#include "results/call.h"

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

static void add_service_headers(Call *call) {
  g_autofree char *id = id_new();
  const char *version = call_header(call, "x-ms-version");
  const char *client_id = call_header(call, "x-ms-client-request-id");
  answer_header(call->response, "x-ms-request-id", id);
  answer_header(call->response, "x-ms-version", version != NULL ? version : SERVICE_VERSION);
  if (client_id != NULL)
    answer_header(call->response, "x-ms-client-request-id", client_id);
}

static bool check_link(Call *call, LinkUse use) {
  Link link = {.use = use, .subject = call->rest, .type = call_query(call, "rsct"), .name = call_query(call, "rscd")};
  const char *expires = call_query(call, "se");
  if (range_number(expires, &link.expires_s) &&
      link_is_valid(call->results->secret, &link, call_query(call, "sig"), g_get_real_time() / G_USEC_PER_SEC))
    return true;
  call_fail(call, MHD_HTTP_FORBIDDEN, "the link is wrong or too old");
  return false;
}

/* ---- PUT -------------------------------------------------------------------------------------------------------------- */

static void answer_put(Call *call) {
  g_autofree char *date = http_date(g_get_real_time() / G_USEC_PER_SEC);
  g_autofree char *tag = g_strdup_printf("\"%s\"", call->rest);
  call_answer_empty(call, MHD_HTTP_CREATED);
  answer_header(call->response, MHD_HTTP_HEADER_ETAG, tag);
  answer_header(call->response, MHD_HTTP_HEADER_LAST_MODIFIED, date);
  answer_header(call->response, "x-ms-request-server-encrypted", "false");
  add_service_headers(call);
}

static bool is_list(const Call *call) {
  return g_strcmp0(call_query(call, "comp"), "blocklist") == 0;
}

/* Which block the body is; NULL, and the call is answered, when it is none. */
static const char *block_of(Call *call) {
  const char *part = call_query(call, "comp");
  const char *id = call_query(call, "blockid");
  const char *type = call_header(call, "x-ms-blob-type");
  if (part == NULL && type != NULL && strcmp(type, "BlockBlob") == 0)
    return WHOLE;
  if (part != NULL && strcmp(part, "block") == 0 && block_id_is_valid(id))
    return id;
  if (part == NULL)
    call_fail(call, MHD_HTTP_BAD_REQUEST, "x-ms-blob-type: only BlockBlob is known here");
  else
    call_fail(call, MHD_HTTP_BAD_REQUEST, "comp=%.20s: expected block with a blockid in base64, or blocklist", part);
  return NULL;
}

static void put_begin(Call *call) {
  g_autoptr(GError) error = NULL;
  int64_t id = 0, size_bytes = 0;
  if (!check_link(call, LINK_WRITE))
    return;
  call->upload = range_number(call->rest, &id) ? intakes_get(call->results, id) : NULL;
  if (call->upload == NULL) {
    call_fail(call, MHD_HTTP_NOT_FOUND, "the upload has ended");
    return;
  }
  const char *block = is_list(call) ? NULL : block_of(call);
  if (block == NULL)
    return;
  if (!range_number(call_header(call, MHD_HTTP_HEADER_CONTENT_LENGTH), &size_bytes))
    call_fail(call, MHD_HTTP_LENGTH_REQUIRED, "Content-Length is missing");
  else if (!intake_begin_block(call->upload, block, -1, size_bytes, &call->block, &error))
    call_fail_error(call, error);
}

static void take_list(Call *call, const char *bytes, size_t size) {
  if (call->body == NULL)
    call->body = g_byte_array_new();
  if (call->body->len + size > BLOCK_LIST_MAX_BYTES)
    call_fail(call, MHD_HTTP_CONTENT_TOO_LARGE, "a list of blocks has at most %zu bytes", BLOCK_LIST_MAX_BYTES);
  else
    g_byte_array_append(call->body, (const guint8 *)bytes, (guint)size);
}

static void put_take(Call *call, const char *bytes, size_t size) {
  g_autoptr(GError) error = NULL;
  if (call->block.id == NULL)
    take_list(call, bytes, size);
  else if (!intake_write(call->upload, &call->block, bytes, size, &error))
    call_fail_error(call, error);
}

static bool commit_list(Call *call, GError **error) {
  const GByteArray *body = call->body;
  g_autoptr(GPtrArray) ids = block_list_parse(body != NULL ? (const char *)body->data : "", body != NULL ? body->len : 0, error);
  return ids != NULL && intake_commit_list(call->upload, (const char *const *)ids->pdata, ids->len, error);
}

static bool end_block(Call *call, GError **error) {
  static const char *const whole[] = {WHOLE};
  bool is_whole = strcmp(call->block.id, WHOLE) == 0;
  return intake_end_block(call->upload, &call->block, error) && (!is_whole || intake_commit_list(call->upload, whole, 1, error));
}

static void put_end(Call *call) {
  g_autoptr(GError) error = NULL;
  if (call->block.id == NULL ? commit_list(call, &error) : end_block(call, &error))
    answer_put(call);
  else
    call_fail_error(call, error);
}

/* ---- GET and HEAD ----------------------------------------------------------------------------------------------------- */

static void add_disposition(Call *call) {
  const char *name = call_query(call, "rscd");
  if (name == NULL || *name == '\0')
    return;
  g_autofree char *escaped = g_uri_escape_string(name, NULL, FALSE);
  g_autofree char *value = g_strdup_printf("attachment; filename=\"%s\"; filename*=UTF-8''%s", escaped, escaped);
  answer_header(call->response, MHD_HTTP_HEADER_CONTENT_DISPOSITION, value);
}

/* Whether the client wants another state of the blob than there is; a blob has only one. */
static bool is_refused_by_condition(const Call *call, const char *tag) {
  const char *match = call_header(call, MHD_HTTP_HEADER_IF_MATCH);
  return match != NULL && strcmp(match, "*") != 0 && strstr(match, tag) == NULL;
}

static RangeKind wanted_range(const Call *call, int64_t size_bytes, int64_t *first, int64_t *length) {
  const char *header = call_header(call, "x-ms-range");
  bool is_head = strcmp(call->method, "HEAD") == 0;
  return is_head ? RANGE_WHOLE : range_parse(header != NULL ? header : call_header(call, MHD_HTTP_HEADER_RANGE), size_bytes, first, length);
}

static void answer_content(Call *call, int fd, int64_t size_bytes) {
  int64_t first = 0, length = size_bytes;
  const char *type = call_query(call, "rsct");
  RangeKind range = wanted_range(call, size_bytes, &first, &length);
  g_autofree char *part =
    range == RANGE_PART ? g_strdup_printf("bytes %" G_GINT64_FORMAT "-%" G_GINT64_FORMAT "/%" G_GINT64_FORMAT, first, first + length - 1, size_bytes)
                        : g_strdup_printf("bytes */%" G_GINT64_FORMAT, size_bytes);
  if (range == RANGE_UNSATISFIABLE) {
    close(fd);
    call_fail(call, MHD_HTTP_RANGE_NOT_SATISFIABLE, "the blob has %" G_GINT64_FORMAT " bytes", size_bytes);
  } else {
    call_answer(call, range == RANGE_PART ? MHD_HTTP_PARTIAL_CONTENT : MHD_HTTP_OK,
                answer_file(type != NULL && *type != '\0' ? type : "application/octet-stream", fd, first, length));
    add_disposition(call);
  }
  if (range != RANGE_WHOLE)
    answer_header(call->response, MHD_HTTP_HEADER_CONTENT_RANGE, part);
}

static void get(Call *call) {
  g_autoptr(GError) error = NULL;
  if (!check_link(call, LINK_READ))
    return;
  g_autofree char *digest = g_strconcat("sha256:", call->rest, NULL);
  g_autofree char *tag = g_strdup_printf("\"%s\"", call->rest);
  int64_t size_bytes = 0, written_s = 0;
  int fd = digest_is_valid(digest) ? index_open_blob(call->results->index, digest, &size_bytes, &written_s, &error) : -1;
  if (fd < 0) {
    call_fail(call, error == NULL || error_is(error, DROVER_ERROR_NOT_FOUND) ? MHD_HTTP_NOT_FOUND : MHD_HTTP_INTERNAL_SERVER_ERROR,
              "the blob is not there any more");
    return;
  }
  if (is_refused_by_condition(call, tag)) {
    close(fd);
    call_fail(call, MHD_HTTP_PRECONDITION_FAILED, "If-Match: the blob is %s", tag);
    return;
  }
  g_autofree char *date = http_date(written_s);
  answer_content(call, fd, size_bytes);
  answer_header(call->response, MHD_HTTP_HEADER_ETAG, tag);
  answer_header(call->response, MHD_HTTP_HEADER_LAST_MODIFIED, date);
  answer_header(call->response, MHD_HTTP_HEADER_ACCEPT_RANGES, "bytes");
  answer_header(call->response, "x-ms-blob-type", "BlockBlob");
  add_service_headers(call);
}

const Route blob_routes[] = {
  {.method = "PUT", .path = LINK_WRITE_PATH, .style = STYLE_AZURE, .begin = put_begin, .take = put_take, .end = put_end},
  {.method = "GET", .path = LINK_READ_PATH, .style = STYLE_AZURE, .end = get, .body_max_bytes = 4096},
  {0},
};
