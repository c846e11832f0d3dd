#include "base/fs.h"
#include "base/id.h"
#include "base/log.h"
#include "cli/commands.h"
#include "cli/secret_file.h"
#include "cli/support.h"
#include "runner/run_progress.h"
#include "runner/runner.h"

#include <string.h>

#define DEFAULT_WORKFLOW ".github/workflows/ci.yml"

static const ArgumentRow arguments[] = {
  {{VALUE_PATH, "WORKFLOW"}, ARITY_OPTIONAL, "a workflow file, as the commit names it; default: all checks of drover.yaml, else " DEFAULT_WORKFLOW},
  {{0}},
};

static const OptionRow options[] = {
  {"job", {VALUE_TEXT, "NAME"}, .alias = 'j', .says = "run this job and what it needs"},
  {"event", {VALUE_TEXT, "NAME"}, .says = "the event that the workflow is run for; default: push, else the first that it names"},
  {"ref", {VALUE_TEXT, "REF"}, .alias = 'r', .says = "the commit, branch or tag to run on; default: what is checked out"},
  {"secret-file", {VALUE_PATH, "FILE"}, .repeatable = true, .says = "secrets for the run, a line NAME=VALUE each"},
  {"actions", {VALUE_PATH, "FOLDER"}, .repeatable = true, .says = "where actions lie: OWNER/REPO/REF/ or git repositories OWNER/REPO"},
  {"isolation", {VALUE_TEXT, "KIND"}, .says = "full: each job in a sandbox (default); none: plain processes, which may do what you may"},
  {"parallel", {VALUE_INTEGER, "COUNT", .min = 1, .max = 1024}, .says = "run at most so many jobs at once; default: the number of processors"},
  {0},
};

static const ExampleRow examples[] = {
  {"drover run", "run the project's checks on the commit that is checked out"},
  {"drover run .github/workflows/ci.yml --job test", "run one job and what it needs"},
  {"drover run --ref main --secret-file .secrets --json", "run on a branch, with secrets, and answer a script"},
  {0},
};

typedef struct {
  Invocation *invocation;
  Commit *commit;
  char *project; /* its name */
  char **files;
  GPtrArray *plans;   /* Plan */
  GPtrArray *secrets; /* "NAME=VALUE", NULL-terminated */
  json_t *secret_values;
  Progress *progress;
} Session;

static void session_clear(Session *session) {
  g_clear_pointer(&session->plans, g_ptr_array_unref);
  g_clear_pointer(&session->secret_values, json_decref);
  g_clear_pointer(&session->commit, commit_free);
  g_clear_pointer(&session->secrets, g_ptr_array_unref);
  g_clear_pointer(&session->progress, progress_free);
  g_strfreev(session->files);
  g_free(session->project);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Session, session_clear)

/* ---- what to run ------------------------------------------------------------------------------------------------------ */

static bool choose_files(Session *session, GError **error) {
  const char *given = invocation_argument(session->invocation, 0);
  g_autoptr(Project) project = NULL;
  if (!support_project_at(session->commit, &project, error))
    return false;
  session->project = project != NULL ? g_strdup(project->name) : g_path_get_basename(session->commit->root);
  if (given != NULL) {
    session->files = g_new0(char *, 2);
    session->files[0] = support_path_below(session->commit->root, session->invocation->dir, given);
  } else if (project != NULL && project->checks != NULL && project->checks[0] != NULL) {
    session->files = g_strdupv(project->checks);
  } else {
    session->files = g_strdupv((char *[]){(char *)DEFAULT_WORKFLOW, NULL});
  }
  return true;
}

static char *read_committed(const char *path, size_t *size, void *commit, GError **error) {
  return commit_read_file(commit, path, size, error);
}

static bool read_workflow(Session *session, const char *file, Diagnostics *diagnostics, GError **error) {
  const PlanSpec spec = {.read = read_committed, .user = session->commit};
  size_t size;
  g_autofree char *text = commit_read_file(session->commit, file, &size, error);
  if (text == NULL)
    return false;
  Plan *plan = plan_new(&spec, file, text, size, diagnostics);
  if (plan == NULL)
    return true;
  g_ptr_array_add(session->plans, plan);
  (void)!runner_check(plan, NULL, diagnostics);
  return true;
}

