#include "rollout/context.h"

#include "base/digest.h"
#include "base/error.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#define HOME_DIGITS 12
#define ROLLOUTS_MAX 10000

void version_free(Version *version) {
  g_clear_pointer(&version->release, release_free);
  g_clear_pointer(&version->project, project_free);
  g_free(version->rollout);
  g_free(version);
}

char *rollout_scope(const char *data_dir, const char *project, const char *environment) {
  g_autofree char *absolute = g_canonicalize_filename(data_dir, NULL);
  char resolved[PATH_MAX];
  const char *home = realpath(absolute, resolved) != NULL ? resolved : absolute;
  Digest digest = digest_bytes(home, strlen(home));
  return g_strdup_printf("%.*s/%s/%s", HOME_DIGITS, digest_hex(digest.text), project, environment);
}

bool rollout_context_open(RolloutContext *context, const RolloutSpec *spec, GError **error) {
  *context = (RolloutContext){.spec = spec, .project = spec->project->name, .environment = spec->environment->name};
  context->scope = rollout_scope(spec->data_dir, context->project, context->environment);
  context->redactor = redactor_new(spec->secrets);
  context->router = router_new(spec->data_dir, context->project, context->environment);
  context->engine = engine_new(spec->tools != NULL ? image_tools_env(spec->tools) : NULL, error);
  return context->engine != NULL;
}

void rollout_context_clear(RolloutContext *context) {
  g_clear_pointer(&context->scope, g_free);
  g_clear_pointer(&context->engine, engine_free);
  g_clear_pointer(&context->router, router_free);
  g_clear_pointer(&context->redactor, redactor_free);
  g_clear_pointer(&context->record, rollout_free);
  g_clear_pointer(&context->next, version_free);
  g_clear_pointer(&context->old, version_free);
}

/* The file was read without findings when it was recorded; a newer drover may see it differently. */
static Project *parse_recorded(const Release *release, GError **error) {
  g_autofree char *name = g_strdup_printf("drover.yaml of release %u", release->number);
  g_autoptr(Diagnostics) diagnostics = diagnostics_new();
  g_autoptr(Project) project = project_parse(name, release->project_file, strlen(release->project_file), diagnostics);
  return diagnostics_to_error(diagnostics, error) ? g_steal_pointer(&project) : NULL;
}

Version *version_load(Store *store, const char *release, const char *rollout, Slot slot, const char *environment, GError **error) {
  g_autoptr(Version) version = g_new0(Version, 1);
  version->rollout = g_strdup(rollout);
  version->slot = slot;
  version->release = release_get(store, release, error);
  if (version->release == NULL)
    return NULL;
  version->project = parse_recorded(version->release, error);
  if (version->project == NULL)
    return NULL;
  version->environment = project_environment(version->project, environment);
  if (version->environment != NULL)
    return g_steal_pointer(&version);
  error_set(error, DROVER_ERROR_INPUT, "release %u has no environment \"%s\" in its project file", version->release->number, environment);
  return NULL;
}

/* The rollout that made what `now` records. */
static const Rollout *find_maker(const GPtrArray *rollouts, const Environment *now) {
  for (guint i = 0; i < rollouts->len; i++) {
    const Rollout *rollout = g_ptr_array_index(rollouts, i);
    if (g_strcmp0(rollout->outcome, "completed") == 0)
      return g_strcmp0(rollout->release, now->release) == 0 && g_strcmp0(rollout->slot, now->slot) == 0 ? rollout : NULL;
  }
  return NULL;
}

bool version_load_current(Store *store, const char *project, const char *environment, Version **version, GError **error) {
  *version = NULL;
  g_autoptr(Environment) now = environment_get(store, project, environment, error);
  if (now == NULL || now->release == NULL)
    return now != NULL;
  g_autoptr(GPtrArray) rollouts = rollout_list(store, project, environment, ROLLOUTS_MAX, error);
  if (rollouts == NULL)
    return false;
  const Rollout *maker = find_maker(rollouts, now);
  Slot slot;
  if (maker == NULL || !slot_parse(now->slot, &slot))
    return error_set(error, DROVER_ERROR_CORRUPT, "%s of %s is recorded to run release %s, but no rollout of it is", environment, project,
                     now->release);
  *version = version_load(store, now->release, maker->id, slot, environment, error);
  return *version != NULL;
}
