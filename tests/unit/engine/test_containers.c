/* Containers of a job with podman itself: programs in them, services beside them, actions, and what is left of a run that was killed. The
 * image is made here of busybox, without a network. */
#include "base/error.h"
#include "base/fs.h"
#include "base/id.h"
#include "engine/container_action.h"
#include "engine/exec.h"
#include "engine/fetch.h"
#include "engine/job_container.h"
#include "engine/service.h"

#include <signal.h>
#include <string.h>
#include <unistd.h>

#define BUSYBOX "/bin/busybox"
#define SOON_MS 200

static const char *const applets[] = {"sh",  "cat",   "echo", "env",  "false", "kill", "mkdir", "nc",
                                      "pwd", "sleep", "tail", "test", "true",  "yes",  NULL};

/* What every test shares; made once, as it takes a second. */
static struct {
  char *dir, *run, *image, *id;
  Engine *engine;
  ContainerScope scope;
} here;

static void must(bool done, const GError *error) {
  g_assert_no_error(error);
  g_assert_true(done);
}

/* A folder with a Dockerfile and the programs of the image. */
static void write_context(const char *dir, const char *more) {
  g_autofree char *bin = g_build_filename(dir, "bin", NULL);
  g_autofree char *busybox = g_build_filename(bin, "busybox", NULL);
  g_autofree char *dockerfile = g_build_filename(dir, "Dockerfile", NULL);
  g_autofree char *text = g_strconcat("FROM scratch\nCOPY bin /bin\nENV PATH=/bin MARK=image\n", more, NULL);
  g_autoptr(GError) error = NULL;
  must(fs_make_dirs(bin, 0755, &error), error);
  must(process_check(&(ProcessSpec){.argv = (const char *const[]){"cp", BUSYBOX, busybox, NULL}}, &error), error);
  for (const char *const *applet = applets; *applet != NULL; applet++) {
    g_autofree char *link = g_build_filename(bin, *applet, NULL);
    g_assert_cmpint(symlink("busybox", link), ==, 0);
  }
  must(fs_write(dockerfile, text, strlen(text), 0644, &error), error);
}

static void set_up(void) {
  g_autoptr(GError) error = NULL;
  here.dir = fs_temp_dir(g_get_tmp_dir(), "test-containers", &error);
  g_assert_no_error(error);
  here.run = id_new();
  here.engine = engine_new(NULL, &error);
  g_assert_no_error(error);
  here.scope = (ContainerScope){.engine = here.engine, .run = here.run, .job = "test", .dir = here.dir};
  g_autofree char *context = g_build_filename(here.dir, "image", NULL);
  write_context(context, "");
  here.id = container_image_build(&here.scope, context, "Dockerfile", NULL, &error);
  g_assert_no_error(error);
  here.image = g_strconcat("localhost/drover-test:", here.run, NULL);
  must(process_check(&(ProcessSpec){.argv = (const char *const[]){"podman", "tag", here.id, here.image, NULL}}, &error), error);
}

static void tear_down(void) {
  g_autoptr(GError) error = NULL;
  must(engine_clean_run(here.engine, here.run, NULL, &error), error);
  must(process_check(&(ProcessSpec){.argv = (const char *const[]){"podman", "rmi", "--force", here.id, NULL}}, &error), error);
  must(fs_remove_tree(here.dir, &error), error);
  engine_free(here.engine);
  g_free(here.dir);
  g_free(here.run);
  g_free(here.image);
  g_free(here.id);
}

/* ---- programs in a job's container ---- */

static Executor *start_job(const ContainerRequest *request) {
  g_autoptr(GError) error = NULL;
  const ContainerBind binds[] = {{.path = here.dir, .inside = "/__w"}};
  Executor *job =
    job_container_new(&(JobContainerSpec){.scope = &here.scope, .request = request, .binds = binds, .bind_count = 1, .cwd = "/__w"}, &error);
  g_assert_no_error(error);
  return job;
}

static void collect(const char *bytes, size_t size, void *data) {
  g_string_append_len(data, bytes, (gssize)size);
}

