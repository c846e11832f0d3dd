#include "engine/engine.h"

#include "base/error.h"
#include "base/fs.h"
#include "engine/bridge.h"
#include "engine/call.h"

#include <linux/magic.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/vfs.h>

#define QUICK_MS 60000
#define PULL_MS (15 * 60000)
#define PID_MAX_DEFAULT 32768
#define LISTING_FRESH_US (250 * 1000) /* the steps of a rollout look again and again, and a look takes as long as several of them */

struct Engine {
  EngineTraits traits;
  char **env;
  GMutex lock;
  GPtrArray *listed; /* of EngineContainer: the last answer of engine_list(), or NULL */
  char *listed_scope;
  int64_t listed_us;
};

void engine_free(Engine *engine) {
  g_clear_pointer(&engine->listed, g_ptr_array_unref);
  g_free(engine->listed_scope);
  g_mutex_clear(&engine->lock);
  g_strfreev(engine->env);
  g_free(engine);
}

/* drover changed something itself: the last listing is not true any more. */
static void forget_listing(Engine *engine) {
  g_mutex_lock(&engine->lock);
  g_clear_pointer(&engine->listed, g_ptr_array_unref);
  g_mutex_unlock(&engine->lock);
}

const EngineTraits *engine_traits(const Engine *engine) {
  return &engine->traits;
}

const char *const *engine_env(const Engine *engine) {
  return (const char *const *)engine->env;
}

/* drover's marks stay out: they would make a container's monitor look like a part of the run that started it. */
static char **clean_env(const char *const *env) {
  char **copy = env != NULL ? g_strdupv((char **)env) : g_get_environ();
  copy = g_environ_unsetenv(copy, "DROVER_RUN");
  return g_environ_unsetenv(copy, "DROVER_CRASH_AT");
}

bool engine_call(const Engine *engine, ProcessSpec spec, const char *const *arguments, ProcessResult *result, GError **error) {
  g_auto(GStrv) argv = engine_command(&engine->traits, arguments);
  spec.argv = (const char *const *)argv;
  if (spec.env == NULL)
    spec.env = (const char *const *)engine->env;
  if (spec.deadline_ms == 0)
    spec.deadline_ms = QUICK_MS;
  return process_run(&spec, result, error);
}

char *engine_last_line(const char *text) {
  g_autofree char *valid = g_utf8_make_valid(text != NULL ? text : "", -1);
  g_strchomp(valid);
  const char *start = strrchr(valid, '\n');
  return g_strdup(start != NULL ? start + 1 : valid);
}

bool engine_check(const Engine *engine, ProcessSpec spec, const char *const *arguments, DroverError code, GError **error) {
  g_auto(ProcessResult) result = {0};
  if (!engine_call(engine, spec, arguments, &result, error))
    return false;
  if (result.exit_status == 0)
    return true;
  g_autofree char *words = engine_last_line(result.err);
  return error_set(error, code, "%s %s: %s", engine_program(engine->traits.kind), arguments[0], words);
}

/* ---- which engine, and how it starts containers here ------------------------------------------------------------------- */

static int64_t hard_limit(__rlimit_resource_t resource) {
  struct rlimit limit;
  return getrlimit(resource, &limit) == 0 && limit.rlim_max != RLIM_INFINITY ? (int64_t)limit.rlim_max : -1;
}

static int64_t read_pid_max(void) {
  g_autofree char *text = fs_read("/proc/sys/kernel/pid_max", 64, NULL, NULL);
  int64_t pid_max = text != NULL ? g_ascii_strtoll(text, NULL, 10) : 0;
  return pid_max > 0 ? pid_max : PID_MAX_DEFAULT;
}

static void set_limits(EngineTraits *traits) {
  traits->files_max = engine_limit_files(hard_limit(RLIMIT_NOFILE));
  traits->processes_max = engine_limit_processes(hard_limit(RLIMIT_NPROC), read_pid_max());
}

/* crun, which podman prefers, refuses control groups of version 1 and hybrids; runc does not. */
static const char *choose_runtime(void) {
  struct statfs facts;
  bool unified = statfs("/sys/fs/cgroup", &facts) == 0 && facts.f_type == CGROUP2_SUPER_MAGIC;
  g_autofree char *runc = unified ? NULL : g_find_program_in_path("runc");
  return runc != NULL ? "runc" : NULL;
}

