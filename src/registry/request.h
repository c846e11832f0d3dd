/* One request to the registry while it lasts: what it asks for, what has come in, and the answer once it is decided. */
#pragma once

#include "httpd/answer.h"
#include "registry/grammar.h"
#include "registry/upload.h"

/* The codes of the specification that are used here. For what is the server's own fault there is none: Docker's UNKNOWN. */
#define CODE_BLOB_UNKNOWN "BLOB_UNKNOWN"
#define CODE_BLOB_UPLOAD_INVALID "BLOB_UPLOAD_INVALID"
#define CODE_BLOB_UPLOAD_UNKNOWN "BLOB_UPLOAD_UNKNOWN"
#define CODE_DENIED "DENIED"
#define CODE_DIGEST_INVALID "DIGEST_INVALID"
#define CODE_MANIFEST_BLOB_UNKNOWN "MANIFEST_BLOB_UNKNOWN"
#define CODE_MANIFEST_INVALID "MANIFEST_INVALID"
#define CODE_MANIFEST_UNKNOWN "MANIFEST_UNKNOWN"
#define CODE_NAME_INVALID "NAME_INVALID"
#define CODE_NAME_UNKNOWN "NAME_UNKNOWN"
#define CODE_SIZE_INVALID "SIZE_INVALID"
#define CODE_UNSUPPORTED "UNSUPPORTED"
#define CODE_UNKNOWN "UNKNOWN"

typedef struct Request Request;

/* What one method does to one kind of target. `begin` sees the request's head, `take` each piece of the body (NULL: it is
 * dropped), `end` runs when the body is there. Whoever decides the answer first ends it; the rest of the body is dropped. */
typedef struct {
  TargetKind kind;
  const char *method;
  void (*begin)(Request *request);
  void (*take)(Request *request, const char *bytes, size_t size);
  void (*end)(Request *request);
  const char *not_found; /* codes for errors of these two kinds */
  const char *invalid;
} Route;

struct Request {
  Registry *registry;                /* borrowed */
  struct MHD_Connection *connection; /* borrowed */
  const char *method;                /* borrowed */
  Target target;
  const Route *route;
  Upload *upload;         /* of blob uploads */
  bool upload_is_private; /* nobody knows its id: it ends with this request */
  int64_t chunk_first;    /* where the request's bytes begin in the upload */
  int64_t chunk_bytes;    /* how many its Content-Range promises; -1: it says nothing */
  GByteArray *body;       /* of manifests */
  unsigned status;
  struct MHD_Response *response; /* NULL: not decided yet */
  char *failure;                 /* for the log, when the status is 500 or above */
};

/* Decides the answer; takes `response`. */
void request_answer(Request *request, unsigned status, struct MHD_Response *response);

/* Answers with a status and no body; headers are added to request->response. */
void request_answer_empty(Request *request, unsigned status);

/* Answers that something was stored: 201, where it is, and its digest. */
void request_answer_created(Request *request, const char *location, const char *digest);

/* Answers with one error; `detail` may be NULL. */
void request_fail(Request *request, unsigned status, const char *code, const char *detail, const char *format, ...) G_GNUC_PRINTF(5, 6);

/* Answers with what `error` says, by the one table of base/error.h and the codes of the route. */
void request_fail_error(Request *request, const GError *error);

/* One object of the list "errors"; `detail` may be NULL. */
json_t *error_object(const char *code, const char *message, const char *detail);

/* A query parameter or a header; NULL when there is none. Transfer none. */
const char *request_query(const Request *request, const char *name);
const char *request_header(const Request *request, const char *name);

/* Whether `digest` (may be NULL) is one of ours; answers with 400 when not. */
bool request_check_digest(Request *request, const char *digest);

/* The handlers of the table in handle.c. */
void base_get(Request *request);
void blob_get(Request *request);
void uploads_begin(Request *request);
void uploads_end(Request *request);
void upload_chunk_begin(Request *request);
void upload_chunk_end(Request *request);
void upload_close_begin(Request *request);
void upload_close_end(Request *request);
void upload_take_body(Request *request, const char *bytes, size_t size);
void upload_status(Request *request);
void upload_delete(Request *request);
void manifest_get(Request *request);
void manifest_put_begin(Request *request);
void manifest_put_take(Request *request, const char *bytes, size_t size);
void manifest_put_end(Request *request);
void tags_get(Request *request);
void referrers_get(Request *request);
