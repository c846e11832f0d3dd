#include "cli/support.h"

#include "base/fs.h"
#include "base/log.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

/* ---- state and project ----------------------------------------------------------------------------------------------- */

Store *support_store(const Invocation *invocation, GError **error) {
  if (!fs_make_dirs(invocation->data_dir, 0700, error))
    return NULL;
  return store_open(invocation->data_dir, error);
}

char *support_data_dir(const Invocation *invocation, const char *name, GError **error) {
  g_autofree char *path = g_build_filename(invocation->data_dir, name, NULL);
  return fs_make_dirs(path, 0700, error) ? g_steal_pointer(&path) : NULL;
}

static bool parse_project(const char *name, const char *text, size_t size, Project **project, GError **error) {
  g_autoptr(Diagnostics) diagnostics = diagnostics_new();
  g_autoptr(Project) read = project_parse(name, text, size, diagnostics);
  if (read == NULL) {
    diagnostics_sort(diagnostics);
    return diagnostics_to_error(diagnostics, error) ? error_set(error, DROVER_ERROR_INPUT, "%s: is not a project file", name) : false;
  }
  *project = g_steal_pointer(&read);
  return true;
}

/* The nearest folder from `dir` upwards that has an entry `name`; the search ends at a repository's top. NULL when none has. */
static char *find_above(const char *dir, const char *name) {
  g_autofree char *at = g_strdup(dir);
  for (;;) {
    g_autofree char *wanted = g_build_filename(at, name, NULL), *git = g_build_filename(at, ".git", NULL);
    if (g_file_test(wanted, G_FILE_TEST_EXISTS))
      return g_steal_pointer(&at);
    if (g_file_test(git, G_FILE_TEST_EXISTS) || strcmp(at, "/") == 0)
      return NULL;
    char *above = g_path_get_dirname(at);
    g_free(at);
    at = above;
  }
}

char *support_repository_top(const Invocation *invocation) {
  char *top = find_above(invocation->dir, ".git");
  return top != NULL ? top : g_strdup(invocation->dir);
}

char *support_path_below(const char *top, const char *dir, const char *path) {
  g_autofree char *absolute = g_canonicalize_filename(path, dir);
  g_autofree char *begin = g_strcmp0(top, "/") == 0 ? g_strdup("/") : g_strconcat(top, "/", NULL);
  return g_strdup(g_str_has_prefix(absolute, begin) ? absolute + strlen(begin) : absolute);
}

bool support_project_here(const Invocation *invocation, Project **project, GError **error) {
  g_autofree char *folder = find_above(invocation->dir, PROJECT_FILE);
  size_t size;
  if (folder == NULL) {
    *project = NULL;
    return true;
  }
  g_autofree char *path = g_build_filename(folder, PROJECT_FILE, NULL);
  g_autofree char *text = fs_read(path, PROJECT_FILE_MAX_BYTES, &size, error);
  return text != NULL && parse_project(strcmp(folder, invocation->dir) == 0 ? PROJECT_FILE : path, text, size, project, error);
}

bool support_project_at(const Commit *commit, Project **project, GError **error) {
  g_autoptr(GError) problem = NULL;
  size_t size;
  g_autofree char *text = commit_read_file(commit, PROJECT_FILE, &size, &problem);
  if (error_is(problem, DROVER_ERROR_NOT_FOUND)) {
    *project = NULL;
    return true;
  }
  if (text == NULL) {
    g_propagate_error(error, g_steal_pointer(&problem));
    return false;
  }
  return parse_project(PROJECT_FILE, text, size, project, error);
}

bool support_project_name(const Invocation *invocation, char **name, GError **error) {
  const char *given = invocation_text(invocation, "project");
  g_autoptr(Project) project = NULL;
  if (given == NULL && !support_project_here(invocation, &project, error))
    return false;
  *name = g_strdup(given != NULL ? given : project != NULL ? project->name : NULL);
  return true;
}

