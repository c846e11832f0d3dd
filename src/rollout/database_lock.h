/* One migration at a time: a PostgreSQL advisory lock in the database that is migrated, held by a session of drover's own.
 *
 * The lock lives in the database, so it also keeps drovers on other machines out, and the server drops it with the session:
 * it is never stale. One thread at a time.
 */
#pragma once

#include "base/clock.h"
#include "base/progress.h"
#include "base/secret.h"

#include <gio/gio.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct DatabaseLock DatabaseLock;

typedef struct {
  const char *secret_name; /* for messages: "DATABASE_URL" */
  const Secret *address;   /* "postgresql://..." */
  const char *project;
  const char *environment;
  int64_t wait_ms; /* how long to wait while somebody else holds it */
  const Clock *clock;
  Progress *progress; /* may be NULL */
  GCancellable *cancellable;
} DatabaseLockSpec;

/* Connects and takes the lock. INPUT when the address is none of PostgreSQL's, UNAVAILABLE when the server cannot be reached
 * or refuses, TIMEOUT naming the holder, CANCELLED. */
DatabaseLock *database_lock_take(const DatabaseLockSpec *spec, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Whether the session still lives, and the lock with it. */
bool database_lock_is_held(DatabaseLock *lock);

/* The server's version as libpq counts: 150004. */
int database_lock_server_version(const DatabaseLock *lock);

/* Ends the session. */
void database_lock_free(DatabaseLock *lock);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DatabaseLock, database_lock_free)

/* Whether the server lets drover in, in at most 10 s: what is asked before anything is built. Errors as database_lock_take(). */
bool database_check_reachable(const char *secret_name, const Secret *address, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The lock's key; pure. */
int64_t database_lock_key(const char *project, const char *environment);

/* Whether `address` is one that libpq reads; INPUT otherwise, without showing it. Pure. */
bool database_address_check(const char *secret_name, const char *address, GError **error) G_GNUC_WARN_UNUSED_RESULT;
