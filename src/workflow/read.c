#include "workflow/read.h"

Workflow *model_workflow(YamlDocument *document) {
  Arena *arena = yaml_arena(document);
  const YamlNode *root = yaml_root(document);
  Workflow *workflow = arena_alloc(arena, sizeof *workflow);
  workflow->document = document;
  workflow->file = root->location.file;
  workflow->name = model_key(root, "name");
  workflow->run_name = model_key(root, "run-name");
  workflow->on = yaml_get(root, "on");
  workflow->events = model_events(arena, workflow->on, &workflow->event_count);
  workflow->permissions = model_permissions(arena, yaml_get(root, "permissions"));
  workflow->env = model_pairs(arena, yaml_get(root, "env"));
  workflow->defaults = model_defaults(root);
  workflow->concurrency = model_concurrency(yaml_get(root, "concurrency"));
  workflow->jobs = model_jobs(arena, yaml_get(root, "jobs"), &workflow->job_count);
  return workflow;
}
