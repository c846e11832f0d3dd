/* One request to the services for jobs while it lasts: who asks, what has come in, and the answer once it is decided. Private to
 * results/. */
#pragma once

#include "httpd/answer.h"
#include "results/results_internal.h"
#include "results/upload.h"

#define JSON_BODY_MAX_BYTES ((size_t)1 << 20)
#define BLOCK_LIST_MAX_BYTES ((size_t)8 << 20)

typedef struct Request Request;

typedef enum { STYLE_TWIRP, STYLE_JSON, STYLE_AZURE, STYLE_COUNT } Style; /* how errors are told */
typedef enum { ACCESS_ALL, ACCESS_RUNTIME, ACCESS_IDENTITY } Access;      /* whose bearer token must come with it */

/* `path` ends with "/" when something follows. `begin` sees the request's head, `take` each piece of the body, `end` runs when the body is
 * there. Without `take` the body is kept, to `body_max_bytes`, and is JSON when `is_json`. Whoever decides the answer first ends it. */
typedef struct {
  const char *method;
  const char *path;
  Style style;
  Access access;
  void (*begin)(Request *request);
  void (*take)(Request *request, const char *bytes, size_t size);
  void (*end)(Request *request);
  size_t body_max_bytes;
  bool is_json;
} Route;

struct Request {
  Results *results;
  struct MHD_Connection *connection;
  const char *method;
  const char *rest; /* of the path, behind the route's; transfer none */
  char *path;
  char *base; /* "http://HOST": how the client reaches this server */
  const Route *route;
  Grant *grant; /* NULL for ACCESS_ALL */
  GByteArray *body;
  json_t *json;
  size_t dropped_bytes;
  Upload *upload; /* of blob and chunk uploads */
  UploadBlock block;
  unsigned status;
  struct MHD_Response *response; /* NULL: not decided yet */
  char *failure;                 /* for the log, when the status is 500 or above */
};

/* Decides the answer; takes `response`, and `body`. */
void request_answer(Request *request, unsigned status, struct MHD_Response *response);
void request_answer_json(Request *request, unsigned status, json_t *body);
void request_answer_empty(Request *request, unsigned status);

/* Answers with an error in the route's style. */
void request_fail(Request *request, unsigned status, const char *format, ...) G_GNUC_PRINTF(3, 4);
void request_fail_error(Request *request, const GError *error);

/* A query parameter or a header; NULL when there is none. Transfer none. */
const char *request_query(const Request *request, const char *name);
const char *request_header(const Request *request, const char *name);

/* The claims of the bearer token for this use, or an answer of 401 or 403. */
bool request_take_grant(Request *request, GrantUse use);

/* A field of the JSON body by its name in the protocol ("size_bytes", which may also come as "sizeBytes"): a text, "" when it is missing;
 * an integer as a number or a text, 0 when it is missing or none. */
const json_t *request_field(const Request *request, const char *name);
const char *request_text(const Request *request, const char *name);
int64_t request_number(const Request *request, const char *name);

/* A link to a blob or an upload. Transfer full. */
char *request_read_link(const Request *request, const char *digest, const char *type, const char *name);
char *request_write_link(const Request *request, const Upload *upload);

/* The handlers of the tables in the files of the services; each ends with a row without a method. */
extern const Route cache_routes[], cache_v1_routes[], artifact_routes[], blob_routes[], identity_routes[];
