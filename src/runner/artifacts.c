#include "runner/artifacts.h"

#include "base/digest.h"
#include "base/error.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILE_SCHEME "file://"
#define IMAGE_SCHEME "oci://"

static void artifact_free(void *data) {
  Artifact *artifact = data;
  g_free(artifact->path);
  g_free(artifact->name);
  g_free(artifact->digest);
  g_free(artifact);
}

static bool fail_line(unsigned line, const char *why, GError **error) {
  return error_set(error, DROVER_ERROR_INPUT, "GITHUB_ARTIFACTS, line %u: %s", line, why);
}

/* ---- a line ---- */

/* The "@" before "sha256:<64 digits>" and its kind at the end of a reference, or NULL. */
static const char *find_digest(const char *text) {
  static const struct {
    const char *prefix;
    size_t digits;
  } kinds[] = {{"@sha256:", 64}, {"@sha384:", 96}, {"@sha512:", 128}};
  const char *at = strrchr(text, '@');
  for (size_t i = 0; at != NULL && at > text && i < G_N_ELEMENTS(kinds); i++) {
    const char *digits = at + strlen(kinds[i].prefix);
    if (g_str_has_prefix(at, kinds[i].prefix) && strlen(digits) == kinds[i].digits && strspn(digits, "0123456789abcdefABCDEF") == kinds[i].digits)
      return at;
  }
  return NULL;
}

static bool has_scheme(const char *text) {
  size_t length = g_ascii_isalpha(*text) ? strspn(text, G_CSET_a_2_z G_CSET_A_2_Z G_CSET_DIGITS "+.-") : 0;
  return length > 0 && g_str_has_prefix(text + length, "://");
}

static bool take_scheme(const char **text, const char *scheme) {
  if (g_ascii_strncasecmp(*text, scheme, strlen(scheme)) != 0)
    return false;
  *text += strlen(scheme);
  return true;
}

static bool read_line(Artifact *artifact, const char *text, GError **error) {
  if (strchr(text, '=') != NULL)
    return fail_line(artifact->line, "\"=\" has no meaning here yet; name a file, or an image with its digest", error);
  bool is_file = take_scheme(&text, FILE_SCHEME), is_image = !is_file && take_scheme(&text, IMAGE_SCHEME);
  if (!is_file && !is_image && has_scheme(text))
    return fail_line(artifact->line, "only " FILE_SCHEME " and " IMAGE_SCHEME " are known", error);
  const char *at = is_file ? NULL : find_digest(text);
  if (is_image && at == NULL)
    return fail_line(artifact->line, "expected a reference with @sha256:, @sha384: or @sha512: and all its digits", error);
  if (*text == '\0')
    return fail_line(artifact->line, "expected a path behind " FILE_SCHEME, error);
  artifact->digest = at != NULL ? g_ascii_strdown(at + 1, -1) : NULL;
  artifact->path = at != NULL ? NULL : g_strdup(text);
  artifact->name = at != NULL ? g_strndup(text, (gsize)(at - text)) : g_path_get_basename(text);
  return true;
}

GPtrArray *artifacts_parse(const char *text, size_t size, GError **error) {
  if (size > ARTIFACTS_MAX_BYTES) {
    error_set(error, DROVER_ERROR_INPUT, "GITHUB_ARTIFACTS: holds %zu KiB, at most %zu KiB are read", (size + 1023) / 1024,
              ARTIFACTS_MAX_BYTES / 1024);
    return NULL;
  }
  g_autoptr(GPtrArray) found = g_ptr_array_new_with_free_func(artifact_free);
  g_autofree char *valid = g_utf8_make_valid(text, (gssize)size);
  g_auto(GStrv) lines = g_strsplit(valid, "\n", -1);
  for (unsigned i = 0; lines[i] != NULL; i++) {
    const char *line = g_strstrip(lines[i]);
    if (*line == '\0' || *line == '#')
      continue;
    Artifact *artifact = g_new0(Artifact, 1);
    g_ptr_array_add(found, artifact);
    artifact->line = i + 1;
    if (!read_line(artifact, line, error))
      return NULL;
  }
  return g_steal_pointer(&found);
}

/* ---- files ---- */

static bool digest_file(int fd, Digest *digest) {
  g_autoptr(DigestStream) stream = digest_stream_new();
  char buffer[65536];
  ssize_t got;
  while ((got = read(fd, buffer, sizeof buffer)) > 0)
    digest_stream_update(stream, buffer, (size_t)got);
  if (got == 0)
    *digest = digest_stream_end(g_steal_pointer(&stream));
  return got == 0;
}

bool artifact_read(Artifact *artifact, const char *file, GError **error) {
  int fd = open(file, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  struct stat facts;
  Digest digest;
  if (fd < 0)
    return error_set(error, DROVER_ERROR_INPUT, "GITHUB_ARTIFACTS, line %u: \"%s\" cannot be read: %s (relative paths begin at the workspace)",
                     artifact->line, artifact->path, g_strerror(errno));
  bool regular = fstat(fd, &facts) == 0 && S_ISREG(facts.st_mode), read = regular && digest_file(fd, &digest);
  int code = errno;
  close(fd);
  if (!regular)
    return error_set(error, DROVER_ERROR_INPUT, "GITHUB_ARTIFACTS, line %u: \"%s\" is no regular file", artifact->line, artifact->path);
  if (!read)
    return error_set_errno(error, code, "GITHUB_ARTIFACTS, line %u: %s", artifact->line, artifact->path);
  g_free(artifact->digest);
  artifact->digest = g_strdup(digest.text);
  return true;
}

/* ---- the job's ---- */

static bool declare(json_t *declared, const Artifact *artifact, GError **error) {
  const json_t *known = json_object_get(declared, artifact->name);
  const char *digest = json_string_value(json_object_get(known, "digest"));
  if (digest != NULL && strcmp(digest, artifact->digest) != 0)
    return error_set(error, DROVER_ERROR_INPUT, "GITHUB_ARTIFACTS, line %u: \"%s\" was declared with %s, and now is %s", artifact->line,
                     artifact->name, digest, artifact->digest);
  if (digest != NULL)
    return true;
  if (json_object_size(declared) >= ARTIFACTS_MAX)
    return error_set(error, DROVER_ERROR_INPUT, "GITHUB_ARTIFACTS, line %u: a job may declare at most %d artifacts", artifact->line, ARTIFACTS_MAX);
  json_object_set_new(declared, artifact->name,
                      json_pack("{s:s, s:s, s:s}", "name", artifact->name, "digest", artifact->digest, "kind",
                                artifact->path != NULL ? "file" : "oci"));
  return true;
}

bool artifacts_declare(json_t *declared, const GPtrArray *artifacts, GError **error) {
  json_auto_t *all = json_copy(declared);
  for (guint i = 0; i < artifacts->len; i++)
    if (!declare(all, g_ptr_array_index(artifacts, i), error))
      return false;
  json_object_update(declared, all);
  return true;
}

static int by_text(const void *left, const void *right) {
  return strcmp(*(const char *const *)left, *(const char *const *)right);
}

json_t *artifacts_list(const json_t *declared) {
  const char *name;
  json_t *entry, *subjects = json_array();
  g_autoptr(GPtrArray) names = g_ptr_array_new();
  json_object_foreach ((json_t *)declared, name, entry)
    g_ptr_array_add(names, (gpointer)name);
  g_ptr_array_sort(names, by_text);
  for (guint i = 0; i < names->len; i++)
    json_array_append(subjects, json_object_get(declared, g_ptr_array_index(names, i)));
  return json_pack("{s:i, s:o}", "version", 1, "subjects", subjects);
}
