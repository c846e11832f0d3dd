#include "base/path.h"

#include <glib.h>
#include <stdbool.h>
#include <string.h>

#define PATH_MAX_BYTES 4095

static bool is_plain(const char *path) {
  if (*path == '\0' || *path == '/' || strlen(path) > PATH_MAX_BYTES || !g_utf8_validate(path, -1, NULL))
    return false;
  for (const char *c = path; *c != '\0'; c++)
    if (g_ascii_iscntrl(*c))
      return false;
  return true;
}

char *path_inside(const char *path) {
  if (!is_plain(path))
    return NULL;
  g_auto(GStrv) parts = g_strsplit(path, "/", -1);
  g_autoptr(GString) inside = g_string_new(NULL);
  for (char **part = parts; *part != NULL; part++) {
    if (strcmp(*part, "..") == 0)
      return NULL;
    if (**part == '\0' || strcmp(*part, ".") == 0)
      continue;
    g_string_append_printf(inside, "%s%s", inside->len > 0 ? "/" : "", *part);
  }
  return g_strdup(inside->len > 0 ? inside->str : ".");
}
