#include "rollout/version.h"

#include "base/error.h"
#include "base/retry.h"
#include "rollout/migrate.h"
#include "rollout/plan.h"

#include <string.h>

#define PREPARE_MS (10 * 60000)
#define STOP_GRACE_S 10
#define PARALLEL_STARTS 4

/* ---- images ------------------------------------------------------------------------------------------------------------- */

typedef struct {
  const RolloutContext *context;
  const char *image;
} Pull;

static bool pull_once(void *data, GError **error) {
  const Pull *pull = data;
  return engine_pull(pull->context->engine, pull->image, NULL, NULL, pull->context->spec->cancellable, error);
}

bool version_pull(const RolloutContext *context, const Version *version, GError **error) {
  const RetryPolicy policy = {.attempts = 3, .first_ms = 500, .max_ms = 5000};
  g_autoptr(GHashTable) done = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  for (guint i = 0; i < version->project->services->len; i++) {
    const ProjectService *service = g_ptr_array_index(version->project->services, i);
    g_autofree char *image = version_image(context, version, service->image, error);
    if (image == NULL)
      return false;
    Pull pull = {.context = context, .image = image};
    if (!g_hash_table_contains(done, image) && !retry_run(&policy, context->spec->clock, context->spec->cancellable, pull_once, &pull, error)) {
      g_prefix_error(error, "image \"%s\": ", service->image);
      return false;
    }
    g_hash_table_add(done, g_steal_pointer(&image));
  }
  return true;
}

/* ---- before the replicas ------------------------------------------------------------------------------------------------ */

static bool make_volumes(const RolloutContext *context, const Version *version, const ProjectService *service, GError **error) {
  g_auto(GStrv) labels = version_labels(context, version, service->name, "scratch");
  for (guint i = 0; service->scratch != NULL && service->scratch[i] != NULL; i++) {
    g_autofree char *name = version_volume_name(context, version, service->name, i + 1);
    if (!engine_volume_make(context->engine, name, (const char *const *)labels, error))
      return false;
  }
  return true;
}

static bool run_before_start(const RolloutContext *context, const Version *version, const ProjectService *service, unsigned number, GError **error) {
  g_auto(ContainerPlan) plan = {0};
  if (!container_plan_make(&plan, context, version, service, ROLE_PREPARE, number, error))
    return false;
  EngineRun run = container_plan_run(&plan);
  run.container.command = (const char *const *)service->before_start[number - 1];
  run.deadline_ms = PREPARE_MS;
  g_autofree char *command = g_strjoinv(" ", service->before_start[number - 1]);
  g_auto(ProcessResult) result = {0};
  if (!engine_run_once(context->engine, &run, &result, error)) {
    g_prefix_error(error, "before_start of %s: \"%s\": ", service->name, command);
    return false;
  }
  if (result.exit_status == 0)
    return true;
  g_autofree char *words = migration_last_words(result.err_size > 0 ? result.err : result.out, 8);
  return error_set(error, DROVER_ERROR_FAILED, "before_start of %s: \"%s\" ended with status %d: %s", service->name, command, result.exit_status,
                   words);
}

bool version_prepare(const RolloutContext *context, const Version *version, GError **error) {
  for (guint i = 0; i < version->project->services->len; i++) {
    const ProjectService *service = g_ptr_array_index(version->project->services, i);
    if (!make_volumes(context, version, service, error))
      return false;
    for (unsigned n = 1; service->before_start != NULL && service->before_start[n - 1] != NULL; n++)
      if (!run_before_start(context, version, service, n, error))
        return false;
  }
  return true;
}

/* ---- replicas ----------------------------------------------------------------------------------------------------------- */

static const EngineContainer *find_container(const GPtrArray *containers, const char *name) {
  for (guint i = 0; i < containers->len; i++)
    if (strcmp(((const EngineContainer *)g_ptr_array_index(containers, i))->name, name) == 0)
      return g_ptr_array_index(containers, i);
  return NULL;
}

