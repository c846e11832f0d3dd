#include "runner/hash.h"

#include "base/digest.h"
#include "base/error.h"

#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Parts of a pattern against parts of a path; true as soon as the pattern is used up: it chose a folder above. */
static bool parts_match(char **pattern, char **path) {
  if (*pattern == NULL)
    return true;
  if (strcmp(*pattern, "**") == 0) {
    for (; *path != NULL; path++)
      if (parts_match(pattern + 1, path))
        return true;
    return pattern[1] == NULL;
  }
  return *path != NULL && fnmatch(*pattern, *path, FNM_NOESCAPE) == 0 && parts_match(pattern + 1, path + 1);
}

static GStrv split_parts(const char *path) {
  g_auto(GStrv) raw = g_strsplit(path, "/", -1);
  GPtrArray *parts = g_ptr_array_new();
  for (char **part = raw; *part != NULL; part++) {
    bool repeated = parts->len > 0 && strcmp(*part, "**") == 0 && strcmp(g_ptr_array_index(parts, parts->len - 1), "**") == 0;
    if (**part != '\0' && strcmp(*part, ".") != 0 && !repeated)
      g_ptr_array_add(parts, g_strdup(*part));
  }
  g_ptr_array_add(parts, NULL);
  return (GStrv)g_ptr_array_free(parts, FALSE);
}

bool hash_pattern_matches(const char *pattern, const char *path) {
  g_auto(GStrv) wanted = split_parts(pattern);
  g_auto(GStrv) given = split_parts(path);
  return wanted[0] != NULL && parts_match(wanted, given);
}

static bool chosen(const char *const *patterns, const char *path) {
  bool yes = false;
  for (; *patterns != NULL; patterns++) {
    bool away = **patterns == '!';
    if (hash_pattern_matches(*patterns + away, path))
      yes = !away;
  }
  return yes;
}

/* The folder's regular files, relative to `root`. */
static void list_files(const char *root, const char *relative, GPtrArray *files) {
  g_autofree char *folder = g_build_filename(root, relative, NULL);
  g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
  for (const char *name; dir != NULL && (name = g_dir_read_name(dir)) != NULL;) {
    g_autofree char *path = *relative != '\0' ? g_strconcat(relative, "/", name, NULL) : g_strdup(name);
    g_autofree char *whole = g_build_filename(root, path, NULL);
    struct stat facts;
    if (lstat(whole, &facts) != 0)
      continue;
    if (S_ISDIR(facts.st_mode))
      list_files(root, path, files);
    else if (S_ISREG(facts.st_mode))
      g_ptr_array_add(files, g_steal_pointer(&path));
  }
}

static int by_text(const void *left, const void *right) {
  return strcmp(*(const char *const *)left, *(const char *const *)right);
}

static bool add_file(DigestStream *all, const char *path, GError **error) {
  int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
  if (fd < 0)
    return error_set_errno(error, errno, "hashFiles: %s", path);
  DigestStream *one = digest_stream_new();
  char buffer[65536];
  ssize_t got;
  while ((got = read(fd, buffer, sizeof buffer)) > 0)
    digest_stream_update(one, buffer, (size_t)got);
  int code = errno;
  close(fd);
  Digest digest = digest_stream_end(one);
  if (got < 0)
    return error_set_errno(error, code, "hashFiles: %s", path);
  const char *hex = digest_hex(digest.text);
  uint8_t raw[32];
  for (size_t i = 0; i < sizeof raw; i++)
    raw[i] = (uint8_t)(g_ascii_xdigit_value(hex[2 * i]) << 4 | g_ascii_xdigit_value(hex[2 * i + 1]));
  digest_stream_update(all, raw, sizeof raw);
  return true;
}

char *hash_files(const char *root, const char *const *patterns, GError **error) {
  g_autoptr(GPtrArray) files = g_ptr_array_new_with_free_func(g_free);
  list_files(root, "", files);
  g_ptr_array_sort(files, by_text);
  g_autoptr(DigestStream) all = digest_stream_new();
  bool any = false;
  for (guint i = 0; i < files->len; i++) {
    const char *path = g_ptr_array_index(files, i);
    g_autofree char *whole = g_build_filename(root, path, NULL);
    if (!chosen(patterns, path))
      continue;
    if (!add_file(all, whole, error))
      return NULL;
    any = true;
  }
  Digest digest = digest_stream_end(g_steal_pointer(&all));
  return g_strdup(any ? digest_hex(digest.text) : "");
}
