/* A git repository in a folder of its own, whose commits have fixed names, times and authors. */
#pragma once

#include "base/fs.h"
#include "base/process.h"

#include <gio/gio.h>
#include <stdlib.h>
#include <string.h>

#define COMMIT_TIME 1700000000

typedef struct {
  char *dir;  /* everything lies in it */
  char *root; /* the working tree */
} Fixture;

static inline void fixture_clear(Fixture *fixture) {
  if (fixture->dir != NULL)
    fs_remove_tree(fixture->dir, NULL);
  g_clear_pointer(&fixture->dir, g_free);
  g_clear_pointer(&fixture->root, g_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Fixture, fixture_clear)

/* Runs git in the working tree; the words are separated by spaces. */
static inline void git(const Fixture *fixture, const char *words) {
  g_auto(GStrv) parts = g_strsplit(words, " ", -1);
  g_autoptr(GPtrArray) argv = g_ptr_array_new();
  g_autoptr(GError) error = NULL;
  g_ptr_array_add(argv, (gpointer) "git");
  for (char **part = parts; *part != NULL; part++)
    g_ptr_array_add(argv, *part);
  g_ptr_array_add(argv, NULL);
  g_auto(GStrv) env = g_get_environ();
  const char *const set[][2] = {
    {"GIT_CONFIG_GLOBAL", "/dev/null"},
    {"GIT_CONFIG_NOSYSTEM", "1"},
    {"GIT_AUTHOR_NAME", "Ada"},
    {"GIT_AUTHOR_EMAIL", "ada@example.org"},
    {"GIT_COMMITTER_NAME", "Ada"},
    {"GIT_COMMITTER_EMAIL", "ada@example.org"},
    {"GIT_AUTHOR_DATE", "1600000000 +0000"},
    {"GIT_COMMITTER_DATE", "1700000000 +0200"},
  };
  for (size_t i = 0; i < G_N_ELEMENTS(set); i++)
    env = g_environ_setenv(env, set[i][0], set[i][1], TRUE);
  g_assert_true(
    process_check(&(ProcessSpec){.argv = (const char *const *)argv->pdata, .env = (const char *const *)env, .cwd = fixture->root}, &error));
  g_assert_no_error(error);
}

/* Writes a file of the working tree, with its folders. */
static inline void put(const Fixture *fixture, const char *path, const char *text) {
  g_autofree char *full = g_build_filename(fixture->root, path, NULL);
  g_autofree char *folder = g_path_get_dirname(full);
  g_assert_true(fs_make_dirs(folder, 0755, NULL));
  g_assert_true(g_file_set_contents(full, text, -1, NULL));
}

/* Where git itself runs the tests, in a hook or of `git rebase --exec`, it names its own repository in the environment. */
static inline void forget_repository(void) {
  static const char *const names[] = {"GIT_DIR", "GIT_INDEX_FILE", "GIT_WORK_TREE", "GIT_PREFIX"};
  for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
    g_unsetenv(names[i]);
}

static inline Fixture fixture_empty(void) {
  forget_repository();
  Fixture fixture = {.dir = g_dir_make_tmp("drover-repository-XXXXXX", NULL)};
  g_autofree char *real = realpath(fixture.dir, NULL);
  fixture.root = g_build_filename(real, "work", NULL);
  g_assert_true(fs_make_dirs(fixture.root, 0755, NULL));
  git(&fixture, "init --quiet --initial-branch=main");
  return fixture;
}

/* With one commit on main. */
static inline Fixture fixture_new(void) {
  Fixture fixture = fixture_empty();
  put(&fixture, "drover.yaml", "version: 1\n");
  put(&fixture, "backend/app.py", "print('one')\n");
  git(&fixture, "add --all");
  git(&fixture, "commit --quiet --message=first");
  return fixture;
}
