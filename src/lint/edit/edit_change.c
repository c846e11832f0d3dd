#include "lint/edit/edit_layout.h"

#include <string.h>

EditChange *edit_change_new(EditKind kind, const YamlNode *node, guint index, const char *text, const char *yaml) {
  g_autofree char *line = g_strconcat(yaml != NULL ? yaml : "", "\n", NULL); /* it will stand on whole lines */
  g_autoptr(YamlDocument) value = yaml != NULL ? yaml_parse("", line, strlen(line), NULL, NULL) : NULL;
  if (yaml != NULL && value == NULL)
    return NULL;
  EditChange *change = g_new0(EditChange, 1);
  *change = (EditChange){.kind = kind, .node = node, .index = index, .text = g_strdup(text), .value = g_steal_pointer(&value), .references = 1};
  return change;
}

EditChange *edit_change_ref(EditChange *change) {
  change->references++;
  return change;
}

void edit_change_unref(EditChange *change) {
  if (--change->references > 0)
    return;
  g_clear_pointer(&change->value, yaml_document_free);
  g_free(change->text);
  g_free(change);
}

/* ---- equality ---- */

typedef struct {
  GPtrArray *changes; /* EditChange, by node and index */
  GHashTable *first;  /* YamlNode -> index of its first change + 1 */
} Comparison;

static int by_node(const void *left, const void *right) {
  const EditChange *a = *(EditChange *const *)left, *b = *(EditChange *const *)right;
  if (a->node != b->node)
    return (guintptr)a->node < (guintptr)b->node ? -1 : 1;
  if (a->index != b->index)
    return a->index < b->index ? -1 : 1;
  return (a->kind > b->kind) - (a->kind < b->kind);
}

/* The change of a node that follows the `passed` first ones. */
static const EditChange *next_change(const Comparison *comparison, const YamlNode *node, guint passed) {
  guint first = GPOINTER_TO_UINT(g_hash_table_lookup(comparison->first, node));
  if (first == 0 || first - 1 + passed >= comparison->changes->len)
    return NULL;
  const EditChange *change = g_ptr_array_index(comparison->changes, first - 1 + passed);
  return change->node == node ? change : NULL;
}

static bool has_text(const YamlNode *node, const char *text) {
  return node->kind == YAML_SCALAR && node->length == strlen(text) && memcmp(node->text, text, node->length) == 0;
}

static bool is_set(const YamlNode *before, const YamlNode *after, const char *text) {
  return has_text(after, text) && g_strcmp0(before->tag, after->tag) == 0 &&
         (before->tag != NULL || !write_reads_as_text(before) || write_reads_as_text(after));
}

/* ---- several changes of one scalar ---- */

/* What one of them changes: the bytes [start, end) become `text`. */
typedef struct {
  size_t start, end;
  const char *text;
  size_t length;
} Part;

static Part part_of(const YamlNode *before, const char *text) {
  size_t length = strlen(text), shorter = MIN(before->length, length), head = 0, tail = 0;
  while (head < shorter && before->text[head] == text[head])
    head++;
  while (tail < shorter - head && before->text[before->length - 1 - tail] == text[length - 1 - tail])
    tail++;
  return (Part){.start = head, .end = before->length - tail, .text = text + head, .length = length - tail - head};
}

static int by_start(const void *left, const void *right) {
  const Part *a = left, *b = right;
  return (a->start > b->start) - (a->start < b->start);
}

/* The scalar's text with all of them; NULL where they are of other kinds or touch the same bytes. Transfer full. */
static char *text_with_changes(const Comparison *comparison, const YamlNode *before) {
  g_autoptr(GArray) parts = g_array_new(FALSE, FALSE, sizeof(Part));
  const EditChange *change;
  for (guint i = 0; (change = next_change(comparison, before, i)) != NULL; i++) {
    if (change->kind != EDIT_SET)
      return NULL;
    Part part = part_of(before, change->text);
    g_array_append_val(parts, part);
  }
  g_array_sort(parts, by_start);
  g_autoptr(GString) text = g_string_new(NULL);
  size_t at = 0;
  for (guint i = 0; i < parts->len; i++) {
    const Part *part = &g_array_index(parts, Part, i);
    if (part->start < at)
      return NULL;
    g_string_append_len(text, before->text + at, (gssize)(part->start - at));
    g_string_append_len(text, part->text, (gssize)part->length);
    at = part->end;
  }
  g_string_append_len(text, before->text + at, (gssize)(before->length - at));
  return g_strdup(text->str);
}

