#include "rollout/rollout.h"

#include "base/error.h"
#include "base/id.h"
#include "rollout/context.h"
#include "rollout/drive.h"

#include <string.h>
#include <unistd.h>

static Slot other_slot(const Version *old) {
  return old != NULL && old->slot == SLOT_BLUE ? SLOT_GREEN : SLOT_BLUE;
}

static Rollout *new_record(const RolloutContext *context, Slot slot) {
  const RolloutSpec *spec = context->spec;
  Rollout *record = g_new0(Rollout, 1);
  record->id = id_new();
  record->project = g_strdup(context->project);
  record->environment = g_strdup(context->environment);
  record->release = g_strdup(spec->release->id);
  record->from_release = context->old != NULL ? g_strdup(context->old->release->id) : NULL;
  record->actor = g_strdup(spec->actor);
  record->state = g_strdup(rollout_state_name(ROLLOUT_PULL));
  record->slot = g_strdup(slot_name(slot));
  record->started_us = spec->clock->now_us(spec->clock);
  record->log = g_strdup_printf("logs/%s.log", record->id);
  return record;
}

static bool open_rollout(RolloutContext *context, const RolloutSpec *spec, GError **error) {
  if (!rollout_context_open(context, spec, error) || !version_load_current(spec->store, context->project, context->environment, &context->old, error))
    return false;
  Slot slot = other_slot(context->old);
  context->record = new_record(context, slot);
  context->next = version_load(spec->store, spec->release->id, context->record->id, slot, context->environment, error);
  return context->next != NULL && rollout_record(spec->store, context->record, error);
}

/* A log that cannot be written stops nothing: the journal has the steps too. */
static bool drive_with_log(RolloutContext *context, GError **error) {
  const RolloutSpec *spec = context->spec;
  g_autofree char *folder = g_build_filename(spec->data_dir, "logs", NULL);
  g_autofree char *path = g_build_filename(spec->data_dir, context->record->log, NULL);
  g_autoptr(GError) unlogged = NULL;
  if (!fs_make_dirs(folder, 0700, &unlogged) || !progress_log_to(spec->progress, path, &unlogged))
    progress_note(spec->progress, "this rollout has no log: %s", unlogged->message);
  bool serves = rollout_drive(context, ROLLOUT_PULL, NULL, error);
  (void)!progress_log_to(spec->progress, NULL, NULL);
  return serves;
}

bool rollout_run(const RolloutSpec *spec, Rollout **made, GError **error) {
  g_auto(RolloutContext) context = {0};
  if (!open_rollout(&context, spec, error)) {
    g_prefix_error(error, "rollout of %s: ", spec->environment->name);
    return false;
  }
  bool serves = drive_with_log(&context, error);
  if (made != NULL)
    *made = rollout_get(spec->store, context.record->id, NULL);
  return serves;
}

FileLock *rollout_lock(const char *data_dir, const char *project, const char *environment, GError **error) {
  g_autofree char *folder = g_build_filename(data_dir, "locks", NULL);
  g_autofree char *name = g_strdup_printf("%s.%s.lock", project, environment);
  g_autofree char *path = g_build_filename(folder, name, NULL);
  g_autofree char *since = clock_format(g_get_real_time());
  g_autofree char *holder =
    g_strdup_printf("%s of %s is held by another drover (process %d, since %s)\n", environment, project, (int)getpid(), since);
  return fs_make_dirs(folder, 0700, error) ? file_lock_try(path, holder, error) : NULL;
}
