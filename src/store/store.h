/* What drover remembers: releases, check runs, rollouts, what each environment runs, and the journal.
 *
 * One SQLite database, DATA/drover.db (WAL, foreign keys, synchronous FULL); its schema grows by src/store/schema/NNN-*.sql,
 * applied in order, each in one transaction. Every function is one transaction: when it returns true the change is on disk.
 * A Store may be used from any thread (it locks itself); several processes may have the same database open.
 *
 * Structs returned are transfer full, freed with their _free function; ids are 26-character ULIDs (base/id.h); times are
 * microseconds since the Unix epoch, and 0 means "not yet".
 */
#pragma once

#include <glib.h>
#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct Store Store;

/* Opens or creates DATA/drover.db. CORRUPT when it is not a database or its schema is newer than this drover. */
Store *store_open(const char *data_dir, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void store_close(Store *store);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Store, store_close)

/* ---- the journal: append-only, hash-chained -------------------------------------------------------------------------- */

typedef struct {
  int64_t sequence; /* from 1, without gaps */
  int64_t at_us;
  char *actor;   /* who: a user name, or "drover" */
  char *kind;    /* "release.recorded", "rollout.step", "rollout.ended", ... */
  char *subject; /* what it is about: a release, run or rollout id */
  json_t *data;  /* an object */
  char *hash;    /* "sha256:..." over the previous hash and this entry */
} JournalEntry;

void journal_entry_free(JournalEntry *entry);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(JournalEntry, journal_entry_free)

/* Appends one entry; `data` is an object or NULL, transfer none. Every other function of this header that changes something
 * writes its own entry in the same transaction. */
