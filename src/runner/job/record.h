/* What a job writes into the run's record (record/record.h): each step's start before it begins, what came of it before the next does.
 * Private to the runner.
 *
 * Beside what record.h says, job.started has what a replay needs: {"number": of its folder, "name", "id", "success", "failure", "matrix",
 * "strategy", "needs", "inputs", "secrets", "workflow_ref"?, "workflow_sha"?}. Secrets stand in it by their names, in a state the job's folder, too, and what
 * was given to ::add-mask::; the values of the latter are in record/KEY/masks, for the owner only.
 *
 * A job with containers has no checkpoints: what they hold is in no picture.
 */
#pragma once

#include "runner/step/step.h"

/* At most so much is kept of a job's folder, over all its steps. */
#define JOB_RECORD_MAX_BYTES ((int64_t)2 << 30)

/* Begins the job's record; the folders are there, and what it goes on from is known. Does nothing where the run has no record. */
void job_record_begin(Job *job);
void job_record_free(JobRecording *recording);

void job_record_start(const Step *step);
/* The job and its contexts know the outcome already. A checkpoint where no step runs in the background. */
void job_record_end(const Step *step, json_t *report);
void job_record_result(Job *job);

/* What record_hide() and record_reveal() take for a state of this job. Transfer full; it holds secrets. */
json_t *job_record_names(const Job *job);
/* The file of the values of ::add-mask::; transfer full. */
char *job_record_masks(const RunRecord *record, const char *key);
