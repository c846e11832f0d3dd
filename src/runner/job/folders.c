#include "runner/job/folders.h"

#include "base/error.h"
#include "base/fs.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define COMMANDS "_runner_file_commands"
#define EVENT_FOLDER "_github_workflow"

/* Where each folder shows, by layout; %s is the repository's name. NULL: where it is. */
static const struct {
  const char *name;
  size_t offset; /* of its JobFolder */
  mode_t mode;   /* a step may become another user, who must reach the workspace */
  const char *sandbox, *container;
} rows[] = {
  {"work", offsetof(JobFolders, work), 0755, "/home/runner/work/%s/%s", "/__w/%s/%s"},
  {"temp", offsetof(JobFolders, temp), 0755, "/home/runner/work/_temp", "/__w/_temp"},
  {"home", offsetof(JobFolders, home), 0755, "/home/runner", "/github/home"},
  {"tools", offsetof(JobFolders, tools), 0755, "/opt/hostedtoolcache", "/__t"},
  {"actions", offsetof(JobFolders, actions), 0755, "/home/runner/work/_actions", "/__w/_actions"},
};

static JobFolder *folder_at(const JobFolders *folders, size_t i) {
  return (JobFolder *)((char *)folders + rows[i].offset);
}

/* `pattern` with each %s replaced. */
static char *fill(const char *pattern, const char *name) {
  g_auto(GStrv) parts = g_strsplit(pattern, "%s", -1);
  return g_strjoinv(name, parts);
}

static char *inside_of(size_t i, const char *path, const char *name, FoldersLayout layout) {
  if (layout == FOLDERS_HERE)
    return g_strdup(path);
  return fill(layout == FOLDERS_SANDBOX ? rows[i].sandbox : rows[i].container, name);
}

static int make_and_hold(const char *path, GError **error) {
  if (mkdir(path, 0755) != 0 && errno != EEXIST)
    return error_set_errno(error, errno, "%s", path), -1;
  int fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (fd < 0)
    error_set_errno(error, errno, "%s", path);
  return fd;
}

static bool put_event(JobFolders *folders, const char *event, GError **error) {
  g_autofree char *folder = g_build_filename(folders->temp.path, EVENT_FOLDER, NULL);
  int fd = make_and_hold(folder, error);
  if (fd < 0)
    return false;
  bool put = job_file_put(fd, "event.json", event, strlen(event), 0644, error);
  close(fd);
  folders->event_path = g_build_filename(folders->temp.inside, EVENT_FOLDER, "event.json", NULL);
  return put;
}

bool job_folders_make(JobFolders *folders, const char *dir, const char *repository, FoldersLayout layout, const char *event, GError **error) {
  const char *slash = strrchr(repository, '/');
  const char *name = slash != NULL ? slash + 1 : repository;
  *folders = (JobFolders){.dir = g_strdup(dir), .temp_fd = -1, .commands_fd = -1};
  if (!fs_make_dirs(dir, 0711, error))
    return false;
  for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
    JobFolder *folder = folder_at(folders, i);
    folder->path = g_build_filename(dir, rows[i].name, NULL);
    folder->inside = inside_of(i, folder->path, name, layout);
    if (mkdir(folder->path, rows[i].mode) != 0 && errno != EEXIST)
      return error_set_errno(error, errno, "%s", folder->path);
  }
  g_autofree char *commands = g_build_filename(folders->temp.path, COMMANDS, NULL);
  folders->temp_fd = make_and_hold(folders->temp.path, error);
  folders->commands_fd = folders->temp_fd >= 0 ? make_and_hold(commands, error) : -1;
  return folders->commands_fd >= 0 && put_event(folders, event, error);
}

bool job_folders_remove(JobFolders *folders, GError **error) {
  return folders->dir == NULL || fs_remove_tree(folders->dir, error);
}

void job_folders_clear(JobFolders *folders) {
  for (size_t i = 0; folders->dir != NULL && i < G_N_ELEMENTS(rows); i++) {
    g_free(folder_at(folders, i)->path);
    g_free(folder_at(folders, i)->inside);
  }
  int *fds[] = {&folders->temp_fd, &folders->commands_fd};
  for (size_t i = 0; folders->dir != NULL && i < G_N_ELEMENTS(fds); i++)
    if (*fds[i] >= 0)
      close(*fds[i]);
  g_free(folders->event_path);
  g_free(folders->dir);
  memset(folders, 0, sizeof *folders);
}

