#include "cli/run/request.h"

#include "base/fs.h"
#include "cli/secret_file.h"
#include "release/secrets.h"

#include <stdlib.h>
#include <string.h>

#define EVENT_MAX_BYTES ((size_t)10 << 20)

/* ---- from the command line ---- */

typedef enum { KEEP_TEXT, KEEP_PATH, KEEP_NUMBER, KEEP_FLAG, KEEP_TEXTS, KEEP_PATHS } Keep;

static const struct {
  const char *option;
  Keep keep;
} kept[] = {
  {"event", KEEP_TEXT},      {"event-file", KEEP_PATH}, {"env", KEEP_TEXT},         {"job", KEEP_TEXT},          {"input", KEEP_TEXTS},
  {"var", KEEP_TEXTS},       {"var-file", KEEP_PATHS},  {"secret", KEEP_TEXTS},     {"secret-file", KEEP_PATHS}, {"actions", KEEP_PATHS},
  {"parallel", KEEP_NUMBER}, {"isolation", KEEP_TEXT},  {"network", KEEP_TEXT},     {"memory", KEEP_NUMBER},     {"pids", KEEP_NUMBER},
  {"cpus", KEEP_NUMBER},     {"locked", KEEP_FLAG},     {"update-lock", KEEP_FLAG}, {"offline", KEEP_FLAG},      {"debug", KEEP_FLAG},
  {"no-record", KEEP_FLAG},  {"workspace", KEEP_PATH},
};

static json_t *path_json(const Invocation *invocation, const char *path) {
  g_autofree char *whole = g_canonicalize_filename(path, invocation->dir);
  return json_string(whole); /* NULL where it is not UTF-8 */
}

static json_t *list_json(const Invocation *invocation, const char *option, bool paths) {
  g_autofree char **texts = invocation_texts(invocation, option);
  json_t *list = json_array();
  for (char **text = texts; *text != NULL; text++)
    json_array_append_new(list, paths ? path_json(invocation, *text) : json_string(*text));
  return list;
}

static json_t *value_json(const Invocation *invocation, const char *option, Keep keep) {
  const char *text = keep == KEEP_TEXT || keep == KEEP_PATH ? invocation_text(invocation, option) : NULL;
  switch (keep) {
  case KEEP_TEXT:
    return text != NULL ? json_string(text) : json_null();
  case KEEP_PATH:
    return text != NULL ? path_json(invocation, text) : json_null();
  case KEEP_NUMBER:
    return json_integer(invocation_number(invocation, option));
  case KEEP_FLAG:
    return json_boolean(invocation_flag(invocation, option));
  case KEEP_TEXTS:
    return list_json(invocation, option, false);
  case KEEP_PATHS:
    return list_json(invocation, option, true);
  }
  return json_null();
}

static bool check_pairs(const Invocation *invocation, const char *option, GError **error) {
  g_autofree char **texts = invocation_texts(invocation, option);
  for (char **text = texts; *text != NULL; text++)
    if (strchr(*text, '=') == NULL || **text == '=')
      return invocation_misuse(invocation, error, "--%s %s: expected NAME=VALUE", option, *text);
  return true;
}

static void put_text(json_t *object, const char *key, const char *text) {
  json_object_set_new(object, key, text != NULL ? json_string(text) : json_null());
}

json_t *request_new(const Invocation *invocation, const Commit *commit, const char *project, const char *workflow, GError **error) {
  if (!check_pairs(invocation, "input", error) || !check_pairs(invocation, "var", error))
    return NULL;
  json_t *request = json_object();
  for (size_t i = 0; i < G_N_ELEMENTS(kept); i++)
    json_object_set_new(request, kept[i].option, value_json(invocation, kept[i].option, kept[i].keep));
  put_text(request, "workflow", workflow);
  put_text(request, "project", project);
  put_text(request, "root", commit->root);
  put_text(request, "commit", commit->commit);
  put_text(request, "branch", commit->branch);
  put_text(request, "tag", commit->tag);
  return request;
}

/* ---- making it ready ---- */

static const char *text_of(const RunSetup *setup, const char *key) {
  return json_string_value(json_object_get(setup->request, key));
}

static int64_t number_of(const RunSetup *setup, const char *key) {
  return json_integer_value(json_object_get(setup->request, key));
}

static bool flag_of(const RunSetup *setup, const char *key) {
  return json_is_true(json_object_get(setup->request, key));
}

static void put_pair(json_t *object, const char *pair) {
  const char *equals = strchr(pair, '=');
  g_autofree char *name = equals != NULL ? g_strndup(pair, (size_t)(equals - pair)) : NULL;
  if (name != NULL)
    json_object_set_new(object, name, json_string(equals + 1));
}

static void put_pairs(const RunSetup *setup, const char *key, json_t *object) {
  size_t index;
  json_t *pair;
  json_array_foreach (json_object_get(setup->request, key), index, pair)
    put_pair(object, json_string_value(pair));
}

