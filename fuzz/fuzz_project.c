/* Reads any bytes as a project file, and holds the outcome to what project.h promises: a project, or findings with a place. */
#include "release/project.h"

#include <stdint.h>
#include <string.h>

static void check_findings(const Diagnostics *diagnostics) {
  g_assert_cmpuint(diagnostics_count(diagnostics), >, 0);
  for (guint i = 0; i < diagnostics_count(diagnostics); i++) {
    const Diagnostic *finding = diagnostics_at(diagnostics, i);
    g_assert_cmpstr(finding->file, ==, "drover.yaml");
    g_assert_cmpuint(finding->line, >, 0);
    g_assert_cmpuint(finding->column, >, 0);
    g_assert_true(g_utf8_validate(finding->message, -1, NULL));
    g_assert_null(strpbrk(finding->message, "\n\r\x1b"));
  }
}

static void check_project(const Project *project, size_t size) {
  g_assert_cmpuint(strlen(project->text), <=, size);
  for (guint i = 0; i < project->images->len; i++) {
    const ProjectImage *image = project->images->pdata[i];
    g_assert_true(project_image(project, image->name) == image);
    g_assert_true(*image->context != '/' && *image->dockerfile != '/' && strcmp(image->context, "..") != 0);
    g_assert_false(g_str_has_prefix(image->context, "../"));
    g_assert_null(strstr(image->context, "/../"));
    g_assert_nonnull(image->platforms[0]);
  }
  for (guint i = 0; i < project->services->len; i++) {
    const ProjectService *service = project->services->pdata[i];
    g_assert_nonnull(project_image(project, service->image));
    g_assert_true(service->port >= 1 && service->port <= 65535 && service->replicas >= 1);
    g_assert_true(service->health.interval_ms > 0 && service->health.timeout_ms > 0 && service->health.attempts > 0);
    g_assert_true(service->secrets != NULL && service->env != NULL && service->scratch != NULL && service->before_start != NULL);
    g_assert_true(service->migrate.run == NULL || service->migrate.run[0] != NULL);
  }
  g_assert_cmpuint(project->routes->len, >, 0);
  for (guint i = 0; i < project->routes->len; i++)
    g_assert_nonnull(project_service(project, ((const ProjectRoute *)project->routes->pdata[i])->service));
  for (guint i = 0; i < project->environments->len; i++) {
    const ProjectEnvironment *environment = project->environments->pdata[i];
    g_assert_true(environment->branch != NULL && strchr(environment->listen, ':') != NULL && environment->drain_ms >= 0);
    g_assert_cmpstr(environment->strategy, ==, "blue-green");
    g_assert_cmpstr(environment->hosts[0], ==, "local");
  }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
  g_autoptr(Diagnostics) diagnostics = diagnostics_new();
  g_autoptr(Project) project = project_parse("drover.yaml", (const char *)bytes, size, diagnostics);
  if (project == NULL) {
    check_findings(diagnostics);
    return 0;
  }
  g_assert_cmpuint(diagnostics_count(diagnostics), ==, 0);
  check_project(project, size);
  g_auto(GStrv) names = project_secret_names(project, true);
  g_assert_nonnull(names);
  return 0;
}
