/* One call to the services for jobs while it lasts: who asks, what has come in, and the answer once it is decided. Private to
 * results/. */
#pragma once

#include "httpd/answer.h"
#include "results/results_internal.h"
#include "results/intake.h"

#define JSON_BODY_MAX_BYTES ((size_t)1 << 20)
#define BLOCK_LIST_MAX_BYTES ((size_t)8 << 20)

typedef struct Call Call;

typedef enum { STYLE_TWIRP, STYLE_JSON, STYLE_AZURE, STYLE_COUNT } Style; /* how errors are told */
typedef enum { ACCESS_ALL, ACCESS_RUNTIME, ACCESS_IDENTITY } Access;      /* whose bearer token must come with it */

/* `path` ends with "/" when something follows. `begin` sees the call's head, `take` each piece of the body, `end` runs when the body is
 * there. Without `take` the body is kept, to `body_max_bytes`, and is JSON when `is_json`. Whoever decides the answer first ends it. */
typedef struct {
  const char *method;
  const char *path;
  Style style;
  Access access;
  void (*begin)(Call *call);
  void (*take)(Call *call, const char *bytes, size_t size);
  void (*end)(Call *call);
  size_t body_max_bytes;
  bool is_json;
} Route;

struct Call {
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
  Intake *upload; /* of blob and chunk uploads */
  IntakeBlock block;
  unsigned status;
  struct MHD_Response *response; /* NULL: not decided yet */
  char *failure;                 /* for the log, when the status is 500 or above */
};

/* Decides the answer; takes `response`, and `body`. */
void call_answer(Call *call, unsigned status, struct MHD_Response *response);
void call_answer_json(Call *call, unsigned status, json_t *body);
void call_answer_empty(Call *call, unsigned status);

/* Answers with an error in the route's style. */
void call_fail(Call *call, unsigned status, const char *format, ...) G_GNUC_PRINTF(3, 4);
void call_fail_error(Call *call, const GError *error);

/* A query parameter or a header; NULL when there is none. Transfer none. */
const char *call_query(const Call *call, const char *name);
const char *call_header(const Call *call, const char *name);

/* The claims of the bearer token for this use, or an answer of 401 or 403. */
bool call_take_grant(Call *call, GrantUse use);

/* A field of the JSON body by its name in the protocol ("size_bytes", which may also come as "sizeBytes"): a text, "" when it is missing;
 * an integer as a number or a text, 0 when it is missing or none. */
const json_t *call_field(const Call *call, const char *name);
const char *call_text(const Call *call, const char *name);
int64_t call_number(const Call *call, const char *name);

/* A link to a blob or an upload. Transfer full. */
char *call_read_link(const Call *call, const char *digest, const char *type, const char *name);
char *call_write_link(const Call *call, const Intake *upload);

/* The handlers of the tables in the files of the services; each ends with a row without a method. */
extern const Route cache_routes[], cache_v1_routes[], artifact_routes[], blob_routes[], identity_routes[];
