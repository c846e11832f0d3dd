#include "lint/discover.h"

#include "git/git.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#define DEPTH_MAX 20
#define ENTRIES_MAX 200000
#define WORKFLOWS ".github/workflows"

typedef struct {
  const char *root;
  const char *base; /* as given; prefix of all that is found */
  char *top;        /* the folder itself */
  char *real_root;  /* without symbolic links; NULL when it cannot be told */
  GPtrArray *found;
  guint entries;
} Walk;

static bool is_yaml(const char *name) {
  return g_str_has_suffix(name, ".yml") || g_str_has_suffix(name, ".yaml");
}

/* Whether `stem` with an ending of YAML is the name. */
static bool is_named(const char *name, const char *stem) {
  return is_yaml(name) && g_str_has_prefix(name, stem) && name[strlen(stem)] == '.' && strchr(name + strlen(stem) + 1, '.') == NULL;
}

/* `folder` is relative to the walk's base, "" for itself. */
static bool is_wanted(const Walk *walk, const char *folder, const char *name) {
  g_autofree char *last = g_path_get_basename(walk->top);
  bool is_workflows = strcmp(folder, WORKFLOWS) == 0 || (*folder == '\0' && strcmp(last, "workflows") == 0);
  bool is_github = strcmp(folder, ".github") == 0 || (*folder == '\0' && strcmp(last, ".github") == 0);
  if (*folder != '\0' && strcmp(last, ".github") == 0)
    is_workflows = strcmp(folder, "workflows") == 0;
  bool is_top = *folder == '\0' && *walk->base == '\0';
  return is_named(name, "action") || (is_top && is_named(name, ".pre-commit-config")) || (is_workflows && is_yaml(name)) ||
         (is_github && is_named(name, "dependabot"));
}

static bool is_skipped(const char *name) {
  static const char *const names[] = {".", "..", ".git", "node_modules", "vendor", NULL};
  return g_strv_contains(names, name);
}

/* A link may name a file that is in the repository, too. */
static bool stays_inside(const Walk *walk, const char *path) {
  g_autofree char *real = NULL;
  char *resolved = realpath(path, NULL);
  real = g_strdup(resolved);
  free(resolved);
  size_t length = walk->real_root != NULL ? strlen(walk->real_root) : 0;
  return real != NULL && length > 0 && strncmp(real, walk->real_root, length) == 0 && (real[length] == '/' || walk->real_root[length - 1] == '/') &&
         g_file_test(real, G_FILE_TEST_IS_REGULAR);
}

static char *joined(const char *folder, const char *name) {
  return *folder != '\0' ? g_strconcat(folder, "/", name, NULL) : g_strdup(name);
}

static unsigned char type_of(const struct dirent *entry, const char *path) {
  if (entry->d_type != DT_UNKNOWN)
    return entry->d_type;
  return g_file_test(path, G_FILE_TEST_IS_SYMLINK) ? DT_LNK : g_file_test(path, G_FILE_TEST_IS_DIR) ? DT_DIR : DT_REG;
}

static void walk_folder(Walk *walk, const char *folder, unsigned depth) {
  g_autofree char *path = *folder != '\0' ? g_build_filename(walk->top, folder, NULL) : g_strdup(walk->top);
  DIR *dir = opendir(path);
  for (const struct dirent *entry; dir != NULL && walk->entries < ENTRIES_MAX && (entry = readdir(dir)) != NULL;) {
    walk->entries++;
    if (is_skipped(entry->d_name))
      continue;
    g_autofree char *below = joined(folder, entry->d_name), *whole = g_build_filename(path, entry->d_name, NULL);
    unsigned char type = type_of(entry, whole);
    if (type == DT_DIR && depth < DEPTH_MAX)
      walk_folder(walk, below, depth + 1);
    else if (is_wanted(walk, folder, entry->d_name) && (type == DT_REG || (type == DT_LNK && stays_inside(walk, whole))))
      g_ptr_array_add(walk->found, joined(walk->base, below));
  }
  if (dir != NULL)
    closedir(dir);
}

/* ---- what git ignores ---- */

/* Asks git about the actions outside .github, if there are any: others are looked at in any case. */
static GHashTable *ignored_by_git(const Walk *walk) {
  g_autofree char *git = g_build_filename(walk->root, ".git", NULL);
  g_autoptr(GString) input = g_string_new(NULL);
  for (guint i = 0; i < walk->found->len; i++) {
    const char *path = g_ptr_array_index(walk->found, i);
    if (!g_str_has_prefix(path, ".github/"))
      g_string_append_len(input, path, (gssize)strlen(path) + 1);
  }
  if (input->len == 0 || !g_file_test(git, G_FILE_TEST_EXISTS))
    return NULL;
  g_auto(ProcessResult) result = {0};
  ProcessSpec spec = {.input = input->str, .input_size = input->len, .output_max_bytes = input->len + 1};
  if (!git_run(walk->root, (const char *const[]){"check-ignore", "-z", "--stdin", NULL}, spec, &result, NULL) || result.exit_status != 0)
    return NULL; /* nothing is ignored, or git cannot tell: more is looked at than need be */
  GHashTable *ignored = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  for (size_t at = 0; at < result.out_size; at += strlen(result.out + at) + 1)
    g_hash_table_add(ignored, g_strdup(result.out + at));
  return ignored;
}

static void drop_ignored(Walk *walk) {
  g_autoptr(GHashTable) ignored = ignored_by_git(walk);
  for (guint i = walk->found->len; ignored != NULL && i > 0; i--)
    if (g_hash_table_contains(ignored, g_ptr_array_index(walk->found, i - 1)))
      g_ptr_array_remove_index(walk->found, i - 1);
}

static int by_text(const void *left, const void *right) {
  return strcmp(*(const char *const *)left, *(const char *const *)right);
}

GPtrArray *lint_discover(const char *root, const char *folder, Findings *findings) {
  g_autofree char *base = g_strdup(folder);
  for (size_t length = strlen(base); length > 1 && base[length - 1] == '/'; length--)
    base[length - 1] = '\0';
  bool is_root = *base == '\0' || strcmp(base, ".") == 0;
  g_autofree char *top = is_root ? g_strdup(root) : g_path_is_absolute(base) ? g_strdup(base) : g_build_filename(root, base, NULL);
  char *real_root = realpath(root, NULL);
  Walk walk = {.root = root, .base = is_root ? "" : base, .top = top, .real_root = real_root, .found = g_ptr_array_new_with_free_func(g_free)};
  walk_folder(&walk, "", 0);
  drop_ignored(&walk);
  free(real_root);
  g_ptr_array_sort(walk.found, by_text);
  if (walk.entries >= ENTRIES_MAX)
    findings_note(findings, "files beyond the first %d of %s: name the folders to look at", ENTRIES_MAX, is_root ? "the repository" : base);
  return walk.found;
}
