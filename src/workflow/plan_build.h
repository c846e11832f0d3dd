/* How a plan comes about. Private to plan*.c. */
#pragma once

#include "workflow/plan.h"

/* What of a job is the same whoever calls its file. */
typedef struct {
  char *name;
  json_t *matrix; /* NULL: none */
  bool dynamic;
  PlanLeg *legs;
  guint leg_count;
  guint *needs; /* indexes of jobs, each once */
  guint need_count;
  bool checked; /* what it gives to the workflow that it calls */
  bool refused; /* that one cannot be called */
} PlanFileJob;

/* A workflow that was read, once however often it is called. */
typedef struct {
  char *name;               /* what findings call it */
  char *owner, *repo, *ref; /* NULL: of the repository that is planned */
  Workflow *workflow;
  PlanFileJob *jobs; /* as many as the workflow has */
  bool good;         /* false: something is wrong, and was reported */
} PlanFile;

typedef struct {
  const PlanSpec *spec;
  Diagnostics *diagnostics;
  GHashTable *files; /* by its name, for other repositories in lower case -> PlanFile */
} PlanFiles;

/* ---- files (plan_files.c) ---- */

GHashTable *plan_files_new(void);

/* Reads the file's text. Transfer none; NULL, with findings, when something is wrong in it. */
PlanFile *plan_files_add_top(const PlanFiles *files, const char *name, const char *text, size_t size) G_GNUC_WARN_UNUSED_RESULT;

/* The workflow that a job in `from` calls. Transfer none; NULL, with findings the first time, when it cannot be had or something is
 * wrong in it, and without when nobody looks for it. */
PlanFile *plan_files_called(const PlanFiles *files, const PlanFile *from, const WorkflowJob *job) G_GNUC_WARN_UNUSED_RESULT;

/* ---- jobs (plan_jobs.c) ---- */

/* Fills `file->jobs`. False, with findings, when a matrix cannot be expanded. */
bool plan_file_read_jobs(PlanFile *file, Diagnostics *diagnostics) G_GNUC_WARN_UNUSED_RESULT;
void plan_file_jobs_free(PlanFile *file);

/* ---- what a call must keep (plan_call.c, plan_permissions.c) ---- */

/* Whether `file` may be called at all, and gets the inputs and secrets that it wants; what is wrong is reported. */
bool plan_check_call(const WorkflowJob *job, const PlanFile *file, Diagnostics *diagnostics) G_GNUC_WARN_UNUSED_RESULT;

/* Reports what `file` and its jobs ask for beyond the permissions of the job that calls it. */
void plan_check_permissions(const PlanJob *caller, const PlanFile *file, Diagnostics *diagnostics);
