#include "workflow/action.h"

#include "workflow/read.h"
#include "workflow/schema.h"

/* ---- the model ---- */

static void read_runs(Arena *arena, Action *action, const YamlNode *runs) {
  WorkflowStep **all;
  guint all_count;
  action->runs = runs;
  action->using = model_key(runs, "using");
  action->kind = action_kind(action->using.text);
  action->main = model_key(runs, "main");
  action->pre = model_key(runs, "pre");
  action->pre_if = model_key(runs, "pre-if");
  action->post = model_key(runs, "post");
  action->post_if = model_key(runs, "post-if");
  action->image = model_key(runs, "image");
  action->entrypoint = model_key(runs, "entrypoint");
  action->pre_entrypoint = model_key(runs, "pre-entrypoint");
  action->post_entrypoint = model_key(runs, "post-entrypoint");
  action->args = model_texts(arena, yaml_get(runs, "args"));
  action->env = model_pairs(arena, yaml_get(runs, "env"));
  action->steps = model_steps(arena, yaml_get(runs, "steps"), NULL, &action->step_count, &all, &all_count);
}

static Action *read_action(YamlDocument *document) {
  Arena *arena = yaml_arena(document);
  const YamlNode *root = yaml_root(document), *branding = yaml_get(root, "branding");
  Action *action = arena_alloc(arena, sizeof *action);
  action->document = document;
  action->file = root->location.file;
  action->name = model_key(root, "name");
  action->author = model_key(root, "author");
  action->description = model_key(root, "description");
  action->inputs = model_inputs(arena, yaml_get(root, "inputs"));
  action->outputs = model_outputs(arena, yaml_get(root, "outputs"));
  action->branding = branding;
  action->icon = model_key(branding, "icon");
  action->color = model_key(branding, "color");
  read_runs(arena, action, yaml_get(root, "runs"));
  return action;
}

/* ---- the file ---- */

static Action *parse(const char *file, const char *text, size_t size, bool lenient, Diagnostics *diagnostics) {
  g_autoptr(Reading) reading = reading_new(file, text, size, &shape_action, "an action (a mapping with \"name\" and \"runs\")", lenient, diagnostics);
  if (reading == NULL || !(reading->valid || lenient))
    return NULL;
  Action *action = read_action(g_steal_pointer(&reading->document));
  action->valid = reading->valid;
  action->source = lenient ? g_steal_pointer(&reading->source) : NULL;
  action->expressions = reading_expressions(reading, yaml_arena(action->document), NULL, 0, action->steps, action->step_count);
  return action;
}

Action *action_parse(const char *file, const char *text, size_t size, Diagnostics *diagnostics) {
  return parse(file, text, size, false, diagnostics);
}

Action *action_parse_lenient(const char *file, const char *text, size_t size, Diagnostics *diagnostics) {
  return parse(file, text, size, true, diagnostics);
}

void action_free(Action *action) {
  for (guint i = 0; i < action->expressions.count; i++)
    expression_free((Expression *)action->expressions.items[i].expression);
  g_clear_pointer(&action->source, source_free);
  yaml_document_free(action->document);
}
