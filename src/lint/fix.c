#include "lint/fix.h"

#include "base/error.h"
#include "base/fs.h"
#include "lint/view.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define ROUNDS_MAX 50
#define FILE_MAX_BYTES ((size_t)1 << 20)

typedef struct {
  char *path;
  GBytes *before, *after;
  guint fixes;
} Mended;

struct LintFixes {
  char *root;
  bool with_unsafe;
  GHashTable *by_place; /* the file's whole path -> Mended */
  GPtrArray *files;     /* Mended, by path */
  GPtrArray *changed;   /* char *, names of those that changed in this round */
};

static void mended_free(void *data) {
  Mended *mended = data;
  g_free(mended->path);
  g_bytes_unref(mended->before);
  g_bytes_unref(mended->after);
  g_free(mended);
}

LintFixes *lint_fixes_new(const char *root, bool with_unsafe) {
  LintFixes *fixes = g_new0(LintFixes, 1);
  fixes->root = root != NULL ? g_canonicalize_filename(root, NULL) : NULL;
  fixes->with_unsafe = with_unsafe;
  fixes->by_place = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  fixes->files = g_ptr_array_new_with_free_func(mended_free);
  fixes->changed = g_ptr_array_new_with_free_func(g_free);
  return fixes;
}

void lint_fixes_free(LintFixes *fixes) {
  g_free(fixes->root);
  g_hash_table_unref(fixes->by_place);
  g_ptr_array_unref(fixes->files);
  g_ptr_array_unref(fixes->changed);
  g_free(fixes);
}

/* Two names of one file have one. Transfer full. */
static char *place_of(const LintFixes *fixes, const char *path) {
  return g_canonicalize_filename(path, fixes->root != NULL ? fixes->root : "/");
}

/* ---- mending in memory ---- */

char *lint_fixes_text(const char *path, size_t *size, void *data) {
  const LintFixes *fixes = data;
  g_autofree char *place = place_of(fixes, path);
  const Mended *mended = g_hash_table_lookup(fixes->by_place, place);
  if (mended == NULL)
    return NULL;
  const char *text = g_bytes_get_data(mended->after, size);
  return g_strndup(text, *size);
}

/* Whether the file is the one that its name says: below the root, and behind no link. */
static bool is_in_place(const LintFixes *fixes, const char *place) {
  if (fixes->root == NULL)
    return true;
  size_t length = strlen(fixes->root);
  g_autofree char *root = realpath(fixes->root, NULL), *file = realpath(place, NULL);
  if (root == NULL || file == NULL || !g_str_has_prefix(place, fixes->root) || place[length] != '/')
    return false;
  g_autofree char *expected = g_build_filename(root, place + length, NULL);
  return strcmp(file, expected) == 0;
}

/* Those that are wanted; transfer container. */
static GPtrArray *fixes_of(const LintFixes *fixes, const LintFile *file) {
  GPtrArray *wanted = g_ptr_array_new();
  for (guint i = 0; i < findings_count(file->findings); i++) {
    Fix *fix = findings_at(file->findings, i)->fix;
    if (fix != NULL && (fix->safe || fixes->with_unsafe))
      g_ptr_array_add(wanted, fix);
  }
  return wanted;
}

/* Under another of its names it may have been mended since. */
static bool is_as_read(const LintFixes *fixes, const LintFile *file, const char *place) {
  const Mended *mended = g_hash_table_lookup(fixes->by_place, place);
  g_autoptr(GBytes) read = g_bytes_new_static(file->text, file->size);
  return mended == NULL || g_bytes_equal(mended->after, read);
}

/* Whether GitHub takes a file of this kind with that text. */
static bool is_valid(const LintFile *file, const char *text, size_t size) {
  g_autoptr(Diagnostics) unread = diagnostics_new();
  G_GNUC_UNUSED g_autoptr(Workflow) workflow = file->workflow != NULL ? workflow_parse(file->path, text, size, unread) : NULL;
  G_GNUC_UNUSED g_autoptr(Action) action = file->action != NULL ? action_parse(file->path, text, size, unread) : NULL;
  G_GNUC_UNUSED g_autoptr(Dependabot) dependabot = file->dependabot != NULL ? dependabot_parse_lenient(file->path, text, size, unread) : NULL;
  return diagnostics_count(unread) == 0;
}

static bool was_valid(const LintFile *file) {
  return (file->workflow == NULL || file->workflow->valid) && (file->action == NULL || file->action->valid) &&
         (file->dependabot == NULL || file->dependabot->valid);
}

