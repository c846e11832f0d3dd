#include "lint/contexts/contexts_internal.h"

#include <stdlib.h>
#include <string.h>

/* ---- what jobs leave behind ---- */

static int compare_id(const void *id, const void *job) {
  return g_ascii_strcasecmp(id, (*(const WorkflowJob *const *)job)->id);
}

static const WorkflowJob *find_job(LintFile *file, const char *id) {
  guint count = file->workflow->job_count;
  const WorkflowJob *const *found = count == 0 ? NULL : bsearch(id, contexts_of(file)->by_id, count, sizeof(const WorkflowJob *), compare_id);
  return found != NULL ? *found : NULL;
}

/* Those of a called workflow are known when it lies in this repository. NULL: any. */
static const Type *called_outputs(LintFile *file, const WorkflowJob *job) {
  LookupState state;
  const Workflow *called = lint_local_workflow(file, job->uses.text, &state, NULL);
  const WorkflowEvent *call = called != NULL ? workflow_event(called, "workflow_call") : NULL;
  return call != NULL ? contexts_outputs(file, &call->outputs) : NULL;
}

static const Type *own_outputs(LintFile *file, const WorkflowJob *job) {
  TypeProperty *properties = arena_array(file->arena, TypeProperty, job->outputs.count);
  for (guint i = 0; i < job->outputs.count; i++) {
    if (job->outputs.items[i].name == NULL)
      return NULL;
    properties[i] = (TypeProperty){job->outputs.items[i].name, &type_string};
  }
  return type_object(file->arena, properties, job->outputs.count, NULL);
}

static const Type *result_type(LintFile *file, const WorkflowJob *job) {
  const Type *outputs = job->uses.text != NULL ? called_outputs(file, job) : own_outputs(file, job);
  return outputs != NULL ? type_with(file->arena, &type_need, "outputs", outputs) : &type_need;
}

static const Type *make_needs(LintFile *file, const WorkflowJob *job) {
  TypeProperty *properties = arena_array(file->arena, TypeProperty, job->needs.count);
  size_t count = 0;
  for (guint i = 0; i < job->needs.count; i++) {
    const WorkflowJob *needed = find_job(file, job->needs.items[i].text);
    const Type *type = needed != NULL ? result_type(file, needed) : &type_any; /* the reader tells of a job that is not there */
    properties[count++] = (TypeProperty){job->needs.items[i].text, type};
  }
  return type_object(file->arena, properties, count, NULL);
}

const Type *contexts_needs(LintFile *file, const WorkflowExpression *expression) {
  if (expression->job == NULL)
    return NULL;
  JobContexts *contexts = contexts_of_job(file, expression->job);
  if (contexts->needs == NULL)
    contexts->needs = make_needs(file, expression->job);
  return contexts->needs;
}

static const Type *make_jobs(LintFile *file) {
  guint count = file->workflow->job_count;
  TypeProperty *properties = arena_array(file->arena, TypeProperty, count);
  for (guint i = 0; i < count; i++) {
    const WorkflowJob *job = &file->workflow->jobs[i];
    properties[i] = (TypeProperty){job->id, result_type(file, job)};
  }
  return type_object(file->arena, properties, count, NULL);
}

const Type *contexts_jobs(LintFile *file, const WorkflowExpression *expression G_GNUC_UNUSED) {
  if (file->workflow == NULL)
    return NULL;
  LintContexts *contexts = contexts_of(file);
  if (contexts->jobs == NULL)
    contexts->jobs = make_jobs(file);
  return contexts->jobs;
}

/* ---- services ---- */

/* The port in a container of "8080:80/tcp" as it is a key of job.services.<id>.ports; NULL: it is not written out. */
static const char *container_port(LintFile *file, const char *mapping) {
  const char *colon = strrchr(mapping, ':'), *port = colon != NULL ? colon + 1 : mapping;
  size_t digits = strspn(port, "0123456789");
  bool is_port = digits > 0 && (port[digits] == '\0' || port[digits] == '/');
  return is_port ? arena_strndup(file->arena, port, digits) : NULL;
}

static const Type *ports_type(LintFile *file, const WorkflowContainer *service) {
  TypeProperty *properties = arena_array(file->arena, TypeProperty, service->ports.count);
  bool known = service->node->kind == YAML_MAPPING;
  for (guint i = 0; known && i < service->ports.count; i++) {
    properties[i] = (TypeProperty){container_port(file, service->ports.items[i].text), &type_string};
    known = properties[i].name != NULL;
  }
  return known ? type_object(file->arena, properties, service->ports.count, NULL) : &type_env;
}

static const Type *make_job(LintFile *file, const WorkflowJob *job) {
  if (job->services_node != NULL && job->services_node->kind != YAML_MAPPING)
    return &type_job;
  const Type *service = type_property(&type_job, "services", strlen("services"))->rest;
  TypeProperty *properties = arena_array(file->arena, TypeProperty, job->service_count);
  for (guint i = 0; i < job->service_count; i++)
    properties[i] = (TypeProperty){job->services[i].id, type_with(file->arena, service, "ports", ports_type(file, &job->services[i]))};
  return type_with(file->arena, &type_job, "services", type_object(file->arena, properties, job->service_count, NULL));
}

const Type *contexts_job(LintFile *file, const WorkflowExpression *expression) {
  if (expression->job == NULL)
    return &type_job;
  JobContexts *contexts = contexts_of_job(file, expression->job);
  if (contexts->job == NULL)
    contexts->job = make_job(file, expression->job);
  return contexts->job;
}
