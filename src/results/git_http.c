#include "results/git_http.h"

#include "base/error.h"
#include "httpd/answer.h"
#include "results/git_stream.h"
#include "results/intake_internal.h"

#include <errno.h>
#include <gio/gio.h>
#include <openssl/crypto.h>
#include <string.h>
#include <unistd.h>

#define INPUT_MAX_BYTES ((int64_t)64 << 20) /* what a client wants and has: some 50 bytes a commit */
#define PIECE_BYTES ((size_t)64 << 10)

/* One request while it lasts. What the client sends is kept in a file without a name: git reads all of it before it answers, and a
 * client that has not sent all of it reads nothing. */
typedef struct {
  Results *results;
  struct MHD_Connection *connection;
  GitRepository repository; /* a copy */
  bool is_pack;             /* of upload-pack; else of its references */
  int input;                /* -1: none */
  int64_t input_bytes;
  GConverter *inflate; /* of a body that comes compressed */
  unsigned status;     /* 0: not refused */
  const char *says;
  char *failure;
} Exchange;

void git_repository_free(GitRepository *repository) {
  g_free(repository->name);
  g_free(repository->dir);
  g_free(repository->token);
  g_free(repository);
}

/* ---- which repository ------------------------------------------------------------------------------------------------- */

/* Where the path goes on behind "/owner/name" or "/owner/name.git"; NULL when it is not that repository's. */
static const char *rest_of(const char *path, const char *name) {
  size_t length = strlen(name);
  if (*path != '/' || g_ascii_strncasecmp(path + 1, name, length) != 0)
    return NULL;
  const char *rest = path + 1 + length;
  if (g_str_has_prefix(rest, ".git"))
    rest += strlen(".git");
  return *rest == '/' ? rest : NULL;
}

