/* Commands run as main() runs them, each in a process of its own, with a folder of state of its own. */
#include "base/digest.h"
#include "base/fs.h"
#include "base/process.h"
#include "cli/cli.h"
#include "store/store.h"

#include <fcntl.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define US ((int64_t)1000000)

typedef struct {
  char *dir; /* the working folder */
  char *data;
} Fixture;

static const char project_file[] = "version: 1\n"
                                   "project: shop\n"
                                   "images: {web: {context: .}}\n"
                                   "services:\n"
                                   "  web: {image: web, port: 8000, secrets: [TOKEN]}\n"
                                   "routes: [{path: /, service: web}]\n"
                                   "environments:\n"
                                   "  dev: {branch: development, hosts: [local], strategy: blue-green}\n";

static void write_file(const char *dir, const char *name, const char *text) {
  g_autofree char *path = g_build_filename(dir, name, NULL);
  g_autoptr(GError) error = NULL;
  g_assert_true(fs_write(path, text, strlen(text), 0600, &error));
}

static void fixture_open(Fixture *fixture, G_GNUC_UNUSED gconstpointer data) {
  g_autoptr(GError) error = NULL;
  fixture->dir = fs_temp_dir(g_get_tmp_dir(), "drover-cli-", &error);
  g_assert_no_error(error);
  fixture->data = g_build_filename(fixture->dir, "state", NULL);
  write_file(fixture->dir, "drover.yaml", project_file);
}

static void fixture_close(Fixture *fixture, G_GNUC_UNUSED gconstpointer data) {
  fs_remove_tree(fixture->dir, NULL);
  g_free(fixture->dir);
  g_free(fixture->data);
}

/* ---- lines -------------------------------------------------------------------------------------------------------------- */

typedef struct {
  const char *claim;
  const char *line;
  const char *input; /* of standard input; NULL: /dev/null */
  int status;
  const char *out; /* patterns, as g_pattern_match_simple() takes them */
  const char *err;
} Case;