static const struct {
  const char *claim;
  const char *argv[5];
  const char *cwd;
  const char *output;
  int status;
  DroverError code; /* DROVER_ERROR_COUNT: it runs */
  bool by_runtime_only;
} programs[] = {
  {"its status is the program's", {"sh", "-c", "exit 7"}, "/", "", 7, DROVER_ERROR_COUNT},
  {"status 127 of a shell is no missing program", {"sh", "-c", "exit 127"}, "/", "", 127, DROVER_ERROR_COUNT},
  {"status 255 is the program's own", {"sh", "-c", "exit 255"}, "/", "", 255, DROVER_ERROR_COUNT},
  {"a signal is told as a shell does", {"sh", "-c", "kill -TERM $$"}, "/", "", 128 + SIGTERM, DROVER_ERROR_COUNT},
  {"both outputs stay in order",
   {"sh", "-c", "for i in 1 2 3 4; do echo o$i; echo e$i >&2; done"},
   "/",
   "o1\ne1\no2\ne2\no3\ne3\no4\ne4\n",
   0,
   DROVER_ERROR_COUNT,
   true},
  {"the environment is the caller's alone", {"env"}, "/", "PATH=/bin\nHOME=/\nLINES=a\nb\n", 0, DROVER_ERROR_COUNT, true},
  {"it starts in its folder", {"pwd"}, "/__w", "/__w\n", 0, DROVER_ERROR_COUNT, true},
  {"there is no input", {"cat"}, "/", "", 0, DROVER_ERROR_COUNT},
  {"words are words", {"echo", "$(id)", "a  b"}, "/", "$(id) a  b\n", 0, DROVER_ERROR_COUNT},
  {"a missing program is told", {"nowhere"}, "/", NULL, 0, DROVER_ERROR_MISSING},
  {"what is no program is told", {"/bin"}, "/", NULL, 0, DROVER_ERROR_MISSING},
  {"a missing folder is told", {"true"}, "/nowhere", NULL, 0, DROVER_ERROR_NOT_FOUND},
};

static void run_program(Executor *job, size_t i, const char *const *env) {
  g_autoptr(GString) output = g_string_new(NULL);
  g_autoptr(GError) error = NULL;
  int status = -1;
  g_test_message("%s", programs[i].claim);
  bool ran = executor_run(job, &(ExecutorSpec){.argv = programs[i].argv, .env = env, .cwd = programs[i].cwd, .on_output = collect, .data = output},
                          &status, &error);
  if (programs[i].code != DROVER_ERROR_COUNT) {
    g_assert_false(ran);
    g_assert_true(error_is(error, programs[i].code));
    return;
  }
  must(ran, error);
  g_assert_cmpint(status, ==, programs[i].status);
  g_assert_cmpstr(output->str, ==, programs[i].output);
}

static const char *const program_env[] = {"PATH=/bin", "HOME=/", "LINES=a\nb", NULL};

static void test_programs(void) {
  Executor *job = start_job(&(ContainerRequest){.image = here.image});
  for (size_t i = 0; i < G_N_ELEMENTS(programs); i++)
    run_program(job, i, program_env);
  executor_free(job, NULL);
}

/* The way of docker and of podman without root: what can be told of a program is told the same. */
static void test_programs_by_engine(void) {
  g_autoptr(GError) error = NULL;
  Executor *job =
    job_container_new(&(JobContainerSpec){.scope = &here.scope, .request = &(ContainerRequest){.image = here.image}, .cwd = "/", .by_engine = true},
                      &error);
  g_assert_no_error(error);
  for (size_t i = 0; i < G_N_ELEMENTS(programs); i++)
    if (!programs[i].by_runtime_only)
      run_program(job, i, program_env);
  const char *argv[] = {"sleep", "60", NULL};
  int status = -1;
  g_assert_false(executor_run(job, &(ExecutorSpec){.argv = argv, .env = program_env, .cwd = "/", .deadline_ms = 1000}, &status, &error));
  g_assert_true(error_is(error, DROVER_ERROR_TIMEOUT));
  unsigned left = 99;
  executor_free(job, &left);
  g_assert_cmpuint(left, ==, 0);
}

static int run_shell(Executor *executor, const char *line, GString *output) {
  const char *argv[] = {"sh", "-c", line, NULL}, *env[] = {"PATH=/bin", NULL};
  g_autoptr(GError) error = NULL;
  int status = -1;
  must(executor_run(executor, &(ExecutorSpec){.argv = argv, .env = env, .cwd = "/", .on_output = output != NULL ? collect : NULL, .data = output},
                    &status, &error),
       error);
  return status;
}

