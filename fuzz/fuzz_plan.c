/* Plans any bytes as workflows that call each other: files divided by lines "---", of which .github/workflows/N.yml is the N-th.
 * There is a plan exactly when there is no finding, and it stays within its limits. */
#include "workflow/plan.h"

#include "base/error.h"

#include <stdint.h>
#include <string.h>

static char *read_part(const char *path, size_t *size, void *user, GError **error) {
  char *const *parts = user;
  guint number = (guint)g_ascii_strtoull(path + strlen(".github/workflows/"), NULL, 10);
  if (number >= g_strv_length((char **)parts)) {
    error_set(error, DROVER_ERROR_NOT_FOUND, "%s: no such file", path);
    return NULL;
  }
  *size = strlen(parts[number]);
  return g_strdup(parts[number]);
}

static void check_plan(const Plan *plan) {
  g_auto(GStrv) checks = plan_checks(plan);
  g_assert_cmpuint(g_strv_length(checks), <=, PLAN_JOBS_MAX);
  json_auto_t *json = plan_json(plan);
  g_assert_cmpuint(json_array_size(json_object_get(json, "jobs")), ==, plan_top(plan)->job_count);
  g_assert_cmpuint(json_array_size(json_object_get(json, "checks")), ==, g_strv_length(checks));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  g_autofree char *text = g_strndup((const char *)data, size);
  g_auto(GStrv) parts = g_strsplit(text, "\n---\n", -1);
  g_autoptr(Diagnostics) findings = diagnostics_new();
  PlanSpec spec = {.read = read_part, .user = parts};
  const char *top = parts[0] != NULL ? parts[0] : "";
  g_autoptr(Plan) plan = plan_new(&spec, ".github/workflows/0.yml", top, strlen(top), findings);
  g_assert_true((plan != NULL) == (diagnostics_count(findings) == 0));
  if (plan != NULL)
    check_plan(plan);
  return 0;
}
