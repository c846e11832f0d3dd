/* What a run has done, written down before the next thing begins, so that it can go on after any crash and be run again from any step.
 *
 * RUNS/ID/journal: a line of JSON an entry, each with the hash of the one before; appended with one write(2), which survives the death of
 * every process; flushed to the disk behind the run's back, at most a second later, so that power loss costs no more than that. A last
 * line that is cut is dropped when it is read. Secrets are never in it. Thread-safe.
 */
#pragma once

#include <glib.h>
#include <jansson.h>
#include <stdbool.h>

typedef struct RunJournal RunJournal;

/* Opens for appending; makes it when missing. CONFLICT while another process has it open. */
RunJournal *run_journal_open(const char *dir, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void run_journal_close(RunJournal *journal);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RunJournal, run_journal_close)

/* `entry` is an object with "kind" (transfer none). With DROVER_CRASH_AT=run-journal:N in the environment the process dies (SIGKILL)
 * right after the N-th entry. */
bool run_journal_append(RunJournal *journal, json_t *entry, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* All entries of a run's journal, checked; CORRUPT names the first line that does not fit. Transfer full: a list. */
json_t *run_journal_read(const char *dir, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Whether a process has it open for appending. */
bool run_journal_is_open(const char *dir);
