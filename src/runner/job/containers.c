#include "runner/job/containers.h"

#include "engine/job_container.h"
#include "engine/service.h"
#include "runner/job/container_request.h"
#include "runner/step/frame.h"
#include "workflow/matrix.h"

#define READY_MS (10 * 60 * 1000)
#define LOG_LINES 200

struct JobContainers {
  Engine *engine;
  ContainerScope scope;
  char *name, *network;
  GPtrArray *services; /* Service */
};

static void service_item_free(void *service) {
  service_free(service);
}

static void on_line(G_GNUC_UNUSED ProcessStream stream, const char *line, size_t length, void *job) {
  job_say(job, "%.*s", (int)MIN(length, 4096), line);
}

bool job_wants_container(const Job *job) {
  return job->model->container.node != NULL;
}

static bool open_engine(Job *job, GError **error) {
  const RunSpec *spec = job->run->spec;
  g_autofree char *around = g_path_get_dirname(job->folders.dir), *mark = g_build_filename(around, RUN_CONTAINERS_MARK, NULL);
  if (!g_file_set_contents_full(mark, "", 0, G_FILE_SET_CONTENTS_NONE, 0600, error))
    return false;
  Engine *engine = engine_new(NULL, error);
  if (engine == NULL)
    return false;
  JobContainers *containers = g_new0(JobContainers, 1);
  containers->engine = engine;
  containers->name = g_strdup_printf("%u", job->spec->number);
  containers->services = g_ptr_array_new_with_free_func(service_item_free);
  containers->scope = (ContainerScope){
    .engine = engine,
    .run = spec->id,
    .job = containers->name,
    .host_access = spec->isolation == ISOLATION_NONE,
    .dir = job->folders.dir,
    .on_line = on_line,
    .data = job,
  };
  job->containers = containers;
  return true;
}

const ContainerScope *job_containers_scope(Job *job, GError **error) {
  g_mutex_lock(&job->lock);
  bool there = job->containers != NULL || open_engine(job, error);
  g_mutex_unlock(&job->lock);
  return there ? &job->containers->scope : NULL;
}

static void open_network(Job *job) {
  g_autofree char *why = NULL;
  JobContainers *containers = job->containers;
  containers->network = job_network_make(&containers->scope, &why);
  containers->scope.network = containers->network;
  if (why != NULL)
    job_say(job, "##[warning]%s", why);
}

/* ---- services ---- */

static bool start_service(Job *job, const char *name, const json_t *asked, GError **error) {
  g_auto(ContainerAsked) request = {0};
  if (!container_asked_read(&request, asked, error))
    return false;
  if (request.request.image == NULL) {
    job_say(job, "the service %s is left out: it has no image", name);
    return true;
  }
  g_auto(GStrv) words = service_words(request.command, error);
  if (words == NULL && error != NULL && *error != NULL)
    return false;
  Service *service = service_start(
    &(ServiceSpec){
      .scope = &job->containers->scope,
      .name = name,
      .request = &request.request,
      .entrypoint = request.entrypoint,
      .command = (const char *const *)words,
      .cancellable = job_clock_stop(job->clock),
    },
    error);
  if (service == NULL)
    return false;
  g_ptr_array_add(job->containers->services, service);
  json_object_set_new(job_state_entry(json_object_get(job->top->contexts, "job"), "services"), name, service_context(service));
  return true;
}

static bool start_services(Job *job, const ExpressionScope *scope, GError **error) {
  if (job->model->services_node == NULL)
    return true;
  json_auto_t *asked = matrix_evaluate(job->model->services_node, scope, error);
  const char *name;
  json_t *one;
  if (asked == NULL)
    return false;
  json_object_foreach (asked, name, one) {
    g_autoptr(GError) inner = NULL;
    if (start_service(job, name, one, &inner))
      continue;
    g_propagate_prefixed_error(error, g_steal_pointer(&inner), "service %s: ", name);
    return false;
  }
  for (guint i = 0; i < job->containers->services->len; i++)
    if (!service_wait(g_ptr_array_index(job->containers->services, i), READY_MS, job_clock_stop(job->clock), error))
      return false;
  return true;
}

/* ---- the job's own ---- */

ContainerBind *job_container_binds(const Job *job, size_t *count) {
  const JobFolders *folders = &job->folders;
  const ContainerBind binds[] = {
    {.path = folders->work.path, .inside = folders->work.inside},
    {.path = folders->temp.path, .inside = folders->temp.inside},
    {.path = folders->tools.path, .inside = folders->tools.inside},
    {.path = folders->actions.path, .inside = folders->actions.inside, .read_only = true},
    {.path = folders->home.path, .inside = folders->home.inside},
  };
  *count = G_N_ELEMENTS(binds);
  return g_memdup2(binds, sizeof binds);
}

static bool start_own(Job *job, const ExpressionScope *scope, GError **error) {
  g_auto(ContainerAsked) request = {0};
  json_auto_t *asked = matrix_evaluate(job->model->container.node, scope, error);
  if (asked == NULL || !container_asked_read(&request, asked, error))
    return false;
  if (request.request.image == NULL)
    return true;
  size_t count = 0;
  g_autofree ContainerBind *binds = job_container_binds(job, &count);
  g_autoptr(GPtrArray) texts = g_ptr_array_new_with_free_func(g_free);
  g_autoptr(GArray) all = g_array_new(FALSE, FALSE, sizeof(ContainerBind));
  g_array_append_vals(all, binds, (guint)count);
  container_asked_add_tools(job, all, texts);
  job->executor = job_container_new(
    &(JobContainerSpec){
      .scope = &job->containers->scope,
      .request = &request.request,
      .binds = (const ContainerBind *)(void *)all->data,
      .bind_count = all->len,
      .cwd = job->folders.work.inside,
      .cancellable = job_clock_stop(job->clock),
    },
    error);
  if (job->executor == NULL)
    return false;
  job->in_container = true;
  const ContainerScope *shared = &job->containers->scope;
  json_t *context = json_pack("{s:s, s:s}", "id", job_container_id(job->executor), "network", shared->network != NULL ? shared->network : "");
  json_object_set_new(json_object_get(job->top->contexts, "job"), "container", context);
  return true;
}

bool job_containers_open(Job *job, GError **error) {
  JobScope scope;
  if (!job_wants_container(job) && job->model->services_node == NULL)
    return true;
  job_scope_init(&scope, job, job->top->contexts, STATUS_SUCCESS);
  if (job_containers_scope(job, error) == NULL)
    return false;
  open_network(job);
  return start_services(job, &scope.scope, error) && (!job_wants_container(job) || start_own(job, &scope.scope, error));
}

static void tell_logs(Job *job) {
  for (guint i = 0; i < job->containers->services->len; i++) {
    g_autofree char *logs = service_logs(g_ptr_array_index(job->containers->services, i), LOG_LINES);
    if (logs != NULL && *logs != '\0')
      job_say(job, "##[group]What a service wrote\n%s\n##[endgroup]", g_strchomp(logs));
  }
}

void job_containers_close(Job *job) {
  JobContainers *containers = job->containers;
  g_autoptr(GError) error = NULL;
  if (containers == NULL)
    return;
  tell_logs(job);
  g_ptr_array_unref(containers->services);
  if (containers->network != NULL && !job_network_remove(containers->engine, containers->network, &error))
    job_say(job, "##[warning]%s", error->message);
  engine_free(containers->engine);
  g_free(containers->network);
  g_free(containers->name);
  g_free(containers);
  job->containers = NULL;
}