bool journal_append(Store *store, const char *actor, const char *kind, const char *subject, json_t *data, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Entries from `after` (exclusive) on, at most `max`; a GPtrArray of JournalEntry. `subject` NULL: all. */
GPtrArray *journal_read(Store *store, const char *subject, int64_t after, guint max, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Recomputes the chain. CORRUPT names the first entry that does not fit. `count` may be NULL. */
bool journal_verify(Store *store, int64_t *count, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* ---- check runs ------------------------------------------------------------------------------------------------------ */

typedef struct {
  char *id;
  char *project;
  char *commit;   /* 40 hexadecimal digits */
  char *workflow; /* path in the repository */
  char *outcome;  /* "running", "success", "failure", "cancelled" */
  int64_t started_us;
  int64_t ended_us;
  char *log; /* path of its log file, relative to DATA */
} CheckRun;

void check_run_free(CheckRun *run);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CheckRun, check_run_free)

/* Records that a run begins; `id` and `log` are the caller's. Ending a run that has ended is CONFLICT. */
bool check_run_begin(Store *store, const CheckRun *run, GError **error) G_GNUC_WARN_UNUSED_RESULT;
bool check_run_end(Store *store, const char *id, const char *outcome, int64_t ended_us, GError **error) G_GNUC_WARN_UNUSED_RESULT;
CheckRun *check_run_get(Store *store, const char *id, GError **error) G_GNUC_WARN_UNUSED_RESULT; /* NOT_FOUND */

/* The latest successful run of `workflow` on `commit`, or NULL with no error set. */
CheckRun *check_run_find_success(Store *store, const char *project, const char *commit, const char *workflow,
                                 GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Runs still marked as running; GPtrArray of CheckRun. */
GPtrArray *check_run_list_running(Store *store, const char *project, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* ---- releases: never changed, the schema refuses it ------------------------------------------------------------------ */

typedef struct {
  char *id;
  char *project;
  unsigned number; /* 1, 2, ... within the project; what people say: "release 4" */
  char *commit;
  char *subject;      /* first line of the commit's message */
  char *author;       /* "Name <mail>" of the commit */
  json_t *images;     /* {"backend": "sha256:...", ...} */
  char *project_file; /* text of drover.yaml at the commit */
  json_t *checks;     /* [{"workflow", "run", "outcome"}] */
  int64_t recorded_us;
} Release;

void release_free(Release *release);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Release, release_free)

/* Records it, with `id`, `number` and `recorded_us` given by the store (ignored in `release`, written into `made`, transfer
 * full). CONFLICT when the commit has a release already. */
bool release_record(Store *store, const Release *release, const char *actor, int64_t now_us, Release **made,
                    GError **error) G_GNUC_WARN_UNUSED_RESULT;
Release *release_get(Store *store, const char *id, GError **error) G_GNUC_WARN_UNUSED_RESULT; /* NOT_FOUND */
Release *release_find_commit(Store *store, const char *project, const char *commit,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;                                                     /* NULL, no error: none */
Release *release_find_number(Store *store, const char *project, unsigned number, GError **error) G_GNUC_WARN_UNUSED_RESULT; /* NULL, no error: none */
GPtrArray *release_list(Store *store, const char *project, guint max, GError **error) G_GNUC_WARN_UNUSED_RESULT;            /* newest first */

/* ---- rollouts -------------------------------------------------------------------------------------------------------- */

typedef struct {
  char *id;
  char *project;
  char *environment;
  char *release;      /* id of the release that it moves to */
  char *from_release; /* id, or NULL for the first */
  char *actor;
  char *state;   /* a name of rollout/machine.h's table */
  char *slot;    /* "blue" or "green": where the new version runs */
  char *outcome; /* NULL while it moves; then "completed", "rolled-back" or "failed" */
  char *error;   /* why it was taken back, or NULL */
  int64_t started_us;
  int64_t ended_us;
  char *log; /* path relative to DATA */
} Rollout;

void rollout_free(Rollout *rollout);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Rollout, rollout_free)

/* Records that one begins. CONFLICT when the environment has an unfinished one, NOT_FOUND when a release is not recorded. */
bool rollout_record(Store *store, const Rollout *rollout, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Writes down a step: "save, then act, then save the outcome". `phase` is "intent" or "outcome", `data` may be NULL. The rollout's
 * `state` is the last one written, whatever its phase: phase and data are read from its journal entries ("rollout.step"). CONFLICT
 * when it has ended. */
bool rollout_save_state(Store *store, const char *id, const char *state, const char *phase, json_t *data, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Ends it; when `outcome` is "completed" the environment's row changes in the same transaction. `error_text` may be NULL. CONFLICT
 * when it has ended, INPUT for another word than the three. */
bool rollout_save_end(Store *store, const char *id, const char *outcome, const char *error_text, int64_t now_us,
                      GError **error) G_GNUC_WARN_UNUSED_RESULT;
Rollout *rollout_get(Store *store, const char *id, GError **error) G_GNUC_WARN_UNUSED_RESULT; /* NOT_FOUND */
Rollout *rollout_find_open(Store *store, const char *project, const char *environment,
                           GError **error) G_GNUC_WARN_UNUSED_RESULT; /* NULL, no error: none */
Rollout *rollout_find_last(Store *store, const char *project, const char *environment,
                           GError **error) G_GNUC_WARN_UNUSED_RESULT; /* NULL, no error: none */
GPtrArray *rollout_list(Store *store, const char *project, const char *environment, guint max,
                        GError **error) G_GNUC_WARN_UNUSED_RESULT; /* newest first; NULLs: all */

/* ---- environments: which release each runs --------------------------------------------------------------------------- */

typedef struct {
  char *project;
  char *name;
  char *release;  /* id, or NULL: nothing runs */
  char *previous; /* the release that ran before it (never the same), or NULL: what a rollback returns to */
  char *slot;     /* "blue", "green" or NULL */
  int64_t since_us;
} Environment;

void environment_free(Environment *environment);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Environment, environment_free)

Environment *environment_get(Store *store, const char *project, const char *name,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT; /* an empty one when it was never rolled out */
GPtrArray *environment_list(Store *store, const char *project, GError **error) G_GNUC_WARN_UNUSED_RESULT; /* project NULL: all */

/* Marks that nothing runs any more (after `drover down`): what ran becomes `previous`. */
bool environment_clear(Store *store, const char *project, const char *name, const char *actor, GError **error) G_GNUC_WARN_UNUSED_RESULT;