/* Reads and checks all before the first is run: what cannot be run is told at once, with every place. */
static bool read_workflows(Session *session, GError **error) {
  g_autoptr(Diagnostics) diagnostics = diagnostics_new();
  session->plans = g_ptr_array_new_with_free_func((GDestroyNotify)plan_free);
  for (char **file = session->files; *file != NULL; file++)
    if (!read_workflow(session, *file, diagnostics, error))
      return false;
  diagnostics_sort(diagnostics);
  return diagnostics_to_error(diagnostics, error);
}

static void wipe_text(void *data) {
  explicit_bzero(data, strlen(data));
  g_free(data);
}

static bool read_secrets(Session *session, GError **error) {
  g_autofree char **files = invocation_texts(session->invocation, "secret-file");
  session->secrets = g_ptr_array_new_with_free_func(wipe_text);
  for (char **file = files; *file != NULL; file++)
    if (!secret_file_read(*file, session->secrets, error))
      return false;
  session->secret_values = json_object();
  for (guint i = 0; i < session->secrets->len; i++) {
    const char *pair = g_ptr_array_index(session->secrets, i), *equals = strchr(pair, '=');
    g_autofree char *name = g_strndup(pair, (size_t)(equals - pair));
    json_object_set_new(session->secret_values, name, json_string(equals + 1));
  }
  return true;
}

/* Transfer none. NULL with an error when the workflow does not run on the event that was asked for. */
static const char *choose_event(const Invocation *invocation, const Workflow *workflow, GError **error) {
  const char *asked = invocation_text(invocation, "event");
  if (asked == NULL)
    return workflow_event(workflow, "push") != NULL ? "push" : workflow->events[0].name;
  if (workflow_event(workflow, asked) != NULL)
    return asked;
  g_autoptr(GPtrArray) names = g_ptr_array_new();
  for (guint i = 0; i < workflow->event_count; i++)
    g_ptr_array_add(names, (gpointer)workflow->events[i].name);
  g_ptr_array_add(names, NULL);
  g_autofree char *known = g_strjoinv(", ", (char **)names->pdata);
  error_set(error, DROVER_ERROR_INPUT, "%s does not run on \"%s\", only on %s", workflow->file, asked, known);
  return NULL;
}

/* Every workflow that a job or an event was named for must have it: else nothing would run, and look like success. */
static bool check_choice(const Session *session, GError **error) {
  const char *job = invocation_text(session->invocation, "job");
  bool found = job == NULL;
  for (guint i = 0; i < session->plans->len; i++) {
    const Workflow *workflow = plan_top(g_ptr_array_index(session->plans, i))->workflow;
    if (choose_event(session->invocation, workflow, error) == NULL)
      return false;
    found = found || workflow_job(workflow, job) != NULL;
  }
  if (found)
    return true;
  g_autofree char *files = g_strjoinv(", ", session->files);
  return error_set(error, DROVER_ERROR_NOT_FOUND, "no job \"%s\" in %s", job, files);
}

static void warn_dirty(const Session *session) {
  bool dirty = false;
  if (invocation_text(session->invocation, "ref") == NULL && repository_is_dirty(session->commit->root, &dirty, NULL) && dirty)
    log_warning("files of the working tree differ from commit " SHORT_COMMIT "; the commit is what runs", session->commit->commit);
}

/* ---- running it ------------------------------------------------------------------------------------------------------- */

static bool read_isolation(const Invocation *invocation, Isolation *isolation, GError **error) {
  const char *text = invocation_text(invocation, "isolation");
  *isolation = g_strcmp0(text, "none") == 0 ? ISOLATION_NONE : ISOLATION_FULL;
  return text == NULL || strcmp(text, "full") == 0 || strcmp(text, "none") == 0 ||
         error_set(error, DROVER_ERROR_USAGE, "--isolation %s: expected full or none", text);
}

static bool run_workflow(const Session *session, const Plan *plan, const char *data_dir, json_t *results, GError **error) {
  const Invocation *invocation = session->invocation;
  const Workflow *workflow = plan_top(plan)->workflow;
  g_autofree char *id = id_new();
  g_autofree char **folders = invocation_texts(invocation, "actions");
  RunSpec spec = {
    .id = id,
    .plan = plan,
    .commit = session->commit,
    .project = session->project,
    .event = choose_event(invocation, workflow, error),
    .secrets = session->secret_values,
    .data_dir = data_dir,
    .action_folders = (const char *const *)folders,
    .only_job = invocation_text(invocation, "job"),
    .parallel_max = (unsigned)invocation_number(invocation, "parallel"),
    .on_event = run_progress_event,
    .event_user = session->progress,
    .cancellable = invocation->cancellable,
  };
  json_t *result = NULL;
  bool good = read_isolation(invocation, &spec.isolation, error) && runner_run(&spec, &result, error);
  if (result != NULL) {
    json_object_set_new(result, "workflow", json_string(workflow->file));
    json_array_append_new(results, result);
  }
  return good;
}

