#include "runner/action/use.h"

#include "base/error.h"
#include "base/fs.h"
#include "base/path.h"
#include "runner/action/layout.h"

#include <string.h>

#define METADATA_MAX_BYTES ((size_t)1 << 20)

void action_use_free(ActionUse *use) {
  if (use == NULL)
    return;
  char *texts[] = {use->text, use->repository, use->ref, use->image, use->dir, use->path};
  for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
    g_free(texts[i]);
  g_clear_pointer(&use->action, action_free);
  g_free(use->steps); /* each belongs to the job */
  g_free(use);
}

/* ---- files ---- */

/* Where a repository's files go: OWNER/REPO/REF below the job's actions. */
static bool set_place(ActionUse *use, const Job *job, const char *path, char **top, GError **error) {
  g_autofree char *relative = g_strdup_printf("%s/%s", use->repository, use->ref);
  g_autofree char *clean = path_inside(relative);
  g_autofree char *below = path != NULL && *path != '\0' ? path_inside(path) : g_strdup("");
  if (clean == NULL || below == NULL)
    return error_set(error, DROVER_ERROR_INPUT, "\"%s\" cannot be a folder's name", use->text);
  *top = g_build_filename(job->folders.actions.path, clean, NULL);
  use->path = *below != '\0' ? g_build_filename(*top, below, NULL) : g_strdup(*top);
  use->dir =
    *below != '\0' ? g_build_filename(job->folders.actions.inside, clean, below, NULL) : g_build_filename(job->folders.actions.inside, clean, NULL);
  return true;
}

static bool fetch_repository(ActionUse *use, Job *job, const char *path, GError **error) {
  const char *slash = strchr(use->repository, '/');
  g_autofree char *owner = g_strndup(use->repository, (size_t)(slash - use->repository)), *top = NULL;
  g_auto(ActionSource) source = {0};
  return set_place(use, job, path, &top, error) &&
         action_store_get(job->run->actions, owner, slash + 1, use->ref, &source, job->clock != NULL ? job_clock_stop(job->clock) : NULL, error) &&
         action_layout(source.dir, top, job->isolated, error);
}

/* The repository that is run, at the commit that is run. */
static bool fetch_own(ActionUse *use, Job *job, const char *path, GError **error) {
  const Commit *commit = job->run->spec->commit;
  g_autofree char *top = NULL, *aside = g_build_filename(job->folders.dir, "own", NULL);
  use->repository = g_strdup(job->run->repository);
  use->ref = g_strdup(commit->commit);
  if (!set_place(use, job, path, &top, error))
    return false;
  g_mutex_lock(&job->lock);
  bool there = g_file_test(top, G_FILE_TEST_IS_DIR);
  bool good = there || (fs_make_dirs(aside, 0755, error) && commit_checkout(commit, aside, NULL, error) && action_layout(aside, top, true, error));
  bool gone = there || fs_remove_tree(aside, NULL);
  g_mutex_unlock(&job->lock);
  return good && gone;
}

static char *read_metadata(const char *root, const char *below, char **file, GError **error) {
  static const char *const names[] = {"action.yml", "action.yaml"};
  for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
    g_autofree char *relative = below != NULL && *below != '\0' ? g_build_filename(below, names[i], NULL) : g_strdup(names[i]);
    g_autoptr(GError) inner = NULL;
    char *text = fs_read_beneath(root, relative, METADATA_MAX_BYTES, NULL, &inner);
    *file = text != NULL ? g_steal_pointer(&relative) : NULL;
    if (text != NULL)
      return text;
    if (error_is(inner, DROVER_ERROR_NOT_FOUND))
      continue;
    g_propagate_error(error, g_steal_pointer(&inner));
    return NULL;
  }
  static const char *const dockerfiles[] = {"Dockerfile", "dockerfile"};
  for (size_t i = 0; i < G_N_ELEMENTS(dockerfiles); i++) {
    g_autofree char *path = g_build_filename(root, below != NULL ? below : "", dockerfiles[i], NULL);
    if (!g_file_test(path, G_FILE_TEST_IS_REGULAR))
      continue;
    *file = g_strdup(dockerfiles[i]);
    return g_strdup_printf("name: ''\ndescription: ''\nruns: {using: docker, image: %s}\n", dockerfiles[i]);
  }
  error_set(error, DROVER_ERROR_NOT_FOUND, "there is no action.yml, action.yaml or Dockerfile in it");
  return NULL;
}

