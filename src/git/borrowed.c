#include "git/borrowed.h"

#include "base/fs.h"
#include "git/git.h"

#include <string.h>

void borrowed_repository_clear(BorrowedRepository *borrowed) {
  if (borrowed->dir != NULL)
    fs_remove_tree(borrowed->dir, NULL);
  g_clear_pointer(&borrowed->dir, g_free);
  g_clear_pointer(&borrowed->env, g_strfreev);
}

bool borrowed_repository_open(const char *objects, const char *target, BorrowedRepository *borrowed, GError **error) {
  borrowed->dir = fs_temp_dir(g_get_tmp_dir(), "drover-checkout", error);
  if (borrowed->dir == NULL)
    return false;
  static const char head[] = "ref: refs/heads/none\n";
  g_autofree char *head_path = g_build_filename(borrowed->dir, "HEAD", NULL);
  g_autofree char *refs = g_build_filename(borrowed->dir, "refs", NULL);
  if (!fs_make_dirs(refs, 0700, error) || !fs_write(head_path, head, strlen(head), 0600, error))
    return false;
  const char *const variables[][2] = {
    {"GIT_DIR", borrowed->dir},         {"GIT_OBJECT_DIRECTORY", objects}, {"GIT_WORK_TREE", target},
    {"GIT_CONFIG_GLOBAL", "/dev/null"}, {"GIT_CONFIG_NOSYSTEM", "1"},
  };
  borrowed->env = git_environment();
  for (size_t i = 0; i < G_N_ELEMENTS(variables); i++)
    borrowed->env = g_environ_setenv(borrowed->env, variables[i][0], variables[i][1], TRUE);
  return true;
}
