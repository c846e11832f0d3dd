#include "ship/ship.h"

#include "base/error.h"
#include "release/gate.h"
#include "ship/line.h"

#include <string.h>

#define WAIT_STEP_MS 500

void line_clear(Line *line) {
  if (line->server != NULL)
    server_stop(line->server, 2000);
  g_clear_pointer(&line->tools, image_tools_free);
  g_clear_pointer(&line->registry, registry_free);
  g_clear_pointer(&line->scratch, scratch_close);
  g_clear_pointer(&line->lock, file_lock_free);
  g_clear_pointer(&line->secrets, secret_set_free);
  g_clear_pointer(&line->project, project_free);
  g_clear_pointer(&line->commit, commit_free);
  g_clear_pointer(&line->store, store_close);
}

/* ---- reading: nothing is changed yet --------------------------------------------------------------------------------- */

static bool refuse_dirty(const Line *line, GError **error) {
  g_autoptr(Commit) head = commit_resolve(line->spec->dir, NULL, error);
  bool dirty = false;
  if (head == NULL || line->spec->allow_dirty || !g_str_equal(head->commit, line->commit->commit))
    return head != NULL;
  if (!repository_is_dirty(line->commit->root, &dirty, error))
    return false;
  return !dirty ||
         error_set(error, DROVER_ERROR_INPUT,
                   "%s: files differ from the commit %.12s that would be shipped; commit them, or ship the commit without them with --allow-dirty",
                   line->commit->root, line->commit->commit);
}

static Project *parse_project(const char *name, const char *text, size_t size, GError **error) {
  g_autoptr(Diagnostics) diagnostics = diagnostics_new();
  g_autoptr(Project) project = project_parse(name, text, size, diagnostics);
  return diagnostics_to_error(diagnostics, error) ? g_steal_pointer(&project) : NULL;
}

static bool read_project(Line *line, GError **error) {
  size_t size = 0;
  g_autofree char *text = commit_read_file(line->commit, "drover.yaml", &size, error);
  if (text == NULL) {
    g_prefix_error(error, "commit %.12s has no project file: ", line->commit->commit);
    return false;
  }
  line->project = parse_project("drover.yaml", text, size, error);
  return line->project != NULL;
}

static const ProjectEnvironment *environment_of_branch(const Project *project, const char *branch) {
  for (guint i = 0; branch != NULL && i < project->environments->len; i++) {
    const ProjectEnvironment *environment = g_ptr_array_index(project->environments, i);
    if (g_strcmp0(environment->branch, branch) == 0)
      return environment;
  }
  return NULL;
}

static char *environment_names(const Project *project) {
  GString *names = g_string_new(NULL);
  for (guint i = 0; i < project->environments->len; i++)
    g_string_append_printf(names, "%s%s", i > 0 ? ", " : "", ((ProjectEnvironment *)g_ptr_array_index(project->environments, i))->name);
  return g_string_free(names, FALSE);
}

static bool choose_environment(Line *line, GError **error) {
  const char *wanted = line->spec->environment;
  line->environment = wanted != NULL ? project_environment(line->project, wanted) : environment_of_branch(line->project, line->commit->branch);
  if (line->environment != NULL)
    return true;
  g_autofree char *names = environment_names(line->project);
  if (wanted != NULL)
    return error_set(error, DROVER_ERROR_NOT_FOUND, "drover.yaml has no environment \"%s\"; it has: %s", wanted, names);
  return error_set(error, DROVER_ERROR_INPUT, "no environment of drover.yaml names the branch %s; choose one with --env: %s",
                   line->commit->branch != NULL ? line->commit->branch : "(the commit is on none)", names);
}

/* ---- holding: the environment's lock, the registry, what crashes left -------------------------------------------------- */

static bool take_lock(Line *line, const char *project, const char *environment, GError **error) {
  for (bool told = false;; told = true) {
    g_autoptr(GError) failure = NULL;
    line->lock = rollout_lock(line->spec->data_dir, project, environment, &failure);
    if (line->lock != NULL)
      return true;
    if (!error_is(failure, DROVER_ERROR_CONFLICT) || !line->spec->wait) {
      g_propagate_error(error, g_steal_pointer(&failure));
      return false;
    }
    if (!told)
      progress_note(line->spec->progress, "waiting: %s", failure->message);
    if (!clock_system()->sleep_ms(clock_system(), WAIT_STEP_MS, line->spec->cancellable))
      return error_set(error, DROVER_ERROR_CANCELLED, "stopped while waiting for another rollout of %s", environment);
  }
}