static bool read_action(ActionUse *use, const char *root, const char *below, GError **error) {
  static const ActionUseKind kinds[] = {
    [ACTION_JAVASCRIPT] = USE_JAVASCRIPT, [ACTION_COMPOSITE] = USE_COMPOSITE, [ACTION_DOCKER] = USE_DOCKER, [ACTION_UNKNOWN] = USE_JAVASCRIPT};
  g_autofree char *file = NULL;
  g_autofree char *text = read_metadata(root, below, &file, error);
  if (text == NULL)
    return false;
  g_autofree char *called = use->local ? g_strdup(file) : g_strdup_printf("%s/%s", use->text, file);
  g_autoptr(Diagnostics) diagnostics = diagnostics_new();
  use->action = action_parse(called, text, strlen(text), diagnostics);
  if (use->action == NULL)
    return diagnostics_to_error(diagnostics, error);
  use->kind = kinds[use->action->kind];
  return true;
}

/* ---- what it names ---- */

static bool open_local(ActionUse *use, const Job *job, const char *path, GError **error) {
  const JobFolder *work = &job->folders.work;
  use->local = true;
  use->repository = g_strdup("");
  use->ref = g_strdup("");
  g_autofree char *clean = *path != '\0' ? path_inside(path) : g_strdup("");
  if (clean == NULL)
    return error_set(error, DROVER_ERROR_INPUT, "the folder lies outside of the workspace");
  use->path = *clean != '\0' ? g_build_filename(work->path, clean, NULL) : g_strdup(work->path);
  use->dir = *clean != '\0' ? g_build_filename(work->inside, clean, NULL) : g_strdup(work->inside);
  if (read_action(use, work->path, clean, error))
    return true;
  if (g_error_matches(*error, DROVER_ERROR, DROVER_ERROR_NOT_FOUND))
    g_prefix_error(error, "%s is not in the workspace; does a step before it check the repository out? ", use->text);
  return false;
}

static bool open_repository(ActionUse *use, Job *job, const Uses *uses, GError **error) {
  const char *path = uses->path.text;
  use->repository = g_strdup_printf("%s/%s", uses->owner.text, uses->repo.text);
  use->ref = g_strdup(uses->ref.text);
  bool checkout = g_ascii_strcasecmp(use->repository, "actions/checkout") == 0 && (path == NULL || *path == '\0');
  if (checkout && !action_store_has(job->run->actions, uses->owner.text, uses->repo.text, use->ref)) {
    use->kind = USE_CHECKOUT;
    return true;
  }
  return fetch_repository(use, job, path, error) && read_action(use, use->path, NULL, error);
}

/* $/path: of the repository whose file says so. */
static bool open_self(ActionUse *use, Job *job, const ActionUse *within, const char *path, GError **error) {
  const char *file = job->spec->plan->workflow->file, *at = strrchr(file, '@');
  g_auto(GStrv) parts = at != NULL ? g_strsplit(file, "/", 3) : NULL;
  if (within != NULL && *within->repository != '\0') {
    use->repository = g_strdup(within->repository);
    use->ref = g_strdup(within->ref);
  } else if (within == NULL && parts != NULL && g_strv_length(parts) == 3) {
    use->repository = g_strdup_printf("%s/%s", parts[0], parts[1]);
    use->ref = g_strdup(at + 1);
  }
  bool own = use->repository == NULL || strcmp(use->ref, job->run->spec->commit->commit) == 0;
  if (own) {
    g_clear_pointer(&use->repository, g_free);
    g_clear_pointer(&use->ref, g_free);
  }
  return (own ? fetch_own(use, job, path, error) : fetch_repository(use, job, path, error)) && read_action(use, use->path, NULL, error);
}

