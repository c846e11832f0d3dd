#include "engine/guest.h"

#include "base/error.h"
#include "base/id.h"
#include "engine/bridge.h"
#include "engine/call.h"

#include <string.h>

#define START_MS 120000
#define INSPECT_MAX_BYTES ((size_t)4 << 20)

void guest_free(Guest *guest) {
  g_free(guest->name);
  g_strfreev(guest->argv);
  if (guest->env != NULL)
    engine_env_free(guest->env);
  g_free(guest);
}

/* ---- the parts of a command line ---- */

static GPtrArray *new_list(void) {
  return g_ptr_array_new_with_free_func(g_free);
}

static void take(GPtrArray *list, char *text) {
  g_ptr_array_add(list, text);
}

static const char *const *ended(GPtrArray *list) {
  g_ptr_array_add(list, NULL);
  return (const char *const *)list->pdata;
}

char **guest_env(const char *const *env, GPtrArray *options, char **engine_env) {
  for (; env != NULL && *env != NULL; env++) {
    size_t length = strcspn(*env, "=");
    g_autofree char *name = g_strndup(*env, length);
    const char *value = (*env)[length] == '=' ? *env + length + 1 : "";
    bool is_reserved = engine_reserves_name(name);
    take(options, g_strdup("--env"));
    take(options, is_reserved ? g_strconcat(name, "=", value, NULL) : g_strdup(name));
    if (!is_reserved)
      engine_env = g_environ_setenv(engine_env, name, value, TRUE);
  }
  return engine_env;
}

/* The marks by which programs know that they run in a workflow. */
static char **watermarked(const char *const *env) {
  char **all = env != NULL ? g_strdupv((char **)env) : g_new0(char *, 1);
  if (g_environ_getenv(all, "CI") == NULL)
    all = g_environ_setenv(all, "CI", "true", TRUE);
  return g_environ_setenv(all, "GITHUB_ACTIONS", "true", TRUE);
}

static bool add_ports(const ContainerScope *scope, const ContainerRequest *request, GPtrArray *publish, GError **error) {
  bool is_shared = g_strcmp0(scope->network, JOB_NETWORK_HOST) == 0;
  for (const char *const *port = request->ports; port != NULL && *port != NULL; port++) {
    char *published = request_port(*port, scope->host_access, error);
    if (published == NULL)
      return false;
    if (is_shared) /* it listens on the machine's network itself */
      g_free(published);
    else
      take(publish, published);
  }
  return true;
}

/* Named volumes are the job's alone, and go with the run. */
static char *volume_prefix(const ContainerScope *scope) {
  g_autofree char *text = g_strdup_printf("drover-%s-%s", scope->run, scope->job);
  return g_strdup(g_strcanon(text, G_CSET_a_2_z G_CSET_A_2_Z G_CSET_DIGITS "_.-", '-'));
}

static bool add_volumes(const ContainerScope *scope, const ContainerRequest *request, GPtrArray *volumes, GError **error) {
  g_autofree char *prefix = volume_prefix(scope);
  for (const char *const *volume = request->volumes; volume != NULL && *volume != NULL; volume++) {
    char *mounted = request_volume(*volume, prefix, scope->host_access, error);
    if (mounted == NULL)
      return false;
    take(volumes, mounted);
  }
  return true;
}

static bool add_binds(const GuestPlan *plan, GPtrArray *volumes, GError **error) {
  for (size_t i = 0; i < plan->bind_count; i++) {
    const ContainerBind *bind = &plan->binds[i];
    if (strchr(bind->path, ':') != NULL || strchr(bind->inside, ':') != NULL)
      return error_set(error, DROVER_ERROR_INPUT, "%s: a path with a colon cannot be mounted in a container: move the folder", bind->path);
    take(volumes, g_strconcat(bind->path, ":", bind->inside, bind->read_only ? ":ro" : NULL, NULL));
  }
  return true;
}

