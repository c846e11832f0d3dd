/* Runs a function in a child and stops it at its system calls (ptrace): to kill it before the n-th, or to write them down. */
#pragma once

#include <glib.h>
#include <stdbool.h>

/* Kills the child before its system call number `kill_at` (from 1; 0: never). `calls` (may be NULL) gets the numbers, as long,
 * of the calls that were made. True when the child came to its end; its status must be 0 then. */
bool tracer_run(int (*function)(void *data), void *data, unsigned kill_at, GArray *calls);