/* podman has no daemon that could be down: whether its storage works is seen at the first listing, which every rollout begins
 * with ("podman info" would take as long as starting a container). */
static bool ask_podman(Engine *engine, G_GNUC_UNUSED GError **error) {
  engine->traits.runtime = choose_runtime();
  set_limits(&engine->traits);
  return true;
}

static bool ask_docker(Engine *engine, GError **error) {
  static const char *const arguments[] = {"version", "--format", "{{.Server.Version}}", NULL};
  g_autoptr(GError) failure = NULL;
  if (engine_check(engine, (ProcessSpec){0}, arguments, DROVER_ERROR_UNAVAILABLE, &failure))
    return true;
  return error_set(error, DROVER_ERROR_UNAVAILABLE, "%s; start the Docker service, or install podman", failure->message);
}

Engine *engine_new(const char *const *env, GError **error) {
  g_autofree char *podman = g_find_program_in_path("podman");
  g_autofree char *docker = g_find_program_in_path("docker");
  if (podman == NULL && docker == NULL) {
    error_set(error, DROVER_ERROR_MISSING, "neither podman nor docker is installed: install the package \"podman\"");
    return NULL;
  }
  g_autoptr(Engine) engine = g_new0(Engine, 1);
  g_mutex_init(&engine->lock);
  engine->traits.kind = podman != NULL ? ENGINE_PODMAN : ENGINE_DOCKER;
  engine->env = clean_env(env);
  if (!(podman != NULL ? ask_podman : ask_docker)(engine, error))
    return NULL;
  return g_steal_pointer(&engine);
}

/* ---- images and containers ---------------------------------------------------------------------------------------------- */

bool engine_pull(const Engine *engine, const char *image, ProcessLineFunc on_line, void *data, GCancellable *cancellable, GError **error) {
  return engine_check(engine, (ProcessSpec){.deadline_ms = PULL_MS, .on_line = on_line, .data = data, .cancellable = cancellable},
                      (const char *const[]){"pull", "--quiet", image, NULL}, DROVER_ERROR_UNAVAILABLE, error);
}

void engine_env_free(char **env) {
  for (char **entry = env; *entry != NULL; entry++)
    explicit_bzero(*entry, strlen(*entry));
  g_strfreev(env);
}

/* The engine's environment with the secrets in it: what "--env NAME" reads. */
static char **env_with_secrets(const Engine *engine, const EngineRun *run_spec) {
  char **env = g_strdupv(engine->env);
  for (size_t i = 0; i < run_spec->secret_count; i++)
    env = g_environ_setenv(env, run_spec->secrets[i].name, secret_reveal(run_spec->secrets[i].value), TRUE);
  return env;
}

static bool run_container(Engine *engine, const EngineRun *run_spec, ProcessResult *result, GError **error) {
  g_autofree const char **names = g_new0(const char *, run_spec->secret_count + 1);
  for (size_t i = 0; i < run_spec->secret_count; i++)
    names[i] = run_spec->secrets[i].name;
  ContainerSpec container = run_spec->container;
  container.secret_names = names;
  g_auto(GStrv) argv = engine_command_run(&engine->traits, &container);
  char **env = env_with_secrets(engine, run_spec);
  bool ran = process_run(&(ProcessSpec){.argv = (const char *const *)argv,
                                        .env = (const char *const *)env,
                                        .deadline_ms = run_spec->deadline_ms,
                                        .on_line = run_spec->on_line,
                                        .data = run_spec->data,
                                        .grace_ms = 5000,
                                        .cancellable = run_spec->cancellable},
                         result, error);
  engine_env_free(env);
  forget_listing(engine);
  return ran;
}

bool engine_run_once(Engine *engine, const EngineRun *run_spec, ProcessResult *result, GError **error) {
  bool ran = run_container(engine, run_spec, result, error);
  if (ran && result->exit_status == 0)
    return true;
  /* The engine's client may have died before its container did. */
  g_autoptr(GError) ignored = NULL;
  if (!engine_remove(engine, (const char *const[]){run_spec->container.name, NULL}, 5, ran ? error : &ignored))
    return false;
  return ran;
}

