#include "base/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

static LogOptions current = {.level = LOG_INFO};
static GMutex lock;

static const struct {
  const char *name;
  const char *colour;
} levels[] = {
  [LOG_ERROR] = {"error", "\033[1;31m"},
  [LOG_WARNING] = {"warning", "\033[1;33m"},
  [LOG_INFO] = {"info", "\033[1;34m"},
  [LOG_DEBUG] = {"debug", "\033[2m"},
};

void log_setup(LogOptions options) {
  g_mutex_lock(&lock);
  current = options;
  g_mutex_unlock(&lock);
}

bool log_fd_has_colour(int fd) {
  return isatty(fd) && g_getenv("NO_COLOR") == NULL && g_strcmp0(g_getenv("TERM"), "dumb") != 0;
}

void log_write(LogLevel level, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  g_autofree char *message = g_strdup_vprintf(format, arguments);
  va_end(arguments);
  g_mutex_lock(&lock);
  if (level <= current.level) {
    bool colour = log_fd_has_colour(STDERR_FILENO);
    g_autofree char *time = NULL;
    if (current.times) {
      g_autoptr(GDateTime) now = g_date_time_new_now_utc();
      time = g_date_time_format_iso8601(now);
    }
    fprintf(stderr, "%s%s%s%s:%s %s\n", time != NULL ? time : "", time != NULL ? " " : "", colour ? levels[level].colour : "", levels[level].name,
            colour ? "\033[0m" : "", message);
  }
  g_mutex_unlock(&lock);
}
