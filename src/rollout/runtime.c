#include "rollout/runtime.h"

#include "base/error.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define ANSWER_MS 5000
#define ANSWER_MAX_BYTES ((size_t)8 << 20)

/* A connected socket, or -1 and `code` set to an errno value. */
static int connect_in(const char *dir, const char *name, int *code) {
  int folder = open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
  int fd = folder >= 0 ? socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0) : -1;
  *code = fd < 0 ? errno : 0;
  if (fd >= 0) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    g_snprintf(address.sun_path, sizeof address.sun_path, "/proc/self/fd/%d/%s", folder, name);
    *code = connect(fd, (struct sockaddr *)&address, sizeof address) < 0 ? errno : 0;
  }
  if (folder >= 0)
    close(folder);
  if (*code == 0)
    return fd;
  if (fd >= 0)
    close(fd);
  return -1;
}

bool runtime_listens(const char *dir, const char *name) {
  int code = 0;
  int fd = connect_in(dir, name, &code);
  if (fd >= 0)
    close(fd);
  return fd >= 0 || (code != ENOENT && code != ENOTDIR && code != ECONNREFUSED);
}

static bool send_all(int fd, const char *text, size_t size) {
  while (size > 0) {
    ssize_t put = send(fd, text, size, MSG_NOSIGNAL);
    if (put < 0 && errno == EINTR)
      continue;
    if (put <= 0)
      return false;
    text += put, size -= (size_t)put;
  }
  return true;
}

static char *read_answer(int fd, const char *command, GError **error) {
  g_autoptr(GString) answer = g_string_new(NULL);
  int64_t deadline_us = g_get_monotonic_time() + ANSWER_MS * 1000;
  for (char buffer[16384];;) {
    int64_t left_ms = (deadline_us - g_get_monotonic_time()) / 1000;
    if (left_ms <= 0 || poll(&(struct pollfd){.fd = fd, .events = POLLIN}, 1, (int)left_ms) == 0) {
      error_set(error, DROVER_ERROR_TIMEOUT, "HAProxy: no answer to \"%s\" in %d ms", command, ANSWER_MS);
      return NULL;
    }
    ssize_t got = recv(fd, buffer, sizeof buffer, 0);
    if (got < 0 && errno == EINTR)
      continue;
    if (got < 0 || answer->len > ANSWER_MAX_BYTES) {
      error_set(error, DROVER_ERROR_UNAVAILABLE, "HAProxy: the answer to \"%s\" broke off: %s", command,
                got < 0 ? g_strerror(errno) : "it is too long");
      return NULL;
    }
    if (got == 0)
      return g_string_free(g_steal_pointer(&answer), FALSE);
    g_string_append_len(answer, buffer, got);
  }
}

char *runtime_ask(const char *dir, const char *name, const char *command, GError **error) {
  int code = 0;
  int fd = connect_in(dir, name, &code);
  if (fd < 0) {
    error_set(error, DROVER_ERROR_UNAVAILABLE, "%s/%s: HAProxy does not answer: %s", dir, name, g_strerror(code));
    return NULL;
  }
  g_autofree char *line = g_strconcat(command, "\n", NULL);
  char *answer = NULL;
  /* The master answers until the question's side is closed. */
  if (send_all(fd, line, strlen(line)) && shutdown(fd, SHUT_WR) == 0)
    answer = read_answer(fd, command, error);
  else
    error_set(error, DROVER_ERROR_UNAVAILABLE, "HAProxy: \"%s\" cannot be sent: %s", command, g_strerror(errno));
  close(fd);
  return answer;
}

static void explain_answer(const char *question, const char *answer, GError **error) {
  g_autofree char *valid = g_utf8_make_valid(answer, (gssize)MIN(strlen(answer), 120));
  error_set(error, DROVER_ERROR_CORRUPT, "HAProxy: \"%s\" was answered with \"%s\"", question, g_strstrip(valid));
}

char *runtime_read_variable(const char *answer, GError **error) {
  if (g_str_has_prefix(answer, "Variable not found")) {
    error_set(error, DROVER_ERROR_NOT_FOUND, "HAProxy: the variable is not set");
    return NULL;
  }
  const char *start = strstr(answer, " value=<");
  const char *end = start != NULL ? strrchr(start, '>') : NULL;
  if (end == NULL) {
    explain_answer("get var", answer, error);
    return NULL;
  }
  start += strlen(" value=<");
  return end >= start ? g_strndup(start, (size_t)(end - start)) : g_strdup("");
}

/* ---- show stat: comma-separated values whose first line names the columns ---------------------------------------------- */

enum { COLUMN_BACKEND, COLUMN_SERVER, COLUMN_QUEUED, COLUMN_RUNNING, COLUMN_STATUS, COLUMN_CHECK, COLUMN_ADDRESS, COLUMN_COUNT };

static const char *const columns[COLUMN_COUNT] = {
  [COLUMN_BACKEND] = "pxname", [COLUMN_SERVER] = "svname",      [COLUMN_QUEUED] = "qcur",  [COLUMN_RUNNING] = "scur",
  [COLUMN_STATUS] = "status",  [COLUMN_CHECK] = "check_status", [COLUMN_ADDRESS] = "addr",
};

