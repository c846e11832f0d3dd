#include "workflow/plan_build.h"

struct Plan {
  Arena *arena;      /* the tree */
  GHashTable *files; /* those that it was made from */
  const PlanWorkflow *top;
};

typedef struct {
  Plan *plan;
  PlanFiles files;
  Diagnostics *found;
  guint64 runs;
  bool too_many; /* and said so */
} Build;

/* ---- the tree ---- */

static const PlanJob **needs_of(Build *build, const PlanWorkflow *planned, const PlanFileJob *known) {
  const PlanJob **needs = arena_array(build->plan->arena, const PlanJob *, known->need_count);
  for (guint i = 0; i < known->need_count; i++)
    needs[i] = &planned->jobs[known->needs[i]];
  return needs;
}

static const WorkflowPermissions *permissions_of(const PlanWorkflow *planned, const WorkflowJob *job) {
  if (job->permissions.node != NULL)
    return &job->permissions;
  if (planned->workflow->permissions.node != NULL)
    return &planned->workflow->permissions;
  return planned->caller != NULL ? planned->caller->permissions : NULL;
}

/* Where the tree stands: how deep, and how often it all runs for the matrices above. */
typedef struct {
  guint level;
  guint64 times;
} Place;

static const PlanWorkflow *plan_workflow(Build *build, const PlanFile *file, const PlanJob *caller, Place place);

static bool is_caller(const PlanWorkflow *planned, const PlanFile *file) {
  for (; planned != NULL; planned = planned->caller != NULL ? planned->caller->workflow : NULL)
    if (planned->workflow == file->workflow)
      return true;
  return false;
}

static bool count_runs(Build *build, const PlanJob *job, Place place) {
  build->runs += place.times * MAX(1, job->leg_count);
  if (build->runs > PLAN_JOBS_MAX && !build->too_many) {
    const PlanJob *caller = job->workflow->caller;
    build->too_many = true;
    diagnostics_add_rule(build->found, caller != NULL ? caller->job->uses.location : job->job->location, "matrix",
                         "the plan has more than %d job runs, those of called workflows counted", PLAN_JOBS_MAX);
  }
  return !build->too_many;
}

/* Whether there is an end to calls. */
static bool check_way(Build *build, const PlanJob *job, const PlanFile *file, Place place) {
  Location where = job->job->uses.location;
  bool circle = is_caller(job->workflow, file), deep = place.level == PLAN_LEVELS_MAX;
  if (circle)
    diagnostics_add_rule(build->found, where, "workflow-call", "%s is called by itself, in a circle", file->name);
  else if (deep)
    diagnostics_add_rule(build->found, where, "workflow-call", "workflows call each other more than %d levels deep", PLAN_LEVELS_MAX);
  return !circle && !deep;
}

/* What a job gives is the same whoever calls its file: it is looked at once. */
static bool check_call(Build *build, const WorkflowJob *job, PlanFileJob *known, const PlanFile *file) {
  if (!known->checked)
    known->refused = !plan_check_call(job, file, build->found);
  known->checked = true;
  return !known->refused;
}

static const PlanWorkflow *call(Build *build, const PlanFile *from, const PlanJob *job, Place place) {
  const PlanFile *file = plan_files_called(&build->files, from, job->job);
  if (file == NULL || !check_way(build, job, file, place) || !check_call(build, job->job, &from->jobs[job->job->index], file))
    return NULL;
  plan_check_permissions(job, file, build->found);
  return plan_workflow(build, file, job, (Place){place.level + 1, place.times * MAX(1, job->leg_count)});
}

static PlanJob plan_job(Build *build, const PlanWorkflow *planned, const WorkflowJob *job, const PlanFileJob *known) {
  return (PlanJob){
    .job = job,
    .workflow = planned,
    .name = known->name,
    .needs = needs_of(build, planned, known),
    .need_count = known->need_count,
    .matrix = known->matrix,
    .dynamic = known->dynamic,
    .legs = known->legs,
    .leg_count = known->leg_count,
    .permissions = permissions_of(planned, job),
  };
}

/* The depth of calls is at most PLAN_LEVELS_MAX. */
static const PlanWorkflow *plan_workflow(Build *build, const PlanFile *file, const PlanJob *caller, Place place) {
  PlanWorkflow *planned = arena_alloc(build->plan->arena, sizeof *planned);
  *planned = (PlanWorkflow){.workflow = file->workflow, .file = file->name, .caller = caller, .job_count = file->workflow->job_count};
  planned->jobs = arena_array(build->plan->arena, PlanJob, planned->job_count);
  for (guint i = 0; i < planned->job_count && !build->too_many; i++) {
    const WorkflowJob *job = &file->workflow->jobs[i];
    planned->jobs[i] = plan_job(build, planned, job, &file->jobs[i]);
    if (count_runs(build, &planned->jobs[i], place) && job->uses.text != NULL)
      planned->jobs[i].called = call(build, file, &planned->jobs[i], place);
  }
  return planned;
}

/* ---- the plan ---- */

/* In order, and each once: a file that is called in several places is looked at in each. */
static void move_findings(Diagnostics *found, Diagnostics *diagnostics) {
  diagnostics_sort(found);
  g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  for (guint i = 0; i < diagnostics_count(found); i++) {
    const Diagnostic *finding = diagnostics_at(found, i);
    if (g_hash_table_add(seen, g_strdup_printf("%s:%u:%u: %s", finding->file, finding->line, finding->column, finding->message)))
      diagnostics_add_rule(diagnostics, (Location){finding->file, finding->line, finding->column}, finding->rule, "%s", finding->message);
  }
}

Plan *plan_new(const PlanSpec *spec, const char *file, const char *text, size_t size, Diagnostics *diagnostics) {
  g_autoptr(Diagnostics) found = diagnostics_new();
  g_autoptr(Plan) plan = g_new0(Plan, 1);
  plan->arena = arena_new();
  plan->files = plan_files_new();
  Build build = {.plan = plan, .files = {spec, found, plan->files}, .found = found};
  const PlanFile *top = plan_files_add_top(&build.files, file, text, size);
  if (top != NULL)
    plan->top = plan_workflow(&build, top, NULL, (Place){.level = 1, .times = 1});
  move_findings(found, diagnostics);
  return diagnostics_count(found) == 0 ? g_steal_pointer(&plan) : NULL;
}

void plan_free(Plan *plan) {
  g_clear_pointer(&plan->arena, arena_free);
  g_clear_pointer(&plan->files, g_hash_table_unref);
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
