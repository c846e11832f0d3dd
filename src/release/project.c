#include "release/project.h"

#include "base/error.h"
#include "base/nearest.h"
#include "release/project_reader.h"

#include <stdlib.h>
#include <string.h>

/* The document stays with the project: locations point to its name. */
typedef struct {
  Project project; /* first, so that a Project * is a Storage * */
  YamlDocument *document;
} Storage;

/* ---- the end of a project ---------------------------------------------------------------------------------------------- */

static void image_free(gpointer data) {
  ProjectImage *image = data;
  g_free(image->name);
  g_free(image->context);
  g_free(image->dockerfile);
  g_strfreev(image->platforms);
  g_free(image);
}

static void service_free(gpointer data) {
  ProjectService *service = data;
  for (char ***command = service->before_start; command != NULL && *command != NULL; command++)
    g_strfreev(*command);
  g_free(service->before_start);
  g_free(service->name);
  g_free(service->image);
  g_free(service->health.path);
  g_strfreev(service->secrets);
  g_strfreev(service->env);
  g_strfreev(service->scratch);
  g_strfreev(service->migrate.run);
  g_free(service->migrate.database);
  g_free(service);
}

static void route_free(gpointer data) {
  ProjectRoute *route = data;
  g_free(route->path);
  g_free(route->service);
  g_free(route);
}

static void environment_free(gpointer data) {
  ProjectEnvironment *environment = data;
  g_free(environment->name);
  g_free(environment->branch);
  g_free(environment->listen);
  g_strfreev(environment->hosts);
  g_free(environment->strategy);
  g_free(environment);
}

static void receiver_free(gpointer data) {
  ProjectNotify *receiver = data;
  g_free(receiver->secret);
  g_free(receiver);
}

void project_free(Project *project) {
  Storage *storage = (Storage *)project;
  g_free(project->name);
  g_ptr_array_unref(project->images);
  g_ptr_array_unref(project->services);
  g_ptr_array_unref(project->routes);
  g_ptr_array_unref(project->environments);
  g_ptr_array_unref(project->notify);
  g_strfreev(project->registries);
  g_strfreev(project->checks);
  g_free(project->text);
  g_clear_pointer(&storage->document, yaml_document_free);
  g_free(storage);
}

static Project *project_new(void) {
  Storage *storage = g_new0(Storage, 1);
  storage->project = (Project){
    .images = g_ptr_array_new_with_free_func(image_free),
    .services = g_ptr_array_new_with_free_func(service_free),
    .routes = g_ptr_array_new_with_free_func(route_free),
    .environments = g_ptr_array_new_with_free_func(environment_free),
    .notify = g_ptr_array_new_with_free_func(receiver_free),
  };
  return &storage->project;
}

/* ---- names ------------------------------------------------------------------------------------------------------------- */

/* In the arrays of images, services and environments each struct begins with its name. */
static void *find_named(const GPtrArray *entries, const char *name) {
  for (guint i = 0; i < entries->len; i++) {
    char **entry = g_ptr_array_index(entries, i);
    if (strcmp(*entry, name) == 0)
      return entry;
  }
  return NULL;
}

const ProjectEnvironment *project_environment(const Project *project, const char *name) {
  return find_named(project->environments, name);
}

const ProjectService *project_service(const Project *project, const char *name) {
  return find_named(project->services, name);
}

const ProjectImage *project_image(const Project *project, const char *name) {
  return find_named(project->images, name);
}

char **project_secret_names(const Project *project, bool with_notify) {
  g_autoptr(GPtrArray) names = g_ptr_array_new();
  for (guint i = 0; i < project->services->len; i++) {
    const ProjectService *service = g_ptr_array_index(project->services, i);
    for (char **name = service->secrets; *name != NULL; name++)
      g_ptr_array_add(names, *name);
    if (service->migrate.run != NULL)
      g_ptr_array_add(names, service->migrate.database);
  }
  for (guint i = 0; with_notify && i < project->notify->len; i++)
    g_ptr_array_add(names, ((const ProjectNotify *)g_ptr_array_index(project->notify, i))->secret);
  g_autoptr(GStrvBuilder) unique = g_strv_builder_new();
  for (guint i = 0; i < names->len; i++) {
    guint first = 0;
    while (strcmp(names->pdata[first], names->pdata[i]) != 0)
      first++;
    if (first == i)
      g_strv_builder_add(unique, names->pdata[i]);
  }
  return g_strv_builder_end(unique);
}

/* ---- what no single key can tell ---------------------------------------------------------------------------------------- */