char *support_project_required(const Invocation *invocation, GError **error) {
  char *name = NULL;
  if (support_project_name(invocation, &name, error) && name == NULL)
    invocation_misuse(invocation, error, "no " PROJECT_FILE " in %s: name the project with --project, or its folder with -C", invocation->dir);
  return name;
}

bool support_environment_exists(const Project *project, const char *environment, GError **error) {
  if (project == NULL || project_environment(project, environment) != NULL)
    return true;
  g_autoptr(GPtrArray) names = g_ptr_array_new();
  for (guint i = 0; i < project->environments->len; i++)
    g_ptr_array_add(names, ((const ProjectEnvironment *)g_ptr_array_index(project->environments, i))->name);
  g_ptr_array_add(names, NULL);
  g_autofree char *known = g_strjoinv(", ", (char **)names->pdata);
  g_autofree char *meant = suggest_text(environment, (const char *const *)names->pdata);
  return error_set(error, DROVER_ERROR_NOT_FOUND, "%s has no environment \"%s\" in its " PROJECT_FILE ", only %s%s", project->name, environment,
                   *known != '\0' ? known : "none", meant);
}

Progress *support_progress(const Invocation *invocation) {
  return progress_new((ProgressOptions){.stream = stderr, .colour = log_fd_has_colour(STDERR_FILENO), .quiet = invocation->quiet});
}

char *support_actor(void) {
  const char *behind = geteuid() == 0 ? g_getenv("SUDO_USER") : NULL;
  return g_utf8_make_valid(behind != NULL && *behind != '\0' ? behind : g_get_user_name(), -1);
}

/* ---- answers --------------------------------------------------------------------------------------------------------- */

void support_answer_json(Invocation *invocation, json_t *document) {
  json_auto_t *owned = document;
  json_dumpf(owned, stdout, JSON_INDENT(2) | JSON_REAL_PRECISION(6)); /* no measured figure of ours has more digits */
  putchar('\n');
  invocation->answered = true;
}

json_t *support_text_json(const char *text) {
  g_autofree char *valid = text != NULL ? g_utf8_make_valid(text, -1) : NULL;
  return valid != NULL ? json_string(valid) : json_null();
}

json_t *support_time_json(int64_t time_us) {
  g_autofree char *text = time_us != 0 ? clock_format(time_us) : NULL;
  return support_text_json(text);
}

/* A value on one line: text as it is, an object as its members in a row. Transfer full. */
static char *value_text(const char *key, json_t *value) {
  if (json_is_string(value))
    return strcmp(key, "commit") == 0 ? g_strdup_printf(SHORT_COMMIT, json_string_value(value)) : g_strdup(json_string_value(value));
  if (json_is_real(value))
    return g_strdup_printf("%.1f", json_real_value(value));
  char *text = json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT); /* from malloc(), as g_free() takes it */
  return text != NULL ? text : g_strdup("");
}

static void object_rows(Table *table, json_t *object) {
  const char *key, *inner;
  json_t *value, *below;
  json_object_foreach (object, key, value) {
    bool first = true;
    json_object_foreach (value, inner, below) {
      g_autofree char *text = value_text(inner, below);
      table_cell(table, COLOUR_FAINT, "%s", first ? key : "");
      table_cell(table, COLOUR_NONE, "%s %s", inner, text);
      first = false;
    }
    if (json_is_null(value) || json_is_object(value) || strcmp(key, "error") == 0) /* the error is printed by itself */
      continue;
    g_autofree char *text = value_text(key, value);
    table_cell(table, COLOUR_FAINT, "%s", key);
    table_cell(table, COLOUR_STRONG, "%s", text);
  }
}