/* Serves the registry on the port of the last time, or any other: container tools remember what a registry at an address has. */
static bool serve_registry(Line *line, GError **error) {
  g_autofree char *dir = g_build_filename(line->spec->data_dir, "registry", NULL);
  g_autofree char *port_file = g_build_filename(line->spec->data_dir, "registry-address", NULL);
  line->registry = registry_open(dir, error);
  if (line->registry == NULL)
    return false;
  g_autofree char *last = fs_read(port_file, 256, NULL, NULL);
  ServerOptions options = {.listen = last, .registry = line->registry};
  line->server = last != NULL ? server_start(&options, NULL) : NULL;
  options.listen = "127.0.0.1:0";
  if (line->server == NULL && (line->server = server_start(&options, error)) == NULL)
    return false;
  const char *address = server_address(line->server);
  if (g_strcmp0(address, last) != 0 && !fs_write(port_file, address, strlen(address), 0644, error))
    return false;
  g_autofree char *owner = scratch_owner(line->scratch);
  line->tools = image_tools_new(scratch_path(line->scratch), address, owner, error);
  return line->tools != NULL;
}

static RolloutSpec rollout_spec(const Line *line, const Release *release, bool is_rollback) {
  return (RolloutSpec){
    .store = line->store,
    .data_dir = line->spec->data_dir,
    .project = line->project,
    .environment = line->environment,
    .release = release,
    .secrets = line->secrets,
    .tools = line->tools,
    .actor = line->spec->actor,
    .is_rollback = is_rollback,
    .clock = clock_system(),
    .progress = line->spec->progress,
    .cancellable = line->spec->cancellable,
  };
}

/* Everything that must be there before the first change, in the order in which a person can do something about it. */
static bool prepare(Line *line, bool is_rollback, GError **error) {
  line->secrets = secret_set_load(line->spec->data_dir, line->project->name, line->environment->name, error);
  g_auto(GStrv) names = project_secret_names(line->project, false);
  if (line->secrets == NULL || !secret_set_require(line->secrets, (const char *const *)names, error))
    return false;
  if (line->lock == NULL && !take_lock(line, line->project->name, line->environment->name, error))
    return false;
  line->scratch = scratch_open(line->spec->data_dir, error);
  if (line->scratch == NULL || !serve_registry(line, error) || !checks_clean(line, line->project->name, error))
    return false;
  RolloutSpec spec = rollout_spec(line, NULL, is_rollback);
  return rollout_check(&spec, error) && rollout_recover(&spec, error);
}

static bool make_folders(const char *data_dir, GError **error) {
  g_autofree char *logs = g_build_filename(data_dir, "logs", NULL);
  if (!fs_make_dirs(data_dir, 0711, error) || !fs_make_dirs(logs, 0700, error))
    return false;
  return !fs_is_nearly_full(data_dir) ||
         error_set(error, DROVER_ERROR_NO_SPACE, "no space left on the disk of %s: less than 16 MiB, and checkouts, logs and images need room",
                   data_dir);
}

/* ---- doing -------------------------------------------------------------------------------------------------------------- */

/* The release that the commit has already, its images tagged for this environment too; NULL and no error: it has none. */
static Release *find_existing(Line *line, GError **error) {
  g_autoptr(Release) existing = release_find_commit(line->store, line->project->name, line->commit->commit, error);
  if (existing == NULL || !images_tag(line, existing, error))
    return NULL;
  progress_note(line->spec->progress, "release %u holds this commit already: nothing is checked or built again", existing->number);
  return g_steal_pointer(&existing);
}

/* The release of the commit: the one it has, or a new one from checks and images. */
static Release *make_release(Line *line, GPtrArray *plans, GError **error) {
  g_autoptr(GError) failure = NULL;
  Release *existing = find_existing(line, &failure);
  if (existing != NULL)
    return existing;
  if (failure != NULL) {
    g_propagate_error(error, g_steal_pointer(&failure));
    return NULL;
  }
  json_auto_t *checks = NULL;
  if (!checks_run(line, plans, &checks, error))
    return NULL;
  json_auto_t *images = images_build(line, error);
  if (images == NULL)
    return NULL;
  Release release = {
    .project = line->project->name,
    .commit = line->commit->commit,
    .subject = line->commit->subject,
    .author = line->commit->author,
    .images = images,
    .project_file = line->project->text,
    .checks = checks,
  };
  Release *made = NULL;
  if (!release_record(line->store, &release, line->spec->actor, g_get_real_time(), &made, &failure)) {
    /* another ship, to another environment, was as far a moment earlier: there is one release of a commit, and its images are the same */
    if (error_is(failure, DROVER_ERROR_CONFLICT) && (made = find_existing(line, error)) != NULL)
      return made;
    if (error == NULL || *error == NULL)
      g_propagate_error(error, g_steal_pointer(&failure));
    return NULL;
  }
  progress_note(line->spec->progress, "release %u recorded: commit %.12s, %zu images", made->number, made->commit, json_object_size(images));
  return made;
}

