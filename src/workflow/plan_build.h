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
} PlanFileJob;

/* A workflow that was read, once however often it is called. */
typedef struct {
  char *name;         /* what findings call it */
  Workflow *workflow; /* NULL: something is wrong, and was reported */
  PlanFileJob *jobs;  /* as many as the workflow has */
} PlanFile;

void plan_file_free(PlanFile *file);

/* ---- names and matrices (plan_legs.c) ---- */

/* Fills `file->jobs`. False, with findings, when a matrix cannot be expanded. */
bool plan_file_expand(PlanFile *file, Diagnostics *diagnostics) G_GNUC_WARN_UNUSED_RESULT;
