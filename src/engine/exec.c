#include "engine/exec.h"

#include "base/error.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

/* ---- the process that waits ---- */

static volatile sig_atomic_t program_pid; /* in the container; 0: not there yet */
static volatile sig_atomic_t asked;       /* the signal that came before it was */

static void pass_on(int number) {
  if (program_pid > 0)
    kill(-(pid_t)program_pid, number); /* runtimes make the program a session's leader */
  else
    asked = number;
}

static void catch_signals(void) {
  static const int passed[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};
  struct sigaction action = {.sa_handler = pass_on, .sa_flags = SA_RESTART};
  for (size_t i = 0; i < G_N_ELEMENTS(passed); i++)
    sigaction(passed[i], &action, NULL);
}

static int wait_for(pid_t pid) {
  int status = 0;
  while (waitpid(pid, &status, 0) < 0)
    if (errno != EINTR)
      return EXIT_FAILURE;
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

pid_t container_exec_pid(const char *pid_file) {
  char text[32];
  int fd = open(pid_file, O_RDONLY | O_CLOEXEC);
  ssize_t got = fd >= 0 ? read(fd, text, sizeof text - 1) : -1;
  if (fd >= 0)
    close(fd);
  text[MAX(got, 0)] = '\0';
  long pid = strtol(text, NULL, 10);
  return pid > 1 && pid <= G_MAXINT ? (pid_t)pid : 0;
}

int container_exec_main(int argc, char **argv) {
  if (argc < 4 || prctl(PR_SET_CHILD_SUBREAPER, 1) < 0)
    return EXIT_USAGE;
  catch_signals();
  pid_t runtime;
  if (posix_spawnp(&runtime, argv[3], NULL, NULL, argv + 3, environ) != 0)
    return EXIT_BROKEN;
  int status = wait_for(runtime);
  pid_t pid = container_exec_pid(argv[2]);
  if (status != 0 || pid == 0)
    return status != 0 ? status : EXIT_BROKEN;
  program_pid = pid;
  if (asked != 0)
    pass_on(asked);
  return wait_for(pid);
}

/* ---- what drover tells the runtime ---- */

static json_t *valid_string(const char *text) {
  g_autofree char *valid = g_utf8_make_valid(text, -1);
  return json_string(valid);
}

static json_t *valid_strings(const char *const *texts) {
  json_t *list = json_array();
  for (; texts != NULL && *texts != NULL; texts++)
    json_array_append_new(list, valid_string(*texts));
  return list;
}

char *container_process_json(const json_t *base, const ExecutorSpec *spec) {
  json_auto_t *process = json_deep_copy(base);
  json_object_set_new(process, "args", valid_strings(spec->argv));
  json_object_set_new(process, "env", valid_strings(spec->env));
  if (spec->cwd != NULL)
    json_object_set_new(process, "cwd", valid_string(spec->cwd));
  json_object_set_new(process, "terminal", json_false());
  json_object_del(process, "consoleSize");
  return json_dumps(process, JSON_COMPACT);
}

/* In this order: a missing folder's message also says that there is no such file. */
static const struct {
  const char *words;
  DroverError code;
} failures[] = {
  {"chdir", DROVER_ERROR_NOT_FOUND},
  {"workdir", DROVER_ERROR_NOT_FOUND},
  {"working directory", DROVER_ERROR_NOT_FOUND},
  {"executable file", DROVER_ERROR_MISSING},
  {"stat ", DROVER_ERROR_MISSING},
  {"no such file", DROVER_ERROR_MISSING},
  {"No such file", DROVER_ERROR_MISSING},
  {"permission denied", DROVER_ERROR_MISSING},
  {"exec format error", DROVER_ERROR_MISSING},
};

bool container_exec_failure(const ExecutorSpec *spec, const char *words, GError **error) {
  DroverError code = DROVER_ERROR_UNAVAILABLE;
  for (size_t i = 0; i < G_N_ELEMENTS(failures) && code == DROVER_ERROR_UNAVAILABLE; i++)
    if (strstr(words, failures[i].words) != NULL)
      code = failures[i].code;
  if (code == DROVER_ERROR_NOT_FOUND)
    return error_set(error, code, "the container has no folder %s to start %s in", spec->cwd, spec->argv[0]);
  if (code == DROVER_ERROR_MISSING)
    return error_set(error, code, "the container has no program \"%s\" in its PATH that can be started", spec->argv[0]);
  g_autofree char *valid = g_utf8_make_valid(words, -1);
  return error_set(error, code, "%s: the container does not start it: %s", spec->argv[0], g_strstrip(valid));
}
