#include "runner/job/job.h"

#include "engine/job_container.h"
#include "runner/action/node.h"
#include "sandbox/sandbox.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#define STANDARD_PATH "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

static char *marker(const Job *job) {
  return g_strdup_printf("%s/%u", job->run->spec->id, job->spec->number);
}

/* Names of machines take letters, digits and "-". */
static char *machine_name(const Job *job) {
  char *name = g_strdup_printf("drover-%u-%.40s", job->spec->number, job->model->id);
  return g_strcanon(name, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "-", '-');
}

static Executor *sandbox_open(Job *job, GError **error) {
  const RunSpec *spec = job->run->spec;
  JobFolders *folders = &job->folders;
  g_autofree char *name = machine_name(job), *state = g_build_filename(folders->dir, "machine", NULL);
  g_autoptr(GPtrArray) warnings = g_ptr_array_new_with_free_func(g_free);
  g_autoptr(GArray) binds = g_array_new(FALSE, FALSE, sizeof(SandboxBind));
  const SandboxBind own[] = {
    {.path = folders->home.path, .inside = folders->home.inside},
    {.path = folders->work.path, .inside = folders->work.inside},
    {.path = folders->temp.path, .inside = folders->temp.inside},
    {.path = folders->tools.path, .inside = folders->tools.inside},
    {.path = folders->actions.path, .inside = folders->actions.inside, .read_only = true},
    {.path = job->run->repository_dir, .inside = RUN_REPOSITORY_INSIDE, .read_only = true},
    {.path = job->run->objects_dir, .inside = RUN_OBJECTS_INSIDE, .read_only = true},
  };
  g_array_append_vals(binds, own, G_N_ELEMENTS(own));
  g_autoptr(GPtrArray) nodes G_GNUC_UNUSED = node_binds(spec->data_dir, binds);
  const char *const hidden[] = {spec->data_dir, NULL};
  g_mkdir(state, 0700);
  Executor *executor = sandbox_new(
    &(SandboxSpec){
      .name = name,
      .state_dir = state,
      .binds = (const SandboxBind *)(void *)binds->data,
      .bind_count = binds->len,
      .hidden = hidden,
      .network = spec->network,
      .memory_max_bytes = spec->memory_max_bytes,
      .processes_max = spec->processes_max,
      .cpus_max = spec->cpus_max,
    },
    warnings, error);
  for (guint i = 0; i < warnings->len; i++)
    job_say(job, "##[warning]%s", (const char *)g_ptr_array_index(warnings, i));
  return executor;
}

static void put_assignment(json_t *env, const char *assignment) {
  const char *equals = strchr(assignment, '=');
  if (equals == NULL)
    return;
  g_autofree char *name = g_strndup(assignment, (size_t)(equals - assignment));
  job_set_text(env, name, equals + 1);
}

/* Those folders of this machine's PATH that are there inside: not a person's own. Transfer full. */
static char *path_inside(const Executor *executor) {
  const char *path = g_getenv("PATH");
  g_auto(GStrv) folders = g_strsplit(path != NULL ? path : STANDARD_PATH, ":", -1);
  g_autoptr(GPtrArray) seen = g_ptr_array_new_with_free_func(g_free);
  for (char **folder = folders; *folder != NULL; folder++) {
    char *inside = g_path_is_absolute(*folder) ? executor_inside(executor, *folder) : NULL;
    if (inside != NULL)
      g_ptr_array_add(seen, inside);
  }
  g_ptr_array_add(seen, NULL);
  return seen->len > 1 ? g_strjoinv(":", (char **)seen->pdata) : g_strdup(STANDARD_PATH);
}

static void make_base_env(Job *job) {
  g_autofree char *mark = marker(job);
  job->base_env = json_object();
  g_autofree char *path = job->in_container ? g_strdup(STANDARD_PATH) : path_inside(job->executor);
  job_set_text(job->base_env, "PATH", path);
  job_set_text(job->base_env, "HOME", job->folders.home.inside);
  job_set_text(job->base_env, "LANG", "C.UTF-8");
  job_set_text(job->base_env, "DROVER_RUN", job->run->spec->id);
  job_set_text(job->base_env, "DROVER_JOB", mark);
  if (!job->isolated && !job->in_container)
    return;
  const char *const *own = job->isolated ? sandbox_environment(job->executor) : job_container_environment(job->executor);
  for (const char *const *pair = own; pair != NULL && *pair != NULL; pair++)
    put_assignment(job->base_env, *pair);
}

bool job_place_open(Job *job, GError **error) {
  if (job->in_container)
    return make_base_env(job), true;
  g_autofree char *mark = marker(job), *assignment = g_strconcat("DROVER_JOB=", mark, NULL);
  job->isolated = job->run->spec->isolation == ISOLATION_FULL;
  job->executor = job->isolated ? sandbox_open(job, error) : executor_process_new(assignment);
  if (job->executor == NULL)
    return false;
  make_base_env(job);
  return true;
}

void job_place_close(Job *job) {
  unsigned ended = 0;
  if (job->executor == NULL)
    return;
  executor_free(g_steal_pointer(&job->executor), &ended);
  if (ended > 0)
    job_say(job, "ended %u process%s that the job had left running", ended, ended == 1 ? "" : "es");
}

static bool in_path(const char *program, const char *path) {
  g_auto(GStrv) folders = g_strsplit(path, ":", -1);
  for (char **folder = folders; *folder != NULL; folder++) {
    g_autofree char *file = g_build_filename(**folder != '\0' ? *folder : ".", program, NULL);
    if (access(file, X_OK) == 0)
      return true;
  }
  return false;
}

static bool found_inside(const Job *job, const char *program) {
  const char *const argv[] = {"/bin/sh", "-c", "command -v -- \"$0\"", program, NULL};
  g_autofree char *path = g_strconcat("PATH=", json_string_value(json_object_get(job->base_env, "PATH")), NULL);
  const char *const env[] = {path, NULL};
  int status = 1;
  return executor_run(job->executor, &(ExecutorSpec){.argv = argv, .env = env, .cwd = "/", .deadline_ms = 10000}, &status, NULL) && status == 0;
}

/* A sandbox has this machine's programs, and what steps installed in it; of a container nothing is known before. */
bool job_has_program(const Job *job, const json_t *paths, const char *program) {
  const char *path = json_string_value(json_object_get(job->base_env, "PATH"));
  for (size_t i = 0; i < json_array_size(paths); i++) {
    g_autofree char *folder = job_folders_outside(&job->folders, json_string_value(json_array_get(paths, i)));
    if (folder != NULL && in_path(program, folder))
      return true;
  }
  if (!job->in_container && in_path(program, path != NULL ? path : STANDARD_PATH))
    return true;
  return (job->in_container || job->isolated) && found_inside(job, program);
}