static void test_environment_and_paths(void) {
  const char *env[] = {"FROM_WORKFLOW=a\nb", NULL};
  Executor *job = start_job(&(ContainerRequest){.image = here.image, .env = env, .options = "--hostname box"});
  const char *const *seen = job_container_environment(job);
  g_assert_true(g_strv_contains(seen, "MARK=image"));
  g_assert_true(g_strv_contains(seen, "FROM_WORKFLOW=a\nb"));
  g_assert_true(g_strv_contains(seen, "CI=true"));
  g_assert_true(g_strv_contains(seen, "GITHUB_ACTIONS=true"));
  g_assert_cmpint(run_shell(job, "echo here > /__w/written", NULL), ==, 0);
  g_autofree char *path = executor_outside(job, "/__w/written");
  g_autofree char *text = fs_read(path, 64, NULL, NULL);
  g_assert_cmpstr(text, ==, "here\n");
  executor_free(job, NULL);
}

/* ---- their end ---- */

typedef struct {
  GCancellable *cancellable;
  GString *output;
} Stopper;

static void stop_when_ready(const char *bytes, size_t size, void *data) {
  const Stopper *stopper = data;
  g_string_append_len(stopper->output, bytes, (gssize)size);
  if (strstr(stopper->output->str, "ready") != NULL)
    g_cancellable_cancel(stopper->cancellable);
}

static const struct {
  const char *claim, *line, *ends;
} stops[] = {
  {"an interrupt reaches it", "trap 'echo interrupted; exit 3' INT; echo ready; while :; do sleep 0.02; done", "interrupted\n"},
  {"SIGTERM comes next", "trap '' INT; trap 'echo terminated; exit 3' TERM; echo ready; while :; do sleep 0.02; done", "terminated\n"},
  {"one that ignores both is killed", "trap '' INT TERM; echo ready; while :; do sleep 0.02; done", "ready\n"},
};

static void test_cancellation(void) {
  Executor *job = start_job(&(ContainerRequest){.image = here.image});
  for (size_t i = 0; i < G_N_ELEMENTS(stops); i++) {
    const char *argv[] = {"sh", "-c", stops[i].line, NULL}, *env[] = {"PATH=/bin", NULL};
    g_autoptr(GCancellable) cancellable = g_cancellable_new();
    g_autoptr(GString) output = g_string_new(NULL);
    g_autoptr(GError) error = NULL;
    Stopper stopper = {cancellable, output};
    int status = -1;
    g_test_message("%s", stops[i].claim);
    g_assert_false(executor_run(job,
                                &(ExecutorSpec){.argv = argv,
                                                .env = env,
                                                .cwd = "/",
                                                .on_output = stop_when_ready,
                                                .data = &stopper,
                                                .cancellable = cancellable,
                                                .interrupt_ms = SOON_MS,
                                                .terminate_ms = SOON_MS},
                                &status, &error));
    g_assert_true(error_is(error, DROVER_ERROR_CANCELLED));
    g_assert_true(g_str_has_suffix(output->str, stops[i].ends));
  }
  unsigned left = 99;
  executor_free(job, &left);
  g_assert_cmpuint(left, ==, 0);
}

static void test_deadline(void) {
  const char *argv[] = {"sleep", "60", NULL}, *env[] = {"PATH=/bin", NULL};
  Executor *job = start_job(&(ContainerRequest){.image = here.image});
  g_autoptr(GError) error = NULL;
  int status = -1;
  g_assert_false(executor_run(job, &(ExecutorSpec){.argv = argv, .env = env, .cwd = "/", .deadline_ms = SOON_MS}, &status, &error));
  g_assert_true(error_is(error, DROVER_ERROR_TIMEOUT));
  executor_free(job, NULL);
}

/* A step's server goes on after the step, and ends with the container. */
static void test_left_running(void) {
  Executor *job = start_job(&(ContainerRequest){.image = here.image});
  g_assert_cmpint(run_shell(job, "yes & sleep 60 & true", NULL), ==, 0);
  g_assert_cmpint(run_shell(job, "test -d /proc/1", NULL), ==, 0);
  unsigned left = 0;
  executor_free(job, &left);
  g_assert_cmpuint(left, ==, 2);
}

static const struct {
  const char *claim, *image, *options;
  DroverError code;
} refusals[] = {
  {"what is no image", "no image", NULL, DROVER_ERROR_INPUT},
  {"privileges", NULL, "--privileged", DROVER_ERROR_REFUSED},
  {"a value that the engine does not take", NULL, "--memory much", DROVER_ERROR_FAILED},
};

static void test_refusals(void) {
  for (size_t i = 0; i < G_N_ELEMENTS(refusals); i++) {
    ContainerRequest request = {.image = refusals[i].image != NULL ? refusals[i].image : here.image, .options = refusals[i].options};
    g_autoptr(GError) error = NULL;
    g_test_message("%s", refusals[i].claim);
    g_assert_null(job_container_new(&(JobContainerSpec){.scope = &here.scope, .request = &request}, &error));
    g_assert_true(error_is(error, refusals[i].code));
  }
}

