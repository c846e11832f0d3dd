/* A run as it is written down in its folder: what was asked (request.json), the journal, and for each job the state and the picture of its
 * folder after each step. From it a run that was killed goes on, and a job is run again from any of its steps.
 *
 *   RUNS/ID/request.json            cli/run/request.h
 *   RUNS/ID/journal                 journal.h
 *   RUNS/ID/record/KEY/             pictures of the job's folder (snapshot.h), "p1" that before the job's second step
 *
 * Entries: run.started {"at"}; job.started {"from": the position at which it goes on, 0 where it begins, and what job/record.h says};
 * step.started {"position", "number", "name", "id"?}; step.ended {the same, "outcome", "conclusion", "report", "annotations"?, "state"?,
 * "failure"?}; job.ended {"result"}; run.ended {"at", "outcome"}. Positions count a job's steps from 0. A step.ended with a state is a
 * checkpoint: no step ran in the background, and there is a picture; so one line says that a step has ended and how to go on behind it.
 *
 * Secrets that have a name are replaced by their names in all that is kept of a state; pictures hold what the job wrote. All of it is
 * for the owner only. Thread-safe.
 */
#pragma once

#include <glib.h>
#include <jansson.h>
#include <stdbool.h>

typedef struct RunRecord RunRecord;

/* Begins one in `dir`, which is there. `request` may be NULL. */
RunRecord *run_record_new(const char *dir, const json_t *request, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Opens one for going on; NOT_FOUND where there is none, CONFLICT while it still goes on or when it has ended. */
RunRecord *run_record_resume(const char *dir, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Opens one for reading what another run is to begin with. */
RunRecord *run_record_read(const char *dir, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void run_record_free(RunRecord *record);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RunRecord, run_record_free)

/* What was asked; NOT_FOUND. Transfer full. */
json_t *run_record_request(const char *dir, GError **error) G_GNUC_WARN_UNUSED_RESULT;

const char *run_record_dir(const RunRecord *record); /* its folder; transfer none */
/* The folder of a job's pictures; transfer full. */
char *run_record_pictures(const RunRecord *record, const char *key);

/* Appends {"kind", "job"?, ...}; the journal's errors. `entry` is transfer full. */
bool run_record_add(RunRecord *record, const char *kind, const char *key, json_t *entry, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Appends run.ended. */
bool run_record_end(RunRecord *record, const char *outcome, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* What an earlier try wrote: the result of a job that ended, or NULL; borrowed. */
const json_t *run_record_result(const RunRecord *record, const char *key);
/* How a job's last try began; NULL: it did not. Borrowed. */
const json_t *run_record_start(const RunRecord *record, const char *key);
/* What a job's last try had come to before the step at `position`, or at the last checkpoint before that (-1: the last of all):
 * {"position", "state", "failure"?, "report": of the steps so far, "annotations"}. Transfer full; NULL: only its beginning. */
json_t *run_record_checkpoint(const RunRecord *record, const char *key, int position);
/* The position of the step that people call `name`: its number, id or name; -1 when there is none. */
int run_record_position(const RunRecord *record, const char *key, const char *name);
/* Keys of the jobs that were started, once each, NULL-terminated; transfer full. */
char **run_record_keys(const RunRecord *record);
/* What came of it: {"started", "outcome": null where the run has not ended, "jobs": [{"key", "id", "conclusion"? , "failed": the position of the
 * step that failed, if one did}]}. Transfer full. */
json_t *run_record_summary(const RunRecord *record);
/* Whether a process writes it. */
bool run_record_is_open(const char *dir);

/* `value` with each secret in its texts replaced by its name, and back. `secrets` is an object of strings. Transfer full. */
json_t *record_hide(const json_t *value, const json_t *secrets);
json_t *record_reveal(const json_t *value, const json_t *secrets);

/* Removes the oldest runs' folders but for the newest `keep_max`; what another process still writes stays. */
void run_records_sweep(const char *runs_dir, guint keep_max);
