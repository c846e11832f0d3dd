#include "engine/tree_digest.h"

#include "base/error.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define ENTRIES_MAX 100000
#define BYTES_MAX ((int64_t)4 << 30)

typedef struct {
  const char *root;
  DigestStream *stream;
  GQueue folders; /* char *, relative, not read yet */
  unsigned entries;
  int64_t size_bytes;
} Walk;

static bool digest_file(Walk *walk, const char *path, GError **error) {
  int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
  if (fd < 0)
    return error_set_errno(error, errno, "%s", path);
  char buffer[65536];
  ssize_t got;
  while ((got = read(fd, buffer, sizeof buffer)) > 0 && walk->size_bytes <= BYTES_MAX) {
    digest_stream_update(walk->stream, buffer, (size_t)got);
    walk->size_bytes += got;
  }
  int code = errno;
  close(fd);
  return got >= 0 || error_set_errno(error, code, "%s", path);
}

static bool digest_entry(Walk *walk, const char *name, GError **error) {
  g_autofree char *path = g_build_filename(walk->root, name, NULL);
  struct stat facts;
  if (lstat(path, &facts) < 0)
    return error_set_errno(error, errno, "%s", path);
  /* The size keeps one file's end and the next one's head apart. */
  int64_t size_bytes = S_ISREG(facts.st_mode) ? facts.st_size : 0;
  g_autofree char *head = g_strdup_printf("%o %" G_GINT64_FORMAT, facts.st_mode, size_bytes);
  digest_stream_update(walk->stream, name, strlen(name) + 1);
  digest_stream_update(walk->stream, head, strlen(head) + 1);
  if (++walk->entries > ENTRIES_MAX || walk->size_bytes > BYTES_MAX)
    return error_set(error, DROVER_ERROR_INPUT, "%s: the folder of a Docker action holds more than %d entries or 4 GiB", walk->root, ENTRIES_MAX);
  if (S_ISDIR(facts.st_mode))
    g_queue_push_tail(&walk->folders, g_strdup(name));
  if (S_ISREG(facts.st_mode))
    return digest_file(walk, path, error);
  g_autofree char *target = S_ISLNK(facts.st_mode) ? g_file_read_link(path, NULL) : NULL;
  if (target != NULL)
    digest_stream_update(walk->stream, target, strlen(target) + 1);
  return true;
}

static int by_name(const void *left, const void *right) {
  return strcmp(*(const char *const *)left, *(const char *const *)right);
}

static bool digest_folder(Walk *walk, const char *folder, GError **error) {
  g_autofree char *path = g_build_filename(walk->root, folder, NULL);
  g_autoptr(GDir) dir = g_dir_open(path, 0, error);
  if (dir == NULL)
    return false;
  g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
  for (const char *name; (name = g_dir_read_name(dir)) != NULL && names->len <= ENTRIES_MAX;)
    if (*folder != '\0' || strcmp(name, ".git") != 0)
      g_ptr_array_add(names, *folder != '\0' ? g_build_filename(folder, name, NULL) : g_strdup(name));
  g_ptr_array_sort(names, by_name);
  for (guint i = 0; i < names->len; i++)
    if (!digest_entry(walk, g_ptr_array_index(names, i), error))
      return false;
  return true;
}

bool tree_digest(const char *dir, Digest *digest, GError **error) {
  g_autoptr(DigestStream) stream = digest_stream_new();
  Walk walk = {.root = dir, .stream = stream, .folders = G_QUEUE_INIT};
  g_queue_push_tail(&walk.folders, g_strdup(""));
  bool good = true;
  while (good && !g_queue_is_empty(&walk.folders)) {
    g_autofree char *folder = g_queue_pop_head(&walk.folders);
    good = digest_folder(&walk, folder, error);
  }
  g_queue_clear_full(&walk.folders, g_free);
  if (good)
    *digest = digest_stream_end(g_steal_pointer(&stream));
  return good;
}
