#include "release/gate.h"

#include "base/error.h"

/* The outcome that the release's evidence gives for a workflow; NULL when it has none. */
static const char *outcome_of(const Release *release, const char *workflow) {
  size_t index;
  json_t *check;
  json_array_foreach (release->checks, index, check) {
    if (g_strcmp0(json_string_value(json_object_get(check, "workflow")), workflow) == 0)
      return json_string_value(json_object_get(check, "outcome"));
  }
  return NULL;
}

bool gate_allows(const Project *project, const ProjectEnvironment *environment, const Release *release, GError **error) {
  g_autoptr(GString) reasons = g_string_new(NULL);
  for (char **workflow = project->checks; workflow != NULL && *workflow != NULL; workflow++) {
    const char *outcome = outcome_of(release, *workflow);
    if (g_strcmp0(outcome, "success") != 0)
      g_string_append_printf(reasons, "%scheck %s %s", reasons->len > 0 ? "; " : "", *workflow, outcome != NULL ? outcome : "has no result");
  }
  if (reasons->len == 0)
    return true;
  return error_set(error, DROVER_ERROR_REFUSED, "the gate of %s does not take release %u: %s", environment->name, release->number, reasons->str);
}
