#include "lint/contexts/contexts_internal.h"

#include "base/facts.h"

#include <string.h>

/* Each step sees a table of its own of those before it; with more ids than this the work would show, and nothing is said of them. */
#define STEPS_MAX 200

/* ---- what a step leaves behind ---- */

/* The facts of an action that many use, spelled as its owner does or in lower case; NULL: nothing is known of it. */
const json_t *lint_known_action(const char *uses) {
  const json_t *fact = facts_find(FACTS_ACTIONS, uses);
  if (fact != NULL || strpbrk(uses, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == NULL)
    return fact;
  g_autofree char *folded = g_ascii_strdown(uses, -1);
  return facts_find(FACTS_ACTIONS, folded);
}

static const Type *known_outputs(LintFile *file, const json_t *fact) {
  const json_t *outputs = json_object_get(fact, "outputs");
  if (!json_is_array(outputs) || json_is_true(json_object_get(fact, "any_outputs")))
    return &type_any_object;
  size_t count = json_array_size(outputs);
  TypeProperty *properties = arena_array(file->arena, TypeProperty, count);
  for (size_t i = 0; i < count; i++)
    properties[i] = (TypeProperty){json_string_value(json_array_get(outputs, i)), &type_string};
  return type_object(file->arena, properties, count, NULL);
}

/* Of an action that runs a script of the workflow, the script decides. */
#define SCRIPT_ACTION "actions/github-script@"

/* NULL: any texts. */
static const Type *used_outputs(LintFile *file, const char *uses) {
  if (g_ascii_strncasecmp(uses, SCRIPT_ACTION, strlen(SCRIPT_ACTION)) == 0)
    return &type_any_object;
  LookupState state;
  const Action *action = lint_local_action(file, uses, &state, NULL);
  if (action != NULL)
    return action->outputs.node == NULL || action->outputs.node->kind == YAML_MAPPING ? contexts_outputs(file, &action->outputs) : NULL;
  const json_t *fact = lint_known_action(uses);
  return fact != NULL ? known_outputs(file, fact) : NULL;
}

static const Type *result_type(LintFile *file, const WorkflowStep *step) {
  const Type *outputs = step->uses.text != NULL ? used_outputs(file, step->uses.text) : NULL;
  return outputs != NULL ? type_with(file->arena, &type_step, "outputs", outputs) : &type_step;
}

/* ---- those before a step ---- */

static void add_step(LintFile *file, JobContexts *contexts, const WorkflowStep *step) {
  bool is_full = contexts->steps == &type_any_object || contexts->steps->count == STEPS_MAX;
  if (step->id != NULL)
    contexts->steps = is_full ? &type_any_object : type_with(file->arena, contexts->steps, step->id, result_type(file, step));
}

/* Of an expression outside steps all of them: it is evaluated when they have run. */
const Type *contexts_steps(LintFile *file, const WorkflowExpression *expression) {
  const WorkflowJob *job = expression->job;
  if (job == NULL && file->action == NULL)
    return NULL;
  JobContexts *contexts = contexts_of_job(file, job);
  WorkflowStep *const *all = job != NULL ? job->all_steps : file->action->steps;
  guint count = job != NULL ? job->all_step_count : file->action->step_count;
  guint end = expression->step != NULL ? MIN(expression->step->index, count) : count;
  if (contexts->steps == NULL || contexts->steps_end > end) {
    contexts->steps = type_object(file->arena, NULL, 0, NULL);
    contexts->steps_end = 0;
  }
  for (; contexts->steps_end < end; contexts->steps_end++)
    add_step(file, contexts, all[contexts->steps_end]);
  return contexts->steps;
}
