/* Patterns for repositories, as settings give them. */
#include "workflow/uses.h"

#include <string.h>

/* A pattern's parts; those that it leaves open are NULL. */
typedef struct {
  UsesPattern kind;
  char **names; /* owner, repo, path */
  char *ref;
} Pattern;

static void pattern_clear(Pattern *pattern) {
  g_strfreev(pattern->names);
  g_free(pattern->ref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Pattern, pattern_clear)

static bool is_literal(const char *text) {
  for (const char *c = text; *c != '\0'; c++)
    if (!g_ascii_isgraph(*c) || *c == '*')
      return false;
  return *text != '\0';
}

static UsesPattern judge(char **names, const char *ref) {
  if (g_strv_length(names) < 2 || !is_literal(names[0]) || (ref != NULL && !is_literal(ref)))
    return USES_PATTERN_INVALID;
  const char *repo = names[1];
  const char *path = names[2];
  if (strcmp(repo, "*") == 0)
    return path == NULL && ref == NULL ? USES_PATTERN_OWNER : USES_PATTERN_INVALID;
  if (!is_literal(repo))
    return USES_PATTERN_INVALID;
  if (g_strcmp0(path, "*") == 0)
    return ref == NULL ? USES_PATTERN_BELOW : USES_PATTERN_INVALID;
  if (path != NULL && !is_literal(path))
    return USES_PATTERN_INVALID;
  if (ref != NULL)
    return USES_PATTERN_REF;
  return path != NULL ? USES_PATTERN_PATH : USES_PATTERN_REPOSITORY;
}

static Pattern read_pattern(const char *text) {
  const char *at = strchr(text, '@');
  g_autofree char *name = at != NULL ? g_strndup(text, (gsize)(at - text)) : g_strdup(text);
  Pattern pattern = {.names = g_strsplit(name, "/", 3), .ref = at != NULL ? g_strdup(at + 1) : NULL};
  pattern.kind = strcmp(text, "*") == 0 ? USES_PATTERN_ANY : judge(pattern.names, pattern.ref);
  return pattern;
}

UsesPattern uses_pattern_kind(const char *pattern) {
  g_auto(Pattern) read = read_pattern(pattern);
  return read.kind;
}

bool uses_matches(const Uses *uses, const char *pattern) {
  g_auto(Pattern) read = read_pattern(pattern);
  if (uses->kind != USES_REPOSITORY || read.kind == USES_PATTERN_INVALID)
    return false;
  if (read.kind >= USES_PATTERN_OWNER && g_ascii_strcasecmp(uses->owner.text, read.names[0]) != 0)
    return false;
  if (read.kind >= USES_PATTERN_BELOW && g_ascii_strcasecmp(uses->repo.text, read.names[1]) != 0)
    return false;
  if (read.kind >= USES_PATTERN_REPOSITORY && g_strcmp0(uses->path.text, read.names[2]) != 0)
    return false;
  return read.kind < USES_PATTERN_REF || strcmp(uses->ref.text, read.ref) == 0;
}