/* ---- services ---- */

static void test_services(void) {
  const char *ports[] = {"6379", NULL}, *volumes[] = {"data:/data", NULL};
  ContainerScope scope = here.scope;
  g_autofree char *why = NULL;
  g_autofree char *network = job_network_make(&scope, &why);
  g_assert_null(why);
  scope.network = network;
  g_autoptr(GError) error = NULL;
  ContainerRequest request = {.image = here.image,
                              .ports = ports,
                              .volumes = volumes,
                              .options = "--health-cmd 'test -e /data/up' --health-interval 1s --health-retries 20"};
  const char *command[] = {"-c", "sleep 0.3; echo started > /data/up; while :; do echo hello | nc -l -p 6379; done", NULL};
  Service *service =
    service_start(&(ServiceSpec){.scope = &scope, .name = "cache", .request = &request, .entrypoint = "sh", .command = command}, &error);
  g_assert_no_error(error);
  must(service_wait(service, 20000, NULL, &error), error);
  json_auto_t *context = service_context(service);
  g_assert_cmpstr(json_string_value(json_object_get(context, "network")), ==, network);
  g_assert_nonnull(json_string_value(json_object_get(json_object_get(context, "ports"), "6379")));
  Executor *job = job_container_new(&(JobContainerSpec){.scope = &scope, .request = &(ContainerRequest){.image = here.image}, .cwd = "/"}, &error);
  g_assert_no_error(error);
  g_autoptr(GString) output = g_string_new(NULL);
  g_assert_cmpint(run_shell(job, "nc -w 5 cache 6379 < /dev/null", output), ==, 0);
  g_assert_cmpstr(output->str, ==, "hello\n");
  executor_free(job, NULL);
  service_free(service);
  must(job_network_remove(here.engine, network, &error), error);
}

static const struct {
  const char *claim, *line, *options, *words;
} unwell[] = {
  {"one whose check never passes is unhealthy", "echo i am ill; sleep 60", "--health-cmd false --health-interval 100ms --health-retries 2",
   "i am ill"},
  {"one that ended is told with its last words", "echo no password set; exit 1", NULL, "no password set"},
};

static void test_unwell_services(void) {
  for (size_t i = 0; i < G_N_ELEMENTS(unwell); i++) {
    const char *command[] = {"-c", unwell[i].line, NULL};
    ContainerRequest request = {.image = here.image, .options = unwell[i].options};
    g_autoptr(GError) error = NULL;
    g_test_message("%s", unwell[i].claim);
    g_autoptr(Service) service =
      service_start(&(ServiceSpec){.scope = &here.scope, .name = "db", .request = &request, .entrypoint = "sh", .command = command}, &error);
    g_assert_no_error(error);
    /* Without a check a service is ready while it runs: this one has to have ended. */
    while (unwell[i].options == NULL && strstr(error != NULL ? error->message : "", "has ended") == NULL) {
      g_clear_error(&error);
      g_assert_true(service_wait(service, 10000, NULL, &error) || error_is(error, DROVER_ERROR_FAILED));
    }
    if (unwell[i].options != NULL)
      g_assert_false(service_wait(service, 20000, NULL, &error));
    g_assert_true(error_is(error, DROVER_ERROR_FAILED));
    g_assert_nonnull(strstr(error->message, unwell[i].words));
  }
}

/* ---- actions ---- */

static void test_action(void) {
  g_autofree char *dir = g_build_filename(here.dir, "action", NULL);
  write_context(dir, "RUN echo built > /made\nENTRYPOINT [\"sh\", \"-c\", \"cat /made; echo \\\"$INPUT_WHO\\\"; echo \\\"$0\\\"; pwd; exit 4\"]\n");
  g_autoptr(GError) error = NULL;
  g_autofree char *image = container_image_build(&here.scope, dir, "Dockerfile", NULL, &error);
  g_assert_no_error(error);
  int64_t begun_us = g_get_monotonic_time();
  g_autofree char *again = container_image_build(&here.scope, dir, "Dockerfile", NULL, &error);
  g_test_message("built again in %d ms", (int)((g_get_monotonic_time() - begun_us) / 1000));
  g_assert_cmpstr(again, ==, image);
  const char *args[] = {"an  argument", NULL}, *env[] = {"INPUT_WHO=a\nb", NULL};
  const ContainerBind binds[] = {{.path = here.dir, .inside = "/github/workspace"}};
  g_autoptr(GString) output = g_string_new(NULL);
  ContainerAction action = {.scope = &here.scope,
                            .image = image,
                            .built = true,
                            .args = args,
                            .env = env,
                            .binds = binds,
                            .bind_count = 1,
                            .cwd = "/github/workspace",
                            .on_output = collect,
                            .data = output};
  int status = -1;
  must(container_action_run(&action, &status, &error), error);
  g_assert_cmpint(status, ==, 4);
  g_assert_cmpstr(output->str, ==, "built\na\nb\nan  argument\n/github/workspace\n");
  must(process_check(&(ProcessSpec){.argv = (const char *const[]){"podman", "rmi", "--force", image, NULL}}, &error), error);
}