/* One after the other, all of them even when one fails; the error is the first, but for a signal, which ends it. */
static bool run_all(const Session *session, json_t *results, GError **error) {
  g_autofree char *data_dir = support_data_dir(session->invocation, NULL, error);
  const char *job = invocation_text(session->invocation, "job");
  GError *first = NULL;
  for (guint i = 0; data_dir != NULL && i < session->plans->len && !error_is(first, DROVER_ERROR_CANCELLED); i++) {
    const Plan *plan = g_ptr_array_index(session->plans, i);
    const Workflow *workflow = plan_top(plan)->workflow;
    GError *failure = NULL;
    if ((job != NULL && workflow_job(workflow, job) == NULL) || run_workflow(session, plan, data_dir, results, &failure))
      continue;
    g_prefix_error(&failure, "%s: ", workflow->file);
    if (first == NULL || error_is(failure, DROVER_ERROR_CANCELLED))
      g_clear_error(&first), first = g_steal_pointer(&failure);
    g_clear_error(&failure);
  }
  if (first != NULL)
    g_propagate_error(error, first);
  return data_dir != NULL && first == NULL;
}

static Colour conclusion_colour(const char *conclusion) {
  if (g_strcmp0(conclusion, status_name(STATUS_SUCCESS)) == 0)
    return COLOUR_GOOD;
  return g_strcmp0(conclusion, status_name(STATUS_SKIPPED)) == 0 ? COLOUR_FAINT : COLOUR_BAD;
}

static void print_table(json_t *results) {
  static const char *const headings[] = {"WORKFLOW", "JOB", "CONCLUSION", NULL};
  g_autoptr(Table) table = table_new(headings);
  size_t index, place;
  json_t *result, *job;
  json_array_foreach (results, index, result) {
    json_array_foreach (json_object_get(result, "jobs"), place, job) {
      const char *id = json_string_value(json_object_get(job, "id")), *name = json_string_value(json_object_get(job, "name"));
      const char *conclusion = json_string_value(json_object_get(job, "conclusion"));
      table_cell(table, COLOUR_NONE, "%s", json_string_value(json_object_get(result, "workflow")));
      table_cell(table, COLOUR_STRONG, "%s", name != NULL ? name : id != NULL ? id : "");
      table_cell(table, conclusion_colour(conclusion), "%s", conclusion != NULL ? conclusion : "");
    }
  }
  table_print(table, stdout);
}

static bool prepare(Session *session, GError **error) {
  const Invocation *invocation = session->invocation;
  session->commit = commit_resolve(invocation->dir, invocation_text(invocation, "ref"), error);
  if (session->commit == NULL)
    return false;
  session->progress = support_progress(invocation);
  return choose_files(session, error) && read_workflows(session, error) && check_choice(session, error) && read_secrets(session, error);
}

static bool run(Invocation *invocation, GError **error) {
  g_auto(Session) session = {.invocation = invocation};
  if (!prepare(&session, error))
    return false;
  warn_dirty(&session);
  json_t *results = json_array();
  GError *failure = NULL;
  bool good = run_all(&session, results, &failure);
  if (!invocation->json) {
    print_table(results);
    json_decref(results);
    return support_answer(invocation, NULL, failure, error);
  }
  const char *conclusion = status_name(good ? STATUS_SUCCESS : error_is(failure, DROVER_ERROR_CANCELLED) ? STATUS_CANCELLED : STATUS_FAILURE);
  json_t *document =
    json_pack("{s:s, s:s, s:s, s:o}", "project", session.project, "commit", session.commit->commit, "conclusion", conclusion, "workflows", results);
  return support_answer(invocation, document, failure, error);
}

const Command command_run = {
  .name = "run",
  .group = GROUP_WORKFLOW,
  .summary = "run workflows on a commit, on this machine",
  .description = "Runs what the commit holds, in folders of its own, and not the files of the working tree. Everything that cannot be run here is "
                 "told, with its place, before the first job starts.",
  .arguments = arguments,
  .options = options,
  .examples = examples,
  .has_json = true,
  .run = run,
};
