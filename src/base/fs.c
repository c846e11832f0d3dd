#include "base/fs.h"

#include "base/error.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <unistd.h>

#define NEARLY_FULL_BYTES ((uint64_t)16 << 20)

struct FileLock {
  int fd;
};

bool fs_make_dirs(const char *path, mode_t mode, GError **error) {
  if (g_mkdir_with_parents(path, (int)mode) == 0)
    return true;
  return error_set_errno(error, errno, "%s: cannot be made", path);
}

bool fs_sync_dir(const char *path, GError **error) {
  int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  int code = fd < 0 || fsync(fd) < 0 ? errno : 0;
  if (fd >= 0)
    close(fd);
  return code == 0 || error_set_errno(error, code, "%s: cannot be flushed to the disk", path);
}

bool fs_is_nearly_full(const char *path) {
  struct statvfs facts;
  return statvfs(path, &facts) == 0 && (uint64_t)facts.f_bavail * facts.f_frsize < NEARLY_FULL_BYTES;
}

static int write_all(int fd, const char *bytes, size_t size) {
  while (size > 0) {
    ssize_t put = write(fd, bytes, size);
    if (put < 0 && errno == EINTR)
      continue;
    if (put < 0)
      return errno;
    bytes += put, size -= (size_t)put;
  }
  return 0;
}

bool fs_write(const char *path, const void *bytes, size_t size, mode_t mode, GError **error) {
  g_autofree char *temporary = g_strdup_printf("%s.XXXXXX", path);
  int fd = g_mkstemp_full(temporary, O_WRONLY | O_CLOEXEC, (int)mode);
  if (fd < 0)
    return error_set_errno(error, errno, "%s: cannot be written", path);
  int code = fchmod(fd, mode) < 0 ? errno : write_all(fd, bytes, size);
  if (code == 0 && fsync(fd) < 0)
    code = errno;
  if (close(fd) < 0 && code == 0)
    code = errno;
  if (code == 0 && rename(temporary, path) < 0)
    code = errno;
  if (code != 0) {
    unlink(temporary);
    return error_set_errno(error, code, "%s: cannot be written", path);
  }
  g_autofree char *folder = g_path_get_dirname(path);
  return fs_sync_dir(folder, error);
}

static char *read_all(int fd, const char *path, size_t max_bytes, size_t *size, GError **error) {
  g_autoptr(GByteArray) bytes = g_byte_array_new();
  for (uint8_t buffer[65536]; bytes->len <= max_bytes;) {
    ssize_t got = read(fd, buffer, sizeof buffer);
    if (got < 0 && errno == EINTR)
      continue;
    if (got < 0) {
      error_set_errno(error, errno, "%s: cannot be read", path);
      return NULL;
    }
    if (got == 0)
      break;
    g_byte_array_append(bytes, buffer, (guint)got);
  }
  if (bytes->len > max_bytes) {
    error_set(error, DROVER_ERROR_INPUT, "%s: is larger than %zu bytes", path, max_bytes);
    return NULL;
  }
  if (size != NULL)
    *size = bytes->len;
  g_byte_array_append(bytes, (const uint8_t *)"", 1);
  return (char *)g_byte_array_free(g_steal_pointer(&bytes), FALSE);
}

static char *read_regular(int fd, const char *path, size_t max_bytes, size_t *size, GError **error) {
  struct stat facts;
  if (fstat(fd, &facts) < 0)
    error_set_errno(error, errno, "%s", path);
  else if (!S_ISREG(facts.st_mode))
    error_set(error, DROVER_ERROR_INPUT, "%s: is not a file", path);
  else
    return read_all(fd, path, max_bytes, size, error);
  return NULL;
}

char *fs_read(const char *path, size_t max_bytes, size_t *size, GError **error) {
  int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0) {
    error_set_errno(error, errno, "%s", path);
    return NULL;
  }
  char *bytes = read_regular(fd, path, max_bytes, size, error);
  close(fd);
  return bytes;
}

/* Why a path was not opened beneath its folder. */
static bool explain_beneath(int code, const char *path, GError **error) {
  if (code == EXDEV)
    return error_set(error, DROVER_ERROR_INPUT, "%s: leads out of its folder", path);
  if (code == ELOOP)
    return error_set(error, DROVER_ERROR_INPUT, "%s: is a symbolic link, or lies behind one", path);
  if (code == ENXIO)
    return error_set(error, DROVER_ERROR_INPUT, "%s: is not a file", path);
  return error_set_errno(error, code, "%s", path);
}

static int open_beneath(const char *dir, const char *relative) {
  int folder = open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (folder < 0)
    return -1;
  const struct open_how how = {
    .flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY,
    .resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS,
  };
  int fd = (int)syscall(SYS_openat2, folder, relative, &how, sizeof how);
  int code = errno;
  close(folder);
  errno = code;
  return fd;
}

char *fs_read_beneath(const char *dir, const char *relative, size_t max_bytes, size_t *size, GError **error) {
  g_autofree char *path = g_build_filename(dir, relative, NULL);
  int fd = open_beneath(dir, relative);
  if (fd < 0) {
    explain_beneath(errno, path, error);
    return NULL;
  }
  char *bytes = read_regular(fd, path, max_bytes, size, error);
  close(fd);
  return bytes;
}

char *fs_temp_dir(const char *parent, const char *prefix, GError **error) {
  if (!fs_make_dirs(parent, 0755, error))
    return NULL;
  g_autofree char *path = g_strdup_printf("%s/%s-XXXXXX", parent, prefix);
  if (g_mkdtemp(path) == NULL) {
    error_set_errno(error, errno, "%s: a folder cannot be made in it", parent);
    return NULL;
  }
  return g_steal_pointer(&path);
}

FileLock *file_lock_try(const char *path, const char *holder, GError **error) {
  int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (fd < 0) {
    error_set_errno(error, errno, "%s: cannot be opened", path);
    return NULL;
  }
  if (flock(fd, LOCK_EX | LOCK_NB) < 0) {
    int code = errno;
    char line[256] = "";
    ssize_t got = code == EWOULDBLOCK ? read(fd, line, sizeof line - 1) : 0;
    close(fd);
    line[MAX(got, 0)] = '\0';
    if (code == EWOULDBLOCK)
      error_set(error, DROVER_ERROR_CONFLICT, "%s", *g_strchomp(line) != '\0' ? line : "another drover");
    else
      error_set_errno(error, code, "%s: cannot be locked", path);
    return NULL;
  }
  if (ftruncate(fd, 0) < 0 || write_all(fd, holder, strlen(holder)) != 0) {
    int code = errno;
    close(fd);
    error_set_errno(error, code, "%s: cannot be written", path);
    return NULL;
  }
  FileLock *lock = g_new(FileLock, 1);
  lock->fd = fd;
  return lock;
}

void file_lock_free(FileLock *lock) {
  (void)!ftruncate(lock->fd, 0);
  flock(lock->fd, LOCK_UN); /* closing would not do while a child that was just forked still has the descriptor */
  close(lock->fd);
  g_free(lock);
}
