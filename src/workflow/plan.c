#include "workflow/plan_build.h"

#include "base/fs.h"

#include <string.h>

struct Plan {
  Arena *arena;     /* the tree */
  GPtrArray *files; /* PlanFile */
  const PlanWorkflow *top;
};

typedef struct {
  const PlanSpec *spec;
  Plan *plan;
  Diagnostics *diagnostics;
} Build;

/* ---- the tree ---- */

static void connect(Build *build, PlanWorkflow *planned) {
  g_autoptr(GHashTable) jobs = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  for (guint i = 0; i < planned->job_count; i++)
    g_hash_table_insert(jobs, g_ascii_strdown(planned->jobs[i].job->id, -1), &planned->jobs[i]);
  for (guint i = 0; i < planned->job_count; i++) {
    PlanJob *job = &planned->jobs[i];
    const WorkflowTexts *needs = &job->job->needs;
    job->needs = arena_array(build->plan->arena, const PlanJob *, needs->count);
    for (guint n = 0; n < needs->count; n++) {
      g_autofree char *folded = g_ascii_strdown(needs->items[n].text, -1);
      const PlanJob *needed = g_hash_table_lookup(jobs, folded);
      if (needed != NULL)
        job->needs[job->need_count++] = needed;
    }
  }
}

static const WorkflowPermissions *permissions_of(const PlanWorkflow *planned, const WorkflowJob *job) {
  if (job->permissions.node != NULL)
    return &job->permissions;
  if (planned->workflow->permissions.node != NULL)
    return &planned->workflow->permissions;
  return planned->caller != NULL ? planned->caller->permissions : NULL;
}

static const PlanWorkflow *plan_workflow(Build *build, const PlanFile *file, const PlanJob *caller) {
  PlanWorkflow *planned = arena_alloc(build->plan->arena, sizeof *planned);
  *planned = (PlanWorkflow){.workflow = file->workflow, .caller = caller, .job_count = file->workflow->job_count};
  planned->jobs = arena_array(build->plan->arena, PlanJob, planned->job_count);
  for (guint i = 0; i < planned->job_count; i++) {
    const WorkflowJob *job = &file->workflow->jobs[i];
    const PlanFileJob *known = &file->jobs[i];
    planned->jobs[i] = (PlanJob){
      .job = job,
      .workflow = planned,
      .name = known->name,
      .matrix = known->matrix,
      .dynamic = known->dynamic,
      .legs = known->legs,
      .leg_count = known->leg_count,
      .permissions = permissions_of(planned, job),
    };
  }
  connect(build, planned);
  return planned;
}

/* ---- files ---- */

static PlanFile *add_file(Build *build, const char *name, const char *text, size_t size) {
  PlanFile *file = g_new0(PlanFile, 1);
  file->name = g_strdup(name);
  g_ptr_array_add(build->plan->files, file);
  file->workflow = workflow_parse(file->name, text, size, build->diagnostics);
  return file->workflow != NULL && plan_file_expand(file, build->diagnostics) ? file : NULL;
}

char *plan_read_below(const char *path, size_t *size, void *root, GError **error) {
  g_autofree char *whole = g_build_filename(root, path, NULL);
  return fs_read(whole, PLAN_FILE_MAX_BYTES, size, error);
}

/* ---- the plan ---- */

Plan *plan_new(const PlanSpec *spec, const char *file, const char *text, size_t size, Diagnostics *diagnostics) {
  g_autoptr(Plan) plan = g_new0(Plan, 1);
  guint before = diagnostics_count(diagnostics);
  plan->arena = arena_new();
  plan->files = g_ptr_array_new_with_free_func((GDestroyNotify)plan_file_free);
  Build build = {.spec = spec, .plan = plan, .diagnostics = diagnostics};
  const PlanFile *read = add_file(&build, file, text, size);
  if (read != NULL)
    plan->top = plan_workflow(&build, read, NULL);
  return diagnostics_count(diagnostics) == before ? g_steal_pointer(&plan) : NULL;
}

void plan_free(Plan *plan) {
  g_clear_pointer(&plan->files, g_ptr_array_unref);
  g_clear_pointer(&plan->arena, arena_free);
  g_free(plan);
}

const PlanWorkflow *plan_top(const Plan *plan) {
  return plan->top;
}

/* ---- checks ---- */

static void add_checks(const PlanWorkflow *planned, const char *before, GPtrArray *checks);

static void add_check(const PlanJob *job, const char *before, const char *name, GPtrArray *checks) {
  g_autofree char *whole = g_strconcat(before, *before != '\0' ? " / " : "", name, NULL);
  if (job->called != NULL)
    add_checks(job->called, whole, checks);
  else
    g_ptr_array_add(checks, g_steal_pointer(&whole));
}

static void add_checks(const PlanWorkflow *planned, const char *before, GPtrArray *checks) {
  for (guint i = 0; i < planned->job_count; i++) {
    const PlanJob *job = &planned->jobs[i];
    for (guint n = 0; n < job->leg_count; n++)
      add_check(job, before, job->legs[n].name, checks);
    if (job->dynamic)
      add_check(job, before, job->name, checks);
  }
}

char **plan_checks(const Plan *plan) {
  GPtrArray *checks = g_ptr_array_new();
  add_checks(plan->top, "", checks);
  g_ptr_array_add(checks, NULL);
  return (char **)g_ptr_array_free(checks, FALSE);
}
