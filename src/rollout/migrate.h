/* What a migration's end means, and what a person is told of it. Pure. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

typedef enum {
  MIGRATION_DONE,
  MIGRATION_LOCKED, /* PostgreSQL gave up waiting for a table's lock: nothing is changed, it may be tried again */
  MIGRATION_FAILED
} MigrationResult;

/* Judges by exit status and standard error: SQLSTATE 55P03, or the words that PostgreSQL and its drivers put in its place. */
MigrationResult migration_classify(int exit_status, const char *standard_error);

/* The last lines of an output, at most `lines` and 2,000 bytes, without blank ones; transfer full. */
char *migration_last_words(const char *output, unsigned lines);

/* PGOPTIONS for the migration: `existing` (may be NULL), the lock timeout, and on a server that knows it (`server_version` as
 * libpq counts: 140000) that a statement ends when its client is gone, so that one that was killed does not go on in the
 * database behind the next one's back; transfer full. */
char *migration_options(const char *existing, int64_t lock_timeout_ms, int server_version);
