#include "base/error.h"
#include "base/fs.h"
#include "git/git.h"
#include "git/repository.h"

#include <string.h>

/* As git_output(), with an index of our own, so that the person's stays as it is. */
static char *output_with_index(const char *root, const char *index, const char *const *arguments, GError **error) {
  g_auto(ProcessResult) result = {0};
  char **made = g_environ_setenv(git_environment(), "GIT_INDEX_FILE", index, TRUE);
  static const char *const names[][2] = {{"GIT_AUTHOR_NAME", "drover"},
                                         {"GIT_AUTHOR_EMAIL", "drover@localhost"},
                                         {"GIT_COMMITTER_NAME", "drover"},
                                         {"GIT_COMMITTER_EMAIL", "drover@localhost"}};
  for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
    made = g_environ_setenv(made, names[i][0], names[i][1], TRUE);
  g_auto(GStrv) env = made;
  if (!git_run(root, arguments, (ProcessSpec){.env = (const char *const *)env}, &result, error))
    return NULL;
  if (result.exit_status != 0) {
    g_autofree char *words = g_utf8_make_valid(result.err, -1);
    error_set(error, DROVER_ERROR_FAILED, "git %s in %s ended with status %d: %s", arguments[0], root, result.exit_status, g_strstrip(words));
    return NULL;
  }
  return g_strdup(g_strchomp(result.out));
}

/* Begins with the person's index, so that git need not read every file again. */
static bool copy_index(const char *root, const char *index, GError **error) {
  g_autofree char *named = git_output(root, (const char *const[]){"rev-parse", "--git-path", "index", NULL}, error);
  if (named == NULL)
    return false;
  g_autofree char *path = g_path_is_absolute(named) ? g_strdup(named) : g_build_filename(root, named, NULL);
  g_autofree char *bytes = NULL;
  gsize size = 0;
  return !g_file_get_contents(path, &bytes, &size, NULL) || fs_write(index, bytes, size, 0600, error);
}

/* The commit's name (transfer full): HEAD where nothing differs. */
static char *write_commit(const char *root, const char *index, const char *head, GError **error) {
  g_autofree char *added = output_with_index(root, index, (const char *const[]){"add", "--all", "--", ".", NULL}, error);
  g_autofree char *tree = added != NULL ? output_with_index(root, index, (const char *const[]){"write-tree", NULL}, error) : NULL;
  g_autofree char *spec = g_strconcat(head, "^{tree}", NULL);
  g_autofree char *before = tree != NULL ? git_output(root, (const char *const[]){"rev-parse", spec, NULL}, error) : NULL;
  if (before == NULL)
    return NULL;
  if (strcmp(before, tree) == 0)
    return g_strdup(head);
  return output_with_index(root, index, (const char *const[]){"commit-tree", "-p", head, "-m", "the working tree, not committed", tree, NULL}, error);
}

Commit *commit_worktree(const char *dir, GError **error) {
  g_autoptr(Commit) head = commit_resolve(dir, NULL, error);
  if (head == NULL)
    return NULL;
  g_autofree char *temp = fs_temp_dir(g_get_tmp_dir(), "drover-index", error);
  g_autofree char *index = temp != NULL ? g_build_filename(temp, "index", NULL) : NULL;
  g_autofree char *name = NULL;
  if (index != NULL && copy_index(head->root, index, error))
    name = write_commit(head->root, index, head->commit, error);
  if (temp != NULL)
    fs_remove_tree(temp, NULL);
  g_autoptr(Commit) commit = name != NULL ? commit_resolve(head->root, name, error) : NULL;
  if (commit != NULL)
    commit->branch = g_steal_pointer(&head->branch);
  return g_steal_pointer(&commit);
}
