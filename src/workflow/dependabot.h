/* The typed model of a dependabot.yml: which updates are made, and from which registries.
 *
 * Like action.h: what GitHub refuses becomes located diagnostics, the model lives in the arena of its document, is immutable and may
 * be read by any thread. Follows GitHub's Dependabot options reference.
 */
#pragma once

#include "workflow/workflow.h"

typedef struct {
  const YamlNode *node;       /* its mapping */
  WorkflowText ecosystem;     /* "npm", "github-actions", ... */
  const YamlNode *cooldown;   /* NULL when absent */
  WorkflowText default_days;  /* of the cooldown, as written */
  WorkflowText external_code; /* insecure-external-code-execution: allow or deny */
  WorkflowText group;         /* multi-ecosystem-group */
} DependabotUpdate;

typedef struct {
  const char *name;
  const YamlNode *key;
  const YamlNode *node; /* its settings */
  WorkflowText type;
  WorkflowText url;
} DependabotRegistry;

typedef struct {
  const char *file;
  bool valid;
  DependabotUpdate *updates;
  guint update_count;
  DependabotRegistry *registries;
  guint registry_count;
  YamlDocument *document;
  Source *source;
} Dependabot;

/* As workflow_parse_lenient(): a model of what can be read, with findings. `text` must outlive it. */
Dependabot *dependabot_parse_lenient(const char *file, const char *text, size_t size, Diagnostics *diagnostics) G_GNUC_WARN_UNUSED_RESULT;
void dependabot_free(Dependabot *dependabot);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Dependabot, dependabot_free)