static bool open_use(ActionUse *use, Job *job, const Uses *uses, const ActionUse *within, GError **error) {
  const char *path = uses->path.text != NULL ? uses->path.text : "";
  switch (uses->kind) {
  case USES_LOCAL:
    return open_local(use, job, path, error);
  case USES_SELF:
    return open_self(use, job, within, path, error);
  case USES_REPOSITORY:
    return open_repository(use, job, uses, error);
  case USES_DOCKER:
  default:
    use->kind = USE_IMAGE;
    use->repository = g_strdup(""), use->ref = g_strdup("");
    use->image = g_strdup(use->text + strlen("docker://"));
    return true;
  }
}

/* ---- the steps of composite actions ---- */

static bool find_steps(ActionUse *use, Job *job, GError **error) {
  const Action *action = use->action;
  if (use->kind != USE_COMPOSITE)
    return true;
  if (use->level + 1 >= ACTION_LEVELS_MAX)
    return error_set(error, DROVER_ERROR_INPUT, "composite actions are used more than %d deep", ACTION_LEVELS_MAX);
  use->steps = g_new0(ActionUse *, action->step_count + 1);
  for (guint i = 0; i < action->step_count; i++) {
    const char *text = action->steps[i]->uses.text;
    g_autoptr(GError) inner = NULL;
    if (text == NULL)
      continue;
    use->steps[i] = action_use_find(job, text, use, false, &inner);
    if (inner == NULL)
      continue;
    g_propagate_error(error, g_steal_pointer(&inner));
    return false;
  }
  return true;
}

ActionUse *action_use_find(Job *job, const char *text, const ActionUse *within, bool late, GError **error) {
  g_autofree char *stripped = g_strstrip(g_strdup(text));
  g_autoptr(Uses) uses = uses_parse(stripped, NULL, error);
  if (uses == NULL || (uses->kind == USES_LOCAL && !late))
    return NULL;
  ActionUse *use = g_new0(ActionUse, 1);
  use->text = g_steal_pointer(&stripped);
  use->level = within != NULL ? within->level + 1 : 0;
  g_mutex_lock(&job->lock);
  g_ptr_array_add(job->all_uses, use);
  g_mutex_unlock(&job->lock);
  g_autoptr(GError) inner = NULL;
  if (open_use(use, job, uses, within, &inner) && find_steps(use, job, &inner))
    return use;
  g_propagate_prefixed_error(error, g_steal_pointer(&inner), "the action %s: ", use->text);
  return NULL;
}

static void bind_locked(Job *job, const char *key, ActionUse *use) {
  g_hash_table_insert(job->uses, g_strdup(key), use);
  for (guint i = 0; use->steps != NULL && i < use->action->step_count; i++) {
    g_autofree char *below = g_strdup_printf("%s/%u", key, i);
    if (use->steps[i] != NULL)
      bind_locked(job, below, use->steps[i]);
  }
}

void action_use_bind(Job *job, const char *key, ActionUse *use) {
  g_mutex_lock(&job->lock);
  bind_locked(job, key, use);
  g_mutex_unlock(&job->lock);
}

/* ---- pre and post ---- */

static bool has(const WorkflowText *text) {
  return text->text != NULL && *text->text != '\0';
}

static bool has_stage(const ActionUse *use, bool pre) {
  const Action *action = use->action;
  if (action == NULL)
    return false;
  if (use->kind == USE_JAVASCRIPT)
    return has(pre ? &action->pre : &action->post);
  if (use->kind == USE_DOCKER)
    return has(pre ? &action->pre_entrypoint : &action->post_entrypoint);
  for (guint i = 0; use->steps != NULL && i < action->step_count; i++)
    if (use->steps[i] != NULL && has_stage(use->steps[i], pre))
      return true;
  return false;
}

bool action_use_has_pre(const ActionUse *use) {
  return !use->local && has_stage(use, true);
}

/* Of a composite action's local steps nothing is known before they run. */
static bool may_promise(const ActionUse *use) {
  for (guint i = 0; use->kind == USE_COMPOSITE && i < use->action->step_count; i++) {
    const char *text = use->action->steps[i]->uses.text;
    if (text != NULL && (use->steps[i] == NULL || may_promise(use->steps[i])))
      return true;
  }
  return false;
}

bool action_use_has_post(const ActionUse *use) {
  return has_stage(use, false) || may_promise(use);
}
