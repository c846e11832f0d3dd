#include "fixture.h"

#include "base/fs.h"
#include "base/process.h"
#include "base/progress.h"
#include "runner/run_progress.h"
#include "sandbox/sandbox.h"

#include <string.h>
#include <unistd.h>

static void git(const char *dir, const char *const *arguments) {
  g_autoptr(GPtrArray) argv = g_ptr_array_new();
  static const char *const front[] = {"git", "-c", "user.name=T", "-c", "user.email=t@example.com", "-c", "init.defaultBranch=main"};
  for (size_t i = 0; i < G_N_ELEMENTS(front); i++)
    g_ptr_array_add(argv, (gpointer)front[i]);
  for (; *arguments != NULL; arguments++)
    g_ptr_array_add(argv, (gpointer)*arguments);
  g_ptr_array_add(argv, NULL);
  g_autoptr(GError) error = NULL;
  bool good = process_check(&(ProcessSpec){.argv = (const char *const *)argv->pdata, .cwd = dir}, &error);
  g_assert_no_error(error);
  g_assert_true(good);
}

static void put(const char *dir, const char *name, const char *text, mode_t mode) {
  g_autofree char *path = g_build_filename(dir, name, NULL);
  g_autofree char *parent = g_path_get_dirname(path);
  g_autoptr(GError) error = NULL;
  g_assert_true(fs_make_dirs(parent, 0755, &error) && fs_write(path, text, strlen(text), mode, &error));
}

/* Where git itself runs the tests, in a hook or of `git rebase --exec`, it names its own repository in the environment. */
static void forget_repository(void) {
  static const char *const names[] = {"GIT_DIR", "GIT_INDEX_FILE", "GIT_WORK_TREE", "GIT_PREFIX"};
  for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
    g_unsetenv(names[i]);
}

void fixture_begin(Fixture *fixture) {
  forget_repository();
  g_autoptr(GError) error = NULL;
  *fixture = (Fixture){.dir = fs_temp_dir(g_get_tmp_dir(), "drover-runner", &error)};
  g_assert_no_error(error);
  fixture->repository = g_build_filename(fixture->dir, "shop", NULL);
  fixture->data = g_build_filename(fixture->dir, "data", NULL);
  fixture->log_path = g_build_filename(fixture->dir, "log", NULL);
  put(fixture->repository, "hello.txt", "hello\n", 0644);
  put(fixture->repository, "pinned/a.lock", "a\n", 0644);
  put(fixture->repository, "script.sh", "#!/bin/sh\necho from the script\n", 0755);
  git(fixture->repository, (const char *const[]){"init", "--quiet", NULL});
  git(fixture->repository, (const char *const[]){"add", ".", NULL});
  git(fixture->repository, (const char *const[]){"commit", "--quiet", "-m", "first", NULL});
  fixture->commit = commit_resolve(fixture->repository, NULL, &error);
  g_assert_no_error(error);
}

void fixture_end(Fixture *fixture) {
  g_assert_true(fs_remove_tree(fixture->dir, NULL));
  commit_free(fixture->commit);
  char *texts[] = {fixture->dir, fixture->repository, fixture->data, fixture->log_path};
  for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
    g_free(texts[i]);
}

void outcome_clear(Outcome *outcome) {
  g_clear_error(&outcome->error);
  json_decref(outcome->result);
  g_free(outcome->log);
}

bool fixture_main(int argc, char **argv, int *status) {
  bool asked = argc > 1 && strcmp(argv[1], SANDBOX_COMMAND) == 0;
  if (asked)
    *status = sandbox_main(argc, argv);
  return asked;
}

static json_t *secrets_of(const char *const *pairs) {
  json_t *secrets = json_object();
  for (; pairs != NULL && *pairs != NULL; pairs++) {
    const char *equals = strchr(*pairs, '=');
    g_autofree char *name = g_strndup(*pairs, (size_t)(equals - *pairs));
    json_object_set_new(secrets, name, json_string(equals + 1));
  }
  return secrets;
}

static char *read_committed(const char *path, size_t *size, void *commit, GError **error) {
  return commit_read_file(commit, path, size, error);
}

static void assert_nothing_left(const Fixture *fixture, const char *id) {
  g_autofree char *runs = g_build_filename(fixture->data, "runs", NULL);
  g_assert_false(g_file_test(runs, G_FILE_TEST_EXISTS));
  g_assert_cmpuint(process_kill_marked("DROVER_RUN", id), ==, 0);
}

Outcome fixture_run(Fixture *fixture, RunOptions options, const char *jobs) {
  Outcome outcome = {0};
  g_autofree char *id = g_strdup_printf("01KAY%021d", (int)getpid()); /* test programs run side by side, and end what has their run's mark */
  g_autofree char *text = g_strconcat("name: CI\non: push\nenv: {LEVEL: workflow}\njobs:\n", jobs, NULL);
  g_autoptr(Diagnostics) diagnostics = diagnostics_new();
  g_autoptr(GError) wrong = NULL;
  g_autoptr(Plan) plan =
    plan_new(&(PlanSpec){.read = read_committed, .user = fixture->commit}, ".github/workflows/ci.yml", text, strlen(text), diagnostics);
  if (plan == NULL)
    diagnostics_to_error(diagnostics, &wrong);
  g_assert_no_error(wrong);
  g_autoptr(Progress) progress = progress_new((ProgressOptions){0});
  g_assert_true(progress_log_to(progress, fixture->log_path, NULL));
  json_auto_t *secrets = secrets_of(options.secrets);
  const char *const folders[] = {options.actions, NULL};
  RunSpec spec = {
    .id = options.id != NULL ? options.id : id,
    .plan = plan,
    .commit = fixture->commit,
    .project = "shop",
    .secrets = secrets,
    .data_dir = fixture->data,
    .action_folders = options.actions != NULL ? folders : NULL,
    .isolation = options.isolation,
    .keep_workspace = options.keep,
    .record = options.record,
    .only_job = options.only_job,
    .parallel_max = options.parallel_max,
    .on_event = run_progress_event,
    .event_user = progress,
    .cancellable = options.cancellable,
  };
  outcome.good = runner_run(&spec, &outcome.result, &outcome.error);
  g_assert_true(progress_log_to(progress, NULL, NULL));
  g_assert_true(outcome.good == (outcome.error == NULL));
  assert_nothing_left(fixture, spec.id);
  g_assert_true(g_file_get_contents(fixture->log_path, &outcome.log, NULL, NULL));
  g_assert_true(fs_remove_tree(fixture->log_path, NULL));
  return outcome;
}

const char *outcome_job(const Outcome *outcome, guint index, const char *member) {
  json_t *value = json_array_get(json_object_get(outcome->result, "jobs"), index);
  g_auto(GStrv) names = g_strsplit(member, ".", -1);
  for (char **name = names; *name != NULL; name++)
    value = json_is_array(value) ? json_array_get(value, (size_t)g_ascii_strtoull(*name, NULL, 10)) : json_object_get(value, *name);
  return json_string_value(value);
}

void assert_log_has(const Outcome *outcome, const char *text) {
  if (strstr(outcome->log, text) == NULL)
    g_error("the log lacks \"%s\":\n%s", text, outcome->log);
}

void assert_log_lacks(const Outcome *outcome, const char *text) {
  if (strstr(outcome->log, text) != NULL)
    g_error("the log holds \"%s\":\n%s", text, outcome->log);
}