static bool compare_nodes(const Comparison *comparison, const YamlNode *before, const YamlNode *after);

static bool compare_pairs(const Comparison *comparison, const YamlNode *before, const YamlNode *after) {
  guint at = 0, passed = 0;
  for (guint i = 0; i <= before->count; i++) {
    const EditChange *change;
    for (; (change = next_change(comparison, before, passed)) != NULL && change->index == i && change->kind == EDIT_INSERT; passed++, at++)
      if (at >= after->count || !has_text(yaml_key(after, at), change->text) ||
          !compare_nodes(comparison, yaml_root(change->value), yaml_value(after, at)))
        return false;
    if (change != NULL && change->index == i && change->kind == EDIT_REMOVE) {
      passed++;
      continue;
    }
    if (i == before->count)
      break;
    if (at >= after->count || !compare_nodes(comparison, yaml_key(before, i), yaml_key(after, at)) ||
        !compare_nodes(comparison, yaml_value(before, i), yaml_value(after, at)))
      return false;
    at++;
  }
  return at == after->count && next_change(comparison, before, passed) == NULL;
}

static bool compare_items(const Comparison *comparison, const YamlNode *before, const YamlNode *after) {
  guint passed = 0;
  const EditChange *change;
  for (guint i = 0; i < before->count; i++)
    if (i >= after->count || !compare_nodes(comparison, before->items[i], after->items[i]))
      return false;
  for (; (change = next_change(comparison, before, passed)) != NULL && change->kind == EDIT_APPEND; passed++)
    if (before->count + passed >= after->count || !compare_nodes(comparison, yaml_root(change->value), after->items[before->count + passed]))
      return false;
  return before->count + passed == after->count && change == NULL;
}

static bool compare_nodes(const Comparison *comparison, const YamlNode *before, const YamlNode *after) {
  const EditChange *change = next_change(comparison, before, 0);
  if (change != NULL && (change->kind == EDIT_SET || change->kind == EDIT_REPLACE)) {
    if (next_change(comparison, before, 1) != NULL) {
      g_autofree char *text = before->kind == YAML_SCALAR ? text_with_changes(comparison, before) : NULL;
      return text != NULL && is_set(before, after, text);
    }
    return change->kind == EDIT_SET ? is_set(before, after, change->text) : compare_nodes(comparison, yaml_root(change->value), after);
  }
  if (before->kind != after->kind || g_strcmp0(before->tag, after->tag) != 0)
    return false;
  if (before->kind == YAML_MAPPING)
    return compare_pairs(comparison, before, after);
  if (before->kind == YAML_SEQUENCE)
    return compare_items(comparison, before, after);
  return before->plain == after->plain && before->length == after->length && memcmp(before->text, after->text, before->length) == 0;
}

bool edit_tree_equal_except(const YamlNode *before, const YamlNode *after, const GPtrArray *changes) {
  g_autoptr(GPtrArray) sorted = g_ptr_array_new();
  g_autoptr(GHashTable) first = g_hash_table_new(NULL, NULL);
  g_ptr_array_extend(sorted, (GPtrArray *)changes, NULL, NULL);
  g_ptr_array_sort(sorted, by_node);
  for (guint i = sorted->len; i > 0; i--)
    g_hash_table_insert(first, (gpointer)((const EditChange *)g_ptr_array_index(sorted, i - 1))->node, GUINT_TO_POINTER(i));
  return compare_nodes(&(Comparison){.changes = sorted, .first = first}, before, after);
}
