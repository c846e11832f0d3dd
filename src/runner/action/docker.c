#include "runner/action/action.h"

#include "base/error.h"
#include "base/fs.h"
#include "engine/container_action.h"
#include "engine/fetch.h"
#include "runner/action/layout.h"
#include "runner/expand.h"
#include "runner/job/containers.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#define WORKSPACE "/github/workspace"

/* Where the job's folders show in the container of a Docker action, the deepest first. */
static const struct {
  size_t offset; /* of its JobFolder in JobFolders */
  const char *inside;
} places[] = {
  {offsetof(JobFolders, work), WORKSPACE},
  {offsetof(JobFolders, temp), "/github/runner_temp"},
  {offsetof(JobFolders, home), "/github/home"},
};

static const JobFolder *folder_at(const Job *job, size_t i) {
  return (const JobFolder *)((const char *)&job->folders + places[i].offset);
}

/* A variable's value with the job's paths as the container has them. */
static char *translate(const Job *job, const char *value) {
  for (size_t i = 0; i < G_N_ELEMENTS(places); i++) {
    const char *inside = folder_at(job, i)->inside;
    size_t length = strlen(inside);
    if (strncmp(value, inside, length) == 0 && (value[length] == '\0' || value[length] == '/'))
      return g_strconcat(places[i].inside, value + length, NULL);
  }
  return g_strdup(value);
}

static char **translate_all(const Job *job, char **env) {
  GPtrArray *all = g_ptr_array_new();
  for (char **pair = env; *pair != NULL; pair++) {
    const char *equals = strchr(*pair, '=');
    if (g_str_has_prefix(*pair, "PATH=") || g_str_has_prefix(*pair, "HOME="))
      continue; /* the image's own, and below */
    g_autofree char *name = g_strndup(*pair, (size_t)(equals - *pair)), *value = translate(job, equals + 1);
    g_ptr_array_add(all, g_strconcat(name, "=", value, NULL));
  }
  g_ptr_array_add(all, g_strdup("HOME=/github/home"));
  g_ptr_array_add(all, NULL);
  return (char **)g_ptr_array_free(all, FALSE);
}

/* ---- what it runs ---- */

/* A local action's folder is the job's: what is built is a copy, made without following links out of the workspace. */
static char *build_image(Step *step, const ContainerScope *scope, const char *dockerfile, GError **error) {
  const ActionUse *use = step->use;
  if (!use->local)
    return container_image_build(scope, use->path, dockerfile, step_cancellable(step), error);
  int fd = job_folders_open_file(&step->job->folders, use->dir);
  if (fd < 0)
    return error_set_errno(error, errno, "%s", use->text), NULL;
  g_autofree char *opened = g_strdup_printf("/proc/self/fd/%d", fd);
  g_autofree char *copy = fs_temp_dir(step->job->folders.dir, "build-", error);
  bool copied = copy != NULL && folder_copy(opened, copy, error);
  close(fd);
  char *image = copied ? container_image_build(scope, copy, dockerfile, step_cancellable(step), error) : NULL;
  if (copy != NULL)
    fs_remove_tree(copy, NULL);
  return image;
}

static bool find_image(Step *step, const ContainerScope *scope, ContainerAction *run, char **image, GError **error) {
  const ActionUse *use = step->use;
  const char *named = use->kind == USE_IMAGE ? use->image : use->action->image.text;
  if (use->kind == USE_DOCKER && g_str_has_prefix(named, "docker://"))
    named += strlen("docker://");
  else if (use->kind == USE_DOCKER)
    run->built = true;
  *image = run->built ? build_image(step, scope, named, error) : g_strdup(named);
  run->image = *image;
  return *image != NULL;
}

static char *entrypoint_of(const Step *step, const json_t *inputs) {
  const Action *action = step->use->action;
  if (step->stage != STAGE_MAIN)
    return g_strdup(step->stage == STAGE_PRE ? action->pre_entrypoint.text : action->post_entrypoint.text);
  if (action != NULL && action->entrypoint.text != NULL && *action->entrypoint.text != '\0')
    return g_strdup(action->entrypoint.text);
  return g_strdup(action_input(inputs, "entryPoint"));
}