static void keep(LintFixes *fixes, const LintFile *file, const char *place, GBytes *after, guint count) {
  Mended *mended = g_hash_table_lookup(fixes->by_place, place);
  if (mended == NULL) {
    mended = g_new0(Mended, 1);
    mended->path = g_strdup(file->path);
    mended->before = g_bytes_new(file->text, file->size);
    g_hash_table_insert(fixes->by_place, g_strdup(place), mended);
    g_ptr_array_add(fixes->files, mended);
  } else
    g_bytes_unref(mended->after);
  mended->after = after;
  mended->fixes += count;
  g_ptr_array_add(fixes->changed, g_strdup(file->path));
}

void lint_fixes_apply(LintFixes *fixes, LintFile *file) {
  g_autoptr(GPtrArray) wanted = fixes_of(fixes, file), applied = g_ptr_array_new();
  g_autofree char *place = place_of(fixes, file->path);
  size_t size = 0;
  if (wanted->len == 0 || !is_as_read(fixes, file, place))
    return;
  if (!is_in_place(fixes, place)) {
    findings_note(file->findings, "fixes of %s: it lies outside of the repository, or behind a link", file->path);
    return;
  }
  g_autofree char *after = edit_tree_apply(lint_edit_tree(file), wanted, applied, &size);
  if (after == NULL)
    return;
  if (was_valid(file) && !is_valid(file, after, size))
    findings_note(file->findings, "fixes of %s: GitHub would refuse the file with them", file->path);
  else
    keep(fixes, file, place, g_bytes_new_take(g_steal_pointer(&after), size), applied->len);
}

/* ---- rounds ---- */

static int by_path(const void *left, const void *right) {
  return strcmp((*(Mended *const *)left)->path, (*(Mended *const *)right)->path);
}

/* One pass over all files, or over those alone that the last one changed. */
static Findings *look_again(LintFixes *fixes, const LintSpec *spec, bool at_all, guint *files, GError **error) {
  g_autoptr(GPtrArray) changed = g_steal_pointer(&fixes->changed);
  g_autoptr(Findings) found = findings_new();
  LintSpec again = *spec;
  LintConfig quick;
  again.fixes = fixes;
  fixes->changed = g_ptr_array_new_with_free_func(g_free);
  if (!at_all) {
    g_ptr_array_add(changed, NULL);
    again.files = (const char *const *)changed->pdata;
    again.project = NULL;
    again.only_project = false;
    if (spec->config != NULL) {
      quick = *spec->config;
      quick.scripts = false; /* they have no fixes */
      again.config = &quick;
    }
  }
  return lint_files(&again, found, at_all ? files : NULL, error) ? g_steal_pointer(&found) : NULL;
}

/* What a file says can count in another, so the last pass is one over all. */
Findings *lint_fix(LintFixes *fixes, const LintSpec *spec, guint *files, GError **error) {
  bool at_all = true;
  for (guint round = 0;; round++) {
    g_autoptr(Findings) found = look_again(fixes, spec, at_all, files, error);
    bool done = found != NULL && at_all && (fixes->changed->len == 0 || round >= ROUNDS_MAX);
    if (done && fixes->changed->len > 0)
      findings_note(found, "fixes: after %u rounds there are still some to apply; ask for them again", round);
    g_ptr_array_sort(fixes->files, by_path);
    if (found == NULL || done)
      return g_steal_pointer(&found);
    at_all = fixes->changed->len == 0 || round + 1 >= ROUNDS_MAX;
  }
}

guint lint_fixes_count(const LintFixes *fixes) {
  return fixes->files->len;
}

LintFixed lint_fixes_at(const LintFixes *fixes, guint index) {
  const Mended *mended = g_ptr_array_index(fixes->files, index);
  LintFixed fixed = {.path = mended->path, .fixes = mended->fixes};
  fixed.before = g_bytes_get_data(mended->before, &fixed.before_size);
  fixed.after = g_bytes_get_data(mended->after, &fixed.after_size);
  return fixed;
}

/* ---- writing ---- */

static bool write_file(const LintFixes *fixes, const Mended *mended, GError **error) {
  g_autofree char *place = place_of(fixes, mended->path);
  struct stat facts;
  size_t size = 0, after_size = 0;
  g_autofree char *now = fs_read(place, FILE_MAX_BYTES, &size, error);
  if (now == NULL)
    return false;
  g_autoptr(GBytes) found = g_bytes_new_static(now, size);
  if (!g_bytes_equal(found, mended->before) || !is_in_place(fixes, place) || stat(place, &facts) < 0)
    return error_set(error, DROVER_ERROR_CONFLICT, "%s: it changed while it was looked at, and stays as it is; ask for the fixes again",
                     mended->path);
  const void *after = g_bytes_get_data(mended->after, &after_size);
  return fs_write(place, after, after_size, facts.st_mode & 07777, error);
}

bool lint_fixes_write(const LintFixes *fixes, GError **error) {
  g_assert(fixes->root != NULL);
  for (guint i = 0; i < fixes->files->len; i++)
    if (!write_file(fixes, g_ptr_array_index(fixes->files, i), error))
      return false;
  return true;
}
