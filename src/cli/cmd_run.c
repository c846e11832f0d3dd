#include "base/id.h"
#include "base/log.h"
#include "cli/commands.h"
#include "cli/run/execute.h"
#include "cli/support.h"

#include <string.h>

#define DEFAULT_WORKFLOW ".github/workflows/ci.yml"

static const ArgumentRow arguments[] = {
  {{VALUE_PATH, "WORKFLOW"}, ARITY_OPTIONAL, "a workflow file, as the commit names it; default: all checks of drover.yaml, else " DEFAULT_WORKFLOW},
  {{0}},
};

static const char *const isolations[] = {"full", "none", NULL};

static const OptionRow options[] = {
  {"job", {VALUE_TEXT, "NAME"}, .alias = 'j', .says = "run this job and what it needs"},
  {"event", {VALUE_TEXT, "NAME"}, .says = "the event that the workflow is run for; default: push, else the first that it names"},
  {"event-file", {VALUE_PATH, "FILE"}, .says = "the event's payload (JSON), laid over what the repository tells"},
  {"input", {VALUE_TEXT, "NAME=VALUE"}, .alias = 'i', .repeatable = true, .says = "an input of workflow_dispatch"},
  {"env", {VALUE_TEXT, "NAME"}, .alias = 'e', .says = "take the secrets and variables of this environment for all jobs"},
  {"ref", {VALUE_TEXT, "REF"}, .alias = 'r', .says = "the commit, branch or tag to run on; default: what is checked out"},
  {"dirty", {VALUE_FLAG}, .says = "run the working tree as it is, edited and new files included"},
  {"secret-file", {VALUE_PATH, "FILE"}, .repeatable = true, .says = "secrets for the run, a line NAME=VALUE each"},
  {"secret",
   {VALUE_TEXT, "NAME"},
   .alias = 's',
   .repeatable = true,
   .says = "a secret for the run, from the variable of that name in the environment"},
  {"var", {VALUE_TEXT, "NAME=VALUE"}, .repeatable = true, .says = "a variable for the run"},
  {"var-file", {VALUE_PATH, "FILE"}, .repeatable = true, .says = "variables for the run, a line NAME=VALUE each"},
  {"actions", {VALUE_PATH, "DIR"}, .repeatable = true, .says = "where actions lie: OWNER/REPO/REF/, or git repositories OWNER/REPO"},
  {"offline", {VALUE_FLAG}, .says = "fetch no action from GitHub"},
  {"locked", {VALUE_FLAG}, .says = "refuse actions that .github/actions.lock does not know"},
  {"update-lock", {VALUE_FLAG}, .says = "write .github/actions.lock anew"},
  {"isolation",
   {VALUE_CHOICE, "KIND", .choices = isolations},
   .fallback = "full",
   .says = "full: each job in a sandbox; none: plain processes, which may do what you may"},
  {"network", {VALUE_TEXT, "HOSTS"}, .says = "what a job may reach: host (the machine's network, default), none, or HOST[:PORT],*.HOST,..."},
  {"memory", {VALUE_INTEGER, "MIB", .min = 1, .max = 1 << 30}, .says = "the most memory a job may take"},
  {"pids", {VALUE_INTEGER, "COUNT", .min = 1, .max = 1 << 22}, .says = "the most processes a job may have"},
  {"cpus", {VALUE_INTEGER, "COUNT", .min = 1, .max = 1024}, .says = "the most processors a job may keep busy"},
  {"parallel", {VALUE_INTEGER, "COUNT", .min = 1, .max = 1024}, .says = "run at most so many jobs at once; default: the number of processors"},
  {"workspace", {VALUE_PATH, "DIR"}, .says = "keep the last job's workspace in DIR, which is made"},
  {"break-on-failure", {VALUE_FLAG}, .says = "open a shell in the job's sandbox where a step fails"},
  {"no-record", {VALUE_FLAG}, .says = "write nothing down that --resume and replay need"},
  {"resume", {VALUE_TEXT, "RUN"}, .says = "go on with a run that was killed, at the step that had not ended"},
  {"debug", {VALUE_FLAG}, .says = "show ::debug:: lines"},
  {0},
};

static const ExampleRow examples[] = {
  {"drover run", "run the project's checks on the commit that is checked out"},
  {"drover run .github/workflows/ci.yml --job test", "run one job and what it needs"},
  {"drover run --dirty --break-on-failure", "try what is edited, and look around where it fails"},
  {"drover run --ref main --secret-file .secrets --json", "run on a branch, with secrets, and answer a script"},
  {"drover run deploy.yml --event workflow_dispatch --input region=eu", "run for a dispatch with inputs"},
  {"drover run --network none --actions actions", "run without a network, with actions from a folder"},
  {0},
};

typedef struct {
  Invocation *invocation;
  Commit *commit;
  char *project; /* its name */
  char **files;
  GPtrArray *setups; /* RunSetup */
  RunView *view;
} Session;