/* The metadata's args, with the inputs context; else the input "args", split as a command line. */
static bool arguments_of(const Step *step, const JobScope *scope, const json_t *inputs, char ***arguments, GError **error) {
  const Action *action = step->use->action;
  const char *given = action_input(inputs, "args");
  if (action == NULL || action->args.node == NULL) {
    *arguments = NULL;
    bool none = given == NULL || *given == '\0';
    return none || g_shell_parse_argv(given, NULL, arguments, NULL) || error_set(error, DROVER_ERROR_INPUT, "args: a quote is not closed");
  }
  g_autoptr(GPtrArray) all = g_ptr_array_new_with_free_func(g_free);
  for (guint i = 0; i < action->args.count; i++) {
    char *text = expand_text(&action->args.items[i], &scope->scope, error);
    if (text == NULL)
      return false;
    g_ptr_array_add(all, text);
  }
  g_ptr_array_add(all, NULL);
  *arguments = (char **)g_ptr_array_steal(all, NULL);
  return true;
}

/* `env` of the metadata gives what nobody else set. */
static bool environment_of(Step *step, const JobScope *scope, const json_t *inputs, char ***env, GError **error) {
  json_auto_t *more = action_environment(step, inputs);
  json_auto_t *own = json_object();
  if (step->use->action != NULL && !expand_pairs(&step->use->action->env, &scope->scope, own, error))
    return false;
  const char *name;
  json_t *value;
  json_object_foreach (own, name, value)
    if (json_object_get(step->env, name) == NULL && json_object_get(more, name) == NULL)
      json_object_set(more, name, value);
  g_auto(GStrv) plain = step_environment(step, more);
  *env = translate_all(step->job, plain);
  return true;
}

/* ---- running it ---- */

static void write_output(const char *bytes, size_t size, void *output) {
  output_write(output, bytes, size);
}

static void run_container(Step *step, ContainerAction *run) {
  g_autoptr(GError) error = NULL;
  int status = 0;
  const Job *job = step->job;
  ContainerBind binds[G_N_ELEMENTS(places) + 2] = {0};
  for (size_t i = 0; i < G_N_ELEMENTS(places); i++)
    binds[i] = (ContainerBind){.path = folder_at(job, i)->path, .inside = places[i].inside};
  Output *output = step_output_new(step);
  run->binds = binds;
  run->bind_count = G_N_ELEMENTS(places);
  run->cwd = WORKSPACE;
  run->on_output = write_output;
  run->data = output;
  run->deadline_ms = step_left_ms(step);
  run->cancellable = step_cancellable(step);
  if (!container_action_run(run, &status, &error))
    step_note_stop(step, error);
  else if (status != 0)
    step_fail(step, "ended with status %d", status);
  step_output_end(step, output);
}

void action_run_docker(Step *step, const json_t *inputs) {
  g_autoptr(GError) error = NULL;
  g_autofree char *image = NULL, *entrypoint = entrypoint_of(step, inputs);
  g_auto(GStrv) arguments = NULL, env = NULL;
  json_auto_t *contexts = json_copy(step->contexts);
  json_object_set(contexts, "inputs", (json_t *)inputs);
  JobScope scope;
  job_scope_init(&scope, step->job, contexts, step->scope.status);
  ContainerAction run = {.scope = job_containers_scope(step->job, &error)};
  if (run.scope == NULL || !find_image(step, run.scope, &run, &image, &error) || !arguments_of(step, &scope, inputs, &arguments, &error) ||
      !environment_of(step, &scope, inputs, &env, &error)) {
    step_fail(step, "could not be run: %s", error->message);
    return;
  }
  run.entrypoint = entrypoint != NULL && *entrypoint != '\0' ? entrypoint : NULL;
  run.args = (const char *const *)arguments;
  run.env = (const char *const *)env;
  run_container(step, &run);
}
