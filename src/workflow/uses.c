#include "workflow/uses.h"

#include "base/error.h"
#include "base/version.h"

#include <string.h>

#define DOCKER_PREFIX "docker://"
#define TEXT_MAX_BYTES 4096
#define NAME_BYTES "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-"

/* The text that is read, and where to say what is wrong with it. */
typedef struct {
  const char *text;
  size_t *offset; /* may be NULL */
  GError **error;
} Reader;

static bool refuse(const Reader *reader, size_t at, const char *expected) {
  if (reader->offset != NULL)
    *reader->offset = at;
  g_autofree char *shown = g_strescape(reader->text, NULL);
  return error_set(reader->error, DROVER_ERROR_INPUT, "\"%.100s\": expected %s", shown, expected);
}

static bool is_dots(const char *name) {
  return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

static bool is_name(const char *text) {
  return *text != '\0' && strspn(text, NAME_BYTES) == strlen(text) && !is_dots(text);
}

/* git-check-ref-format(1), for the part of a ref behind refs/heads/ or refs/tags/. */
static bool is_ref(const char *ref) {
  if (*ref == '\0' || strpbrk(ref, "?*[]\\~^: ") != NULL || strstr(ref, "..") != NULL || g_str_has_suffix(ref, "."))
    return false;
  g_auto(GStrv) parts = g_strsplit(ref, "/", -1);
  for (char **part = parts; *part != NULL; part++)
    if (**part == '\0' || **part == '.' || g_str_has_suffix(*part, ".lock"))
      return false;
  return true;
}

/* The path of a folder below another one, with no part empty and none that leads elsewhere. */
static bool is_plain_path(const char *path) {
  g_auto(GStrv) parts = g_strsplit(path, "/", -1);
  for (char **part = parts; *part != NULL; part++)
    if (**part == '\0' || is_dots(*part))
      return false;
  return *parts != NULL;
}

static bool leads_up(const char *path) {
  g_auto(GStrv) parts = g_strsplit_set(path, "/\\", -1);
  return g_strv_contains((const char *const *)parts, "..");
}

static bool read_local(const Reader *reader, size_t start, size_t end, Uses *uses) {
  uses->kind = reader->text[start] == '$' ? USES_SELF : USES_LOCAL;
  uses->path = text_part(reader->text, start + 2, end);
  if (uses->kind == USES_SELF && strspn(uses->path.text, "/") == strlen(uses->path.text))
    return refuse(reader, end, "the path of a folder in this repository behind \"$/\"");
  return !leads_up(uses->path.text) || refuse(reader, start + 2, "a path without \"..\"");
}

static bool read_docker(const Reader *reader, size_t start, size_t end, Uses *uses) {
  uses->kind = USES_DOCKER;
  start += strlen(DOCKER_PREFIX);
  g_autofree char *image = g_strndup(reader->text + start, end - start);
  if (!image_reference_parse(image, &uses->image, reader->offset, reader->error)) {
    if (reader->offset != NULL)
      *reader->offset += start;
    return false;
  }
  TextPart *parts[] = {&uses->image.host, &uses->image.repository, &uses->image.tag, &uses->image.digest};
  for (size_t i = 0; i < G_N_ELEMENTS(parts); i++)
    parts[i]->offset += parts[i]->text != NULL ? start : 0;
  return true;
}

/* Splits "owner/repo/path@ref"; what is missing stays absent. */
static void split_repository(const char *text, size_t start, size_t end, Uses *uses) {
  const char *at = memchr(text + start, '@', end - start);
  size_t name_end = at != NULL ? (size_t)(at - text) : end;
  if (at != NULL)
    uses->ref = text_part(text, name_end + 1, end);
  TextPart *parts[] = {&uses->owner, &uses->repo, &uses->path};
  for (size_t i = 0; i < G_N_ELEMENTS(parts) && start <= name_end; i++) {
    const char *slash = i < 2 ? memchr(text + start, '/', name_end - start) : NULL;
    size_t part_end = slash != NULL ? (size_t)(slash - text) : name_end;
    *parts[i] = text_part(text, start, part_end);
    start = part_end + 1;
  }
}

static bool read_repository(const Reader *reader, size_t start, size_t end, Uses *uses) {
  uses->kind = USES_REPOSITORY;
  split_repository(reader->text, start, end, uses);
  if (uses->ref.text == NULL)
    return refuse(reader, end, "\"@\" and a tag, a branch or a commit at its end");
  const char *second = strchr(uses->ref.text, '@');
  if (second != NULL)
    return refuse(reader, uses->ref.offset + (size_t)(second - uses->ref.text), "no more than one \"@\"");
  if (!is_name(uses->owner.text))
    return refuse(reader, uses->owner.offset, "an owner's name at its start, as in owner/repo@ref");
  if (uses->repo.text == NULL)
    return refuse(reader, uses->ref.offset - 1, "\"/\" and a repository's name behind the owner, as in owner/repo@ref");
  if (!is_name(uses->repo.text))
    return refuse(reader, uses->repo.offset, "a repository's name behind the owner, as in owner/repo@ref");
  if (uses->path.text != NULL && !is_plain_path(uses->path.text))
    return refuse(reader, uses->path.offset, "a path without empty parts, \".\" or \"..\" behind the repository");
  if (!is_ref(uses->ref.text))
    return refuse(reader, uses->ref.offset, "a tag, a branch or a commit behind \"@\"");
  uses->ref_kind = uses_ref_kind(uses->ref.text);
  return true;
}

static const struct {
  const char *prefix;
  bool (*read)(const Reader *reader, size_t start, size_t end, Uses *uses);
} forms[] = {
  {"./", read_local}, {".\\", read_local}, {"$/", read_local}, {DOCKER_PREFIX, read_docker}, {"", read_repository},
};

static bool read_any(const Reader *reader, Uses *uses) {
  const char *text = reader->text;
  size_t start = 0;
  size_t end = strlen(text);
  while (start < end && g_ascii_isspace(text[start]))
    start++;
  while (end > start && g_ascii_isspace(text[end - 1]))
    end--;
  if (start == end)
    return refuse(reader, 0, "the name of an action, as in owner/repo@ref");
  if (end - start > TEXT_MAX_BYTES)
    return refuse(reader, start + TEXT_MAX_BYTES, "a shorter name");
  const char *expression = strstr(text, "${{");
  if (expression != NULL)
    return refuse(reader, (size_t)(expression - text), "no expression here: it is read before any is evaluated");
  for (size_t i = start; i < end; i++)
    if (g_ascii_iscntrl(text[i]))
      return refuse(reader, i, "no control character");
  size_t form = 0;
  while (!g_str_has_prefix(text + start, forms[form].prefix))
    form++;
  return forms[form].read(reader, start, end, uses);
}

Uses *uses_parse(const char *text, size_t *offset, GError **error) {
  g_autoptr(Uses) uses = g_new0(Uses, 1);
  return read_any(&(Reader){text, offset, error}, uses) ? g_steal_pointer(&uses) : NULL;
}

void uses_free(Uses *uses) {
  g_free(uses->owner.text);
  g_free(uses->repo.text);
  g_free(uses->path.text);
  g_free(uses->ref.text);
  image_reference_clear(&uses->image);
  g_free(uses);
}

UsesRefKind uses_ref_kind(const char *ref) {
  size_t digits = strspn(ref, "0123456789abcdefABCDEF");
  if (ref[digits] == '\0' && (digits == 40 || digits == 64))
    return USES_REF_COMMIT;
  return semver_parse(ref, &(Semver){0}) ? USES_REF_VERSION : USES_REF_NAME;
}

bool uses_same_repository(const Uses *a, const Uses *b) {
  return a->kind == USES_REPOSITORY && b->kind == USES_REPOSITORY && g_ascii_strcasecmp(a->owner.text, b->owner.text) == 0 &&
         g_ascii_strcasecmp(a->repo.text, b->repo.text) == 0;
}