/* One that stopped is started again; when it cannot be, because its port was given away meanwhile, it is made anew. */
static bool start_replica(const RolloutContext *context, const Version *version, const ProjectService *service, unsigned number,
                          const EngineContainer *existing, GError **error) {
  if (existing != NULL && engine_restart(context->engine, existing->id, NULL))
    return true;
  if (existing != NULL && !engine_remove(context->engine, (const char *const[]){existing->name, NULL}, STOP_GRACE_S, error))
    return false;
  g_auto(ContainerPlan) plan = {0};
  if (!container_plan_make(&plan, context, version, service, ROLE_REPLICA, number, error))
    return false;
  EngineRun run = container_plan_run(&plan);
  run.container.port = service->port;
  run.on_line = NULL; /* it prints its id */
  return engine_start(context->engine, &run, error);
}

/* One replica to start, on a thread of its own. */
typedef struct {
  const RolloutContext *context;
  const Version *version;
  const ProjectService *service;
  unsigned number;
  const EngineContainer *existing;
  GError *error;
} Start;

static void start_thread(gpointer data, G_GNUC_UNUSED gpointer unused) {
  Start *start = data;
  (void)!start_replica(start->context, start->version, start->service, start->number, start->existing, &start->error);
}

/* Those that do not run yet; `containers` outlives the list. */
static GArray *list_starts(const RolloutContext *context, const Version *version, const GPtrArray *containers) {
  GArray *starts = g_array_new(FALSE, FALSE, sizeof(Start));
  for (guint i = 0; i < version->project->services->len; i++) {
    const ProjectService *service = g_ptr_array_index(version->project->services, i);
    for (unsigned n = 1; n <= service->replicas; n++) {
      g_autofree char *name = version_container_name(context, version, service->name, ROLE_REPLICA, n);
      const EngineContainer *existing = find_container(containers, name);
      Start start = {.context = context, .version = version, .service = service, .number = n, .existing = existing};
      if (existing == NULL || !existing->running)
        g_array_append_val(starts, start);
    }
  }
  return starts;
}

bool version_start(const RolloutContext *context, const Version *version, unsigned *started, GError **error) {
  g_autoptr(GPtrArray) containers = engine_list(context->engine, context->scope, error);
  if (containers == NULL)
    return false;
  g_autoptr(GArray) starts = list_starts(context, version, containers);
  GThreadPool *pool = g_thread_pool_new(start_thread, NULL, PARALLEL_STARTS, FALSE, NULL);
  for (guint i = 0; i < starts->len; i++)
    g_thread_pool_push(pool, &g_array_index(starts, Start, i), NULL);
  g_thread_pool_free(pool, FALSE, TRUE); /* waits for all */
  GError *first = NULL;
  for (guint i = 0; i < starts->len; i++) {
    GError *failure = g_array_index(starts, Start, i).error;
    if (first == NULL)
      first = failure;
    else
      g_clear_error(&failure);
  }
  if (started != NULL)
    *started = starts->len;
  if (first == NULL)
    return true;
  g_propagate_error(error, first);
  return false;
}

/* ---- what is not wanted any more ---------------------------------------------------------------------------------------- */

bool version_sweep_containers(const RolloutContext *context, const Version *keep, GError **error) {
  g_autoptr(GPtrArray) containers = engine_list(context->engine, context->scope, error);
  if (containers == NULL)
    return false;
  g_autoptr(GPtrArray) names = g_ptr_array_new();
  for (guint i = 0; i < containers->len; i++) {
    EngineContainer *container = g_ptr_array_index(containers, i);
    bool kept = keep != NULL && strcmp(container->rollout, keep->rollout) == 0 && strcmp(container->role, ROLE_REPLICA) == 0;
    if (!kept)
      g_ptr_array_add(names, container->name);
  }
  g_ptr_array_add(names, NULL);
  return engine_remove(context->engine, (const char *const *)names->pdata, STOP_GRACE_S, error);
}

bool version_sweep_volumes(const RolloutContext *context, const Version *keep, GError **error) {
  g_auto(GStrv) volumes = engine_volumes(context->engine, context->scope, error);
  if (volumes == NULL)
    return false;
  g_autofree char *prefix = keep != NULL ? g_strdup_printf("drover-%s-%s-%s-", context->project, context->environment, keep->rollout) : NULL;
  for (char **volume = volumes; *volume != NULL; volume++)
    if ((prefix == NULL || !g_str_has_prefix(*volume, prefix)) && !engine_volume_remove(context->engine, *volume, error))
      return false;
  return true;
}
