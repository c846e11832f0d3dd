#include "base/error.h"
#include "base/fs.h"
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

/* A folder for git's own files during one checkout, removed at the end of the scope. */
typedef struct {
  char *path;
} Scratch;

static void scratch_clear(Scratch *scratch) {
  if (scratch->path != NULL)
    fs_remove_tree(scratch->path, NULL);
  g_clear_pointer(&scratch->path, g_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Scratch, scratch_clear)

static bool is_empty_folder(const char *path, GError **error) {
  g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
  if (dir == NULL)
    return error_set(error, DROVER_ERROR_NOT_FOUND, "%s: is not a folder that can be read", path);
  return g_dir_read_name(dir) == NULL || error_set(error, DROVER_ERROR_CONFLICT, "%s: is not empty", path);
}

/* An empty repository that borrows the real one's objects: neither its configuration (filters), nor info/attributes, nor its
 * index have a say in what is written, and several checkouts do not meet. */
static bool make_repository(const Commit *commit, const char *target, Scratch *scratch, char ***environment, GError **error) {
  g_autofree char *objects =
    git_output(commit->root, (const char *const[]){"rev-parse", "--path-format=absolute", "--git-path", "objects", NULL}, error);
  if (objects == NULL)
    return false;
  scratch->path = fs_temp_dir(g_get_tmp_dir(), "drover-checkout", error);
  if (scratch->path == NULL)
    return false;
  static const char head[] = "ref: refs/heads/none\n";
  g_autofree char *head_path = g_build_filename(scratch->path, "HEAD", NULL);
  g_autofree char *refs = g_build_filename(scratch->path, "refs", NULL);
  if (!fs_make_dirs(refs, 0700, error) || !fs_write(head_path, head, strlen(head), 0600, error))
    return false;
  g_auto(GStrv) made = git_environment();
  made = g_environ_setenv(made, "GIT_DIR", scratch->path, TRUE);
  made = g_environ_setenv(made, "GIT_OBJECT_DIRECTORY", objects, TRUE);
  made = g_environ_setenv(made, "GIT_WORK_TREE", target, TRUE);
  made = g_environ_setenv(made, "GIT_CONFIG_GLOBAL", "/dev/null", TRUE);
  made = g_environ_setenv(made, "GIT_CONFIG_NOSYSTEM", "1", TRUE);
  *environment = g_steal_pointer(&made);
  return true;
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
  g_auto(Scratch) scratch = {0};
  g_auto(GStrv) environment = NULL;
  g_autofree char *absolute = g_canonicalize_filename(target, NULL);
  if (!is_empty_folder(absolute, error) || !make_repository(commit, absolute, &scratch, &environment, error))
    return false;
  ProcessSpec spec = {.env = (const char *const *)environment, .cancellable = cancellable, .deadline_ms = CHECKOUT_DEADLINE_MS};
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