static const Case cases[] = {
  {"the version", "drover version", NULL, 0, "drover *\n", ""},
  {"the version by option", "drover --version", NULL, 0, "drover *\n", ""},
  {"the version as JSON", "drover version --json", NULL, 0, "{\n  \"version\": \"*\"\n}\n", ""},
  {"help goes to standard output", "drover help ship", NULL, 0, "drover ship: *Usage*Examples*", ""},
  {"help by option is the same", "drover ship --help", NULL, 0, "drover ship: *Usage*Examples*", ""},
  {"help of what is not there", "drover help shp", NULL, 2, "", "error: *did you mean \"ship\"?*"},
  {"wrong use is told on standard error alone, with status 2", "drover ship --evn x --json", NULL, 2, "",
   "error: drover ship has no option \"--evn\"; did you mean \"--env\"?\n       usage: drover ship *"},
  {"a folder that is not there", "drover -C nowhere version", NULL, 1, "", "error: -C nowhere: No such file or directory\n"},
  {"completion", "drover completion bash", NULL, 0, "*complete -F _drover drover\n", ""},

  {"an expression's text is printed as it is", "drover expression \"format('{0}-{1}', 'a', 2 > 1)\"", NULL, 0, "a-true\n", ""},
  {"another value is printed as JSON", "drover expression \"fromJSON('[1, null]')[1]\"", NULL, 0, "null\n", ""},
  {"an expression's value and kind as JSON", "drover expression --json '1 < 2'", NULL, 0, "*\"kind\": \"Boolean\"*\"value\": true*", ""},
  {"an expression that is wrong", "drover expression '1 +'", NULL, 1, "", "error: *"},
  {"an expression that is wrong, with --json", "drover expression --json '1 +'", NULL, 1,
   "{\n  \"error\": {\n    \"kind\": \"input\",*\"exit_status\": 1*", "error: *"},
  {"a context that is not there", "drover expression github.ref --context nowhere.json", NULL, 1, "", "error: *nowhere.json*"},
  {"expressions in a batch", "drover expression --batch", "{\"expr\": \"1\"}\nx\n{\"expr\": \"a.b\", \"contexts\": {\"a\": {\"b\": \"c\"}}}", 0,
   "{\"kind\":*1*}\n{\"error\":*\"protocol\"*}\n{\"kind\":*\"c\"}\n", ""},
  {"an expression and a batch at once", "drover expression 1 --batch", NULL, 2, "", "error: *usage:*"},

  {"the status of a project that was never rolled out", "drover status", NULL, 0, "PROJECT *shop * dev * none*", ""},
  {"the same as JSON", "drover status --json", NULL, 0, "{*\"environments\":*\"environment\": \"dev\"*\"release\": null*\"rollout\": null*}\n", ""},
  {"the status of a misspelt environment", "drover status dve", NULL, 1, "",
   "error: shop has no environment \"dve\"*only dev; did you mean \"dev\"?\n"},
  {"the status of a project that nobody knows", "drover status --project other", NULL, 1, "", "error: other: nothing is known of it*"},
  {"no releases", "drover releases", NULL, 0, "shop has no release yet*", ""},
  {"no releases as JSON", "drover releases --json", NULL, 0, "{\n  \"releases\": []\n}\n", ""},
  {"an empty journal is intact", "drover journal --verify", NULL, 0, "*intact: 0 entries\n", ""},
  {"an empty journal as JSON", "drover journal --json", NULL, 0, "{\"entries\": [\n], \"error\": null}\n", ""},
  {"logs when there was no rollout", "drover logs", NULL, 1, "", "error: there was no rollout in project shop yet\n"},
  {"logs of an id that is not there", "drover logs 0123", NULL, 1, "", "error: no check run or rollout has an id that begins with \"0123\"\n"},
  {"logs by id and environment at once", "drover logs 0123 --env dev", NULL, 2, "", "error: *exclude each other*"},

  {"a secret from standard input", "drover secret set TOKEN --env dev", "hunter2\n", 0, "*outcome * set\n", ""},
  {"a secret that nothing asks for is set with a warning", "drover secret set OTHER --env dev", "x", 0, "*",
   "warning: OTHER is set, but nothing in drover.yaml asks for it\n"},
  {"an empty secret", "drover secret set TOKEN --env dev", "\n", 1, "", "error: TOKEN: the value is empty\n"},
  {"a secret that is no text", "drover secret set TOKEN --env dev", "\xff\n", 1, "", "error: TOKEN: *UTF-8*"},
  {"a secret of a misspelt environment", "drover secret set TOKEN --env dve", "x", 1, "", "error: *did you mean \"dev\"?\n"},
  {"a secret of the repository that services ask for", "drover secret set TOKEN", "x", 0, "*name * TOKEN*outcome * set\n",
   "warning: TOKEN is set for the repository's runs only; *add --env\n"},
  {"a variable from the command line", "drover variable set REGION north", NULL, 0, "*name * REGION*outcome * set\n", ""},
  {"a variable from standard input", "drover variable set REGION --env dev", "north\n", 0, "*outcome * set\n", ""},
  {"a variable given twice", "drover variable set REGION north --from-file x", NULL, 2, "", "error: *give one of them*"},
  {"a variable that cannot be called so", "drover variable set region x", NULL, 1, "", "error: *cannot be the name of a variable*"},
  {"no variables", "drover variable list", NULL, 0, "the repository has no variables\n", ""},
  {"a variable that cannot be removed", "drover variable remove REGION", NULL, 1, "", "error: the repository has no variable \"REGION\"\n"},
  {"secrets that are missing", "drover secret list --env dev", NULL, 0, "NAME *TOKEN * missing *yes\n", ""},
  {"a secret that cannot be removed", "drover secret remove TOKEN --env dev", NULL, 1, "", "error: *TOKEN*"},
  {"down asks for --yes when nobody can be asked", "drover down dev", NULL, 2, "", "error: *--yes is needed*"},
  {"a rollback outside of a project", "drover -C / rollback dev", NULL, 2, "", "error: no drover.yaml in /: name the project with --project*"},
};

typedef struct {
  int status;
  char *out;
  char *err;
} Answer;

static void answer_clear(Answer *answer) {
  g_free(answer->out);
  g_free(answer->err);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Answer, answer_clear)

static void redirect(int fd, const char *path, int flags) {
  int opened = open(path, flags, 0600);
  g_assert_cmpint(opened, >=, 0);
  g_assert_cmpint(dup2(opened, fd), ==, fd);
  close(opened);
}

/* The child: as main() does, but for where the state and the three standard files are. */
static G_NORETURN void child(const Fixture *fixture, const char *line, const char *out) {
  g_auto(GStrv) argv = NULL;
  g_assert_cmpint(chdir(fixture->dir), ==, 0);
  redirect(STDIN_FILENO, "stdin", O_RDONLY);
  redirect(STDOUT_FILENO, out, O_WRONLY | O_CREAT | O_TRUNC);
  redirect(STDERR_FILENO, "stderr", O_WRONLY | O_CREAT | O_TRUNC);
  g_assert_true(g_shell_parse_argv(line, NULL, &argv, NULL));
  g_setenv("DROVER_DATA", fixture->data, TRUE);
  g_autoptr(GCancellable) cancellable = cli_signals();
  _exit((int)cli_run((const char *const *)argv, cancellable));
}

