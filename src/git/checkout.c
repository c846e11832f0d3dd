#include "base/error.h"
#include "base/fs.h"
#include "git/borrowed.h"
#include "git/git.h"
#include "git/repository.h"

#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define CHECKOUT_DEADLINE_MS (30 * 60 * 1000)
#define LFS_HEAD "version https://git-lfs.github.com/spec/"

G_DEFINE_AUTOPTR_CLEANUP_FUNC(FTS, fts_close)

static bool is_empty_folder(const char *path, GError **error) {
  g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
  if (dir == NULL)
    return error_set(error, DROVER_ERROR_NOT_FOUND, "%s: is not a folder that can be read", path);
  return g_dir_read_name(dir) == NULL || error_set(error, DROVER_ERROR_CONFLICT, "%s: is not empty", path);
}

static bool git_step(const char *target, const char *const *arguments, ProcessSpec spec, GError **error) {
  g_auto(ProcessResult) result = {0};
  if (!git_run(target, arguments, spec, &result, error))
    return false;
  if (result.exit_status == 0)
    return true;
  g_autofree char *words = g_utf8_make_valid(result.err, -1);
  /* git does not always say why it could not write */
  bool full = strstr(words, "No space left on device") != NULL || (strstr(words, "unable to write") != NULL && fs_is_nearly_full(target));
  if (full)
    return error_set(error, DROVER_ERROR_NO_SPACE, "git %s: no space left on the disk of %s: %s", arguments[0], target, g_strstrip(words));
  return error_set(error, DROVER_ERROR_FAILED, "git %s: %s", arguments[0], g_strstrip(words));
}

static void find_submodule(ProcessStream stream, const char *line, size_t length, void *data) {
  static const char mode[] = "160000 ";
  char **found = data;
  if (stream != PROCESS_STDOUT || *found != NULL || length < strlen(mode) || memcmp(line, mode, strlen(mode)) != 0)
    return;
  const char *tab = memchr(line, '\t', length);
  *found = tab != NULL ? g_strndup(tab + 1, length - (size_t)(tab + 1 - line)) : g_strdup("?");
}

static bool is_lfs_pointer(const FTSENT *entry) {
  char head[sizeof LFS_HEAD - 1];
  if (entry->fts_statp->st_size < (off_t)sizeof head || entry->fts_statp->st_size > 1024)
    return false;
  int fd = open(entry->fts_accpath, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
  ssize_t got = fd >= 0 ? read(fd, head, sizeof head) : -1;
  if (fd >= 0)
    close(fd);
  return got == (ssize_t)sizeof head && memcmp(head, LFS_HEAD, sizeof head) == 0;
}

/* Gives one entry the commit's time and, so that the user's umask has no say, a mode from git's two. */
static bool settle(const FTSENT *entry, const char *target, const struct timespec times[2], GError **error) {
  const char *path = entry->fts_accpath;
  bool is_file = entry->fts_info == FTS_F, is_folder = entry->fts_info == FTS_DP;
  if (is_file && is_lfs_pointer(entry))
    return error_set(error, DROVER_ERROR_INPUT, "%s: lies in Git LFS, which is not supported yet", path + strlen(target) + 1);
  mode_t mode = is_folder || (entry->fts_statp->st_mode & S_IXUSR) != 0 ? 0755 : 0644;
  if ((is_file || is_folder) && chmod(path, mode) < 0)
    return error_set_errno(error, errno, "%s: its mode cannot be set", path);
  if (utimensat(AT_FDCWD, path, times, AT_SYMLINK_NOFOLLOW) < 0)
    return error_set_errno(error, errno, "%s: its time cannot be set", path);
  return true;
}

static bool settle_all(const Commit *commit, const char *target, GError **error) {
  const struct timespec times[2] = {{.tv_sec = commit->time_s}, {.tv_sec = commit->time_s}};
  char *const roots[] = {(char *)target, NULL};
  g_autoptr(FTS) walk = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, NULL);
  if (walk == NULL)
    return error_set_errno(error, errno, "%s: cannot be walked", target);
  for (;;) {
    errno = 0;
    const FTSENT *entry = fts_read(walk);
    if (entry == NULL)
      return errno == 0 || error_set_errno(error, errno, "%s: cannot be walked", target);
    if (entry->fts_info == FTS_D) /* its time is set when all in it is done */
      continue;
    if (entry->fts_info == FTS_DNR || entry->fts_info == FTS_ERR || entry->fts_info == FTS_NS)
      return error_set_errno(error, entry->fts_errno, "%s: cannot be read", entry->fts_path);
    if (!settle(entry, target, times, error))
      return false;
  }
}

bool commit_checkout(const Commit *commit, const char *target, GCancellable *cancellable, GError **error) {
  g_auto(BorrowedRepository) borrowed = {0};
  g_autofree char *absolute = g_canonicalize_filename(target, NULL);
  if (!is_empty_folder(absolute, error))
    return false;
  g_autofree char *objects =
    git_output(commit->root, (const char *const[]){"rev-parse", "--path-format=absolute", "--git-path", "objects", NULL}, error);
  if (objects == NULL || !borrowed_repository_open(objects, absolute, &borrowed, error))
    return false;
  ProcessSpec spec = {.env = (const char *const *)borrowed.env, .cancellable = cancellable, .deadline_ms = CHECKOUT_DEADLINE_MS};
  g_autofree char *submodule = NULL;
  ProcessSpec listing = spec;
  listing.on_line = find_submodule, listing.data = &submodule;
  if (!git_step(absolute, (const char *const[]){"ls-tree", "-r", commit->commit, NULL}, listing, error))
    return false;
  if (submodule != NULL)
    return error_set(error, DROVER_ERROR_INPUT, "%s: is a submodule, which is not supported yet", submodule);
  return git_step(absolute, (const char *const[]){"read-tree", "--reset", "-u", commit->commit, NULL}, spec, error) &&
         settle_all(commit, absolute, error);
}
