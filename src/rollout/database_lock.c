#include "rollout/database_lock.h"

#include "base/digest.h"
#include "base/error.h"
#include "base/retry.h"

#include <libpq-fe.h>
#include <string.h>

#define PARAMETERS_MAX 64
#define POLL_FIRST_MS 100
#define POLL_MAX_MS 2000

G_DEFINE_AUTOPTR_CLEANUP_FUNC(PGresult, PQclear)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PQconninfoOption, PQconninfoFree)

struct DatabaseLock {
  PGconn *connection;
  char key[24];
};

int64_t database_lock_key(const char *project, const char *environment) {
  g_autofree char *text = g_strdup_printf("drover migrate %s/%s", project, environment);
  Digest digest = digest_bytes(text, strlen(text));
  char half[17] = "";
  memcpy(half, digest_hex(digest.text), 16);
  return (int64_t)g_ascii_strtoull(half, NULL, 16);
}

void database_lock_free(DatabaseLock *lock) {
  PQfinish(lock->connection);
  g_free(lock);
}

/* ---- the address -------------------------------------------------------------------------------------------------------- */

static PQconninfoOption *parse_address(const char *secret_name, const char *address, GError **error) {
  if (!g_str_has_prefix(address, "postgresql://") && !g_str_has_prefix(address, "postgres://")) {
    error_set(error, DROVER_ERROR_INPUT,
              "secret %s: expected an address \"postgresql://user:password@host:port/database\": migrations take turns by a lock in PostgreSQL",
              secret_name);
    return NULL;
  }
  char *words = NULL;
  PQconninfoOption *options = PQconninfoParse(address, &words);
  /* libpq's words quote the part that it cannot read, which may be the password. */
  if (options == NULL)
    error_set(error, DROVER_ERROR_INPUT,
              "secret %s: is no valid PostgreSQL address: special characters in the password have to be written as %%XX, and options have to be "
              "those of libpq",
              secret_name);
  PQfreemem(words);
  return options;
}

bool database_address_check(const char *secret_name, const char *address, GError **error) {
  g_autoptr(PQconninfoOption) options = parse_address(secret_name, address, error);
  return options != NULL;
}

/* The names that containers know their host by mean this machine, on which drover runs. */
static const char *host_seen_from_here(const char *host) {
  static const char *const names[] = {"host.containers.internal", "host.docker.internal", NULL};
  return g_strv_contains(names, host) ? "127.0.0.1" : host;
}

static PGconn *connect_to(const PQconninfoOption *options, const char *application) {
  const char *names[PARAMETERS_MAX + 4], *values[PARAMETERS_MAX + 4];
  size_t count = 0;
  for (const PQconninfoOption *option = options; option->keyword != NULL && count < PARAMETERS_MAX; option++) {
    if (option->val == NULL || strcmp(option->keyword, "connect_timeout") == 0 || strcmp(option->keyword, "application_name") == 0)
      continue;
    names[count] = option->keyword;
    values[count++] = strcmp(option->keyword, "host") == 0 ? host_seen_from_here(option->val) : option->val;
  }
  names[count] = "connect_timeout", values[count++] = "10";
  names[count] = "application_name", values[count++] = application;
  names[count] = values[count] = NULL;
  return PQconnectdbParams(names, values, 0);
}

/* ---- the lock ----------------------------------------------------------------------------------------------------------- */

static char *last_words(const PGconn *connection) {
  g_autofree char *valid = g_utf8_make_valid(PQerrorMessage(connection), -1);
  return g_strdup(g_strstrip(valid));
}

static PGresult *ask(DatabaseLock *lock, const char *query, bool with_key) {
  const char *values[] = {lock->key};
  return PQexecParams(lock->connection, query, with_key ? 1 : 0, NULL, values, NULL, NULL, 0);
}

static bool try_lock(DatabaseLock *lock, bool *taken, GError **error) {
  g_autoptr(PGresult) answer = ask(lock, "SELECT pg_try_advisory_lock($1::bigint)", true);
  if (PQresultStatus(answer) == PGRES_TUPLES_OK) {
    *taken = strcmp(PQgetvalue(answer, 0, 0), "t") == 0;
    return true;
  }
  g_autofree char *words = last_words(lock->connection);
  return error_set(error, DROVER_ERROR_UNAVAILABLE, "the migration lock cannot be taken: %s", words);
}