static void wipe_text(void *data) {
  explicit_bzero(data, strlen(data));
  g_free(data);
}

static bool put_files(const RunSetup *setup, const char *key, json_t *object, GError **error) {
  g_autoptr(GPtrArray) pairs = g_ptr_array_new_with_free_func(wipe_text);
  size_t index;
  json_t *path;
  json_array_foreach (json_object_get(setup->request, key), index, path)
    if (!secret_file_read(json_string_value(path), pairs, error))
      return false;
  for (guint i = 0; i < pairs->len; i++)
    put_pair(object, g_ptr_array_index(pairs, i));
  return true;
}

/* Values as `drover secret` and `drover variable` keep them: the repository's, and the environment's over them. A folder may have a
 * name for which nothing can be kept; asking for an environment of it is an error. */
static json_t *kept_values(const RunSetup *setup, ValuesKind kind, const char *environment, GError **error) {
  if (environment == NULL && !values_can_be_kept_for(setup->spec.project))
    return json_object();
  return values_context(setup->spec.data_dir, kind, setup->spec.project, environment, error);
}

static bool put_environment_secrets(const RunSetup *setup, json_t *object, GError **error) {
  size_t index;
  json_t *name;
  json_array_foreach (json_object_get(setup->request, "secret"), index, name) {
    const char *value = getenv(json_string_value(name));
    if (value == NULL)
      return error_set(error, DROVER_ERROR_INPUT, "--secret %s: there is no such variable in the environment", json_string_value(name));
    json_object_set_new(object, json_string_value(name), json_string(value));
  }
  return true;
}

static bool read_values(RunSetup *setup, GError **error) {
  const char *environment = text_of(setup, "env");
  setup->inputs = json_object();
  put_pairs(setup, "input", setup->inputs);
  setup->secrets = kept_values(setup, VALUES_SECRETS, environment, error);
  setup->vars = setup->secrets != NULL ? kept_values(setup, VALUES_VARIABLES, environment, error) : NULL;
  if (setup->vars == NULL)
    return false;
  if (!put_files(setup, "secret-file", setup->secrets, error) || !put_environment_secrets(setup, setup->secrets, error) ||
      !put_files(setup, "var-file", setup->vars, error))
    return false;
  put_pairs(setup, "var", setup->vars);
  return true;
}

/* Only what the environment itself has: it lies over what the command line gave. Case does not matter in an environment's name, and
 * a workflow may give it any: one for which nothing can be kept has no values. */
static json_t *own_values(const RunSetup *setup, ValuesKind kind, const char *environment, GError **error) {
  g_autofree char *name_here = g_ascii_strdown(environment, -1);
  if (!values_can_be_kept_for(setup->spec.project) || !values_can_be_kept_for(name_here))
    return json_object();
  g_autoptr(SecretSet) set = values_load(setup->spec.data_dir, kind, setup->spec.project, name_here, error);
  g_auto(GStrv) names = set != NULL ? secret_set_names(set) : NULL;
  json_t *values = set != NULL ? json_object() : NULL;
  for (char **name = names; name != NULL && *name != NULL; name++)
    json_object_set_new(values, *name, json_string(secret_reveal(secret_set_get(set, *name))));
  return values;
}

/* A RunEnvironmentFunc: for jobs that name an environment. */
static bool environment_values(const char *name, json_t **secrets, json_t **vars, void *user, GError **error) {
  json_t *found = own_values(user, VALUES_SECRETS, name, error);
  json_t *plain = found != NULL ? own_values(user, VALUES_VARIABLES, name, error) : NULL;
  if (plain == NULL) {
    json_decref(found);
    return false;
  }
  *secrets = found;
  *vars = plain;
  return true;
}

static bool read_event(RunSetup *setup, GError **error) {
  const char *path = text_of(setup, "event-file");
  size_t size;
  json_error_t where;
  if (path == NULL)
    return true;
  g_autofree char *text = fs_read(path, EVENT_MAX_BYTES, &size, error);
  if (text == NULL)
    return false;
  setup->payload = json_loadb(text, size, JSON_REJECT_DUPLICATES, &where);
  if (setup->payload == NULL)
    return error_set(error, DROVER_ERROR_INPUT, "%s:%d:%d: %s", path, where.line, where.column, where.text);
  return json_is_object(setup->payload) || error_set(error, DROVER_ERROR_INPUT, "%s: an event is an object", path);
}

