#include "lint/edit.h"

#include "lint/edit_tree.h"

#include <string.h>

static void clear_edit(gpointer data) {
  g_free(((Edit *)data)->text);
}

EditList *edit_list_new(const char *description, bool safe) {
  EditList *list = g_new0(EditList, 1);
  list->description = g_strdup(description);
  list->safe = safe;
  list->edits = g_array_new(FALSE, FALSE, sizeof(Edit));
  g_array_set_clear_func(list->edits, clear_edit);
  list->changes = g_ptr_array_new_with_free_func((GDestroyNotify)edit_change_unref);
  return list;
}

EditList *edit_list_copy(const EditList *list) {
  EditList *copy = edit_list_new(list->description, list->safe);
  for (guint i = 0; i < list->edits->len; i++) {
    Edit edit = g_array_index(list->edits, Edit, i);
    edit.text = g_strdup(edit.text);
    g_array_append_val(copy->edits, edit);
  }
  for (guint i = 0; i < list->changes->len; i++)
    g_ptr_array_add(copy->changes, edit_change_ref(g_ptr_array_index(list->changes, i)));
  return copy;
}

void edit_list_free(EditList *list) {
  g_free(list->description);
  g_array_unref(list->edits);
  g_ptr_array_unref(list->changes);
  g_free(list);
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

bool edit_list_add(EditList *list, size_t start, size_t end, const char *text) {
  Edit edit = {.start = start, .end = end};
  guint at = 0;
  for (guint i = 0; i < list->edits->len; i++) {
    const Edit *other = &g_array_index(list->edits, Edit, i);
    if (clash(other, &edit))
      return false;
    at = by_place(other, &edit) < 0 ? i + 1 : at;
  }
  g_array_insert_val(list->edits, at, edit);
  g_array_index(list->edits, Edit, at).text = g_strdup(text);
  return true;
}

/* ---- which go together ---- */

static int by_edits(const void *left, const void *right) {
  const EditList *a = *(EditList *const *)left, *b = *(EditList *const *)right;
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
static bool is_free(GTree *taken, const EditList *list) {
  for (guint i = 0; i < list->edits->len; i++) {
    const Edit *edit = &g_array_index(list->edits, Edit, i);
    GTreeNode *next = g_tree_lower_bound(taken, edit);
    GTreeNode *before = next != NULL ? g_tree_node_previous(next) : g_tree_node_last(taken);
    if ((next != NULL && clash(g_tree_node_key(next), edit)) || (before != NULL && clash(g_tree_node_key(before), edit)))
      return false;
  }
  return true;
}

GPtrArray *edits_choose(const GPtrArray *lists, size_t size) {
  g_autoptr(GPtrArray) sorted = g_ptr_array_new();
  g_autoptr(GTree) taken = g_tree_new_full(by_place_data, NULL, NULL, NULL);
  GPtrArray *chosen = g_ptr_array_new();
  for (guint i = 0; i < lists->len; i++)
    g_ptr_array_add(sorted, lists->pdata[i]);
  g_ptr_array_sort(sorted, by_edits);
  for (guint i = 0; i < sorted->len; i++) {
    EditList *list = g_ptr_array_index(sorted, i);
    guint count = list->edits->len;
    bool inside = count > 0 && g_array_index(list->edits, Edit, count - 1).end <= size;
    if (!inside || !is_free(taken, list))
      continue;
    for (guint edit = 0; edit < count; edit++)
      g_tree_insert(taken, &g_array_index(list->edits, Edit, edit), NULL);
    g_ptr_array_add(chosen, list);
  }
  return chosen;
}

static int by_place_pointed(const void *left, const void *right) {
  return by_place(*(Edit *const *)left, *(Edit *const *)right);
}

char *edits_apply(const char *text, size_t size, const GPtrArray *lists, GPtrArray *applied, size_t *new_size) {
  g_autoptr(GPtrArray) chosen = edits_choose(lists, size);
  g_autoptr(GPtrArray) edits = g_ptr_array_new();
  for (guint i = 0; i < chosen->len; i++) {
    const EditList *list = g_ptr_array_index(chosen, i);
    for (guint edit = 0; edit < list->edits->len; edit++)
      g_ptr_array_add(edits, &g_array_index(list->edits, Edit, edit));
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