bool support_answer(Invocation *invocation, json_t *result, GError *failure, GError **error) {
  static const char *const headings[] = {"", "", NULL};
  if (result != NULL && !invocation->json) {
    g_autoptr(Table) table = table_new(headings);
    object_rows(table, result);
    table_print(table, stdout);
    json_decref(result);
  } else if (result != NULL) {
    json_object_set_new(result, "error", failure != NULL ? support_error_json(failure) : json_null());
    support_answer_json(invocation, result);
  }
  if (failure != NULL)
    g_propagate_error(error, failure);
  return failure == NULL;
}

json_t *support_error_json(const GError *error) {
  return json_pack("{s:s, s:o, s:i}", "kind", error_name(error), "message", support_text_json(error->message), "exit_status",
                   (int)error_exit_status(error));
}

/* ---- input ----------------------------------------------------------------------------------------------------------- */

bool support_is_interactive(void) {
  return isatty(STDIN_FILENO) && isatty(STDERR_FILENO);
}

/* Waits until standard input can be read (or, with `fd` -1, for ever). False with CANCELLED on a signal. */
static bool wait_readable(const Invocation *invocation, int fd, GError **error) {
  struct pollfd fds[] = {{.fd = g_cancellable_get_fd(invocation->cancellable), .events = POLLIN}, {.fd = fd, .events = POLLIN}};
  while (fds[0].revents == 0 && fds[1].revents == 0)
    if (poll(fds, G_N_ELEMENTS(fds), -1) < 0 && errno != EINTR)
      break;
  if (fds[0].fd >= 0)
    g_cancellable_release_fd(invocation->cancellable);
  if (g_cancellable_is_cancelled(invocation->cancellable))
    return error_set(error, DROVER_ERROR_CANCELLED, "stopped");
  return true;
}

void support_wait_for_signal(const Invocation *invocation) {
  (void)wait_readable(invocation, -1, NULL);
}

bool support_read_some(const Invocation *invocation, char *buffer, size_t size, ssize_t *got, GError **error) {
  do {
    if (!wait_readable(invocation, STDIN_FILENO, error))
      return false;
    *got = read(STDIN_FILENO, buffer, size);
  } while (*got < 0 && (errno == EINTR || errno == EAGAIN));
  return *got >= 0 || error_set_errno(error, errno, "standard input");
}

/* Reads until the end, or to the end of the first line. What was read is wiped on failure: it may be a secret. */
static char *read_stdin(const Invocation *invocation, size_t max_bytes, bool one_line, size_t *size, GError **error) {
  g_autofree char *bytes = g_malloc(max_bytes + 2);
  size_t used = 0;
  ssize_t got = 1;
  bool good = true;
  while (good && got > 0 && !(one_line && memchr(bytes, '\n', used) != NULL)) {
    good = support_read_some(invocation, bytes + used, max_bytes + 1 - used, &got, error);
    used += good ? (size_t)got : 0;
    if (used > max_bytes)
      good = error_set(error, DROVER_ERROR_INPUT, "standard input: more than %zu bytes", max_bytes);
  }
  bytes[used] = '\0';
  if (!good) {
    explicit_bzero(bytes, used);
    return NULL;
  }
  if (size != NULL)
    *size = used;
  return g_steal_pointer(&bytes);
}

char *support_read_input(const Invocation *invocation, size_t max_bytes, size_t *size, GError **error) {
  return read_stdin(invocation, max_bytes, false, size, error);
}

char *support_ask(const Invocation *invocation, const char *question, bool hidden, GError **error) {
  struct termios before, silent;
  bool silenced = hidden && tcgetattr(STDIN_FILENO, &before) == 0;
  fprintf(stderr, "%s ", question);
  fflush(stderr);
  if (silenced) {
    silent = before;
    silent.c_lflag &= ~(tcflag_t)ECHO;
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent);
  }
  char *line = read_stdin(invocation, 65536, true, NULL, error);
  if (silenced) {
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
    fputc('\n', stderr);
  }
  if (line != NULL)
    line[strcspn(line, "\n")] = '\0';
  return line;
}