/* "process 4711 (drover shop/dev) at 10.0.0.7": who holds the lock; transfer full. */
static char *describe_holder(DatabaseLock *lock) {
  static const char query[] = "SELECT a.pid, a.application_name, coalesce(host(a.client_addr), 'the database server') FROM pg_locks l "
                              "JOIN pg_stat_activity a USING (pid) WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1 "
                              "AND ((l.classid::bigint << 32) | l.objid::bigint) = $1::bigint";
  g_autoptr(PGresult) answer = ask(lock, query, true);
  if (PQresultStatus(answer) != PGRES_TUPLES_OK || PQntuples(answer) == 0)
    return g_strdup("another session");
  return g_strdup_printf("the session %s (%s) from %s", PQgetvalue(answer, 0, 0), PQgetvalue(answer, 0, 1), PQgetvalue(answer, 0, 2));
}

static bool wait_for_lock(DatabaseLock *lock, const DatabaseLockSpec *spec, GError **error) {
  RetryPolicy policy = {.first_ms = POLL_FIRST_MS, .max_ms = POLL_MAX_MS};
  int64_t end_us = spec->clock->now_us(spec->clock) + spec->wait_ms * 1000;
  for (unsigned attempt = 1;; attempt++) {
    bool taken = false;
    if (!try_lock(lock, &taken, error))
      return false;
    if (taken)
      return true;
    g_autofree char *holder = describe_holder(lock);
    if (spec->clock->now_us(spec->clock) >= end_us)
      return error_set(error, DROVER_ERROR_TIMEOUT, "another migration of %s/%s still runs after %" G_GINT64_FORMAT " s: %s holds the lock",
                       spec->project, spec->environment, spec->wait_ms / 1000, holder);
    if (attempt == 1)
      progress_note(spec->progress, "waiting for another migration of %s/%s: %s holds the lock", spec->project, spec->environment, holder);
    if (!spec->clock->sleep_ms(spec->clock, retry_delay_ms(&policy, attempt, g_random_double()), spec->cancellable))
      return error_set(error, DROVER_ERROR_CANCELLED, "stopped while another migration of %s/%s ran", spec->project, spec->environment);
  }
}

/* A lock that is not taken yet: the session alone. */
static DatabaseLock *open_session(const char *secret_name, const Secret *address, const char *application, GError **error) {
  g_autoptr(PQconninfoOption) options = parse_address(secret_name, secret_reveal(address), error);
  if (options == NULL)
    return NULL;
  g_autoptr(DatabaseLock) lock = g_new0(DatabaseLock, 1);
  lock->connection = connect_to(options, application);
  if (PQstatus(lock->connection) == CONNECTION_OK)
    return g_steal_pointer(&lock);
  g_autofree char *words = last_words(lock->connection);
  error_set(error, DROVER_ERROR_UNAVAILABLE, "the database of secret %s cannot be reached: %s", secret_name, words);
  return NULL;
}

bool database_check_reachable(const char *secret_name, const Secret *address, GError **error) {
  g_autoptr(DatabaseLock) session = open_session(secret_name, address, "drover check", error);
  return session != NULL;
}

DatabaseLock *database_lock_take(const DatabaseLockSpec *spec, GError **error) {
  g_autofree char *application = g_strdup_printf("drover migrate %s/%s", spec->project, spec->environment);
  g_autoptr(DatabaseLock) lock = open_session(spec->secret_name, spec->address, application, error);
  if (lock == NULL)
    return NULL;
  g_snprintf(lock->key, sizeof lock->key, "%" G_GINT64_FORMAT, database_lock_key(spec->project, spec->environment));
  /* The session is idle while the migration runs; a server that ends idle ones would end the lock. Older servers do not know it. */
  PQclear(ask(lock, "SELECT set_config('idle_session_timeout', '0', false)", false));
  return wait_for_lock(lock, spec, error) ? g_steal_pointer(&lock) : NULL;
}

bool database_lock_is_held(DatabaseLock *lock) {
  g_autoptr(PGresult) answer = ask(lock, "SELECT 1", false);
  return PQresultStatus(answer) == PGRES_TUPLES_OK;
}

int database_lock_server_version(const DatabaseLock *lock) {
  return PQserverVersion(lock->connection);
}
