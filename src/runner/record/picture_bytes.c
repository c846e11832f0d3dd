#include "base/error.h"
#include "runner/record/picture.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/xattr.h>
#include <unistd.h>

#define ATTRIBUTES_MAX_BYTES ((size_t)64 << 10) /* what the kernel takes of one name, and of one value */

/* ---- contents ---- */

static bool copy_range(int from, int to, off_t begin, off_t end, GError **error) {
  char *bytes = g_malloc(1 << 20);
  off_t at = begin;
  while (at < end) {
    ssize_t copied = copy_file_range(from, &(off_t){at}, to, &(off_t){at}, (size_t)(end - at), 0);
    if (copied <= 0) { /* another file system, or one that cannot */
      ssize_t got = pread(from, bytes, (size_t)MIN(end - at, 1 << 20), at);
      copied = got > 0 ? pwrite(to, bytes, (size_t)got, at) : got;
    }
    if (copied < 0 && errno != EINTR) {
      g_free(bytes);
      return error_set_errno(error, errno, "a file cannot be copied");
    }
    if (copied == 0)
      break; /* it became shorter meanwhile */
    at += MAX(copied, 0);
  }
  g_free(bytes);
  return true;
}

bool picture_copy(int from, int to, GError **error) {
  if (ioctl(to, FICLONE, from) == 0)
    return true;
  off_t size = lseek(from, 0, SEEK_END), at = 0;
  if (size < 0 || ftruncate(to, size) != 0)
    return error_set_errno(error, errno, "a file cannot be copied");
  while (at < size) {
    off_t begin = lseek(from, at, SEEK_DATA);
    if (begin < 0)
      return errno == ENXIO ? true : copy_range(from, to, at, size, error); /* only a hole is left, or holes are not told */
    off_t end = lseek(from, begin, SEEK_HOLE);
    end = end < 0 ? size : end;
    if (!copy_range(from, to, begin, end, error))
      return false;
    at = end;
  }
  return true;
}

/* ---- extended attributes: "name\0" and the value's size (4 bytes) and the value, one after the other ---- */

/* What the security modules of this machine gave a file belongs to the machine, not to the file. */
static bool is_kept(const char *name) {
  static const char *const kept[] = {"user.", "trusted.overlay.", "security.capability", "system.posix_acl_"};
  for (size_t i = 0; i < G_N_ELEMENTS(kept); i++)
    if (g_str_has_prefix(name, kept[i]))
      return true;
  return false;
}

static void pack(GByteArray *packed, const char *path, const char *name) {
  g_autofree char *value = g_malloc(ATTRIBUTES_MAX_BYTES);
  ssize_t size = lgetxattr(path, name, value, ATTRIBUTES_MAX_BYTES);
  if (size < 0)
    return;
  uint32_t bytes = (uint32_t)size;
  g_byte_array_append(packed, (const guint8 *)name, (guint)strlen(name) + 1);
  g_byte_array_append(packed, (const guint8 *)&bytes, sizeof bytes);
  g_byte_array_append(packed, (const guint8 *)value, bytes);
}

GBytes *picture_attributes(const char *path) {
  if (llistxattr(path, NULL, 0) <= 0)
    return NULL;
  g_autofree char *names = g_malloc(ATTRIBUTES_MAX_BYTES);
  ssize_t size = llistxattr(path, names, ATTRIBUTES_MAX_BYTES);
  GByteArray *packed = g_byte_array_new();
  for (const char *name = names; size > 0 && name < names + size; name += strlen(name) + 1)
    if (is_kept(name))
      pack(packed, path, name);
  GBytes *bytes = g_byte_array_free_to_bytes(packed);
  if (g_bytes_get_size(bytes) == 0)
    g_clear_pointer(&bytes, g_bytes_unref);
  return bytes;
}

static void clear_attributes(const char *path) {
  if (llistxattr(path, NULL, 0) <= 0)
    return;
  g_autofree char *names = g_malloc(ATTRIBUTES_MAX_BYTES);
  ssize_t size = llistxattr(path, names, ATTRIBUTES_MAX_BYTES);
  for (const char *name = names; size > 0 && name < names + size; name += strlen(name) + 1)
    if (is_kept(name))
      (void)lremovexattr(path, name);
}

bool picture_set_attributes(const char *path, GBytes *attributes, GError **error) {
  clear_attributes(path);
  size_t size = 0, at = 0;
  const char *packed = attributes != NULL ? g_bytes_get_data(attributes, &size) : NULL;
  while (at < size) {
    const char *name = packed + at;
    size_t length = strnlen(name, size - at);
    uint32_t bytes = 0;
    if (length + 1 + sizeof bytes > size - at)
      return error_set(error, DROVER_ERROR_CORRUPT, "the attributes of %s are not what was written", path);
    memcpy(&bytes, name + length + 1, sizeof bytes);
    at += length + 1 + sizeof bytes;
    if (bytes > size - at || !is_kept(name))
      return error_set(error, DROVER_ERROR_CORRUPT, "the attributes of %s are not what was written", path);
    if (lsetxattr(path, name, packed + at, bytes, 0) != 0 && errno != ENOTSUP && errno != EPERM)
      return error_set_errno(error, errno, "%s: attribute %s", path, name);
    at += bytes;
  }
  return true;
}