static Answer run_to(const Fixture *fixture, const char *line, const char *input, const char *out) {
  write_file(fixture->dir, "stdin", input != NULL ? input : "");
  int status = 0;
  fflush(NULL);
  pid_t pid = fork();
  if (pid == 0)
    child(fixture, line, out);
  g_assert_cmpint(waitpid(pid, &status, 0), ==, pid);
  g_assert_true(WIFEXITED(status));
  g_autofree char *out_path = g_build_filename(fixture->dir, "stdout", NULL), *err_path = g_build_filename(fixture->dir, "stderr", NULL);
  return (Answer){WEXITSTATUS(status), fs_read(out_path, (size_t)1 << 24, NULL, NULL), fs_read(err_path, (size_t)1 << 24, NULL, NULL)};
}

static Answer run_line(const Fixture *fixture, const char *line, const char *input) {
  return run_to(fixture, line, input, "stdout");
}

static void assert_like(const char *text, const char *pattern) {
  if (!g_pattern_match_simple(pattern, text))
    g_error("got:\n%s\nwanted:\n%s", text, pattern);
}

static void test_case(Fixture *fixture, gconstpointer data) {
  const Case *row = data;
  g_auto(Answer) answer = run_line(fixture, row->line, row->input);
  assert_like(answer.err, row->err);
  assert_like(answer.out, row->out);
  g_assert_cmpint(answer.status, ==, row->status);
}

/* ---- more than one line ------------------------------------------------------------------------------------------------- */

static void test_secrets(Fixture *fixture, G_GNUC_UNUSED gconstpointer data) {
  write_file(fixture->dir, "value", "a\nb\n");
  g_auto(Answer) set = run_line(fixture, "drover secret set TOKEN --env dev --from-file value --json", NULL);
  assert_like(set.out, "{*\"name\": \"TOKEN\"*\"outcome\": \"set\"*}\n");
  g_auto(Answer) listed = run_line(fixture, "drover secret list --env dev --json", NULL);
  assert_like(listed.out, "{*\"name\": \"TOKEN\"*\"set\": true*\"needed\": true*}\n");
  g_auto(Answer) removed = run_line(fixture, "drover secret remove TOKEN --env dev", NULL);
  g_assert_cmpint(removed.status, ==, 0);
  g_auto(Answer) after = run_line(fixture, "drover secret list --env dev", NULL);
  assert_like(after.out, "*TOKEN * missing *");
  assert_like(after.err, "");
}

static void test_lint(Fixture *fixture, G_GNUC_UNUSED gconstpointer data) {
  g_auto(Answer) good = run_line(fixture, "drover lint", NULL);
  assert_like(good.out, "no findings in 1 file\n");
  g_assert_cmpint(good.status, ==, EXIT_OK);
  write_file(fixture->dir, "drover.yaml", "version: 1\nproject: shop\ncolour: red\n");
  g_auto(Answer) bad = run_line(fixture, "drover lint drover.yaml", NULL);
  assert_like(bad.out, "*drover.yaml:3:1: *colour*in 1 file\n");
  assert_like(bad.err, "");
  g_assert_cmpint(bad.status, ==, EXIT_INPUT);
  g_auto(Answer) json = run_line(fixture, "drover lint --json", NULL);
  assert_like(json.out, "{\n  \"files\": 1,\n  \"findings\": [*\"path\": \"drover.yaml\",*\"line\": 3,*\"column\": 1,*\"message\": \"*colour*");
  g_assert_cmpint(json.status, ==, EXIT_INPUT);
  g_auto(Answer) missing = run_line(fixture, "drover lint nowhere.yml", NULL);
  assert_like(missing.err, "error: *nowhere.yml*");
  g_assert_cmpint(missing.status, ==, EXIT_INPUT);
}

static const char workflow_file[] = "on: [push, pull_request]\n"
                                    "jobs:\n"
                                    "  good:\n"
                                    "    runs-on: ubuntu-latest\n"
                                    "    steps: [{run: 'echo token ${{ secrets.TOKEN }}'}]\n"
                                    "  bad:\n"
                                    "    needs: good\n"
                                    "    runs-on: ubuntu-latest\n"
                                    "    steps: [{run: exit 7}]\n";

