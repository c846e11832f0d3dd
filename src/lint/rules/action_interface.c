#include "lint/rules/action_interface.h"

#include "base/nearest.h"
#include "lint/edit/edit_yaml.h"
#include "lint/view.h"

#include <string.h>

/* An input, wherever it is declared. */
typedef struct {
  const char *name;
  bool is_required;
  const char *deprecated; /* what its author says; NULL: it is not */
  bool is_given;
} Input;

/* What an action takes: its inputs, and the same by name. A tree, since names chosen to collide make a hash table slow. */
typedef struct {
  Input *items;
  guint count;
  GTree *by_name;
  bool is_container; /* it is one, or may be: then it takes `entrypoint` and `args`, too */
} Inputs;

/* ---- what the action takes ---- */

static int compare_names(const void *left, const void *right) {
  return g_ascii_strcasecmp(left, right);
}

static Inputs inputs_new(guint capacity, bool is_container) {
  return (Inputs){.items = g_new0(Input, capacity), .by_name = g_tree_new(compare_names), .is_container = is_container};
}

static void inputs_clear(Inputs *inputs) {
  g_free(inputs->items);
  g_tree_unref(inputs->by_name);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Inputs, inputs_clear)

static void add_input(Inputs *inputs, Input input) {
  Input *added = &inputs->items[inputs->count++];
  *added = input;
  g_tree_insert(inputs->by_name, (gpointer)added->name, added);
}

static Inputs read_local(const Action *action) {
  Inputs inputs = inputs_new(action->inputs.count, action->kind == ACTION_DOCKER);
  for (guint i = 0; i < action->inputs.count; i++) {
    const WorkflowInput *declared = &action->inputs.items[i];
    add_input(&inputs, (Input){
                         .name = declared->name,
                         .is_required = declared->is_required && declared->default_value.node == NULL,
                         .deprecated = declared->deprecation.text,
                       });
  }
  return inputs;
}

static Inputs read_known(const json_t *fact) {
  const char *key;
  json_t *all = json_object_get(fact, "inputs"), *declared;
  Inputs inputs = inputs_new((guint)json_object_size(all), true);
  json_object_foreach (all, key, declared) {
    const char *name = json_string_value(json_object_get(declared, "name"));
    const json_t *deprecated = json_object_get(declared, "deprecated");
    add_input(&inputs, (Input){
                         .name = name != NULL ? name : key,
                         .is_required = json_is_true(json_object_get(declared, "required")),
                         .deprecated = json_is_true(deprecated) ? "" : json_string_value(deprecated),
                       });
  }
  return inputs;
}

/* ---- what the step gives ---- */

#define NAMES_MAX 100 /* that are shown, and among which the nearest is looked for */

static Fix *fix_name(LintFile *file, const WorkflowStep *step, const WorkflowPair *given, const char *name) {
  if (!file->fixing || name == NULL)
    return NULL;
  g_autofree char *description = g_strdup_printf("write \"%s\"", name);
  g_autoptr(Fix) fix = fix_new(description, false);
  bool made = edit_rename_key(lint_edit_tree(file), fix, step->with.node, (guint)(given - step->with.items), name);
  return made ? g_steal_pointer(&fix) : NULL;
}

static void report_unknown(LintFile *file, const WorkflowStep *step, const WorkflowPair *given, const Inputs *inputs) {
  g_autoptr(GPtrArray) names = g_ptr_array_new();
  for (guint i = 0; i < MIN(inputs->count, NAMES_MAX); i++)
    g_ptr_array_add(names, (gpointer)inputs->items[i].name);
  g_ptr_array_add(names, NULL);
  const char *near = nearest_name(given->name, (const char *const *)names->pdata);
  g_autofree char *all = g_strjoinv(", ", (char **)names->pdata);
  LintReport report = {
    .node = given->key,
    .help = near != NULL         ? NULL
            : inputs->count == 0 ? g_strdup("it takes none")
                                 : g_strdup_printf("it takes %s", all),
    .fix = fix_name(file, step, given, near),
  };
  lint_report(file, report, "the action \"%s\" takes no input \"%s\", so it is ignored%s%s%s", step->uses.text, given->name,
              near != NULL ? ", did you mean \"" : "", near != NULL ? near : "", near != NULL ? "\"?" : "");
}

static void report_deprecated(LintFile *file, const WorkflowPair *given, const char *uses, const char *why) {
  g_autofree char *line = g_strdelimit(g_strdup(why), "\r\n\t", ' ');
  g_strstrip(line);
  lint_report(file, (LintReport){.node = given->key}, "the action \"%s\" will stop to take the input \"%s\"%s%s", uses, given->name,
              *line != '\0' ? ": " : "", line);
}

/* Docker actions take these two beside their own. */
static bool is_container_input(const char *name) {
  return g_ascii_strcasecmp(name, "entrypoint") == 0 || g_ascii_strcasecmp(name, "args") == 0;
}

static void check_pair(LintFile *file, const WorkflowStep *step, const WorkflowPair *given, const Inputs *inputs) {
  Input *input = g_tree_lookup(inputs->by_name, given->name);
  if (input == NULL && !(inputs->is_container && is_container_input(given->name)))
    report_unknown(file, step, given, inputs);
  else if (input != NULL && input->deprecated != NULL && !input->is_required)
    report_deprecated(file, given, step->uses.text, input->deprecated);
  if (input != NULL)
    input->is_given = true;
}

static void check_inputs(LintFile *file, const WorkflowStep *step, const Inputs *inputs) {
  bool complete = true;
  for (guint i = 0; i < step->with.count; i++) {
    if (step->with.items[i].name == NULL)
      complete = false;
    else
      check_pair(file, step, &step->with.items[i], inputs);
  }
  for (guint i = 0; complete && i < inputs->count; i++) {
    const Input *input = &inputs->items[i];
    if (input->is_required && !input->is_given)
      lint_report(file, (LintReport){.node = step->uses.node}, "the action \"%s\" needs the input \"%s\", which is not given", step->uses.text,
                  input->name);
  }
}

void action_check_local(LintFile *file, const WorkflowStep *step, const Action *action) {
  g_auto(Inputs) inputs = read_local(action);
  check_inputs(file, step, &inputs);
}

/* Whether a step gives all that is required and nothing unknown or deprecated. Most do, and are spared the table. */
static bool is_plainly_right(const WorkflowStep *step, json_t *inputs) {
  const char *key;
  json_t *input;
  for (guint i = 0; i < step->with.count; i++) {
    const char *name = step->with.items[i].name;
    input = name != NULL ? json_object_get(inputs, name) : NULL;
    if (input == NULL || json_object_get(input, "deprecated") != NULL)
      return false;
  }
  json_object_foreach (inputs, key, input)
    if (json_is_true(json_object_get(input, "required")) && workflow_pair(&step->with, key) == NULL)
      return false;
  return true;
}

void action_check_known(LintFile *file, const WorkflowStep *step, const json_t *fact) {
  if (json_is_true(json_object_get(fact, "any_inputs")) || is_plainly_right(step, json_object_get(fact, "inputs")))
    return;
  g_auto(Inputs) inputs = read_known(fact);
  check_inputs(file, step, &inputs);
}