static const char *find(Results *results, const char *path, GitRepository *copy) {
  g_autoptr(GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new(&results->mutex);
  for (guint i = 0; i < results->repositories->len; i++) {
    const GitRepository *repository = g_ptr_array_index(results->repositories, i);
    const char *rest = rest_of(path, repository->name);
    if (rest == NULL)
      continue;
    if (copy != NULL)
      *copy = (GitRepository){.name = g_strdup(repository->name), .dir = g_strdup(repository->dir), .token = g_strdup(repository->token)};
    return rest;
  }
  return NULL;
}

bool git_http_takes(const char *path, void *results) {
  return find(results, path, NULL) != NULL;
}

/* ---- who asks --------------------------------------------------------------------------------------------------------- */

/* The password of "Basic", or the token of "Bearer" and "token"; transfer full. */
static char *given_token(const char *header) {
  if (header == NULL)
    return NULL;
  if (g_ascii_strncasecmp(header, "Basic ", 6) == 0) {
    gsize size = 0;
    g_autofree guchar *decoded = g_base64_decode(header + 6, &size);
    const char *colon = memchr(decoded, ':', size);
    return colon != NULL ? g_strndup(colon + 1, size - (gsize)(colon + 1 - (const char *)decoded)) : NULL;
  }
  const char *blank = strchr(header, ' ');
  bool is_token = g_ascii_strncasecmp(header, "Bearer ", 7) == 0 || g_ascii_strncasecmp(header, "token ", 6) == 0;
  return is_token ? g_strdup(blank + 1) : NULL;
}

static const char *header(const Exchange *exchange, const char *name) {
  return MHD_lookup_connection_value(exchange->connection, MHD_HEADER_KIND, name);
}

static bool may_read(const Exchange *exchange) {
  const char *wanted = exchange->repository.token;
  if (wanted == NULL)
    return true;
  g_autofree char *given = given_token(header(exchange, MHD_HTTP_HEADER_AUTHORIZATION));
  return given != NULL && strlen(given) == strlen(wanted) && CRYPTO_memcmp(given, wanted, strlen(wanted)) == 0;
}

/* ---- the body --------------------------------------------------------------------------------------------------------- */

static void refuse(Exchange *exchange, unsigned status, const char *says) {
  exchange->status = status;
  exchange->says = says;
}

static bool write_input(Exchange *exchange, const char *bytes, size_t size) {
  exchange->input_bytes += (int64_t)size;
  while (size > 0) {
    ssize_t put = write(exchange->input, bytes, size);
    if (put < 0 && errno == EINTR)
      continue;
    if (put < 0)
      return false;
    bytes += put;
    size -= (size_t)put;
  }
  return true;
}

static void inflate(Exchange *exchange, const char *bytes, size_t size) {
  g_autofree char *out = g_malloc(PIECE_BYTES);
  GConverterResult result = G_CONVERTER_CONVERTED;
  while (size > 0 && exchange->status == 0 && result != G_CONVERTER_FINISHED) {
    gsize read = 0, written = 0;
    g_autoptr(GError) error = NULL;
    result = g_converter_convert(exchange->inflate, bytes, size, out, PIECE_BYTES, G_CONVERTER_NO_FLAGS, &read, &written, &error);
    bool is_partial = g_error_matches(error, G_IO_ERROR, G_IO_ERROR_PARTIAL_INPUT);
    if (result == G_CONVERTER_ERROR && !is_partial)
      refuse(exchange, MHD_HTTP_BAD_REQUEST, "the body is not gzip");
    else if (!write_input(exchange, out, written))
      refuse(exchange, MHD_HTTP_INSUFFICIENT_STORAGE, "drover's disk is full");
    if (is_partial || exchange->input_bytes > INPUT_MAX_BYTES)
      return;
    bytes += read;
    size -= read;
  }
}

static void take(Exchange *exchange, const char *bytes, size_t size) {
  if (exchange->status != 0 || exchange->input < 0)
    return;
  if (exchange->inflate != NULL)
    inflate(exchange, bytes, size);
  else if (!write_input(exchange, bytes, size))
    refuse(exchange, MHD_HTTP_INSUFFICIENT_STORAGE, "drover's disk is full");
  if (exchange->input_bytes > INPUT_MAX_BYTES)
    refuse(exchange, MHD_HTTP_CONTENT_TOO_LARGE, "the request is too large");
}

static void open_input(Exchange *exchange) {
  g_autoptr(GError) error = NULL;
  g_autofree char *path = NULL;
  const char *encoding = header(exchange, MHD_HTTP_HEADER_CONTENT_ENCODING);
  if (encoding != NULL && strcmp(encoding, "gzip") != 0 && strcmp(encoding, "x-gzip") != 0) {
    refuse(exchange, MHD_HTTP_UNSUPPORTED_MEDIA_TYPE, "only gzip is known here");
    return;
  }
  if (encoding != NULL)
    exchange->inflate = G_CONVERTER(g_zlib_decompressor_new(G_ZLIB_COMPRESSOR_FORMAT_GZIP));
  exchange->input = intake_make_file(index_uploads_dir(exchange->results->index), &path, &error);
  if (exchange->input >= 0) {
    unlink(path);
  } else {
    exchange->failure = g_strdup(error->message);
    refuse(exchange, MHD_HTTP_INTERNAL_SERVER_ERROR, "drover failed; its log says why");
  }
}

/* ---- the answer ------------------------------------------------------------------------------------------------------- */

static void begin(Exchange *exchange, const char *path, const char *method) {
  const char *rest = find(exchange->results, path, &exchange->repository);
  const char *service = MHD_lookup_connection_value(exchange->connection, MHD_GET_ARGUMENT_KIND, "service");
  exchange->is_pack = g_strcmp0(rest, "/git-upload-pack") == 0;
  if (rest == NULL || (!exchange->is_pack && strcmp(rest, "/info/refs") != 0 && strcmp(rest, "/git-receive-pack") != 0))
    refuse(exchange, MHD_HTTP_NOT_FOUND, "only git's own calls are known here");
  else if (!may_read(exchange))
    refuse(exchange, MHD_HTTP_UNAUTHORIZED, "the repository needs the job's token");
  else if (strcmp(rest, "/git-receive-pack") == 0 || (!exchange->is_pack && g_strcmp0(service, "git-upload-pack") != 0))
    refuse(exchange, MHD_HTTP_FORBIDDEN, "the repository can only be fetched from");
  else if (strcmp(method, exchange->is_pack ? "POST" : "GET") != 0)
    refuse(exchange, MHD_HTTP_METHOD_NOT_ALLOWED, "the method is not for this call");
  else if (exchange->is_pack)
    open_input(exchange);
}

static enum MHD_Result send_answer(Exchange *exchange, struct MHD_Response *response) {
  if (exchange->status == MHD_HTTP_UNAUTHORIZED)
    answer_header(response, MHD_HTTP_HEADER_WWW_AUTHENTICATE, "Basic realm=\"drover\"");
  enum MHD_Result queued = MHD_queue_response(exchange->connection, exchange->status, response);
  MHD_destroy_response(response);
  return queued;
}

static enum MHD_Result send_refusal(Exchange *exchange) {
  return send_answer(exchange, answer_bytes("text/plain; charset=utf-8", g_strconcat(exchange->says, "\n", NULL), strlen(exchange->says) + 1));
}

/* The version that the client asks for, when it is of the form that git knows. */
static const char *wanted_protocol(const Exchange *exchange) {
  const char *text = header(exchange, "Git-Protocol");
  bool good = text != NULL && strlen(text) <= 200 && text[strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789=:-.")] == '\0';
  return good ? text : NULL;
}

static enum MHD_Result send_stream(Exchange *exchange) {
  static const char announcement[] = "001e# service=git-upload-pack\n0000";
  g_autoptr(GError) error = NULL;
  const char *protocol = wanted_protocol(exchange);
  bool is_newest = protocol != NULL && strstr(protocol, "version=2") != NULL;
  if (exchange->input >= 0)
    (void)lseek(exchange->input, 0, SEEK_SET);
  GitStreamSpec spec = {.dir = exchange->repository.dir,
                        .protocol = protocol,
                        .opening = exchange->is_pack || is_newest ? NULL : announcement,
                        .input = exchange->input};
  exchange->input = -1;
  struct MHD_Response *response = git_stream_answer(exchange->results, exchange->connection, &spec, &error);
  if (response == NULL) {
    exchange->failure = g_strdup(error->message);
    refuse(exchange, MHD_HTTP_SERVICE_UNAVAILABLE, "git cannot be started");
    return send_refusal(exchange);
  }
  exchange->status = MHD_HTTP_OK;
  answer_header(response, MHD_HTTP_HEADER_CONTENT_TYPE,
                exchange->is_pack ? "application/x-git-upload-pack-result" : "application/x-git-upload-pack-advertisement");
  return send_answer(exchange, response);
}

enum MHD_Result git_http_handle(void *results, struct MHD_Connection *connection, const char *path, const char *method, const char *body,
                                size_t *body_bytes, void **state) {
  Exchange *exchange = *state;
  if (exchange == NULL) {
    *state = exchange = g_new0(Exchange, 1);
    *exchange = (Exchange){.results = results, .connection = connection, .input = -1};
    begin(exchange, path, method);
    return MHD_YES;
  }
  if (*body_bytes > 0) {
    take(exchange, body, *body_bytes);
    *body_bytes = 0;
    return exchange->status == MHD_HTTP_CONTENT_TOO_LARGE ? MHD_NO : MHD_YES;
  }
  return exchange->status != 0 ? send_refusal(exchange) : send_stream(exchange);
}

void git_http_done(void **state) {
  Exchange *exchange = *state;
  *state = NULL;
  if (exchange == NULL)
    return;
  if (exchange->input >= 0)
    close(exchange->input);
  g_clear_object(&exchange->inflate);
  g_free(exchange->repository.name);
  g_free(exchange->repository.dir);
  g_free(exchange->repository.token);
  g_free(exchange->failure);
  g_free(exchange);
}

const char *git_http_failure(const void *state) {
  const Exchange *exchange = state;
  return exchange != NULL ? exchange->failure : NULL;
}

void git_http_stop(void *results) {
  git_stream_stop_all(results);
}