static json_t *describe(const Line *line, const Release *release, const Rollout *rollout, const GError *failure, int64_t started_us,
                        unsigned notifications) {
  const char *commit = release != NULL ? release->commit : line->commit != NULL ? line->commit->commit : NULL;
  const char *outcome = failure == NULL ? "completed" : rollout != NULL && rollout->outcome != NULL ? rollout->outcome : "failed";
  return json_pack("{s:s?, s:s?, s:s?, s:o, s:o, s:s?, s:s, s:s?, s:f, s:i}", "project", line->project != NULL ? line->project->name : NULL,
                   "environment", line->environment != NULL ? line->environment->name : NULL, "commit", commit, "release",
                   release != NULL ? json_integer(release->number) : json_null(), "images",
                   release != NULL ? json_incref(release->images) : json_object(), "rollout", rollout != NULL ? rollout->id : NULL, "outcome",
                   outcome, "error", failure != NULL ? failure->message : NULL, "seconds",
                   (double)(g_get_monotonic_time() - started_us) / G_USEC_PER_SEC, "notifications", (int)notifications);
}

/* Rolls `release` out, tells the news and describes what came of it. `failure` may be set already: then only the last two. */
static bool finish(Line *line, const Release *release, bool is_rollback, GError *failure, int64_t started_us, json_t **result, GError **error) {
  g_autoptr(Rollout) rollout = NULL;
  if (failure == NULL) {
    RolloutSpec spec = rollout_spec(line, release, is_rollback);
    bool good = gate_allows(line->project, line->environment, release, &failure) && rollout_run(&spec, &rollout, &failure);
    if (!good && failure == NULL)
      error_set(&failure, DROVER_ERROR_INTERNAL, "the rollout ended without saying why");
  }
  unsigned notifications = line->secrets != NULL ? news_send(line, release, rollout, failure) : 0;
  if (result != NULL)
    *result = describe(line, release, rollout, failure, started_us, notifications);
  if (failure == NULL)
    return true;
  g_propagate_error(error, failure);
  return false;
}

bool ship_run(const ShipSpec *spec, json_t **result, GError **error) {
  int64_t started_us = g_get_monotonic_time();
  g_auto(Line) line = {.spec = spec};
  line.commit = commit_resolve(spec->dir, spec->ref, error);
  if (line.commit == NULL || !refuse_dirty(&line, error) || !read_project(&line, error) || !choose_environment(&line, error))
    return false;
  g_autoptr(GPtrArray) plans = checks_load(&line, error);
  if (plans == NULL || !images_check(&line, error) || !make_folders(spec->data_dir, error))
    return false;
  line.store = store_open(spec->data_dir, error);
  if (line.store == NULL || !prepare(&line, false, error))
    return false;
  progress_note(spec->progress, "shipping %.12s \"%s\" of %s to %s", line.commit->commit, line.commit->subject, line.project->name,
                line.environment->name);
  GError *failure = NULL;
  g_autoptr(Release) release = make_release(&line, plans, &failure);
  return finish(&line, release, false, failure, started_us, result, error);
}

/* ---- going back ----------------------------------------------------------------------------------------------------------- */

static bool begins_so(const Release *release, const char *wanted) {
  return strlen(wanted) >= 6 && (g_str_has_prefix(release->id, wanted) || g_str_has_prefix(release->commit, wanted));
}

/* By number, or by the beginning of its id or commit. */
static Release *find_release(Store *store, const char *project, const char *wanted, GError **error) {
  guint64 number = 0;
  g_autoptr(GError) failure = NULL;
  g_autoptr(Release) numbered =
    g_ascii_string_to_unsigned(wanted, 10, 1, G_MAXUINT, &number, NULL) ? release_find_number(store, project, (unsigned)number, &failure) : NULL;
  if (numbered != NULL)
    return g_steal_pointer(&numbered);
  g_autoptr(GPtrArray) all = failure == NULL ? release_list(store, project, G_MAXUINT, &failure) : NULL;
  for (guint i = 0; all != NULL && i < all->len; i++)
    if (begins_so(g_ptr_array_index(all, i), wanted))
      return release_get(store, ((const Release *)g_ptr_array_index(all, i))->id, error);
  if (failure == NULL)
    error_set(&failure, DROVER_ERROR_NOT_FOUND, "project %s has no release \"%s\"; drover releases lists them", project, wanted);
  g_propagate_error(error, g_steal_pointer(&failure));
  return NULL;
}

