/* Blobs: GET, HEAD, and the uploads that make them. */
#include "base/digest.h"
#include "base/error.h"
#include "base/image_reference.h"
#include "httpd/range.h"
#include "registry/blob.h"
#include "registry/request.h"

#include <string.h>
#include <unistd.h>

/* A digest of another algorithm is none that could be here, which is no fault of who asks; the store takes none in. */
static bool is_foreign(const char *digest) {
  return image_is_digest(digest) && !digest_is_valid(digest) && !g_str_has_prefix(digest, "sha256:");
}

void blob_get(Request *request) {
  const char *digest = request->target.reference;
  if (is_foreign(digest)) {
    request_fail(request, MHD_HTTP_NOT_FOUND, CODE_BLOB_UNKNOWN, digest, "there is no such blob: all digests here are sha256");
    return;
  }
  if (!request_check_digest(request, digest))
    return;
  g_autoptr(GError) error = NULL;
  int64_t size = 0;
  int fd = blob_open(request->registry, request->target.repository, digest, &size, &error);
  if (fd < 0) {
    request_fail_error(request, error);
    return;
  }
  int64_t first = 0;
  int64_t length = size;
  bool whole_wanted = strcmp(request->method, "HEAD") == 0;
  RangeKind range = whole_wanted ? RANGE_WHOLE : range_parse(request_header(request, MHD_HTTP_HEADER_RANGE), size, &first, &length);
  g_autofree char *content_range =
    range == RANGE_PART ? g_strdup_printf("bytes %" G_GINT64_FORMAT "-%" G_GINT64_FORMAT "/%" G_GINT64_FORMAT, first, first + length - 1, size)
                        : g_strdup_printf("bytes */%" G_GINT64_FORMAT, size);
  if (range == RANGE_UNSATISFIABLE) {
    close(fd);
    request_fail(request, MHD_HTTP_RANGE_NOT_SATISFIABLE, CODE_SIZE_INVALID, NULL, "the blob has %" G_GINT64_FORMAT " bytes", size);
  } else {
    request_answer(request, range == RANGE_PART ? MHD_HTTP_PARTIAL_CONTENT : MHD_HTTP_OK, answer_file("application/octet-stream", fd, first, length));
    answer_header(request->response, "Docker-Content-Digest", digest);
    answer_header(request->response, MHD_HTTP_HEADER_ACCEPT_RANGES, "bytes");
  }
  if (range != RANGE_WHOLE)
    answer_header(request->response, MHD_HTTP_HEADER_CONTENT_RANGE, content_range);
}

/* ---- answers ---------------------------------------------------------------------------------------------------------- */

static void answer_created(Request *request, const char *digest) {
  g_autofree char *location = g_strdup_printf("/v2/%s/blobs/%s", request->target.repository, digest);
  request_answer_created(request, location, digest);
}

/* Where a session is and how far it has come; of an empty one the specification cannot say so, and "0-0" is the custom. */
static void add_session(Request *request, const char *id, int64_t size_bytes) {
  g_autofree char *location = g_strdup_printf("/v2/%s/blobs/uploads/%s", request->target.repository, id);
  g_autofree char *range = g_strdup_printf("0-%" G_GINT64_FORMAT, MAX(size_bytes - 1, 0));
  answer_header(request->response, MHD_HTTP_HEADER_LOCATION, location);
  answer_header(request->response, MHD_HTTP_HEADER_RANGE, range);
  answer_header(request->response, "Docker-Upload-UUID", id);
}

static void answer_session(Request *request, unsigned status, const char *id, int64_t size_bytes) {
  request_answer_empty(request, status);
  add_session(request, id, size_bytes);
}

/* ---- POST /blobs/uploads/ --------------------------------------------------------------------------------------------- */

/* Whether `mount` was asked for and the request is answered. A blob that the other repository does not hold begins an upload
 * instead, as the specification has it; so does a missing `from`, since one repository is not to know what others hold. */
static bool mount_blob(Request *request) {
  const char *digest = request_query(request, "mount");
  const char *from = request_query(request, "from");
  if (digest == NULL || is_foreign(digest))
    return false;
  if (!request_check_digest(request, digest))
    return true;
  if (from != NULL && !image_is_repository(from)) {
    request_fail(request, MHD_HTTP_BAD_REQUEST, CODE_NAME_INVALID, from, "from: not the name of a repository");
    return true;
  }
  if (from == NULL || blob_size(request->registry, from, digest) < 0)
    return false;
  g_autoptr(GError) error = NULL;
  if (blob_link(request->registry, request->target.repository, digest, &error))
    answer_created(request, digest);
  else
    request_fail_error(request, error);
  return true;
}

static bool open_upload(Request *request) {
  g_autoptr(GError) error = NULL;
  request->upload = upload_begin(request->registry, request->target.repository, &error);
  if (request->upload == NULL)
    request_fail_error(request, error);
  return request->upload != NULL;
}

