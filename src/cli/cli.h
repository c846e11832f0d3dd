/* The command line run: argv, the table, a command, an exit status. */
#pragma once

#include "base/error.h"

#include <gio/gio.h>

/* Reads `argv` (NULL-terminated), runs the command, prints its error once, flushes standard output. `cancellable` is what
 * SIGINT and SIGTERM cancel (cli_signals()). For the main thread: with -C it changes the process's folder. */
ExitStatus cli_run(const char *const *argv, GCancellable *cancellable);

/* Turns SIGINT, SIGTERM and SIGHUP into the cancellation of the object returned (transfer full), on a thread of its own; a
 * second SIGINT ends the process at once. SIGPIPE is ignored. Call it once, before any other thread is made: they all have to
 * have these signals blocked. */
GCancellable *cli_signals(void);
