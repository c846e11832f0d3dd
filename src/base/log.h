/* The log: one line an event on standard error, "level: message", coloured on a terminal only.
 *
 * Only cli, server and the scheduler log; everything below them returns its error. Thread-safe. Under `drover serve` lines
 * carry a time; a person at a terminal sees none.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>

typedef enum { LOG_ERROR, LOG_WARNING, LOG_INFO, LOG_DEBUG } LogLevel;

typedef struct {
  LogLevel level; /* the most talkative level that is written */
  bool times;     /* an RFC 3339 time before each line */
} LogOptions;

void log_setup(LogOptions options);
void log_write(LogLevel level, const char *format, ...) G_GNUC_PRINTF(2, 3);

#define log_error(...) log_write(LOG_ERROR, __VA_ARGS__)
#define log_warning(...) log_write(LOG_WARNING, __VA_ARGS__)
#define log_info(...) log_write(LOG_INFO, __VA_ARGS__)
#define log_debug(...) log_write(LOG_DEBUG, __VA_ARGS__)

/* Whether escape sequences for colour may be written to descriptor `fd`: a terminal, NO_COLOR unset, TERM not "dumb". */
bool log_fd_has_colour(int fd);
