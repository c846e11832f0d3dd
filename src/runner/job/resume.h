/* How a job goes on behind the steps that an earlier try of the run, or the run that is replayed, has ended: its folder is put back, its
 * state loaded, and those steps are left out. Where nothing is recorded, or the record is damaged, it begins. Private to the runner.
 */
#pragma once

#include "runner/job/job.h"

/* The job's folder, with what it held at the checkpoint if there is one; else it is not there. Sets folder_number, resumed and behind.
 * Transfer full. */
char *job_resume_folder(Job *job);
/* The job's state, report and annotations. Needs the folders and the secrets. */
bool job_resume_state(Job *job, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Finds actions again whose post step was promised and that were read when their step ran. Needs job_find_actions(). */
bool job_resume_actions(Job *job, GError **error) G_GNUC_WARN_UNUSED_RESULT;