Guest *guest_new(const ContainerScope *scope, const ContainerRequest *request, const GuestPlan *plan, const char *image_id, GError **error) {
  g_autoptr(GPtrArray) options = new_list();
  g_autoptr(GPtrArray) publish = new_list();
  g_autoptr(GPtrArray) volumes = new_list();
  g_auto(GStrv) wished = request_options(request->options, scope->host_access, error);
  if (wished == NULL || !add_ports(scope, request, publish, error) || !add_volumes(scope, request, volumes, error) ||
      !add_binds(plan, volumes, error))
    return NULL;
  for (char **word = wished; *word != NULL; word++)
    take(options, g_strdup(*word));
  g_autofree char *id = id_new();
  g_autofree char *run = g_strconcat(ENGINE_LABEL_RUN "=", scope->run, NULL);
  g_autofree char *job = g_strconcat(ENGINE_LABEL_JOB "=", scope->job, NULL);
  g_auto(GStrv) env = watermarked(request->env);
  Guest *guest = g_new0(Guest, 1);
  guest->name = g_strdup_printf("drover-%s-%s", plan->kind, id);
  guest->env = guest_env((const char *const *)env, options, g_strdupv((char **)engine_env(scope->engine)));
  bool has_alias = scope->network != NULL && strcmp(scope->network, JOB_NETWORK_HOST) != 0;
  ContainerSpec spec = {.name = guest->name,
                        .image = image_id,
                        .labels = (const char *const[]){run, job, NULL},
                        .volumes = ended(volumes),
                        .command = plan->arguments,
                        .options = ended(options),
                        .publish = ended(publish),
                        .hosts = plan->hosts,
                        .network = scope->network,
                        .alias = has_alias ? plan->alias : NULL,
                        .entrypoint = plan->entrypoint,
                        .cwd = plan->cwd,
                        .life = plan->life};
  guest->argv = engine_command_run(engine_traits(scope->engine), &spec);
  return guest;
}

/* ---- its life ---- */

/* The engine would make a missing volume itself, without a label by which it is found again. */
static bool make_volumes(const ContainerScope *scope, const ContainerRequest *request, GError **error) {
  g_autofree char *prefix = volume_prefix(scope);
  g_autofree char *run = g_strconcat(ENGINE_LABEL_RUN "=", scope->run, NULL);
  g_autofree char *job = g_strconcat(ENGINE_LABEL_JOB "=", scope->job, NULL);
  for (const char *const *volume = request->volumes; volume != NULL && *volume != NULL; volume++) {
    g_autofree char *mounted = request_volume(*volume, prefix, scope->host_access, error);
    if (mounted == NULL)
      return false;
    mounted[strcspn(mounted, ":")] = '\0';
    if (*mounted != '/' && !engine_volume_make(scope->engine, mounted, (const char *const[]){run, job, NULL}, error))
      return false;
  }
  return true;
}

char *guest_start(const ContainerScope *scope, const ContainerRequest *request, const GuestPlan *plan, const char *image_id,
                  GCancellable *cancellable, GError **error) {
  g_autoptr(Guest) guest = guest_new(scope, request, plan, image_id, error);
  if (guest == NULL || !make_volumes(scope, request, error))
    return NULL;
  ProcessSpec spec = {.argv = (const char *const *)guest->argv,
                      .env = (const char *const *)guest->env,
                      .deadline_ms = START_MS,
                      .cancellable = cancellable};
  g_auto(ProcessResult) result = {0};
  bool ran = process_run(&spec, &result, error);
  bridge_pin_addresses();
  if (ran && result.exit_status == 0) {
    g_strstrip(result.out);
    const char *line = strrchr(result.out, '\n');
    return g_strdup(line != NULL ? line + 1 : result.out);
  }
  g_autoptr(GError) ignored = NULL;
  if (!guest_remove(scope->engine, guest->name, &ignored))
    g_debug("%s: %s", guest->name, ignored->message);
  g_autofree char *words = engine_last_line(result.err);
  if (ran)
    error_set(error, DROVER_ERROR_FAILED, "image %s: its container does not start: %s", request->image, words);
  return NULL;
}

json_t *guest_inspect(Engine *engine, const char *id, GError **error) {
  const char *arguments[] = {"inspect", "--type", "container", id, NULL};
  g_auto(ProcessResult) result = {0};
  if (!engine_call(engine, (ProcessSpec){.output_max_bytes = INSPECT_MAX_BYTES}, arguments, &result, error))
    return NULL;
  if (result.exit_status != 0) {
    g_autofree char *words = engine_last_line(result.err);
    error_set(error, DROVER_ERROR_NOT_FOUND, "container %s: %s", id, words);
    return NULL;
  }
  json_auto_t *list = json_loadb(result.out, result.out_size, 0, NULL);
  json_t *item = json_array_get(list, 0);
  if (!json_is_object(item)) {
    error_set(error, DROVER_ERROR_CORRUPT, "container %s: the engine's inspect gave no JSON list of objects", id);
    return NULL;
  }
  return json_incref(item);
}

bool guest_remove(Engine *engine, const char *id, GError **error) {
  const char *podman[] = {"rm", "--force", "--volumes", "--time", "0", "--ignore", id, NULL};
  const char *docker[] = {"rm", "--force", "--volumes", id, NULL};
  bool is_podman = engine_traits(engine)->kind == ENGINE_PODMAN;
  g_autoptr(GError) failure = NULL;
  if (engine_check(engine, (ProcessSpec){0}, is_podman ? podman : docker, DROVER_ERROR_FAILED, &failure) ||
      strstr(failure->message, "o such container") != NULL)
    return true;
  g_propagate_error(error, g_steal_pointer(&failure));
  return false;
}