bool engine_start(Engine *engine, const EngineRun *run_spec, GError **error) {
  EngineRun bounded = *run_spec;
  bounded.container.life = CONTAINER_REPLICA;
  bounded.deadline_ms = QUICK_MS;
  g_auto(ProcessResult) result = {0};
  if (!run_container(engine, &bounded, &result, error))
    return false;
  bridge_pin_addresses();
  if (result.exit_status == 0)
    return true;
  g_autofree char *words = engine_last_line(result.err);
  return error_set(error, DROVER_ERROR_FAILED, "%s: does not start: %s", bounded.container.name, words);
}

bool engine_restart(Engine *engine, const char *id, GError **error) {
  bool started = engine_check(engine, (ProcessSpec){0}, (const char *const[]){"start", id, NULL}, DROVER_ERROR_FAILED, error);
  forget_listing(engine);
  bridge_pin_addresses();
  return started;
}

static char **with_names(const char *const *options, const char *const *names) {
  GPtrArray *all = g_ptr_array_new();
  for (; *options != NULL; options++)
    g_ptr_array_add(all, g_strdup(*options));
  for (; *names != NULL; names++)
    g_ptr_array_add(all, g_strdup(*names));
  g_ptr_array_add(all, NULL);
  return (char **)g_ptr_array_free(all, FALSE);
}

static bool is_absent(const char *words) {
  return strstr(words, "o such container") != NULL || strstr(words, "o such volume") != NULL || strstr(words, "o volume with name") != NULL;
}

/* Runs "VERB OPTIONS NAMES" where what is not there is no failure. */
static bool check_or_absent(const Engine *engine, int64_t deadline_ms, const char *const *arguments, GError **error) {
  g_autoptr(GError) failure = NULL;
  if (engine_check(engine, (ProcessSpec){.deadline_ms = deadline_ms}, arguments, DROVER_ERROR_FAILED, &failure) || is_absent(failure->message))
    return true;
  g_propagate_error(error, g_steal_pointer(&failure));
  return false;
}

/* podman stops and removes in one call; docker's "rm --force" would kill at once. */
bool engine_remove(Engine *engine, const char *const *names, unsigned grace_s, GError **error) {
  if (names[0] == NULL)
    return true;
  char seconds[16];
  g_snprintf(seconds, sizeof seconds, "%u", grace_s);
  int64_t deadline_ms = grace_s * 1000 + QUICK_MS;
  bool docker = engine->traits.kind == ENGINE_DOCKER;
  g_auto(GStrv) stop = with_names((const char *const[]){"stop", "-t", seconds, NULL}, names);
  g_auto(GStrv) remove = with_names(docker ? (const char *const[]){"rm", "--force", "--volumes", NULL}
                                           : (const char *const[]){"rm", "--force", "--volumes", "--time", seconds, NULL},
                                    names);
  g_autoptr(GError) ignored = NULL; /* "rm --force" ends what does not stop */
  if (docker)
    (void)!check_or_absent(engine, deadline_ms, (const char *const *)stop, &ignored);
  bool removed = check_or_absent(engine, deadline_ms, (const char *const *)remove, error);
  forget_listing(engine);
  return removed;
}

char *engine_logs(const Engine *engine, const char *id, unsigned lines) {
  char count[16];
  g_snprintf(count, sizeof count, "%u", lines);
  g_auto(ProcessResult) result = {0};
  if (!engine_call(engine, (ProcessSpec){0}, (const char *const[]){"logs", "--tail", count, id, NULL}, &result, NULL) || result.exit_status != 0)
    return g_strdup("");
  g_autofree char *both = g_strconcat(result.out, result.err, NULL);
  g_autofree char *valid = g_utf8_make_valid(both, -1);
  return g_strdup(g_strchomp(valid));
}

/* ---- what is there ------------------------------------------------------------------------------------------------------ */

static char *list_names(const Engine *engine, const char *const *arguments, GError **error) {
  g_auto(ProcessResult) result = {0};
  if (!engine_call(engine, (ProcessSpec){0}, arguments, &result, error))
    return NULL;
  if (result.exit_status == 0)
    return g_steal_pointer(&result.out);
  g_autofree char *words = engine_last_line(result.err);
  error_set(error, DROVER_ERROR_UNAVAILABLE, "%s %s: %s", engine_program(engine->traits.kind), arguments[0], words);
  return NULL;
}

