#include "runner/action/layout.h"

#include "base/error.h"
#include "base/fs.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define DEPTH_MAX 64
#define PIECE_BYTES ((size_t)1 << 30)

typedef struct {
  int source, target; /* folders */
  bool link, with_git;
  unsigned depth;
} Place;

static bool copy_folder(Place place, const char *name, GError **error);

static bool copy_link(const Place *place, const char *name, GError **error) {
  char text[4096];
  ssize_t length = readlinkat(place->source, name, text, sizeof text - 1);
  if (length < 0)
    return error_set_errno(error, errno, "%s", name);
  text[length] = '\0';
  return symlinkat(text, place->target, name) == 0 || error_set_errno(error, errno, "%s", name);
}

static bool copy_bytes(int from, int to) {
  for (ssize_t copied = 1; copied > 0;) {
    copied = copy_file_range(from, NULL, to, NULL, PIECE_BYTES, 0);
    if (copied < 0)
      return false;
  }
  return true;
}

static bool copy_plain(int from, int to) {
  char bytes[65536];
  for (ssize_t got; (got = read(from, bytes, sizeof bytes)) != 0;) {
    if (got < 0 || write(to, bytes, (size_t)got) != got)
      return false;
  }
  return true;
}

static bool copy_file(const Place *place, const char *name, mode_t mode, GError **error) {
  if (place->link && linkat(place->source, name, place->target, name, 0) == 0)
    return true;
  int from = openat(place->source, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
  int to = from >= 0 ? openat(place->target, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode & 0111 ? 0755 : 0644) : -1;
  bool good = to >= 0 && (copy_bytes(from, to) || (lseek(from, 0, SEEK_SET) == 0 && ftruncate(to, 0) == 0 && copy_plain(from, to)));
  int code = errno;
  if (from >= 0)
    close(from);
  if (to >= 0)
    close(to);
  return good || error_set_errno(error, code, "%s", name);
}

static bool copy_entry(const Place *place, const char *name, GError **error) {
  struct stat status;
  if (fstatat(place->source, name, &status, AT_SYMLINK_NOFOLLOW) != 0)
    return error_set_errno(error, errno, "%s", name);
  if (S_ISDIR(status.st_mode))
    return copy_folder(*place, name, error);
  if (S_ISLNK(status.st_mode))
    return copy_link(place, name, error);
  return !S_ISREG(status.st_mode) || copy_file(place, name, status.st_mode, error);
}

static bool copy_entries(const Place *place, GError **error) {
  DIR *dir = fdopendir(dup(place->source));
  if (dir == NULL)
    return error_set_errno(error, errno, "an action's folder");
  bool good = true;
  for (struct dirent *entry; good && (entry = readdir(dir)) != NULL;) {
    bool own = strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0 || (!place->with_git && strcmp(entry->d_name, ".git") == 0);
    good = own || copy_entry(place, entry->d_name, error);
  }
  closedir(dir);
  return good;
}

static bool copy_folder(Place place, const char *name, GError **error) {
  if (place.depth++ >= DEPTH_MAX)
    return error_set(error, DROVER_ERROR_INPUT, "%s: folders lie more than %d deep", name, DEPTH_MAX);
  if (mkdirat(place.target, name, 0755) != 0)
    return error_set_errno(error, errno, "%s", name);
  Place below = place;
  below.source = openat(place.source, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  below.target = openat(place.target, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  bool good = below.source >= 0 && below.target >= 0 ? copy_entries(&below, error) : error_set_errno(error, errno, "%s", name);
  if (below.source >= 0)
    close(below.source);
  if (below.target >= 0)
    close(below.target);
  return good;
}

static bool copy_top(const char *source, const char *target, Place place, GError **error) {
  place.source = open(source, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  place.target = open(target, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  bool good = place.source >= 0 && place.target >= 0 ? copy_entries(&place, error) : error_set_errno(error, errno, "%s", source);
  if (place.source >= 0)
    close(place.source);
  if (place.target >= 0)
    close(place.target);
  return good;
}

bool action_layout(const char *source, const char *target, bool link, GError **error) {
  if (g_file_test(target, G_FILE_TEST_IS_DIR))
    return true;
  g_autofree char *parent = g_path_get_dirname(target);
  if (!fs_make_dirs(parent, 0755, error))
    return false;
  g_autofree char *aside = fs_temp_dir(parent, ".new-", error);
  if (aside == NULL)
    return false;
  bool good = copy_top(source, aside, (Place){.link = link}, error);
  if (good && chmod(aside, 0755) == 0 && rename(aside, target) == 0)
    return true;
  int code = errno;
  fs_remove_tree(aside, NULL);
  return good && ((code == EEXIST || code == ENOTEMPTY) || error_set_errno(error, code, "%s", target));
}

bool folder_copy(const char *source, const char *target, GError **error) {
  return fs_make_dirs(target, 0755, error) && copy_top(source, target, (Place){.with_git = true}, error);
}
