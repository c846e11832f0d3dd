/* What a workflow is going to do, worked out before anything runs: its jobs with their matrices expanded, which job waits for which,
 * and the workflows that it calls, read and planned likewise.
 *
 * Nothing is evaluated that a run decides: `if:`, names and labels with other contexts than matrix and strategy keep their ${{ }},
 * and a matrix that names a context is marked dynamic and not expanded. What GitHub refuses before a run starts (a call without
 * a required input, with more permissions than its caller has, in a circle, ...) becomes a located finding, and there is no plan.
 *
 * A plan owns every file that it read. Immutable; its JSON values are shared, so nobody may change them. Files come from outside:
 * their number, their depth and the number of jobs that they may ask for have limits.
 */
#pragma once

#include "base/diagnostics.h"
#include "git/mirror.h"
#include "workflow/workflow.h"

#include <glib.h>
#include <jansson.h>
#include <stdbool.h>

#define PLAN_LEVELS_MAX 10    /* GitHub's limit: the workflow, and nine below it */
#define PLAN_WORKFLOWS_MAX 50 /* GitHub's limit on different workflows that are called */
#define PLAN_JOBS_MAX 10000   /* job runs altogether, each combination of each matrix counted */
#define PLAN_FILE_MAX_BYTES ((size_t)1 << 20)

typedef struct Plan Plan;
typedef struct PlanWorkflow PlanWorkflow;
typedef struct PlanJob PlanJob;

/* One run of a job: with a combination of its matrix, or the only one. */
typedef struct {
  char *name;     /* as GitHub shows it: "test (linux, 3.11)" */
  json_t *matrix; /* NULL: the job has no matrix */
} PlanLeg;

struct PlanJob {
  const WorkflowJob *job;
  const PlanWorkflow *workflow; /* that it stands in */
  const char *name;             /* without a combination */
  const PlanJob **needs;
  guint need_count;
  const json_t *matrix; /* with its constant expressions evaluated; as written when dynamic; NULL: none */
  bool dynamic;         /* what the matrix holds is known when the job starts: there are no legs yet */
  const PlanLeg *legs;
  guint leg_count;
  const WorkflowPermissions *permissions; /* that apply: its own, its file's, its caller's; NULL: what the repository's settings give */
  const PlanWorkflow *called;             /* NULL: it calls none, or one that nobody looked for: of another repository, without a mirror */
};

struct PlanWorkflow {
  const Workflow *workflow;
  const char *file;      /* what findings call it: a path, or "owner/repo/path@ref" */
  const PlanJob *caller; /* NULL: the file that was asked for */
  PlanJob *jobs;         /* in the file's order */
  guint job_count;
};

/* Reads a file of the repository, `path` counted from its top: NUL-terminated bytes, transfer full. NOT_FOUND when it is not there. */
typedef char *(*PlanReadFunc)(const char *path, size_t *size, void *user, GError **error);

typedef struct {
  PlanReadFunc read;
  void *user;
  Mirror *mirror; /* where other repositories lie; NULL: their workflows are not looked for */
} PlanSpec;

/* A PlanReadFunc; `root` is the repository's top folder, a path. */
char *plan_read_below(const char *path, size_t *size, void *root, GError **error);

/* Plans the workflow in `text`; `file` is what locations call it. NULL exactly when findings were added, of whichever file. */
Plan *plan_new(const PlanSpec *spec, const char *file, const char *text, size_t size, Diagnostics *diagnostics) G_GNUC_WARN_UNUSED_RESULT;
void plan_free(Plan *plan);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Plan, plan_free)

const PlanWorkflow *plan_top(const Plan *plan);

/* The names under which GitHub shows what runs: "build (v1) / test (linux)", one for each run of a job that has steps, or whose
 * workflow was not looked for. A dynamic job stands for its runs. Transfer full, NULL-terminated. */
char **plan_checks(const Plan *plan);

/* For scripts; transfer full. {"file", "name", "events": [name], "jobs": [{"id", "name", "needs": [id], "if", "runs_on",
 * "environment", "permissions", "matrix", "dynamic", "legs": [{"name", "matrix"}], "uses", "workflow", "steps": [...]}], "checks":
 * [name]}. What is absent is null. "workflow" has the same members but "checks"; "runs_on" is text, a list or {"group", "labels"};
 * "permissions" is "read-all", "write-all" or a scope's level by its name; a step is {"id", "name"} and one of "uses", "run",
 * "wait", "wait-all", "cancel", or "parallel" with steps. */
json_t *plan_json(const Plan *plan);
