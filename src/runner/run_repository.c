#include "runner/run.h"

#include "base/error.h"
#include "base/fs.h"
#include "base/process.h"

#include <string.h>

#define GIT_MS 30000

/* What jobs see of the repository that is run: its objects, and where its branches and tags point. Not the folder itself: that has the
 * settings, where passwords may stand, hooks, and what was never committed. */

static char *git(const Run *run, const char *const *arguments, GError **error) {
  g_autoptr(GPtrArray) argv = g_ptr_array_new();
  const char *const front[] = {"git", "-C", run->spec->commit->root};
  for (size_t i = 0; i < G_N_ELEMENTS(front); i++)
    g_ptr_array_add(argv, (gpointer)front[i]);
  for (; *arguments != NULL; arguments++)
    g_ptr_array_add(argv, (gpointer)*arguments);
  g_ptr_array_add(argv, NULL);
  return process_output(&(ProcessSpec){.argv = (const char *const *)argv->pdata, .deadline_ms = GIT_MS, .output_max_bytes = (size_t)64 << 20}, error);
}

static bool put(const char *dir, const char *name, const char *text, GError **error) {
  g_autofree char *path = g_build_filename(dir, name, NULL), *parent = g_path_get_dirname(path);
  if (!fs_make_dirs(parent, 0755, error))
    return false;
  return g_file_set_contents_full(path, text, -1, G_FILE_SET_CONTENTS_NONE, 0644, error);
}

static bool make_facade(Run *run, GError **error) {
  const char *dir = run->repository_dir;
  const char *const list[] = {"for-each-ref", "--format=%(objectname) %(refname)", NULL};
  g_autofree char *refs = git(run, list, error);
  g_autofree char *packed = refs != NULL ? g_strconcat(refs, "\n", NULL) : NULL;
  g_autofree char *head = g_strconcat(run->spec->commit->commit, "\n", NULL);
  g_autofree char *folder = g_build_filename(dir, "refs", NULL);
  return packed != NULL && fs_make_dirs(folder, 0755, error) && put(dir, "packed-refs", packed, error) && put(dir, "HEAD", head, error) &&
         put(dir, "objects/info/alternates", RUN_OBJECTS_INSIDE "\n", error);
}

bool run_repository_open(Run *run, GError **error) {
  const char *const where[] = {"rev-parse", "--path-format=absolute", "--git-common-dir", NULL};
  run->git_dir = git(run, where, error);
  if (run->git_dir == NULL)
    return false;
  run->objects_dir = g_build_filename(run->git_dir, "objects", NULL);
  run->repository_dir = g_build_filename(run->spec->data_dir, "runs", run->spec->id, "repository", NULL);
  return make_facade(run, error);
}
