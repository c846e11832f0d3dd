#include "engine/paths.h"

#include <string.h>

typedef struct {
  char *sides[2]; /* here, inside */
} Pair;

struct ContainerPaths {
  Pair *pairs;
  size_t count;
};

/* Without the slashes at its end. */
static char *trimmed(const char *path) {
  size_t length = strlen(path);
  while (length > 1 && path[length - 1] == '/')
    length--;
  return g_strndup(path, length);
}

ContainerPaths *container_paths_new(const ContainerBind *binds, size_t count) {
  ContainerPaths *paths = g_new0(ContainerPaths, 1);
  paths->pairs = g_new0(Pair, count);
  paths->count = count;
  for (size_t i = 0; i < count; i++)
    paths->pairs[i] = (Pair){.sides = {trimmed(binds[i].path), trimmed(binds[i].inside)}};
  return paths;
}

void container_paths_free(ContainerPaths *paths) {
  if (paths == NULL)
    return;
  for (size_t i = 0; i < paths->count; i++)
    for (size_t side = 0; side < 2; side++)
      g_free(paths->pairs[i].sides[side]);
  g_free(paths->pairs);
  g_free(paths);
}

/* How long the part of `path` is that `folder` stands for; 0 when it is not inside. */
static size_t covered(const char *path, const char *folder) {
  size_t length = strlen(folder);
  if (strncmp(path, folder, length) != 0 || (path[length] != '\0' && path[length] != '/'))
    return 0;
  return length;
}

static char *translate(const ContainerPaths *paths, const char *path, size_t from, size_t to) {
  const Pair *best = NULL;
  size_t best_length = 0;
  for (size_t i = 0; i < paths->count; i++) {
    size_t length = covered(path, paths->pairs[i].sides[from]);
    if (length > best_length)
      best = &paths->pairs[i], best_length = length;
  }
  return best != NULL ? g_strconcat(best->sides[to], path + best_length, NULL) : NULL;
}

char *container_paths_inside(const ContainerPaths *paths, const char *path) {
  return translate(paths, path, 0, 1);
}

char *container_paths_outside(const ContainerPaths *paths, const char *path) {
  return translate(paths, path, 1, 0);
}