/* One line's fields; a field in quotes may hold commas, and two quotes stand for one. */
static GPtrArray *split_fields(const char *line, size_t size) {
  GPtrArray *fields = g_ptr_array_new_with_free_func(g_free);
  GString *field = g_string_new(NULL);
  bool quoted = false;
  for (size_t i = 0; i < size; i++) {
    if (line[i] == '"' && quoted && i + 1 < size && line[i + 1] == '"')
      g_string_append_c(field, line[i++]);
    else if (line[i] == '"')
      quoted = !quoted;
    else if (line[i] == ',' && !quoted) {
      g_ptr_array_add(fields, g_strdup(field->str));
      g_string_truncate(field, 0);
    } else
      g_string_append_c(field, line[i]);
  }
  g_ptr_array_add(fields, g_string_free(field, FALSE));
  return fields;
}

static const char *field_at(const GPtrArray *fields, int position) {
  return position >= 0 && (guint)position < fields->len ? g_ptr_array_index(fields, position) : "";
}

static bool find_columns(const GPtrArray *head, int positions[COLUMN_COUNT]) {
  for (int column = 0; column < COLUMN_COUNT; column++) {
    positions[column] = -1;
    for (guint i = 0; i < head->len; i++) {
      const char *name = g_ptr_array_index(head, i);
      name += i == 0 && g_str_has_prefix(name, "# ") ? 2 : 0;
      if (strcmp(name, columns[column]) == 0)
        positions[column] = (int)i;
    }
    if (positions[column] < 0)
      return false;
  }
  return true;
}

static RuntimeRow *read_row(const GPtrArray *fields, const int positions[COLUMN_COUNT]) {
  const char *server = field_at(fields, positions[COLUMN_SERVER]);
  if (*server == '\0' || strcmp(server, "FRONTEND") == 0)
    return NULL;
  RuntimeRow *row = g_new0(RuntimeRow, 1);
  row->backend = g_strdup(field_at(fields, positions[COLUMN_BACKEND]));
  row->server = strcmp(server, "BACKEND") != 0 ? g_strdup(server) : NULL;
  row->status = g_strdup(field_at(fields, positions[COLUMN_STATUS]));
  row->check = g_strdup(field_at(fields, positions[COLUMN_CHECK]));
  row->sessions =
    g_ascii_strtoull(field_at(fields, positions[COLUMN_RUNNING]), NULL, 10) + g_ascii_strtoull(field_at(fields, positions[COLUMN_QUEUED]), NULL, 10);
  const char *colon = strrchr(field_at(fields, positions[COLUMN_ADDRESS]), ':');
  guint64 port = 0;
  if (colon != NULL && g_ascii_string_to_unsigned(colon + 1, 10, 0, G_MAXUINT16, &port, NULL))
    row->port = (unsigned)port;
  return row;
}

void runtime_row_free(RuntimeRow *row) {
  g_free(row->backend);
  g_free(row->server);
  g_free(row->status);
  g_free(row->check);
  g_free(row);
}

GPtrArray *runtime_read_stat(const char *answer, GError **error) {
  g_autoptr(GPtrArray) rows = g_ptr_array_new_with_free_func((GDestroyNotify)runtime_row_free);
  int positions[COLUMN_COUNT];
  bool headed = false;
  for (const char *line = answer; *line != '\0';) {
    size_t size = strcspn(line, "\n");
    g_autoptr(GPtrArray) fields = split_fields(line, size);
    line += size + (line[size] == '\n');
    if (size == 0)
      continue;
    if (!headed && !find_columns(fields, positions))
      break;
    RuntimeRow *row = headed ? read_row(fields, positions) : NULL;
    headed = true;
    if (row != NULL)
      g_ptr_array_add(rows, row);
  }
  if (headed)
    return g_steal_pointer(&rows);
  explain_answer("show stat", answer, error);
  return NULL;
}

/* ---- show proc ---------------------------------------------------------------------------------------------------------- */

/* "12000  master  1 [failed: 0]  0d00h00m01s  2.6.12" or "12042  worker  0  ...": the third word counts the reloads since. */
static void read_process(const char *line, RuntimeProcesses *processes) {
  g_auto(GStrv) words = g_regex_split_simple("[ \\t\\]]+", line, 0, 0);
  guint64 pid = 0, reloads = 0;
  if (g_strv_length(words) < 3 || !g_ascii_string_to_unsigned(words[0], 10, 2, G_MAXINT, &pid, NULL) ||
      !g_ascii_string_to_unsigned(words[2], 10, 0, G_MAXUINT, &reloads, NULL))
    return;
  if (strcmp(words[1], "master") == 0) {
    const char *failed = strstr(line, "[failed: ");
    processes->master = (pid_t)pid;
    processes->failed_reloads = failed != NULL ? (unsigned)g_ascii_strtoull(failed + strlen("[failed: "), NULL, 10) : 0;
  } else if (strcmp(words[1], "worker") == 0 && reloads > 0) {
    processes->old_workers++;
  }
}

bool runtime_read_processes(const char *answer, RuntimeProcesses *processes, GError **error) {
  RuntimeProcesses found = {0};
  g_auto(GStrv) lines = g_strsplit(answer, "\n", 1000);
  for (char **line = lines; *line != NULL; line++)
    read_process(*line, &found);
  if (found.master == 0) {
    explain_answer("show proc", answer, error);
    return false;
  }
  *processes = found;
  return true;
}
