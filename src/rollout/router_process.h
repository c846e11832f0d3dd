/* The HAProxy process behind a Router: a master that stays and a worker for each configuration it loaded.
 *
 * Everything lies in the folder `dir`, and names in HAProxy's configuration are relative to it. What lives is asked through
 * the master's socket, so that a stale pid file never ends a stranger. One thread at a time.
 */
#pragma once

#include "base/clock.h"
#include "rollout/runtime.h"

#include <glib.h>
#include <stdbool.h>

bool router_process_check_program(GError **error) G_GNUC_WARN_UNUSED_RESULT;
bool router_process_check_listen(const char *dir, const char *listen, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Lets HAProxy read a configuration file of `dir`; INTERNAL with its words when it refuses. */
bool router_process_check_config(const char *dir, const char *file, GError **error) G_GNUC_WARN_UNUSED_RESULT;

bool router_process_is_alive(const char *dir);
bool router_process_list(const char *dir, RuntimeProcesses *processes, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Starts it in the background; CONFLICT or REFUSED when it cannot have its address. Not to be called while one is alive: a
 * second one takes the first one's sockets away before it finds out. */
bool router_process_start(const char *dir, GError **error) G_GNUC_WARN_UNUSED_RESULT;
bool router_process_reload(const char *dir, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Ends it and waits until it is gone. */
bool router_process_stop(const char *dir, const Clock *clock, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The reasons in what HAProxy wrote, without its marks; transfer full. Pure. */
char *router_process_words(const char *output);

/* "HAProxy version 2.6.12-1 ..." as 206; 0 when it is not that. Pure. */
unsigned router_process_version(const char *output);

/* Splits "0.0.0.0:80" or "[::]:80"; INPUT when it is neither. `address` is transfer full, without brackets. Pure. */
bool router_process_split_listen(const char *listen, char **address, unsigned *port, GError **error) G_GNUC_WARN_UNUSED_RESULT;
