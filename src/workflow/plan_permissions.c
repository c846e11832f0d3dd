#include "workflow/plan_build.h"

#include "base/facts.h"

#include <string.h>

#define SHOWN_MAX 3

/* In ascending order of what they allow. */
static const char *const levels[] = {"none", "read", "write", NULL};
typedef enum { LEVEL_NONE, LEVEL_READ, LEVEL_WRITE } Level;

static Level level_named(const char *name) {
  Level level = LEVEL_WRITE;
  while (level > LEVEL_NONE && g_strcmp0(levels[level], name) != 0)
    level--;
  return level;
}

/* Whether the scope has the level at all: id-token has none to read, models none to write. */
static bool scope_has(const char *scope, Level level) {
  const json_t *known = json_object_get(facts_find(FACTS_SCOPES, scope), "levels");
  size_t index;
  json_t *name;
  json_array_foreach ((json_t *)known, index, name)
    if (level_named(json_string_value(name)) == level)
      return true;
  return false;
}

/* read-all and write-all give each scope the most that it has up to there. */
static Level level_of(const WorkflowPermissions *permissions, const char *scope) {
  if (permissions->all.text == NULL) {
    const WorkflowPair *pair = workflow_pair(&permissions->scopes, scope);
    return pair != NULL ? level_named(pair->value.text) : LEVEL_NONE;
  }
  Level level = strcmp(permissions->all.text, "write-all") == 0 ? LEVEL_WRITE : LEVEL_READ;
  while (level > LEVEL_NONE && !scope_has(scope, level))
    level--;
  return level;
}

static void compare(const WorkflowPermissions *wanted, const WorkflowPermissions *allowed, const char *scope, GString *beyond, guint *count) {
  Level want = level_of(wanted, scope), allow = level_of(allowed, scope);
  if (want > allow && (*count)++ < SHOWN_MAX)
    g_string_append_printf(beyond, "%s\"%s: %s\" where the call allows \"%s\"", beyond->len > 0 ? ", " : "", scope, levels[want], levels[allow]);
}

static void check(const PlanJob *caller, const WorkflowPermissions *wanted, const char *who, Diagnostics *diagnostics) {
  g_autoptr(GString) beyond = g_string_new(NULL);
  guint count = 0;
  if (wanted->all.text != NULL)
    for (const char *const *scope = facts_keys(FACTS_SCOPES); *scope != NULL; scope++)
      compare(wanted, caller->permissions, *scope, beyond, &count);
  for (guint i = 0; i < wanted->scopes.count; i++)
    compare(wanted, caller->permissions, wanted->scopes.items[i].name, beyond, &count);
  if (count > SHOWN_MAX)
    g_string_append_printf(beyond, " and %u more", count - SHOWN_MAX);
  if (count > 0)
    diagnostics_add_rule(diagnostics, caller->job->location, "permissions", "%s wants %s", who, beyond->str);
}

void plan_check_permissions(const PlanJob *caller, const PlanFile *file, Diagnostics *diagnostics) {
  const Workflow *workflow = file->workflow;
  if (caller->permissions == NULL)
    return;
  if (workflow->permissions.node != NULL)
    check(caller, &workflow->permissions, file->name, diagnostics);
  for (guint i = 0; i < workflow->job_count; i++) {
    const WorkflowJob *job = &workflow->jobs[i];
    if (job->permissions.node == NULL)
      continue;
    g_autofree char *who = g_strdup_printf("the job \"%s\" of %s", job->id, file->name);
    check(caller, &job->permissions, who, diagnostics);
  }
}