static void git(const Fixture *fixture, const char *const *words) {
  g_autoptr(GPtrArray) argv = g_ptr_array_new();
  g_autoptr(GError) error = NULL;
  const char *const begin[] = {"git", "-c", "user.name=Ann", "-c", "user.email=ann@example.com", "-c", "commit.gpgsign=false", NULL};
  for (const char *const *word = begin; *word != NULL; word++)
    g_ptr_array_add(argv, (gpointer)*word);
  for (; *words != NULL; words++)
    g_ptr_array_add(argv, (gpointer)*words);
  g_ptr_array_add(argv, NULL);
  g_assert_true(process_check(&(ProcessSpec){.argv = (const char *const *)argv->pdata, .cwd = fixture->dir, .deadline_ms = 60000}, &error));
}

static const Case run_cases[] = {
  {"a job that fails fails the run", "drover run ci.yml --isolation none --secret-file secrets", NULL, 1,
   "*  good | token ???\n*good: ok *bad: failed: *ended with status 7*", "error: ci.yml: *\"bad\"*ended with status 7*"},
  {"one job, as JSON", "drover run ci.yml --isolation none --job good --quiet --json --secret-file secrets", NULL, 0,
   "{\"event\":\"run.started\",*\"project\":\"shop\",*{\"event\":\"run.ended\",*\"conclusion\":\"success\",*}\n", ""},
  {"a job that is not there", "drover run ci.yml --job nowhere", NULL, 1, "", "error: no job \"nowhere\" in ci.yml\n"},
  {"an event that the workflow has not", "drover run ci.yml --event release", NULL, 1, "",
   "error: ci.yml does not run on \"release\", only on push, pull_request\n"},
  {"a workflow that is not there", "drover run nowhere.yml", NULL, 1, "", "error: *nowhere.yml*"},
  {"a file of secrets that is wrong", "drover run ci.yml --secret-file drover.yaml", NULL, 1, "",
   "error: *drover.yaml:1:8: a line NAME=VALUE is expected*"},
};

static void test_run_command(Fixture *fixture, gconstpointer data) {
  write_file(fixture->dir, "ci.yml", workflow_file);
  write_file(fixture->dir, "secrets", "TOKEN=hunter2\n");
  git(fixture, (const char *const[]){"init", "-q", NULL});
  git(fixture, (const char *const[]){"add", "ci.yml", "drover.yaml", NULL});
  git(fixture, (const char *const[]){"commit", "-q", "-m", "First", NULL});
  test_case(fixture, data);
}

static const char commit[] = "0123456789abcdef0123456789abcdef01234567";

/* A check run with a log, a release, and a rollout that was taken back. */
static void fill_store(const Fixture *fixture) {
  g_autoptr(GError) error = NULL;
  g_assert_true(fs_make_dirs(fixture->data, 0700, &error));
  g_autoptr(Store) store = store_open(fixture->data, &error);
  g_assert_no_error(error);
  CheckRun check = {.id = (char *)"01aaaaaaaaaaaaaaaaaaaaaaaa",
                    .project = (char *)"shop",
                    .commit = (char *)commit,
                    .workflow = (char *)"ci.yml",
                    .outcome = (char *)"running",
                    .started_us = US,
                    .log = (char *)"check.log"};
  g_assert_true(check_run_begin(store, &check, &error));
  g_assert_true(check_run_end(store, check.id, "success", 2 * US, &error));
  json_auto_t *images = json_pack("{s:s}", "web", digest_bytes("x", 1).text), *checks = json_array();
  Release release = {.project = (char *)"shop",
                     .commit = (char *)commit,
                     .subject = (char *)"Fix\033[2J the price",
                     .author = (char *)"Ann <ann@example.com>",
                     .images = images,
                     .project_file = (char *)project_file,
                     .checks = checks};
  g_autoptr(Release) made = NULL;
  g_assert_true(release_record(store, &release, "ann", 3 * US, &made, &error));
  Rollout rollout = {.id = (char *)"01bbbbbbbbbbbbbbbbbbbbbbbb",
                     .project = (char *)"shop",
                     .environment = (char *)"dev",
                     .release = made->id,
                     .actor = (char *)"ann",
                     .state = (char *)"starting",
                     .slot = (char *)"blue",
                     .started_us = 4 * US,
                     .log = (char *)"rollout.log"};
  g_assert_true(rollout_record(store, &rollout, &error));
  g_assert_true(rollout_save_end(store, rollout.id, "rolled-back", "web: not healthy\nafter 20 attempts", 5 * US, &error));
  write_file(fixture->data, "check.log", "tested\n");
  write_file(fixture->data, "rollout.log", "rolled\nback\n");
}

