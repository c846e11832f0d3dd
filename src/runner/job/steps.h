/* The order of a job's steps: pre parts, steps, those in the background, post parts. Private to the runner. */
#pragma once

#include "runner/step/step.h"

/* Finds what the steps use, so that their pre parts are known. */
bool job_find_actions(Job *job, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void job_run_steps(Job *job);

/* Tells of a step of the job; any thread. */
void job_step_started(const Step *step);
void job_step_ended(const Step *step);
/* "step "Run tests" (ci.yml:31) ended with status 1"; transfer full. */
char *job_step_place(const Step *step);
