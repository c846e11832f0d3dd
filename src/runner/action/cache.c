#include "runner/action/cache.h"

#include "base/digest.h"
#include "base/error.h"
#include "base/fs.h"
#include "runner/action/digest.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define ASIDE "new"
#define ASIDE_MAX_S (24 * 60 * 60)

/* Owners and repositories are one whatever their case. */
static char *repository_dir(const char *cache_dir, const char *owner, const char *repo) {
  g_autofree char *owner_name = g_ascii_strdown(owner, -1), *repo_name = g_ascii_strdown(repo, -1);
  return g_build_filename(cache_dir, owner_name, repo_name, NULL);
}

/* The remembered hash of an entry; made again where it is not there, or is none. Transfer full. */
static char *entry_digest(const char *dir, GError **error) {
  g_autofree char *path = g_strconcat(dir, ".digest", NULL);
  g_autofree char *known = fs_read(path, DIGEST_TEXT_SIZE, NULL, NULL);
  if (known != NULL && digest_is_valid(g_strchomp(known)))
    return g_steal_pointer(&known);
  g_autofree char *made = NULL;
  if (!action_digest(dir, &made, error))
    return NULL;
  g_autofree char *line = g_strconcat(made, "\n", NULL);
  return fs_write(path, line, strlen(line), 0644, error) ? g_steal_pointer(&made) : NULL;
}

static bool take_entry(const char *repository, const char *commit, ActionSource *source, GError **error) {
  g_autofree char *dir = g_build_filename(repository, commit, NULL);
  g_autofree char *digest = entry_digest(dir, error);
  if (digest == NULL)
    return false;
  source->dir = g_steal_pointer(&dir);
  source->commit = g_strdup(commit);
  source->digest = g_steal_pointer(&digest);
  return true;
}

bool action_cache_find(const char *cache_dir, const char *owner, const char *repo, const char *commit, ActionSource *source, bool *found,
                       GError **error) {
  g_autofree char *repository = repository_dir(cache_dir, owner, repo);
  g_autofree char *name = g_ascii_strdown(commit, -1);
  g_autofree char *dir = g_build_filename(repository, name, NULL);
  *found = g_file_test(dir, G_FILE_TEST_IS_DIR);
  return !*found || take_entry(repository, name, source, error);
}

static void sweep(const char *repository) {
  g_autoptr(GDir) dir = g_dir_open(repository, 0, NULL);
  for (const char *name; dir != NULL && (name = g_dir_read_name(dir)) != NULL;) {
    g_autofree char *path = g_build_filename(repository, name, NULL);
    struct stat facts;
    if (g_str_has_prefix(name, ASIDE "-") && lstat(path, &facts) == 0 && facts.st_mtim.tv_sec < time(NULL) - ASIDE_MAX_S)
      fs_remove_tree(path, NULL);
  }
}

/* Puts complete files in their place; that they are there already is fine. After a power cut they must not be there half. */
static bool settle(const char *files, const char *repository, const char *commit, GError **error) {
  g_autofree char *place = g_build_filename(repository, commit, NULL);
  int fd = open(files, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  int code = fd < 0 || syncfs(fd) < 0 ? errno : 0;
  if (fd >= 0)
    close(fd);
  if (code == 0 && rename(files, place) < 0 && errno != EEXIST && errno != ENOTEMPTY)
    code = errno;
  return code == 0 ? fs_sync_dir(repository, error) : error_set_errno(error, code, "%s: cannot be written", place);
}

bool action_cache_fill(const char *cache_dir, const char *owner, const char *repo, ActionLayOutFunc lay_out, void *data, ActionSource *source,
                       GError **error) {
  g_autofree char *repository = repository_dir(cache_dir, owner, repo);
  sweep(repository);
  g_autofree char *aside = fs_temp_dir(repository, ASIDE, error);
  if (aside == NULL)
    return false;
  g_autofree char *files = g_build_filename(aside, "files", NULL);
  g_autofree char *commit = NULL;
  bool done = fs_make_dirs(files, 0755, error) && lay_out(files, &commit, data, error) && settle(files, repository, commit, error) &&
              take_entry(repository, commit, source, error);
  fs_remove_tree(aside, NULL);
  return done;
}