static void check_references(Reader *reader) {
  static const char *const kinds[] = {[REFERENCE_IMAGE] = "image", [REFERENCE_SERVICE] = "service"};
  for (guint i = 0; i < reader->references->len; i++) {
    const Reference *reference = &g_array_index(reader->references, Reference, i);
    const GPtrArray *entries = reference->kind == REFERENCE_IMAGE ? reader->project->images : reader->project->services;
    if (find_named(entries, reference->node->text) != NULL)
      continue;
    g_autoptr(GPtrArray) known = g_ptr_array_new();
    for (guint k = 0; k < entries->len; k++)
      g_ptr_array_add(known, *(char **)g_ptr_array_index(entries, k));
    g_ptr_array_add(known, NULL);
    const char *nearest = nearest_name(reference->node->text, (const char *const *)known->pdata);
    g_autofree char *shown = reader_show(reference->node);
    reader_find(reader, reference->node, "there is no %s %s%s%s%s", kinds[reference->kind], shown, nearest != NULL ? "; did you mean \"" : "",
                nearest != NULL ? nearest : "", nearest != NULL ? "\"?" : "");
  }
}

static void find_at(Reader *reader, Location location, const char *format, ...) G_GNUC_PRINTF(3, 4);
static void find_at(Reader *reader, Location location, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  g_autofree char *message = g_strdup_vprintf(format, arguments);
  va_end(arguments);
  diagnostics_add(reader->diagnostics, location, "%s", message);
  reader->findings++;
}

static void check_variables(Reader *reader) {
  for (guint i = 0; i < reader->project->services->len; i++) {
    const ProjectService *service = g_ptr_array_index(reader->project->services, i);
    for (char **pair = service->env; *pair != NULL; pair++) {
      g_autofree char *name = g_strndup(*pair, strcspn(*pair, "="));
      if (g_strv_contains((const char *const *)service->secrets, name))
        find_at(reader, service->location, "service \"%s\": \"%s\" is a secret and stands in env as well", service->name, name);
    }
  }
}

/* Whether two routers on one machine would want the same port. */
static bool listens_overlap(const char *a, const char *b) {
  const char *a_port = strrchr(a, ':'), *b_port = strrchr(b, ':');
  if (atoi(a_port + 1) != atoi(b_port + 1))
    return false;
  bool any = g_str_has_prefix(a, "0.0.0.0:") || g_str_has_prefix(b, "0.0.0.0:") || g_str_has_prefix(a, "[::]:") || g_str_has_prefix(b, "[::]:");
  return any || (a_port - a == b_port - b && strncmp(a, b, (size_t)(a_port - a)) == 0);
}

static void check_environments(Reader *reader) {
  const GPtrArray *all = reader->project->environments;
  for (guint i = 0; i < all->len; i++) {
    const ProjectEnvironment *later = g_ptr_array_index(all, i);
    for (guint k = 0; k < i; k++) {
      const ProjectEnvironment *first = g_ptr_array_index(all, k);
      if (first->branch != NULL && g_strcmp0(first->branch, later->branch) == 0)
        find_at(reader, later->location, "environment \"%s\": the branch \"%s\" goes to \"%s\" already", later->name, later->branch, first->name);
      if (listens_overlap(first->listen, later->listen))
        find_at(reader, later->location, "environment \"%s\" listens on %s, where \"%s\" does already (%s): give each a \"listen\" of its own",
                later->name, later->listen, first->name, first->listen);
    }
  }
}

static int by_length(gconstpointer a, gconstpointer b) {
  size_t left = strlen((*(ProjectRoute *const *)a)->path), right = strlen((*(ProjectRoute *const *)b)->path);
  return (left < right) - (left > right);
}

/* ---- parsing ------------------------------------------------------------------------------------------------------------ */

static void finish_project(Project *project) {
  g_ptr_array_sort(project->routes, by_length);
  if (project->registries == NULL)
    project->registries = g_strdupv((char *[]){(char *)"drover", NULL});
  if (project->checks == NULL)
    project->checks = g_new0(char *, 1);
}

Project *project_parse(const char *name, const char *text, size_t size, Diagnostics *diagnostics) {
  g_autoptr(GError) error = NULL;
  g_autoptr(Project) project = project_new();
  Storage *storage = (Storage *)project;
  storage->document = yaml_parse(name, text, size, NULL, &error);
  if (storage->document == NULL) {
    diagnostics_add_error(diagnostics, name, NULL, error);
    return NULL;
  }
  Reader reader = {.project = project, .diagnostics = diagnostics, .references = g_array_new(FALSE, FALSE, sizeof(Reference))};
  reader_read_mapping(&reader, "the project file", project_keys, yaml_root(storage->document), project);
  check_references(&reader);
  check_variables(&reader);
  check_environments(&reader);
  g_array_unref(reader.references);
  if (reader.findings > 0)
    return NULL;
  finish_project(project);
  project->text = g_strndup(text, size);
  return g_steal_pointer(&project);
}
