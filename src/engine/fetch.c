#include "engine/fetch.h"

#include "base/error.h"
#include "base/fs.h"
#include "base/retry.h"
#include "engine/call.h"

#include <jansson.h>
#include <string.h>

#define PULL_MS (15 * 60000)

static const RetryPolicy policy = {.attempts = 3, .first_ms = 1000, .max_ms = 10000};

/* What a registry says for good: asking again does not help. */
static const struct {
  const char *words;
  DroverError code;
} verdicts[] = {
  {"manifest unknown", DROVER_ERROR_NOT_FOUND}, {"name unknown", DROVER_ERROR_NOT_FOUND}, {"repository name not known", DROVER_ERROR_NOT_FOUND},
  {"not found", DROVER_ERROR_NOT_FOUND},        {"unauthorized", DROVER_ERROR_REFUSED},   {"authentication required", DROVER_ERROR_REFUSED},
  {"access denied", DROVER_ERROR_REFUSED},      {"denied:", DROVER_ERROR_REFUSED},        {"invalid username/password", DROVER_ERROR_REFUSED},
};

static DroverError verdict(const char *words) {
  for (size_t i = 0; i < G_N_ELEMENTS(verdicts); i++)
    if (strstr(words, verdicts[i].words) != NULL)
      return verdicts[i].code;
  return DROVER_ERROR_UNAVAILABLE;
}

/* ---- here already ---- */

char *engine_image_id(const Engine *engine, const char *name) {
  g_auto(ProcessResult) result = {0};
  const char *arguments[] = {"image", "inspect", "--format", "{{.Id}}", name, NULL};
  if (!engine_call(engine, (ProcessSpec){0}, arguments, &result, NULL) || result.exit_status != 0)
    return NULL;
  return g_strdup(g_strstrip(result.out));
}

/* podman would also take an image whose last part is called so, from whatever registry. */
static char *find_local(const Engine *engine, const char *image, const char *full) {
  bool is_short = strcmp(image, full) != 0;
  g_autofree char *own = g_strconcat("localhost/", image, NULL);
  char *id = is_short && engine_traits(engine)->kind == ENGINE_PODMAN ? engine_image_id(engine, own) : NULL;
  return id != NULL ? id : engine_image_id(engine, full);
}

/* ---- fetching ---- */

static void wipe(char *text) {
  if (text != NULL)
    explicit_bzero(text, strlen(text));
  g_free(text);
}

/* {"auths": {HOST: {"auth": base64("USER:PASSWORD")}}} in a folder of its own, as both engines read it. */
static char *write_credentials(const char *parent, const ContainerRequest *request, GError **error) {
  g_autofree char *dir = fs_temp_dir(parent, "drover-login", error);
  if (dir == NULL)
    return NULL;
  g_autofree char *host = request_registry(request->image);
  char *pair = g_strconcat(request->username, ":", secret_reveal(request->password), NULL);
  char *code = g_base64_encode((const guchar *)pair, strlen(pair));
  const char *key = strcmp(host, "docker.io") == 0 ? "https://index.docker.io/v1/" : host;
  json_auto_t *document = json_pack("{s:{s:{s:s}}}", "auths", key, "auth", code);
  char *text = document != NULL ? json_dumps(document, 0) : NULL;
  g_autofree char *path = g_build_filename(dir, "config.json", NULL);
  bool written = text != NULL ? fs_write(path, text, strlen(text), 0600, error)
                              : error_set(error, DROVER_ERROR_INPUT, "credentials of %s: the user name is not UTF-8", host);
  wipe(pair), wipe(code), wipe(text);
  if (written)
    return g_steal_pointer(&dir);
  fs_remove_tree(dir, NULL);
  return NULL;
}

typedef struct {
  const ContainerScope *scope;
  const char *image;
  const char *login_dir; /* may be NULL */
  GCancellable *cancellable;
} Pull;

static bool pull_once(void *data, GError **error) {
  const Pull *pull = data;
  bool is_podman = engine_traits(pull->scope->engine)->kind == ENGINE_PODMAN;
  g_autofree char *file = pull->login_dir != NULL ? g_build_filename(pull->login_dir, "config.json", NULL) : NULL;
  const char *plain[] = {"pull", "--quiet", pull->image, NULL};
  const char *podman[] = {"pull", "--quiet", "--authfile", file, pull->image, NULL};
  const char *docker[] = {"--config", pull->login_dir, "pull", "--quiet", pull->image, NULL};
  ProcessSpec spec = {.deadline_ms = PULL_MS, .on_line = pull->scope->on_line, .data = pull->scope->data, .cancellable = pull->cancellable};
  g_auto(ProcessResult) result = {0};
  if (!engine_call(pull->scope->engine, spec, file == NULL ? plain : is_podman ? podman : docker, &result, error))
    return false;
  if (result.exit_status == 0)
    return true;
  g_autofree char *words = engine_last_line(result.err);
  return error_set(error, verdict(words), "image %s: %s", pull->image, words);
}

char *container_image_fetch(const ContainerScope *scope, const ContainerRequest *request, GCancellable *cancellable, GError **error) {
  g_autofree char *full = request_image(request->image, error);
  if (full == NULL)
    return NULL;
  char *id = find_local(scope->engine, request->image, full);
  if (id != NULL)
    return id;
  bool has_login = request->username != NULL && *request->username != '\0' && request->password != NULL;
  g_autofree char *login_dir = has_login ? write_credentials(container_scope_dir(scope), request, error) : NULL;
  if (has_login && login_dir == NULL)
    return NULL;
  Pull pull = {.scope = scope, .image = full, .login_dir = login_dir, .cancellable = cancellable};
  bool pulled = retry_run(&policy, clock_system(), cancellable, pull_once, &pull, error);
  if (login_dir != NULL)
    fs_remove_tree(login_dir, NULL);
  if (!pulled)
    return NULL;
  id = engine_image_id(scope->engine, full);
  if (id == NULL)
    error_set(error, DROVER_ERROR_UNAVAILABLE, "image %s: it was fetched and is gone already", full);
  return id;
}
