#include "lint/edit/edit.h"

#include "lint/edit/edit_tree.h"

#include <string.h>

static void clear_edit(gpointer data) {
  g_free(((Edit *)data)->text);
}

Fix *fix_new(const char *description, bool safe) {
  Fix *fix = g_new0(Fix, 1);
  fix->description = g_strdup(description);
  fix->safe = safe;
  fix->edits = g_array_new(FALSE, FALSE, sizeof(Edit));
  g_array_set_clear_func(fix->edits, clear_edit);
  fix->changes = g_ptr_array_new_with_free_func((GDestroyNotify)edit_change_unref);
  return fix;
}

Fix *fix_copy(const Fix *fix) {
  Fix *copy = fix_new(fix->description, fix->safe);
  for (guint i = 0; i < fix->edits->len; i++) {
    Edit edit = g_array_index(fix->edits, Edit, i);
    edit.text = g_strdup(edit.text);
    g_array_append_val(copy->edits, edit);
  }
  for (guint i = 0; i < fix->changes->len; i++)
    g_ptr_array_add(copy->changes, edit_change_ref(g_ptr_array_index(fix->changes, i)));
  return copy;
}

void fix_free(Fix *fix) {
  g_free(fix->description);
  g_array_unref(fix->edits);
  g_ptr_array_unref(fix->changes);
  g_free(fix);
}

static int compare_sizes(size_t left, size_t right) {
  return (left > right) - (left < right);
}

static int by_place(const void *left, const void *right) {
  const Edit *a = left, *b = right;
  int order = compare_sizes(a->start, b->start);
  return order != 0 ? order : compare_sizes(a->end, b->end);
}

static bool clash(const Edit *a, const Edit *b) {
  return (a->start < b->end && b->start < a->end) || by_place(a, b) == 0;
}

bool fix_add(Fix *fix, size_t start, size_t end, const char *text) {
  Edit edit = {.start = start, .end = end};
  guint at = 0;
  for (guint i = 0; i < fix->edits->len; i++) {
    const Edit *other = &g_array_index(fix->edits, Edit, i);
    if (clash(other, &edit))
      return false;
    at = by_place(other, &edit) < 0 ? i + 1 : at;
  }
  g_array_insert_val(fix->edits, at, edit);
  g_array_index(fix->edits, Edit, at).text = g_strdup(text);
  return true;
}

/* ---- which go together ---- */

static int by_edits(const void *left, const void *right) {
  const Fix *a = *(Fix *const *)left, *b = *(Fix *const *)right;
  for (guint i = 0; i < MIN(a->edits->len, b->edits->len); i++) {
    const Edit *mine = &g_array_index(a->edits, Edit, i), *other = &g_array_index(b->edits, Edit, i);
    int order = by_place(mine, other);
    order = order != 0 ? order : strcmp(mine->text, other->text);
    if (order != 0)
      return order;
  }
  return compare_sizes(a->edits->len, b->edits->len);
}

static int by_place_data(const void *left, const void *right, G_GNUC_UNUSED void *data) {
  return by_place(left, right);
}

/* `taken` holds edits that do not overlap, so only the neighbours can. */
static bool is_free(GTree *taken, const Fix *fix) {
  for (guint i = 0; i < fix->edits->len; i++) {
    const Edit *edit = &g_array_index(fix->edits, Edit, i);
    GTreeNode *next = g_tree_lower_bound(taken, edit);
    GTreeNode *before = next != NULL ? g_tree_node_previous(next) : g_tree_node_last(taken);
    if ((next != NULL && clash(g_tree_node_key(next), edit)) || (before != NULL && clash(g_tree_node_key(before), edit)))
      return false;
  }
  return true;
}

GPtrArray *edits_choose(const GPtrArray *fixes, size_t size) {
  g_autoptr(GPtrArray) sorted = g_ptr_array_new();
  g_autoptr(GTree) taken = g_tree_new_full(by_place_data, NULL, NULL, NULL);
  GPtrArray *chosen = g_ptr_array_new();
  for (guint i = 0; i < fixes->len; i++)
    g_ptr_array_add(sorted, fixes->pdata[i]);
  g_ptr_array_sort(sorted, by_edits);
  for (guint i = 0; i < sorted->len; i++) {
    Fix *fix = g_ptr_array_index(sorted, i);
    guint count = fix->edits->len;
    bool inside = count > 0 && g_array_index(fix->edits, Edit, count - 1).end <= size;
    if (!inside || !is_free(taken, fix))
      continue;
    for (guint edit = 0; edit < count; edit++)
      g_tree_insert(taken, &g_array_index(fix->edits, Edit, edit), NULL);
    g_ptr_array_add(chosen, fix);
  }
  return chosen;
}

static int by_place_pointed(const void *left, const void *right) {
  return by_place(*(Edit *const *)left, *(Edit *const *)right);
}

char *edits_apply(const char *text, size_t size, const GPtrArray *fixes, GPtrArray *applied, size_t *new_size) {
  g_autoptr(GPtrArray) chosen = edits_choose(fixes, size);
  g_autoptr(GPtrArray) edits = g_ptr_array_new();
  for (guint i = 0; i < chosen->len; i++) {
    const Fix *fix = g_ptr_array_index(chosen, i);
    for (guint edit = 0; edit < fix->edits->len; edit++)
      g_ptr_array_add(edits, &g_array_index(fix->edits, Edit, edit));
    if (applied != NULL)
      g_ptr_array_add(applied, chosen->pdata[i]);
  }
  g_ptr_array_sort(edits, by_place_pointed);
  GString *out = g_string_sized_new(size);
  size_t at = 0;
  for (guint i = 0; i < edits->len; i++) {
    const Edit *edit = g_ptr_array_index(edits, i);
    g_string_append_len(out, text + at, (gssize)(edit->start - at));
    g_string_append(out, edit->text);
    at = edit->end;
  }
  if (size > at)
    g_string_append_len(out, text + at, (gssize)(size - at));
  *new_size = out->len;
  return g_string_free(out, FALSE);
}
