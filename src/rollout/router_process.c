#include "rollout/router_process.h"

#include "base/error.h"
#include "base/fs.h"
#include "base/process.h"
#include "rollout/router_config.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define QUICK_MS 15000
#define STOP_MS 10000
#define STEP_MS 50
#define MASTER_MS 5000
#define MASTER_STEP_MS 5
#define VERSION_MIN 206 /* proc.x in the global section, "set var", "add server" */

/* Runs haproxy in `dir`, with nothing of drover's environment. */
static bool run(const char *dir, const char *const *arguments, bool outlives, ProcessResult *result, GError **error) {
  const char *path = g_getenv("PATH");
  g_autofree char *paths = g_strconcat("PATH=", path != NULL ? path : "", NULL);
  return process_run(&(ProcessSpec){.argv = arguments,
                                    .env = (const char *const[]){path != NULL ? paths : NULL, NULL},
                                    .cwd = dir,
                                    .deadline_ms = QUICK_MS,
                                    .outlives = outlives},
                     result, error);
}

char *router_process_words(const char *output) {
  g_autofree char *valid = g_utf8_make_valid(output, -1);
  g_auto(GStrv) lines = g_strsplit(valid, "\n", -1);
  GString *words = g_string_new(NULL);
  for (char **line = lines; *line != NULL; line++) {
    const char *reason = strstr(*line, " : ");
    if (!g_str_has_prefix(*line, "[ALERT]") || reason == NULL || strstr(reason, "Error(s) found") != NULL || strstr(reason, "Fatal errors") != NULL)
      continue;
    g_string_append_printf(words, "%s%s", words->len > 0 ? "; " : "", reason + strlen(" : "));
  }
  if (words->len == 0)
    g_string_append(words, g_strstrip(valid));
  return g_string_free(words, FALSE);
}

unsigned router_process_version(const char *output) {
  const char *start = strstr(output, "version ");
  if (start == NULL)
    return 0;
  char *end = NULL;
  guint64 major = g_ascii_strtoull(start + strlen("version "), &end, 10);
  guint64 minor = *end == '.' ? g_ascii_strtoull(end + 1, NULL, 10) : 0;
  return major < 100 && minor < 100 ? (unsigned)(major * 100 + minor) : 0;
}

bool router_process_check_program(GError **error) {
  g_auto(ProcessResult) result = {0};
  g_autoptr(GError) failure = NULL;
  if (!run(NULL, (const char *const[]){"haproxy", "-v", NULL}, false, &result, &failure))
    return error_set(error, DROVER_ERROR_MISSING, "%s: install the package \"haproxy\" (2.6 or newer)", failure->message);
  return router_process_version(result.out) >= VERSION_MIN ||
         error_set(error, DROVER_ERROR_MISSING, "HAProxy 2.6 or newer is needed, found: %.60s", result.out);
}

bool router_process_check_config(const char *dir, const char *file, GError **error) {
  g_auto(ProcessResult) result = {0};
  if (!run(dir, (const char *const[]){"haproxy", "-c", "-q", "-f", file, NULL}, false, &result, error))
    return false;
  if (result.exit_status == 0)
    return true;
  g_autofree char *words = router_process_words(result.err);
  return error_set(error, DROVER_ERROR_INTERNAL, "HAProxy refuses the configuration %s/%s: %s", dir, file, words);
}

/* ---- the address -------------------------------------------------------------------------------------------------------- */

bool router_process_split_listen(const char *listen, char **address, unsigned *port, GError **error) {
  const char *colon = strrchr(listen, ':');
  guint64 number = 0;
  if (colon == NULL || !g_ascii_string_to_unsigned(colon + 1, 10, 1, G_MAXUINT16, &number, NULL))
    return error_set(error, DROVER_ERROR_INPUT, "listen: expected \"address:port\", found \"%s\"", listen);
  g_autofree char *host = g_strndup(listen, (size_t)(colon - listen));
  size_t length = strlen(host);
  if (length >= 2 && host[0] == '[' && host[length - 1] == ']') {
    host[length - 1] = '\0';
    memmove(host, host + 1, length - 1);
  }
  struct in6_addr any;
  if (inet_pton(AF_INET, host, &any) != 1 && inet_pton(AF_INET6, host, &any) != 1)
    return error_set(error, DROVER_ERROR_INPUT, "listen: expected the address as numbers (\"0.0.0.0:80\", \"[::]:80\"), found \"%s\"", listen);
  *address = g_steal_pointer(&host);
  *port = (unsigned)number;
  return true;
}

/* 0 when the address can be bound now; errno otherwise. */
static int try_bind(const char *address, unsigned port) {
  struct sockaddr_in four = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
  struct sockaddr_in6 six = {.sin6_family = AF_INET6, .sin6_port = htons((uint16_t)port)};
  bool is_four = inet_pton(AF_INET, address, &four.sin_addr) == 1;
  if (!is_four)
    inet_pton(AF_INET6, address, &six.sin6_addr);
  int fd = socket(is_four ? AF_INET : AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0)
    return errno;
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &(int){1}, sizeof(int)); /* connections that just ended do not count */
  int bound = is_four ? bind(fd, (struct sockaddr *)&four, sizeof four) : bind(fd, (struct sockaddr *)&six, sizeof six);
  int code = bound < 0 || listen(fd, 1) < 0 ? errno : 0;
  close(fd);
  return code;
}

