/* Removing a folder that somebody hostile filled: so deep that no path reaches its end, without permissions, immutable. Each entry is named
 * from the folder that it is in, held open; a folder too deep for the stack is moved up to the first one, and its turn comes there.
 */
#include "base/error.h"
#include "base/fs.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#define DEPTH_MAX 64

typedef struct {
  int top_fd;
  dev_t device; /* what is mounted in it stays */
  unsigned moved;
} Removal;

static bool remove_entry(Removal *removal, int folder_fd, const char *name, unsigned depth);

static bool is_self(const char *name) {
  return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

static bool is_kind(int folder_fd, const char *name, mode_t kind) {
  struct stat status;
  return fstatat(folder_fd, name, &status, AT_SYMLINK_NOFOLLOW) == 0 && (status.st_mode & S_IFMT) == kind;
}

/* Lets a file go that may not be changed, or a folder whose entries may not. */
static void unlock(int fd) {
  int flags = 0;
  if (ioctl(fd, FS_IOC_GETFLAGS, &flags) != 0 || (flags & (FS_IMMUTABLE_FL | FS_APPEND_FL)) == 0)
    return;
  flags &= ~(FS_IMMUTABLE_FL | FS_APPEND_FL);
  (void)ioctl(fd, FS_IOC_SETFLAGS, &flags);
}

static void unlock_entry(int folder_fd, const char *name) {
  unlock(folder_fd);
  if (!is_kind(folder_fd, name, S_IFREG) && !is_kind(folder_fd, name, S_IFDIR))
    return; /* opening a device may do something */
  int fd = openat(folder_fd, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
  if (fd >= 0) {
    unlock(fd);
    close(fd);
  }
}

static int unlink_entry(int folder_fd, const char *name, int flags) {
  int done = unlinkat(folder_fd, name, flags);
  if (done == 0 || errno != EPERM)
    return done;
  unlock_entry(folder_fd, name);
  return unlinkat(folder_fd, name, flags);
}

/* Open for reading, and its owner may change it. */
static int open_folder(int folder_fd, const char *name) {
  const int flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
  int fd = openat(folder_fd, name, flags);
  if (fd < 0 && errno == EACCES && is_kind(folder_fd, name, S_IFDIR) && fchmodat(folder_fd, name, S_IRWXU, 0) == 0)
    fd = openat(folder_fd, name, flags);
  struct stat status;
  if (fd >= 0 && fstat(fd, &status) == 0 && (status.st_mode & S_IRWXU) != S_IRWXU)
    (void)fchmod(fd, S_IRWXU);
  return fd;
}

/* All in the folder, of which `fd` is taken. Entries that were moved into it while it was read need another look. */
static bool empty_folder(Removal *removal, int fd, unsigned depth) {
  DIR *folder = fdopendir(fd);
  if (folder == NULL) {
    close(fd);
    return false;
  }
  bool good = true;
  unsigned moved;
  do {
    moved = removal->moved;
    rewinddir(folder);
    for (const struct dirent *entry; good && (entry = readdir(folder)) != NULL;)
      good = is_self(entry->d_name) || remove_entry(removal, dirfd(folder), entry->d_name, depth);
  } while (good && depth == 0 && moved != removal->moved);
  int code = errno;
  closedir(folder);
  errno = code;
  return good;
}

static bool move_up(Removal *removal, int folder_fd, const char *name) {
  char unique[32];
  do
    snprintf(unique, sizeof unique, ".drover-%u", ++removal->moved);
  while (renameat2(folder_fd, name, removal->top_fd, unique, RENAME_NOREPLACE) != 0 && errno == EEXIST);
  return is_kind(removal->top_fd, unique, S_IFDIR);
}

static bool remove_folder(Removal *removal, int folder_fd, const char *name, unsigned depth) {
  struct stat status;
  int fd = open_folder(folder_fd, name);
  if (fd < 0)
    return false;
  bool foreign = fstat(fd, &status) == 0 && status.st_dev != removal->device;
  if (foreign)
    close(fd);
  else if (depth > DEPTH_MAX)
    return close(fd), move_up(removal, folder_fd, name);
  else if (!empty_folder(removal, fd, depth))
    return false;
  return unlink_entry(folder_fd, name, AT_REMOVEDIR) == 0 || errno == ENOENT;
}

static bool remove_entry(Removal *removal, int folder_fd, const char *name, unsigned depth) {
  if (unlink_entry(folder_fd, name, 0) == 0 || errno == ENOENT)
    return true;
  int code = errno;
  if (is_kind(folder_fd, name, S_IFDIR))
    return remove_folder(removal, folder_fd, name, depth + 1);
  errno = code;
  return false;
}

static bool remove_top(const char *path) {
  struct stat status;
  if (lstat(path, &status) != 0)
    return false;
  Removal removal = {.top_fd = open_folder(AT_FDCWD, path), .device = status.st_dev};
  if (removal.top_fd < 0)
    return false;
  int fd = fcntl(removal.top_fd, F_DUPFD_CLOEXEC, 0);
  bool good = fd >= 0 && empty_folder(&removal, fd, 0);
  int code = errno;
  close(removal.top_fd);
  errno = code;
  return good && unlink_entry(AT_FDCWD, path, AT_REMOVEDIR) == 0;
}

bool fs_remove_tree(const char *path, GError **error) {
  if (unlink_entry(AT_FDCWD, path, 0) == 0 || errno == ENOENT || remove_top(path))
    return true;
  return error_set_errno(error, errno, "%s: cannot be removed", path);
}
