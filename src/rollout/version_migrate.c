#include "base/error.h"
#include "base/retry.h"
#include "rollout/database_lock.h"
#include "rollout/migrate.h"
#include "rollout/plan.h"
#include "rollout/version.h"

#include <string.h>

#define DATABASE_VARIABLE "DATABASE_URL"
#define OPTIONS_VARIABLE "PGOPTIONS"
#define LAST_LINES 8

/* The container sees the migration's own database as DATABASE_URL, and gives up on a table that a running request holds. */
static bool plan_migration(ContainerPlan *plan, const RolloutContext *context, const Version *version, const ProjectService *service,
                           const DatabaseLock *lock, GError **error) {
  if (!container_plan_make(plan, context, version, service, ROLE_MIGRATE, 1, error))
    return false;
  container_plan_set_secret(plan, DATABASE_VARIABLE, secret_set_get(context->spec->secrets, service->migrate.database));
  g_autofree char *options =
    migration_options(container_plan_get_env(plan, OPTIONS_VARIABLE), service->migrate.lock_timeout_ms, database_lock_server_version(lock));
  container_plan_set_env(plan, OPTIONS_VARIABLE, options);
  return true;
}

static bool migrate_once(const RolloutContext *context, const ContainerPlan *plan, const ProjectService *service, MigrationResult *outcome,
                         char **words, GError **error) {
  EngineRun run = container_plan_run(plan);
  run.container.command = (const char *const *)service->migrate.run;
  run.deadline_ms = service->migrate.timeout_ms;
  g_auto(ProcessResult) result = {0};
  if (!engine_run_once(context->engine, &run, &result, error))
    return false;
  *outcome = migration_classify(result.exit_status, result.err);
  g_autofree char *text = migration_last_words(result.err_size > 0 ? result.err : result.out, LAST_LINES);
  *words = g_strdup_printf("status %d: %s", result.exit_status, text);
  return true;
}

static bool migrate_with_retries(const RolloutContext *context, const ContainerPlan *plan, const ProjectService *service, DatabaseLock *lock,
                                 GError **error) {
  const RetryPolicy policy = {.first_ms = MAX(service->migrate.lock_timeout_ms, 500), .max_ms = 60000};
  for (unsigned attempt = 1;; attempt++) {
    MigrationResult outcome;
    g_autofree char *words = NULL;
    if (!migrate_once(context, plan, service, &outcome, &words, error))
      return false;
    if (outcome == MIGRATION_DONE)
      return database_lock_is_held(lock) ||
             error_set(error, DROVER_ERROR_UNAVAILABLE, "the session that kept other migrations out was lost; the migration itself ended well");
    if (outcome == MIGRATION_FAILED)
      return error_set(error, DROVER_ERROR_FAILED, "%s", words);
    if (attempt >= service->migrate.attempts)
      return error_set(error, DROVER_ERROR_FAILED, "the tables stayed locked for %u attempts of %" G_GINT64_FORMAT " ms each: %s", attempt,
                       service->migrate.lock_timeout_ms, words);
    int64_t delay_ms = retry_delay_ms(&policy, attempt, g_random_double());
    progress_note(context->spec->progress, "migrate %s: a table is locked; attempt %u of %u follows in %.1f s", service->name, attempt + 1,
                  service->migrate.attempts, (double)delay_ms / 1000);
    if (!context->spec->clock->sleep_ms(context->spec->clock, delay_ms, context->spec->cancellable))
      return error_set(error, DROVER_ERROR_CANCELLED, "stopped while waiting for a locked table");
  }
}

static bool migrate_service(const RolloutContext *context, const Version *version, const ProjectService *service, GError **error) {
  const Secret *address = secret_set_get(context->spec->secrets, service->migrate.database);
  if (address == NULL)
    return error_set(error, DROVER_ERROR_INPUT, "secret %s is not set", service->migrate.database);
  g_autoptr(DatabaseLock) lock = database_lock_take(&(DatabaseLockSpec){.secret_name = service->migrate.database,
                                                                        .address = address,
                                                                        .project = context->project,
                                                                        .environment = context->environment,
                                                                        .wait_ms = service->migrate.timeout_ms,
                                                                        .clock = context->spec->clock,
                                                                        .progress = context->spec->progress,
                                                                        .cancellable = context->spec->cancellable},
                                                    error);
  g_auto(ContainerPlan) plan = {0};
  return lock != NULL && plan_migration(&plan, context, version, service, lock, error) && migrate_with_retries(context, &plan, service, lock, error);
}

bool version_migrate(const RolloutContext *context, const Version *version, unsigned *migrated, GError **error) {
  unsigned count = 0;
  for (guint i = 0; i < version->project->services->len; i++) {
    const ProjectService *service = g_ptr_array_index(version->project->services, i);
    if (service->migrate.run == NULL)
      continue;
    if (!migrate_service(context, version, service, error)) {
      g_prefix_error(error, "migration of %s: ", service->name);
      return false;
    }
    count++;
  }
  *migrated = count;
  return true;
}