static bool explain_bind(int code, const char *listen, GError **error) {
  if (code == EADDRINUSE)
    return error_set(error, DROVER_ERROR_CONFLICT,
                     "the router cannot have %s: it is in use by another program; choose another address with \"listen:\"", listen);
  if (code == EACCES || code == EPERM)
    return error_set(error, DROVER_ERROR_REFUSED, "the router cannot have %s: this user may not listen there; choose a port from 1024 on", listen);
  return error_set(error, DROVER_ERROR_INPUT, "the router cannot have %s: %s", listen, g_strerror(code));
}

bool router_process_check_listen(const char *dir, const char *listen, GError **error) {
  g_autofree char *address = NULL;
  unsigned port = 0;
  if (!router_process_split_listen(listen, &address, &port, error))
    return false;
  g_autofree char *config = g_build_filename(dir, ROUTER_CONFIG, NULL);
  g_autofree char *text = router_process_is_alive(dir) ? fs_read(config, (size_t)4 << 20, NULL, NULL) : NULL;
  g_autofree char *ours = g_strdup_printf("\n  bind %s\n", listen);
  if (text != NULL && strstr(text, ours) != NULL)
    return true;
  int code = try_bind(address, port);
  return code == 0 || explain_bind(code, listen, error);
}

/* ---- life --------------------------------------------------------------------------------------------------------------- */

/* The master executes itself anew when its workers run, after a start and after each reload: for that moment its socket does
 * not listen, and only the worker's tells that HAProxy lives. */
bool router_process_is_alive(const char *dir) {
  return runtime_listens(dir, ROUTER_MASTER_SOCKET) || runtime_listens(dir, ROUTER_ADMIN_SOCKET);
}

static char *ask_master(const char *dir, const char *command, GError **error) {
  const Clock *clock = clock_system();
  for (int64_t waited_ms = 0; waited_ms < MASTER_MS && !runtime_listens(dir, ROUTER_MASTER_SOCKET) && router_process_is_alive(dir);
       waited_ms += MASTER_STEP_MS)
    clock->sleep_ms(clock, MASTER_STEP_MS, NULL);
  return runtime_ask(dir, ROUTER_MASTER_SOCKET, command, error);
}

bool router_process_list(const char *dir, RuntimeProcesses *processes, GError **error) {
  g_autofree char *answer = ask_master(dir, "show proc", error);
  return answer != NULL && runtime_read_processes(answer, processes, error);
}

bool router_process_start(const char *dir, GError **error) {
  /* The sockets' names are relative, for their length; the configuration's is not, so that the process list tells whose it is. */
  g_autofree char *file = g_build_filename(dir, ROUTER_CONFIG, NULL);
  g_autofree char *config = g_canonicalize_filename(file, NULL);
  static const char master[] = "unix@./" ROUTER_MASTER_SOCKET ",mode,600";
  const char *const arguments[] = {"haproxy", "-W", "-D", "-S", master, "-p", ROUTER_PID, "-f", config, NULL};
  g_auto(ProcessResult) result = {0};
  if (!run(dir, arguments, true, &result, error))
    return false;
  if (result.exit_status == 0)
    return true;
  g_autofree char *words = router_process_words(result.err);
  DroverError code = DROVER_ERROR_UNAVAILABLE;
  if (strstr(words, "already in use") != NULL)
    code = DROVER_ERROR_CONFLICT;
  else if (strstr(words, "ermission denied") != NULL)
    code = DROVER_ERROR_REFUSED;
  return error_set(error, code, "HAProxy does not start: %s", words);
}

bool router_process_reload(const char *dir, GError **error) {
  g_autofree char *answer = ask_master(dir, "reload", error);
  return answer != NULL;
}

bool router_process_stop(const char *dir, const Clock *clock, GError **error) {
  RuntimeProcesses processes = {0};
  if (!router_process_is_alive(dir))
    return true;
  if (!router_process_list(dir, &processes, error))
    return false;
  if (kill(processes.master, SIGTERM) < 0 && errno != ESRCH)
    return error_set_errno(error, errno, "HAProxy (process %d) cannot be ended", (int)processes.master);
  /* Its socket tells, not its process id: whoever inherited it may not have collected it yet. */
  for (int64_t waited_ms = 0; router_process_is_alive(dir); waited_ms += STEP_MS) {
    if (waited_ms >= STOP_MS)
      return kill(processes.master, SIGKILL) == 0 || error_set_errno(error, errno, "HAProxy (process %d) does not end", (int)processes.master);
    clock->sleep_ms(clock, STEP_MS, NULL);
  }
  return true;
}