/* The event that was asked for, push, or the first that the workflow names. */
static bool choose_event(RunSetup *setup, GError **error) {
  const Workflow *workflow = plan_top(setup->plan)->workflow;
  const char *asked = text_of(setup, "event");
  bool dispatch = json_object_size(setup->inputs) > 0 && workflow_event(workflow, "workflow_dispatch") != NULL;
  setup->spec.event = asked != NULL                              ? asked
                      : dispatch                                 ? "workflow_dispatch"
                      : workflow_event(workflow, "push") != NULL ? "push"
                                                                 : workflow->events[0].name;
  if (workflow_event(workflow, setup->spec.event) != NULL)
    return true;
  g_autoptr(GPtrArray) names = g_ptr_array_new();
  for (guint i = 0; i < workflow->event_count; i++)
    g_ptr_array_add(names, (gpointer)workflow->events[i].name);
  g_ptr_array_add(names, NULL);
  g_autofree char *known = g_strjoinv(", ", (char **)names->pdata);
  return error_set(error, DROVER_ERROR_INPUT, "%s does not run on \"%s\", only on %s", workflow->file, setup->spec.event, known);
}

static char *read_committed(const char *path, size_t *size, void *commit, GError **error) {
  return commit_read_file(commit, path, size, error);
}

static bool open_folders(RunSetup *setup, GError **error) {
  const json_t *list = json_object_get(setup->request, "actions");
  setup->folders = g_new0(char *, json_array_size(list) + 1);
  for (size_t i = 0; i < json_array_size(list); i++)
    setup->folders[i] = (char *)json_string_value(json_array_get(list, i));
  if (setup->folders[0] == NULL)
    return true;
  setup->mirror = mirror_open(setup->folders[0], error); /* for called workflows of other repositories */
  return setup->mirror != NULL;
}

static bool read_plan(RunSetup *setup, Diagnostics *diagnostics, GError **error) {
  const PlanSpec spec = {.read = read_committed, .user = setup->commit, .mirror = setup->mirror};
  const char *file = text_of(setup, "workflow");
  size_t size;
  g_autofree char *text = commit_read_file(setup->commit, file, &size, error);
  setup->plan = text != NULL ? plan_new(&spec, file, text, size, diagnostics) : NULL;
  return setup->plan != NULL;
}

static bool resolve(RunSetup *setup, GError **error) {
  setup->commit = commit_resolve(text_of(setup, "root"), text_of(setup, "commit"), error);
  if (setup->commit == NULL)
    return false;
  g_free(setup->commit->branch);
  g_free(setup->commit->tag);
  setup->commit->branch = g_strdup(text_of(setup, "branch"));
  setup->commit->tag = g_strdup(text_of(setup, "tag"));
  return true;
}

static void fill(RunSetup *setup) {
  RunSpec *spec = &setup->spec;
  spec->plan = setup->plan;
  spec->commit = setup->commit;
  spec->payload = setup->payload;
  spec->inputs = setup->inputs;
  spec->secrets = setup->secrets;
  spec->vars = setup->vars;
  spec->environment = environment_values;
  spec->environment_user = setup;
  spec->action_folders = (const char *const *)setup->folders;
  spec->action_server_url = flag_of(setup, "offline") ? NULL : RUN_ACTION_SERVER;
  spec->locked = flag_of(setup, "locked");
  spec->update_lock = flag_of(setup, "update-lock");
  spec->write_lock = true;
  spec->isolation = g_strcmp0(text_of(setup, "isolation"), "none") == 0 ? ISOLATION_NONE : ISOLATION_FULL;
  spec->network = text_of(setup, "network");
  spec->memory_max_bytes = number_of(setup, "memory") << 20;
  spec->processes_max = number_of(setup, "pids");
  spec->cpus_max = (double)number_of(setup, "cpus");
  spec->parallel_max = (unsigned)number_of(setup, "parallel");
  spec->only_job = text_of(setup, "job");
  spec->keep_workspace = text_of(setup, "workspace");
  spec->debug = flag_of(setup, "debug");
}

RunSetup *run_setup_new(json_t *request, const char *data_dir, Diagnostics *diagnostics, GError **error) {
  g_autoptr(RunSetup) setup = g_new0(RunSetup, 1);
  setup->request = request;
  setup->spec.data_dir = data_dir;
  setup->spec.project = text_of(setup, "project");
  if (!resolve(setup, error) || !open_folders(setup, error) || !read_values(setup, error) || !read_event(setup, error) ||
      !read_plan(setup, diagnostics, error) || !choose_event(setup, error))
    return NULL;
  fill(setup);
  const char *job = setup->spec.only_job;
  if (job != NULL && workflow_job(plan_top(setup->plan)->workflow, job) == NULL)
    return g_steal_pointer(&setup); /* another workflow may have it: the caller says */
  return runner_check(setup->plan, job, diagnostics) ? g_steal_pointer(&setup) : NULL;
}

void run_setup_free(RunSetup *setup) {
  json_t *trees[] = {setup->request, setup->payload, setup->inputs, setup->secrets, setup->vars};
  for (size_t i = 0; i < G_N_ELEMENTS(trees); i++)
    json_decref(trees[i]);
  g_clear_pointer(&setup->plan, plan_free);
  g_clear_pointer(&setup->mirror, mirror_free);
  g_clear_pointer(&setup->commit, commit_free);
  g_free(setup->folders);
  g_free(setup);
}