static void test_action_is_stopped(void) {
  const char *args[] = {"60", NULL};
  g_autoptr(GError) error = NULL;
  int status = -1;
  ContainerAction action = {.scope = &here.scope,
                            .image = here.image,
                            .entrypoint = "sleep",
                            .args = args,
                            .cwd = "/",
                            .deadline_ms = 1000,
                            .interrupt_ms = SOON_MS,
                            .terminate_ms = SOON_MS};
  g_assert_false(container_action_run(&action, &status, &error));
  g_assert_true(error_is(error, DROVER_ERROR_TIMEOUT));
  unsigned left = 99;
  g_clear_error(&error);
  must(engine_clean_run(here.engine, here.run, &left, &error), error);
  g_assert_cmpuint(left, ==, 0);
}

/* ---- after a crash ---- */

static void test_clean(void) {
  ContainerScope scope = here.scope;
  g_autofree char *run = id_new();
  scope.run = run;
  g_autofree char *network = job_network_make(&scope, NULL);
  scope.network = network;
  const char *volumes[] = {"kept:/kept", NULL};
  ContainerRequest request = {.image = here.image, .volumes = volumes, .options = "--label " ENGINE_LABEL_RUN "=other"};
  g_autoptr(GError) error = NULL;
  Executor *job = job_container_new(&(JobContainerSpec){.scope = &scope, .request = &request}, &error);
  g_assert_no_error(error);
  unsigned removed = 0;
  must(engine_clean_run(here.engine, run, &removed, &error), error);
  g_assert_cmpuint(removed, ==, 1);
  g_autofree char *filter = g_strconcat("label=" ENGINE_LABEL_RUN "=", run, NULL);
  g_autofree char *left =
    process_output(&(ProcessSpec){.argv = (const char *const[]){"podman", "volume", "ls", "-q", "--filter", filter, NULL}}, &error);
  g_assert_cmpstr(left, ==, "");
  must(job_network_remove(here.engine, network, &error), error);
  executor_free(job, NULL);
}

static void test_speed(void) {
  const char *argv[] = {"true", NULL}, *env[] = {"PATH=/bin", NULL};
  Executor *job = start_job(&(ContainerRequest){.image = here.image});
  int64_t begun_us = g_get_monotonic_time();
  int status = -1;
  g_autoptr(GError) error = NULL;
  for (int i = 0; i < 10; i++)
    must(executor_run(job, &(ExecutorSpec){.argv = argv, .env = env, .cwd = "/"}, &status, &error), error);
  g_test_message("%d ms a program", (int)((g_get_monotonic_time() - begun_us) / 10000));
  executor_free(job, NULL);
}

int main(int argc, char **argv) {
  if (argc > 1 && strcmp(argv[1], CONTAINER_EXEC_COMMAND) == 0)
    return container_exec_main(argc, argv);
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/containers/programs", test_programs);
  g_test_add_func("/containers/programs by the engine", test_programs_by_engine);
  g_test_add_func("/containers/environment and paths", test_environment_and_paths);
  g_test_add_func("/containers/cancellation", test_cancellation);
  g_test_add_func("/containers/deadline", test_deadline);
  g_test_add_func("/containers/left running", test_left_running);
  g_test_add_func("/containers/refusals", test_refusals);
  g_test_add_func("/containers/services", test_services);
  g_test_add_func("/containers/unwell services", test_unwell_services);
  g_test_add_func("/containers/action", test_action);
  g_test_add_func("/containers/an action is stopped", test_action_is_stopped);
  g_test_add_func("/containers/cleaning up", test_clean);
  g_test_add_func("/containers/speed", test_speed);
  set_up();
  int status = g_test_run();
  tear_down();
  return status;
}
