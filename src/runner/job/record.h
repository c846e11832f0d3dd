/* What a job writes into the run's record (record/record.h): each step's start before it begins, what came of it before the next does.
 * Private to the runner.
 *
 * step.started {"position", "number", "name", "id"?, "stage"}; step.ended {"position", "outcome", "conclusion"}; checkpoint {"position":
 * that of the step that is next, "state": job_state_json()} where no step runs in the background; job.ended {"result"}. Positions count a
 * job's steps from 0, pre and post parts included. Secrets stand in them by their names.
 */
#pragma once

#include "runner/step/step.h"

void job_record_begin(Job *job);
void job_record_start(const Step *step);
void job_record_end(const Step *step);
/* On the job's thread, between two steps. */
void job_record_checkpoint(Job *job);
void job_record_result(Job *job);
