#include "lint/rules/coordinate.h"

#include <string.h>

static bool is_one_of(const char *text, const char *const *words) {
  return words != NULL && g_strv_contains(words, text);
}

/* An input that is one expression may be anything; of a filled one, something. */
static Usage judge_text(const InputRow *row, const WorkflowText *value) {
  bool is_true;
  if (value->text == NULL)
    return USAGE_MAYBE;
  if (row->kind == INPUT_FILLED)
    is_true = *value->text != '\0';
  else if (lint_has_expression(value))
    return USAGE_MAYBE;
  else
    is_true = row->kind == INPUT_BOOLEAN ? g_ascii_strcasecmp(value->text, "false") != 0 : is_one_of(value->text, row->words);
  return is_true != row->is_off ? USAGE_ON : USAGE_OFF;
}

static Usage judge_input(const InputRow *row, const WorkflowStep *step) {
  const WorkflowPair *pair = workflow_pair(&step->with, row->input);
  if (pair != NULL)
    return judge_text(row, &pair->value);
  return row->by_default ? USAGE_ON : USAGE_OFF;
}

static Usage judge_version(const Used *used, unsigned below) {
  Semver version;
  if (below == 0)
    return USAGE_ON;
  if (!semver_parse(used_version(used).version, &version))
    return USAGE_MAYBE;
  return version.numbers[0] < below ? USAGE_ON : USAGE_OFF;
}

static Usage judge_row(const Used *used, const CoordinateRow *row) {
  Usage usage = judge_version(used, row->below);
  for (size_t i = 0; i < G_N_ELEMENTS(row->inputs) && row->inputs[i].input != NULL; i++)
    usage = MIN(usage, judge_input(&row->inputs[i], used->step));
  return usage;
}

/* `with: ${{ ... }}` gives inputs that nobody can see here. */
static bool is_opaque(const WorkflowStep *step) {
  for (guint i = 0; i < step->with.count; i++)
    if (step->with.items[i].name == NULL)
      return true;
  return false;
}

Usage coordinate_usage(const Used *used, const CoordinateRow *table, const CoordinateRow **row) {
  Usage best = USAGE_OFF;
  for (; used->step != NULL && table->action != NULL && best != USAGE_ON; table++) {
    if (!used_is(used->uses, table->action))
      continue;
    Usage usage = judge_row(used, table);
    if (table->inputs[0].input != NULL && is_opaque(used->step))
      usage = USAGE_MAYBE;
    if (usage <= best)
      continue;
    best = usage;
    if (row != NULL)
      *row = table;
  }
  return best;
}