void uploads_begin(Request *request) {
  const char *algorithm = request_query(request, "digest-algorithm");
  const char *digest = request_query(request, "digest");
  if (algorithm != NULL && strcmp(algorithm, "sha256") != 0)
    request_fail(request, MHD_HTTP_BAD_REQUEST, CODE_UNSUPPORTED, algorithm, "only sha256 digests are supported");
  else if (digest != NULL && request_check_digest(request, digest))
    request->upload_is_private = open_upload(request);
}

void uploads_end(Request *request) {
  g_autoptr(GError) error = NULL;
  const char *digest = request_query(request, "digest");
  if (request->upload != NULL && upload_commit(request->upload, digest, &error))
    answer_created(request, digest);
  else if (request->upload != NULL)
    request_fail_error(request, error);
  else if (!mount_blob(request) && open_upload(request))
    answer_session(request, MHD_HTTP_ACCEPTED, upload_id(request->upload), 0);
}

/* ---- PATCH and PUT of a session --------------------------------------------------------------------------------------- */

static void check_chunk(Request *request, const char *range) {
  int64_t first = 0;
  int64_t last = 0;
  int64_t size = upload_size(request->upload);
  if (!content_range_parse(range, &first, &last)) {
    request_fail(request, MHD_HTTP_BAD_REQUEST, CODE_BLOB_UPLOAD_INVALID, range, "Content-Range: expected <first>-<last>, both inclusive");
  } else if (first != size) {
    request_fail(request, MHD_HTTP_RANGE_NOT_SATISFIABLE, CODE_BLOB_UPLOAD_INVALID, range,
                 "the upload has %" G_GINT64_FORMAT " bytes: go on behind them", size);
    add_session(request, upload_id(request->upload), size);
  } else {
    request->chunk_bytes = last - first + 1;
  }
}

static void take_session(Request *request) {
  g_autoptr(GError) error = NULL;
  request->upload = upload_resume(request->registry, request->target.repository, request->target.reference, &error);
  if (request->upload == NULL) {
    request_fail_error(request, error);
    return;
  }
  request->chunk_first = upload_size(request->upload);
  const char *range = request_header(request, MHD_HTTP_HEADER_CONTENT_RANGE);
  if (range != NULL)
    check_chunk(request, range);
}

void upload_chunk_begin(Request *request) {
  take_session(request);
}

void upload_close_begin(Request *request) {
  if (request_check_digest(request, request_query(request, "digest")))
    take_session(request);
}

/* A disk that is full, or worse: what came in is of no use any more, and keeping it would keep the disk full. */
static void give_up(Request *request, const GError *error) {
  upload_cancel(request->upload);
  request_fail_error(request, error);
}

static bool refuse_length(Request *request) {
  g_autoptr(GError) error = NULL;
  if (!upload_rewind(request->upload, request->chunk_first, &error))
    give_up(request, error);
  else
    request_fail(request, MHD_HTTP_BAD_REQUEST, CODE_SIZE_INVALID, NULL, "Content-Range promises %" G_GINT64_FORMAT " bytes, and the body has others",
                 request->chunk_bytes);
  return false;
}

void upload_take_body(Request *request, const char *bytes, size_t size) {
  g_autoptr(GError) error = NULL;
  if (request->upload == NULL)
    request_fail(request, MHD_HTTP_BAD_REQUEST, CODE_BLOB_UPLOAD_INVALID, NULL,
                 "a body needs ?digest=; without it, send the body to the Location that is answered");
  else if (request->chunk_bytes >= 0 && upload_size(request->upload) + (int64_t)size > request->chunk_first + request->chunk_bytes)
    refuse_length(request);
  else if (!upload_append(request->upload, bytes, size, &error))
    give_up(request, error);
}

static bool chunk_is_whole(Request *request) {
  bool whole = request->chunk_bytes < 0 || upload_size(request->upload) == request->chunk_first + request->chunk_bytes;
  return whole || refuse_length(request);
}

void upload_chunk_end(Request *request) {
  if (chunk_is_whole(request))
    answer_session(request, MHD_HTTP_ACCEPTED, upload_id(request->upload), upload_size(request->upload));
}

void upload_close_end(Request *request) {
  g_autoptr(GError) error = NULL;
  const char *digest = request_query(request, "digest");
  if (!chunk_is_whole(request))
    return;
  if (upload_commit(request->upload, digest, &error))
    answer_created(request, digest);
  else
    request_fail_error(request, error);
}

/* ---- GET and DELETE of a session -------------------------------------------------------------------------------------- */

void upload_status(Request *request) {
  g_autoptr(GError) error = NULL;
  int64_t size_bytes = 0;
  if (upload_look(request->registry, request->target.repository, request->target.reference, &size_bytes, &error))
    answer_session(request, MHD_HTTP_NO_CONTENT, request->target.reference, size_bytes);
  else
    request_fail_error(request, error);
}

void upload_delete(Request *request) {
  g_autoptr(GError) error = NULL;
  g_autoptr(Upload) upload = upload_resume(request->registry, request->target.repository, request->target.reference, &error);
  if (upload == NULL) {
    request_fail_error(request, error);
    return;
  }
  upload_cancel(upload);
  request_answer_empty(request, MHD_HTTP_NO_CONTENT);
}