static char **split_names(const char *text) {
  g_autofree char *copy = g_strdup(text);
  g_strstrip(copy);
  return *copy != '\0' ? g_strsplit(copy, "\n", -1) : g_new0(char *, 1);
}

static char *scope_filter(const char *scope) {
  return g_strdup_printf("label=" ENGINE_LABEL_SCOPE "=%s", scope);
}

static GPtrArray *list_anew(const Engine *engine, const char *scope, GError **error) {
  g_autofree char *filter = scope_filter(scope);
  /* A container that ends between the two calls makes the second fail: look again. */
  for (int attempt = 1;; attempt++) {
    g_autofree char *text = list_names(engine, (const char *const[]){"ps", "--all", "--quiet", "--no-trunc", "--filter", filter, NULL}, error);
    if (text == NULL)
      return NULL;
    g_auto(GStrv) ids = split_names(text);
    if (ids[0] == NULL)
      return g_ptr_array_new_with_free_func((GDestroyNotify)engine_container_free);
    g_auto(GStrv) arguments = with_names((const char *const[]){"inspect", "--type", "container", NULL}, (const char *const *)ids);
    g_auto(ProcessResult) result = {0};
    if (!engine_call(engine, (ProcessSpec){.output_max_bytes = (size_t)32 << 20}, (const char *const *)arguments, &result, error))
      return NULL;
    if (result.exit_status == 0)
      return engine_parse_containers(result.out, result.out_size, error);
    if (attempt == 3) {
      g_autofree char *words = engine_last_line(result.err);
      error_set(error, DROVER_ERROR_UNAVAILABLE, "%s inspect: %s", engine_program(engine->traits.kind), words);
      return NULL;
    }
  }
}

GPtrArray *engine_list(Engine *engine, const char *scope, GError **error) {
  g_mutex_lock(&engine->lock);
  bool fresh = engine->listed != NULL && g_strcmp0(engine->listed_scope, scope) == 0 && g_get_monotonic_time() - engine->listed_us < LISTING_FRESH_US;
  GPtrArray *known = fresh ? g_ptr_array_ref(engine->listed) : NULL;
  g_mutex_unlock(&engine->lock);
  if (known != NULL)
    return known;
  GPtrArray *containers = list_anew(engine, scope, error);
  if (containers == NULL)
    return NULL;
  g_mutex_lock(&engine->lock);
  g_clear_pointer(&engine->listed, g_ptr_array_unref);
  g_free(engine->listed_scope);
  engine->listed_scope = g_strdup(scope);
  engine->listed = g_ptr_array_ref(containers);
  engine->listed_us = g_get_monotonic_time();
  g_mutex_unlock(&engine->lock);
  return containers;
}

char **engine_volumes(const Engine *engine, const char *scope, GError **error) {
  g_autofree char *filter = scope_filter(scope);
  g_autofree char *text = list_names(engine, (const char *const[]){"volume", "ls", "--quiet", "--filter", filter, NULL}, error);
  return text != NULL ? split_names(text) : NULL;
}

bool engine_volume_make(const Engine *engine, const char *name, const char *const *labels, GError **error) {
  g_autoptr(GPtrArray) arguments = g_ptr_array_new();
  g_ptr_array_add(arguments, (char *)"volume");
  g_ptr_array_add(arguments, (char *)"create");
  for (; *labels != NULL; labels++) {
    g_ptr_array_add(arguments, (char *)"--label");
    g_ptr_array_add(arguments, (char *)*labels);
  }
  g_ptr_array_add(arguments, (char *)name);
  g_ptr_array_add(arguments, NULL);
  g_autoptr(GError) failure = NULL;
  if (engine_check(engine, (ProcessSpec){0}, (const char *const *)arguments->pdata, DROVER_ERROR_FAILED, &failure) ||
      strstr(failure->message, "already exists") != NULL)
    return true;
  g_propagate_error(error, g_steal_pointer(&failure));
  return false;
}

bool engine_volume_remove(const Engine *engine, const char *name, GError **error) {
  return check_or_absent(engine, 0, (const char *const[]){"volume", "rm", name, NULL}, error);
}