/* ---- files ---- */

static bool write_all(int fd, const char *text, size_t size) {
  while (size > 0) {
    ssize_t written = write(fd, text, size);
    if (written < 0 && errno != EINTR)
      return false;
    if (written > 0)
      text += written, size -= (size_t)written;
  }
  return true;
}

bool job_file_put(int folder_fd, const char *name, const char *text, size_t size, unsigned mode, GError **error) {
  int fd = openat(folder_fd, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, (mode_t)mode);
  if (fd < 0 && errno == EEXIST && unlinkat(folder_fd, name, 0) == 0) /* of a try of this run that was killed */
    fd = openat(folder_fd, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, (mode_t)mode);
  if (fd < 0)
    return error_set_errno(error, errno, "%s", name);
  bool written = write_all(fd, text, size);
  int code = errno;
  close(fd);
  return written || error_set_errno(error, code, "%s", name);
}

static char *read_all(int fd, const char *name, size_t max_bytes, size_t *size, GError **error) {
  struct stat status;
  if (fstat(fd, &status) != 0 || !S_ISREG(status.st_mode))
    return error_set(error, DROVER_ERROR_INPUT, "%s is no file any more", name), NULL;
  if ((uintmax_t)status.st_size > max_bytes)
    return error_set(error, DROVER_ERROR_INPUT, "%s is larger than %zu KiB", name, max_bytes >> 10), NULL;
  size_t room = (size_t)status.st_size;
  g_autofree char *text = g_malloc(room + 1);
  *size = 0;
  for (ssize_t got = 1; got > 0 && *size < room;) {
    got = read(fd, text + *size, room - *size);
    if (got < 0 && errno == EINTR)
      got = 1;
    else if (got < 0)
      return error_set_errno(error, errno, "%s", name), NULL;
    else
      *size += (size_t)got;
  }
  text[*size] = '\0';
  return g_steal_pointer(&text);
}

char *job_file_take(int folder_fd, const char *name, size_t max_bytes, size_t *size, GError **error) {
  int fd = openat(folder_fd, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
  int code = errno;
  if (fd < 0 && code == ELOOP)
    error_set(error, DROVER_ERROR_INPUT, "%s is no file any more", name);
  else if (fd < 0)
    error_set_errno(error, code, "%s", name);
  char *text = fd >= 0 ? read_all(fd, name, max_bytes, size, error) : NULL;
  if (fd >= 0)
    close(fd);
  unlinkat(folder_fd, name, 0);
  return text;
}

/* ---- places ---- */

/* What follows the folder in a path below it: "" or "/a/b"; NULL when it is not below. */
static const char *below(const JobFolder *folder, const char *inside) {
  size_t length = strlen(folder->inside);
  if (strncmp(folder->inside, inside, length) != 0 || (inside[length] != '\0' && inside[length] != '/'))
    return NULL;
  return inside + length;
}

static const JobFolder *folder_of(const JobFolders *folders, const char *inside) {
  const JobFolder *const deepest_first[] = {&folders->work, &folders->temp, &folders->actions, &folders->tools, &folders->home};
  for (size_t i = 0; i < G_N_ELEMENTS(deepest_first); i++)
    if (below(deepest_first[i], inside) != NULL)
      return deepest_first[i];
  return NULL;
}

char *job_folders_outside(const JobFolders *folders, const char *inside) {
  const JobFolder *folder = folder_of(folders, inside);
  return folder != NULL ? g_strconcat(folder->path, below(folder, inside), NULL) : NULL;
}

int job_folders_open_file(const JobFolders *folders, const char *inside) {
  const JobFolder *folder = folder_of(folders, inside);
  if (folder == NULL) {
    errno = ENOENT;
    return -1;
  }
  const char *rest = below(folder, inside);
  struct open_how how = {.flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY, .resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS};
  int around = open(folder->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  int fd = around >= 0 ? (int)syscall(SYS_openat2, around, *rest != '\0' ? rest + 1 : ".", &how, sizeof how) : -1;
  int code = errno;
  if (around >= 0)
    close(around);
  errno = code;
  return fd;
}
