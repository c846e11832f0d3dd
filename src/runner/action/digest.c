#include "runner/action/digest.h"

#include "base/digest.h"
#include "base/error.h"

#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILES_MAX 100000
#define BYTES_MAX ((int64_t)4 << 30)

G_DEFINE_AUTOPTR_CLEANUP_FUNC(FTS, fts_close)

typedef struct {
  char *path; /* from the folder */
  const char *mode;
  Digest content;
} Record;

typedef struct {
  size_t root_length;
  GPtrArray *records;
  int64_t bytes;
} Listing;

static void record_free(gpointer data) {
  Record *record = data;
  g_free(record->path);
  g_free(record);
}

static int compare_records(const void *a, const void *b) {
  const Record *left = *(const Record *const *)a, *right = *(const Record *const *)b;
  return strcmp(left->path, right->path);
}

static bool digest_file(const char *path, Digest *digest, GError **error) {
  int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
  if (fd < 0)
    return error_set_errno(error, errno, "%s", path);
  g_autoptr(DigestStream) stream = digest_stream_new();
  ssize_t got = 0;
  for (uint8_t buffer[65536]; (got = read(fd, buffer, sizeof buffer)) > 0 || (got < 0 && errno == EINTR);)
    digest_stream_update(stream, buffer, (size_t)MAX(got, 0));
  int code = errno;
  close(fd);
  if (got < 0)
    return error_set_errno(error, code, "%s: cannot be read", path);
  *digest = digest_stream_end(g_steal_pointer(&stream));
  return true;
}

static bool digest_link(const char *path, Digest *digest, GError **error) {
  char target[4096];
  ssize_t got = readlink(path, target, sizeof target);
  if (got < 0)
    return error_set_errno(error, errno, "%s", path);
  *digest = digest_bytes(target, (size_t)got);
  return true;
}

static bool add(Listing *listing, const FTSENT *entry, GError **error) {
  bool is_link = entry->fts_info == FTS_SL || entry->fts_info == FTS_SLNONE;
  if (listing->records->len >= FILES_MAX)
    return error_set(error, DROVER_ERROR_INPUT, "%.*s: holds more than %d files", (int)listing->root_length, entry->fts_path, FILES_MAX);
  listing->bytes += entry->fts_statp->st_size;
  if (listing->bytes > BYTES_MAX)
    return error_set(error, DROVER_ERROR_INPUT, "%.*s: its files are larger than 4 GiB", (int)listing->root_length, entry->fts_path);
  Record *record = g_new0(Record, 1);
  record->path = g_strdup(entry->fts_path + listing->root_length + 1);
  record->mode = is_link ? "120000" : (entry->fts_statp->st_mode & S_IXUSR) != 0 ? "100755" : "100644";
  g_ptr_array_add(listing->records, record);
  return (is_link ? digest_link : digest_file)(entry->fts_path, &record->content, error);
}

static bool visit(Listing *listing, FTS *walk, FTSENT *entry, GError **error) {
  if (entry->fts_level > 0 && strcmp(entry->fts_name, ".git") == 0) {
    (void)!fts_set(walk, entry, FTS_SKIP);
    return true;
  }
  switch (entry->fts_info) {
  case FTS_D:
  case FTS_DP:
    return true;
  case FTS_F:
  case FTS_SL:
  case FTS_SLNONE:
    return add(listing, entry, error);
  case FTS_DNR:
  case FTS_ERR:
  case FTS_NS:
    return error_set_errno(error, entry->fts_errno, "%s", entry->fts_path);
  default:
    return error_set(error, DROVER_ERROR_INPUT, "%s: is neither a file, a folder nor a symbolic link", entry->fts_path);
  }
}

static bool list(const char *dir, Listing *listing, GError **error) {
  char *const roots[] = {(char *)dir, NULL};
  g_autoptr(FTS) walk = fts_open(roots, FTS_PHYSICAL | FTS_COMFOLLOW | FTS_NOCHDIR, NULL);
  for (;;) {
    errno = 0;
    FTSENT *entry = walk != NULL ? fts_read(walk) : NULL;
    if (entry == NULL)
      return errno == 0 || error_set_errno(error, errno, "%s: cannot be walked", dir);
    if (!visit(listing, walk, entry, error))
      return false;
  }
}

bool action_digest(const char *dir, char **digest, GError **error) {
  g_autofree char *root = g_canonicalize_filename(dir, NULL);
  g_autoptr(GPtrArray) records = g_ptr_array_new_with_free_func(record_free);
  Listing listing = {.root_length = strlen(root), .records = records};
  if (!list(root, &listing, error))
    return false;
  g_ptr_array_sort(records, compare_records);
  g_autoptr(DigestStream) stream = digest_stream_new();
  for (guint i = 0; i < records->len; i++) {
    const Record *record = g_ptr_array_index(records, i);
    g_autofree char *line = g_strdup_printf("%s %s %s", record->mode, digest_hex(record->content.text), record->path);
    digest_stream_update(stream, line, strlen(line) + 1);
  }
  *digest = g_strdup(digest_stream_end(g_steal_pointer(&stream)).text);
  return true;
}
