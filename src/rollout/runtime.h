/* HAProxy's runtime API: one question and its answer over a UNIX socket, and readers for the answers.
 *
 * The socket is reached through its folder's descriptor, so that a long data directory does not hit the 107 bytes that a
 * socket's address may have. Any thread.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* Sends `command` (several: "a; b") to DIR/SOCKET and reads the whole answer (transfer full). UNAVAILABLE when nothing
 * listens there, TIMEOUT when the answer takes longer than 5 s. */
char *runtime_ask(const char *dir, const char *socket, const char *command, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Whether somebody listens on DIR/SOCKET, quick to answer or not. */
bool runtime_listens(const char *dir, const char *socket);

/* The readers are pure. Each gives CORRUPT with the answer's first words when it is not what was asked for. */

/* "get var": "proc.x: type=sint value=<-1>"; the value, transfer full. NOT_FOUND when there is no such variable. */
char *runtime_read_variable(const char *answer, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* A row of "show stat": a server, or a whole backend (`server` is NULL). */
typedef struct {
  char *backend;
  char *server;
  char *status;      /* "UP", "DOWN", "MAINT", "no check", ... */
  char *check;       /* what the last check said, or "" */
  uint64_t sessions; /* running and queued */
  unsigned port;     /* of a server */
} RuntimeRow;

void runtime_row_free(RuntimeRow *row);

/* "show stat": backends and servers; a GPtrArray of RuntimeRow. */
GPtrArray *runtime_read_stat(const char *answer, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* "show proc" of the master: its own process, and how many workers of earlier configurations still run. */
typedef struct {
  pid_t master;
  unsigned old_workers;
  unsigned failed_reloads;
} RuntimeProcesses;
bool runtime_read_processes(const char *answer, RuntimeProcesses *processes, GError **error) G_GNUC_WARN_UNUSED_RESULT;