static const Case filled_cases[] = {
  {"releases, with a subject that cannot touch the terminal", "drover releases", NULL, 0,
   "RELEASE *\n1 * 0123456789ab *Ann*Fix\xef\xbf\xbd[2J the price\n", ""},
  {"releases as JSON", "drover releases --json", NULL, 0, "{*\"number\": 1,*\"commit\": \"0123456789abcdef*\"*\"web\": \"sha256:*}\n", ""},
  {"why the last rollout was taken back", "drover status", NULL, 0,
   "*dev * none * rolled-back*\ndev, last rollout 01b* (rolled-back): web: not healthy\nafter 20 attempts\n  drover logs 01b*\n", ""},
  {"the same as JSON", "drover status dev --json", NULL, 0, "{*\"outcome\": \"rolled-back\"*\"error\": \"web: not healthy\\nafter 20 attempts\"*}\n",
   ""},
  {"the last rollout's log", "drover logs --env dev", NULL, 0, "rolled\nback\n", ""},
  {"following what has ended ends", "drover logs --follow", NULL, 0, "rolled\nback\n", ""},
  {"a check's log by the beginning of its id", "drover logs 01AAA", NULL, 0, "tested\n", ""},
  {"an id that begins more than one", "drover logs 01", NULL, 1, "", "error: \"01\" begins more than one id:\n       01aaa*\n       01bbb*\n"},
  {"the journal", "drover journal", NULL, 0, "*check.started*check.ended*release.recorded*rollout.started*rollout.ended*", ""},
  {"the journal of one subject", "drover journal --subject 01bbbbbbbbbbbbbbbbbbbbbbbb --json", NULL, 0,
   "{\"entries\": [\n*rollout.started*,\n*rollout.ended*\n], \"error\": null}\n", ""},
  {"the journal is intact", "drover journal --verify --json", NULL, 0, "{*\"entries\": 5,*\"intact\": true*}\n", ""},
};

static void test_filled(Fixture *fixture, gconstpointer data) {
  fill_store(fixture);
  test_case(fixture, data);
}

static void test_output_full(Fixture *fixture, G_GNUC_UNUSED gconstpointer data) {
  g_auto(Answer) answer = run_to(fixture, "drover version", NULL, "/dev/full");
  assert_like(answer.err, "error: standard output: No space left on device\n");
  g_assert_cmpint(answer.status, ==, EXIT_BROKEN);
}

/* Standard output is a pipe that nobody reads any more, as behind `head`. */
static void test_output_closed(Fixture *fixture, G_GNUC_UNUSED gconstpointer data) {
  int ends[2];
  g_assert_cmpint(pipe(ends), ==, 0);
  close(ends[0]);
  pid_t pid = fork();
  if (pid == 0) {
    dup2(ends[1], STDOUT_FILENO);
    const char *const argv[] = {"drover", "help", NULL};
    g_autoptr(GCancellable) cancellable = cli_signals();
    (void)fixture;
    _exit((int)cli_run(argv, cancellable));
  }
  int status = 0;
  close(ends[1]);
  g_assert_cmpint(waitpid(pid, &status, 0), ==, pid);
  g_assert_true(WIFEXITED(status));
  g_assert_cmpint(WEXITSTATUS(status), ==, EXIT_OK);
}

#define ADD(path, data, function) g_test_add(path, Fixture, data, fixture_open, function, fixture_close)

static void add_cases(const Case *rows, size_t count, const char *prefix, void (*function)(Fixture *, gconstpointer)) {
  for (size_t i = 0; i < count; i++) {
    g_autofree char *path = g_strdup_printf("/cli/run/%s%s", prefix, rows[i].claim);
    ADD(path, &rows[i], function);
  }
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_setenv("NO_COLOR", "1", TRUE);
  g_unsetenv("GIT_DIR"); /* of a git that runs the tests itself: the fixtures have repositories of their own */
  g_unsetenv("GIT_INDEX_FILE");
  g_unsetenv("GIT_WORK_TREE");
  add_cases(cases, G_N_ELEMENTS(cases), "", test_case);
  add_cases(filled_cases, G_N_ELEMENTS(filled_cases), "with a history: ", test_filled);
  ADD("/cli/run/a secret is set, listed and removed", NULL, test_secrets);
  add_cases(run_cases, G_N_ELEMENTS(run_cases), "run: ", test_run_command);
  ADD("/cli/run/lint tells findings with their places, and ends with status 1", NULL, test_lint);
  ADD("/cli/run/output that cannot be written is an error", NULL, test_output_full);
  ADD("/cli/run/output that nobody reads any more is none", NULL, test_output_closed);
  return g_test_run();
}
