#include "cli/run/execute.h"

#include "base/fs.h"
#include "base/log.h"
#include "cli/support.h"

#include <langinfo.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

typedef struct {
  const Invocation *invocation;
  RunView *view, *log;
} Views;

RunView *run_view_for(const Invocation *invocation) {
  bool colour = log_fd_has_colour(STDOUT_FILENO), terminal = isatty(STDOUT_FILENO) && colour;
  return run_view_new(&(RunViewOptions){
    .mode = invocation->json                   ? RUN_VIEW_JSON
            : terminal && !invocation->verbose ? RUN_VIEW_TREE
                                               : RUN_VIEW_PLAIN,
    .fd = STDOUT_FILENO,
    .colour = colour,
    .unicode = strcmp(nl_langinfo(CODESET), "UTF-8") == 0 || !isatty(STDOUT_FILENO),
    .quiet = invocation->quiet,
  });
}

static void on_event(const RunEvent *event, void *user) {
  const Views *views = user;
  run_view_event(views->view, event);
  run_view_event(views->log, event);
}

/* A RunFailureFunc. */
static void open_shell(const char *job, const char *step, Executor *executor, const ExecutorSpec *failed, void *user) {
  const Views *views = user;
  static const char *const shells[][2] = {{"bash", NULL}, {"sh", NULL}};
  run_view_suspend(views->view);
  fprintf(stderr, "The step \"%s\" of %s failed. This is a shell in its place, with its environment; exit ends it, and the job goes on.\n", step,
          job);
  for (size_t i = 0; i < G_N_ELEMENTS(shells); i++) {
    ExecutorSpec spec = {
      .argv = shells[i], .env = failed->env, .cwd = failed->cwd, .interactive = true, .cancellable = views->invocation->cancellable};
    g_autoptr(GError) error = NULL;
    int status;
    if (executor_run(executor, &spec, &status, &error) || !error_is(error, DROVER_ERROR_MISSING))
      break;
  }
  run_view_resume(views->view);
}

static FILE *open_log(const Invocation *invocation, const char *id, GError **error) {
  g_autofree char *logs = support_data_dir(invocation, "logs", error);
  g_autofree char *path = logs != NULL ? g_strdup_printf("%s/%s.log", logs, id) : NULL;
  FILE *log = path != NULL ? fopen(path, "ae") : NULL;
  if (path != NULL && log == NULL)
    error_set(error, DROVER_ERROR_IO, "%s: cannot be written", path);
  return log;
}

static bool open_record(RunSetup *setup, const char *id, RunRecord **record, GError **error) {
  g_autofree char *folder = runner_folder(id, setup->spec.data_dir), *runs = g_path_get_dirname(folder);
  if (json_is_true(json_object_get(setup->request, "no-record")))
    return true;
  if (setup->spec.resume)
    *record = run_record_resume(folder, error);
  else if (fs_make_dirs(runs, 0711, error) && fs_make_dirs(folder, 0711, error))
    *record = run_record_new(folder, setup->request, error);
  return *record != NULL;
}

bool run_execute(const Invocation *invocation, RunSetup *setup, const char *id, RunView *view, bool breaks, GError **error) {
  g_autoptr(RunRecord) record = NULL;
  FILE *log = open_record(setup, id, &record, error) ? open_log(invocation, id, error) : NULL;
  if (log == NULL)
    return false;
  Views views = {
    .invocation = invocation,
    .view = view,
    .log = run_view_new(&(RunViewOptions){.mode = RUN_VIEW_PLAIN, .fd = fileno(log), .unicode = true}),
  };
  setup->spec.id = id;
  setup->spec.record = record;
  setup->spec.on_event = on_event;
  setup->spec.event_user = &views;
  setup->spec.on_failure = breaks && support_is_interactive() ? open_shell : NULL;
  setup->spec.failure_user = &views;
  setup->spec.cancellable = invocation->cancellable;
  bool good = runner_run(&setup->spec, NULL, error);
  run_view_free(views.log);
  fclose(log);
  return good;
}
