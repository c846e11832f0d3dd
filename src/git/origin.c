#include "git/git.h"
#include "git/repository.h"

#include <string.h>

/* "owner/name" at the end of a path, without ".git"; NULL where there are fewer than two parts. */
static char *last_two(const char *path) {
  g_auto(GStrv) parts = g_strsplit(path, "/", -1);
  g_autoptr(GPtrArray) filled = g_ptr_array_new();
  for (char **part = parts; *part != NULL; part++)
    if (**part != '\0')
      g_ptr_array_add(filled, *part);
  if (filled->len < 2)
    return NULL;
  char *name = g_ptr_array_index(filled, filled->len - 1);
  if (g_str_has_suffix(name, ".git") && strlen(name) > 4)
    name[strlen(name) - 4] = '\0';
  return g_strdup_printf("%s/%s", (const char *)g_ptr_array_index(filled, filled->len - 2), name);
}

/* Names of owners and repositories have no other characters at any forge; what has is no such name. */
static bool is_slug(const char *slug) {
  for (const char *at = slug; *at != '\0'; at++)
    if (!g_ascii_isalnum(*at) && strchr("/-_.", *at) == NULL)
      return false;
  return strstr(slug, "..") == NULL;
}

char *git_slug_of(const char *url) {
  const char *scheme = strstr(url, "://"), *colon = strchr(url, ':'), *slash = strchr(url, '/');
  g_autofree char *slug = NULL;
  if (g_str_has_prefix(url, "file://"))
    return NULL;
  if (scheme != NULL) {
    const char *path = strchr(scheme + 3, '/');
    slug = path != NULL ? last_two(path) : NULL;
  } else if (colon != NULL && (slash == NULL || colon < slash)) {
    slug = last_two(colon + 1); /* git@host:owner/name */
  }
  return slug != NULL && is_slug(slug) ? g_steal_pointer(&slug) : NULL;
}

char *repository_slug(const char *root) {
  bool failed = false;
  g_autofree char *url = git_try(root, (const char *const[]){"config", "--get", "remote.origin.url", NULL}, &failed, NULL);
  return url != NULL ? git_slug_of(url) : NULL;
}
