#include "base/fs.h"
#include "base/id.h"
#include "base/log.h"
#include "cli/commands.h"
#include "cli/secret_file.h"
#include "cli/support.h"
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
  GPtrArray *workflows; /* Workflow */
  GPtrArray *secrets;   /* "NAME=VALUE", NULL-terminated */
  Progress *progress;
} Session;

static void session_clear(Session *session) {
  g_clear_pointer(&session->workflows, g_ptr_array_unref);
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

static bool read_workflow(Session *session, const char *file, Diagnostics *diagnostics, GError **error) {
  size_t size;
  g_autofree char *text = commit_read_file(session->commit, file, &size, error);
  if (text == NULL)
    return false;
  Workflow *workflow = workflow_parse(file, text, size, diagnostics);
  if (workflow == NULL)
    return true;
  g_ptr_array_add(session->workflows, workflow);
  (void)!runner_check(workflow, diagnostics);
  return true;
}

/* Reads and checks all before the first is run: what cannot be run is told at once, with every place. */
static bool read_workflows(Session *session, GError **error) {
  g_autoptr(Diagnostics) diagnostics = diagnostics_new();
  session->workflows = g_ptr_array_new_with_free_func((GDestroyNotify)workflow_free);
  for (char **file = session->files; *file != NULL; file++)
    if (!read_workflow(session, *file, diagnostics, error))
      return false;
  diagnostics_sort(diagnostics);
  return diagnostics_to_error(diagnostics, error);
}

static void wipe_text(void *data) {
  if (data != NULL) /* the last of the list */
    explicit_bzero(data, strlen(data));
  g_free(data);
}

static bool read_secrets(Session *session, GError **error) {
  g_autofree char **files = invocation_texts(session->invocation, "secret-file");
  session->secrets = g_ptr_array_new_with_free_func(wipe_text);
  for (char **file = files; *file != NULL; file++)
    if (!secret_file_read(*file, session->secrets, error))
      return false;
  g_ptr_array_add(session->secrets, NULL);
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
  for (guint i = 0; i < session->workflows->len; i++) {
    const Workflow *workflow = g_ptr_array_index(session->workflows, i);
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

static bool run_workflow(const Session *session, const Workflow *workflow, const char *runs, json_t *results, GError **error) {
  const Invocation *invocation = session->invocation;
  g_autofree char *id = id_new(), *work = g_build_filename(runs, id, NULL);
  RunSpec spec = {
    .id = id,
    .workflow = workflow,
    .commit = session->commit,
    .project = session->project,
    .event = choose_event(invocation, workflow, error),
    .work_dir = work,
    .secrets = (const char *const *)session->secrets->pdata,
    .only_job = invocation_text(invocation, "job"),
    .parallel_max = (unsigned)invocation_number(invocation, "parallel"),
    .progress = session->progress,
    .cancellable = invocation->cancellable,
  };
  json_t *result = NULL;
  bool good = runner_run(&spec, &result, error);
  if (result != NULL) {
    json_object_set_new(result, "workflow", json_string(workflow->file));
    json_array_append_new(results, result);
  }
  return good;
}

/* One after the other, all of them even when one fails; the error is the first, but for a signal, which ends it. */
static bool run_all(const Session *session, json_t *results, GError **error) {
  g_autofree char *runs = support_data_dir(session->invocation, "runs", error);
  const char *job = invocation_text(session->invocation, "job");
  GError *first = NULL;
  for (guint i = 0; runs != NULL && i < session->workflows->len && !error_is(first, DROVER_ERROR_CANCELLED); i++) {
    const Workflow *workflow = g_ptr_array_index(session->workflows, i);
    GError *failure = NULL;
    if ((job != NULL && workflow_job(workflow, job) == NULL) || run_workflow(session, workflow, runs, results, &failure))
      continue;
    g_prefix_error(&failure, "%s: ", workflow->file);
    if (first == NULL || error_is(failure, DROVER_ERROR_CANCELLED))
      g_clear_error(&first), first = g_steal_pointer(&failure);
    g_clear_error(&failure);
  }
  if (first != NULL)
    g_propagate_error(error, first);
  return runs != NULL && first == NULL;
}

static Colour conclusion_colour(const char *conclusion) {
  if (g_strcmp0(conclusion, run_conclusion_name(RUN_SUCCESS)) == 0)
    return COLOUR_GOOD;
  return g_strcmp0(conclusion, run_conclusion_name(RUN_SKIPPED)) == 0 ? COLOUR_FAINT : COLOUR_BAD;
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
  const char *conclusion = run_conclusion_name(good ? RUN_SUCCESS : error_is(failure, DROVER_ERROR_CANCELLED) ? RUN_CANCELLED : RUN_FAILURE);
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