static void session_clear(Session *session) {
  g_clear_pointer(&session->setups, g_ptr_array_unref);
  g_clear_pointer(&session->commit, commit_free);
  g_clear_pointer(&session->view, run_view_free);
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

/* Reads and checks all before the first is run: what cannot be run is told at once, with every place. */
static bool read_requests(Session *session, GError **error) {
  g_autoptr(Diagnostics) diagnostics = diagnostics_new();
  for (char **file = session->files; *file != NULL; file++) {
    json_t *request = request_new(session->invocation, session->commit, session->project, *file, error);
    g_autoptr(GError) failure = NULL;
    RunSetup *setup = request != NULL ? run_setup_new(request, session->invocation->data_dir, diagnostics, &failure) : NULL;
    if (setup != NULL)
      g_ptr_array_add(session->setups, setup);
    if (failure != NULL)
      g_propagate_error(error, g_steal_pointer(&failure));
    if (request == NULL || (error != NULL && *error != NULL))
      return false;
  }
  diagnostics_sort(diagnostics);
  return diagnostics_to_error(diagnostics, error);
}

/* Some workflow must have the job that was named: else nothing would run, and look like success. */
static bool check_choice(const Session *session, GError **error) {
  const char *job = invocation_text(session->invocation, "job");
  for (guint i = 0; i < session->setups->len && job != NULL; i++) {
    const RunSetup *setup = g_ptr_array_index(session->setups, i);
    if (workflow_job(plan_top(setup->plan)->workflow, job) != NULL)
      return true;
  }
  g_autofree char *files = g_strjoinv(", ", session->files);
  return job == NULL || error_set(error, DROVER_ERROR_NOT_FOUND, "no job \"%s\" in %s", job, files);
}

static void warn_dirty(const Session *session) {
  bool dirty = false;
  if (invocation_text(session->invocation, "ref") == NULL && repository_is_dirty(session->commit->root, &dirty, NULL) && dirty)
    log_warning("files of the working tree differ from commit " SHORT_COMMIT "; the commit is what runs (--dirty runs the files)",
                session->commit->commit);
}

static bool prepare(Session *session, GError **error) {
  const Invocation *invocation = session->invocation;
  const char *ref = invocation_text(invocation, "ref");
  bool dirty = invocation_flag(invocation, "dirty");
  if (dirty && ref != NULL)
    return invocation_misuse(invocation, error, "--dirty runs the working tree, --ref a commit: not both");
  session->commit = dirty ? commit_worktree(invocation->dir, error) : commit_resolve(invocation->dir, ref, error);
  if (session->commit == NULL || !choose_files(session, error) || !read_requests(session, error) || !check_choice(session, error))
    return false;
  if (!dirty)
    warn_dirty(session);
  return true;
}

/* What was written down of a run that did not end. */
static bool prepare_resumed(Session *session, const char *run, GError **error) {
  const Invocation *invocation = session->invocation;
  g_autoptr(Diagnostics) diagnostics = diagnostics_new();
  g_autoptr(GError) inner = NULL;
  g_autofree char *folder = runner_folder(run, invocation->data_dir);
  if (invocation_argument(invocation, 0) != NULL)
    return invocation_misuse(invocation, error, "--resume goes on with what that run was asked for: no WORKFLOW");
  json_t *request = run_record_request(folder, &inner);
  if (request == NULL && error_is(inner, DROVER_ERROR_NOT_FOUND))
    return error_set(error, DROVER_ERROR_NOT_FOUND, "nothing is recorded of a run %s (drover runs lists those that are)", run);
  RunSetup *setup = request != NULL ? run_setup_new(request, invocation->data_dir, diagnostics, &inner) : NULL;
  if (inner != NULL) {
    g_propagate_error(error, g_steal_pointer(&inner));
    return false;
  }
  if (setup == NULL)
    return diagnostics_to_error(diagnostics, error);
  setup->spec.resume = true;
  g_ptr_array_add(session->setups, setup);
  return true;
}

/* ---- running it ------------------------------------------------------------------------------------------------------- */

static bool run_one(Session *session, RunSetup *setup, GError **error) {
  const char *resumed = invocation_text(session->invocation, "resume");
  g_autofree char *id = resumed != NULL ? g_strdup(resumed) : id_new();
  return run_execute(session->invocation, setup, id, session->view, invocation_flag(session->invocation, "break-on-failure"), error);
}

/* One after the other, all of them even when one fails; the error is the first, but for a signal, which ends it. */
static bool run_all(Session *session, GError **error) {
  const char *job = invocation_text(session->invocation, "job");
  GError *first = NULL;
  for (guint i = 0; i < session->setups->len && !error_is(first, DROVER_ERROR_CANCELLED); i++) {
    RunSetup *setup = g_ptr_array_index(session->setups, i);
    GError *failure = NULL;
    if ((job != NULL && workflow_job(plan_top(setup->plan)->workflow, job) == NULL) || run_one(session, setup, &failure))
      continue;
    g_prefix_error(&failure, "%s: ", plan_top(setup->plan)->file);
    if (first == NULL || error_is(failure, DROVER_ERROR_CANCELLED))
      g_clear_error(&first), first = g_steal_pointer(&failure);
    g_clear_error(&failure);
  }
  if (first != NULL)
    g_propagate_error(error, first);
  return first == NULL;
}

static bool run(Invocation *invocation, GError **error) {
  g_auto(Session) session = {.invocation = invocation, .setups = g_ptr_array_new_with_free_func((GDestroyNotify)run_setup_free)};
  const char *resumed = invocation_text(invocation, "resume");
  if (!(resumed != NULL ? prepare_resumed(&session, resumed, error) : prepare(&session, error)))
    return false;
  session.view = run_view_for(invocation);
  invocation->answered = invocation->json; /* the last event holds the error, too */
  return run_all(&session, error);
}

const Command command_run = {
  .name = "run",
  .group = GROUP_WORKFLOW,
  .summary = "run workflows on a commit, on this machine",
  .description = "Runs what the commit holds, each job in a sandbox with a workspace of its own, and not the files of the working tree. Everything "
                 "that cannot be run here is told, with its place, before the first job starts.\n\n"
                 "On a terminal it shows a tree of jobs and steps, with --verbose and elsewhere lines; with --json one JSON object an event, "
                 "the last of which, run.ended, holds the result. Each step is written down, so that --resume goes on with a run that was killed, "
                 "and `drover replay` runs a job again from any of its steps.",
  .arguments = arguments,
  .options = options,
  .examples = examples,
  .has_json = true,
  .run = run,
};