static Release *rollback_target(Store *store, const ShipSpec *spec, const char *project, const char *wanted, GError **error) {
  g_autoptr(Environment) environment = environment_get(store, project, spec->environment, error);
  if (environment == NULL)
    return NULL;
  if (environment->release == NULL) {
    error_set(error, DROVER_ERROR_NOT_FOUND, "nothing runs in environment \"%s\" of project %s, so there is nothing to return from",
              spec->environment, project);
    return NULL;
  }
  if (wanted == NULL && environment->previous == NULL) {
    error_set(error, DROVER_ERROR_NOT_FOUND, "environment \"%s\" has no release before the current one; name one with --to", spec->environment);
    return NULL;
  }
  g_autoptr(Release) target = wanted != NULL ? find_release(store, project, wanted, error) : release_get(store, environment->previous, error);
  if (target != NULL && g_str_equal(target->id, environment->release)) {
    error_set(error, DROVER_ERROR_CONFLICT, "environment \"%s\" runs release %u already", spec->environment, target->number);
    return NULL;
  }
  return g_steal_pointer(&target);
}

bool ship_rollback(const ShipSpec *spec, const char *project, const char *wanted, json_t **result, GError **error) {
  int64_t started_us = g_get_monotonic_time();
  g_auto(Line) line = {.spec = spec};
  if (!make_folders(spec->data_dir, error))
    return false;
  line.store = store_open(spec->data_dir, error);
  if (line.store == NULL || !take_lock(&line, project, spec->environment, error))
    return false;
  g_autoptr(Release) release = rollback_target(line.store, spec, project, wanted, error);
  if (release == NULL)
    return false;
  line.project = parse_project("drover.yaml", release->project_file, strlen(release->project_file), error);
  if (line.project == NULL || !choose_environment(&line, error) || !prepare(&line, true, error))
    return false;
  progress_note(spec->progress, "returning %s of %s to release %u", line.environment->name, project, release->number);
  return finish(&line, release, true, NULL, started_us, result, error);
}

/* ---- building only, and taking down --------------------------------------------------------------------------------- */

bool ship_build(const ShipSpec *spec, json_t **result, GError **error) {
  g_auto(Line) line = {.spec = spec};
  line.commit = commit_resolve(spec->dir, spec->ref, error);
  if (line.commit == NULL || !refuse_dirty(&line, error) || !read_project(&line, error) || !choose_environment(&line, error) ||
      !images_check(&line, error) || !make_folders(spec->data_dir, error))
    return false;
  line.scratch = scratch_open(spec->data_dir, error);
  if (line.scratch == NULL || !serve_registry(&line, error))
    return false;
  json_t *images = images_build(&line, error);
  if (images == NULL)
    return false;
  *result = json_pack("{s:s, s:s, s:o}", "project", line.project->name, "commit", line.commit->commit, "images", images);
  return true;
}

/* A mistyped name must not pass for an environment that is down. */
static bool was_rolled_out(const Line *line, const char *project, GError **error) {
  g_autoptr(GError) failure = NULL;
  g_autoptr(Rollout) last = rollout_find_last(line->store, project, line->spec->environment, &failure);
  if (failure == NULL && last == NULL)
    error_set(&failure, DROVER_ERROR_NOT_FOUND, "project %s has never rolled anything out to an environment \"%s\"; drover status lists those it has",
              project, line->spec->environment);
  if (failure == NULL)
    return true;
  g_propagate_error(error, g_steal_pointer(&failure));
  return false;
}

bool ship_down(const ShipSpec *spec, const char *project, GError **error) {
  g_auto(Line) line = {.spec = spec};
  line.store = store_open(spec->data_dir, error);
  if (line.store == NULL || !was_rolled_out(&line, project, error) || !take_lock(&line, project, spec->environment, error) ||
      !checks_clean(&line, project, error))
    return false;
  return rollout_down(line.store, spec->data_dir, project, spec->environment, spec->actor, error);
}
