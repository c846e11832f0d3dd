#include "lint/rules/fix_parts.h"

#include "lint/edit/edit_yaml.h"

#include <math.h>

#define MINUTES_USUAL 30

/* The last pair of the mapping with one of the keys. */
static guint last_of(const YamlNode *mapping, const char *const *keys) {
  guint last = EDIT_FIRST;
  for (; *keys != NULL; keys++) {
    guint index = lint_key_index(mapping, *keys);
    if (index != G_MAXUINT && (last == EDIT_FIRST || index > last))
      last = index;
  }
  return last;
}

Fix *fix_pair(LintFile *file, const YamlNode *mapping, const FixPair *pair, bool safe, const char *description) {
  if (!file->fixing || mapping == NULL || mapping->kind != YAML_MAPPING)
    return NULL;
  g_autoptr(Fix) fix = fix_new(description, safe);
  bool made = edit_insert_key(lint_edit_tree(file), fix, mapping, last_of(mapping, pair->behind), pair->key, pair->yaml);
  return made ? g_steal_pointer(&fix) : NULL;
}

Fix *fix_text(LintFile *file, const YamlNode *scalar, const char *text, bool safe, const char *description) {
  if (!file->fixing || scalar == NULL || scalar->kind != YAML_SCALAR)
    return NULL;
  g_autoptr(Fix) fix = fix_new(description, safe);
  return edit_set_scalar(lint_edit_tree(file), fix, scalar, text) ? g_steal_pointer(&fix) : NULL;
}

Fix *fix_expression(LintFile *file, const WorkflowExpression *expression, size_t start, size_t end, const char *text, bool safe,
                    const char *description) {
  if (!file->fixing)
    return NULL;
  g_autoptr(Fix) fix = fix_new(description, safe);
  size_t offset = expression->span.inner + start;
  return edit_replace_in_scalar(lint_edit_tree(file), fix, expression->scalar, offset, end - start, text) ? g_steal_pointer(&fix) : NULL;
}

Fix *fix_time_limit(LintFile *file, const WorkflowJob *job, double max) {
  static const char *const behind[] = {"name", "needs", "if", "runs-on", NULL};
  bool is_there = job->timeout_minutes.node != NULL;
  double minutes = max > 0 && (is_there || max < MINUTES_USUAL) ? floor(max) : MINUTES_USUAL;
  g_autofree char *text = g_strdup_printf("%.0f", minutes);
  if (minutes < 1)
    return NULL;
  return is_there ? fix_text(file, job->timeout_minutes.node, text, false, "take the longest time that is allowed")
                  : fix_pair(file, job->node, &(FixPair){"timeout-minutes", text, behind}, false, "give the job a time limit");
}
