#include "base/error.h"

#include <errno.h>
#include <gio/gio.h>

typedef struct {
  const char *name;
  ExitStatus exit_status;
  unsigned http_status;
  bool retryable;
} ErrorRow;

static const ErrorRow rows[DROVER_ERROR_COUNT] = {
  [DROVER_ERROR_INPUT] = {"input", EXIT_INPUT, 400, false},
  [DROVER_ERROR_USAGE] = {"usage", EXIT_USAGE, 400, false},
  [DROVER_ERROR_NOT_FOUND] = {"not-found", EXIT_INPUT, 404, false},
  [DROVER_ERROR_CONFLICT] = {"conflict", EXIT_INPUT, 409, false},
  [DROVER_ERROR_REFUSED] = {"refused", EXIT_INPUT, 403, false},
  [DROVER_ERROR_FAILED] = {"failed", EXIT_INPUT, 422, false},
  [DROVER_ERROR_MISSING] = {"missing", EXIT_BROKEN, 503, false},
  [DROVER_ERROR_UNAVAILABLE] = {"unavailable", EXIT_BROKEN, 503, true},
  [DROVER_ERROR_TIMEOUT] = {"timeout", EXIT_BROKEN, 504, true},
  [DROVER_ERROR_NO_SPACE] = {"no-space", EXIT_BROKEN, 507, false},
  [DROVER_ERROR_IO] = {"io", EXIT_BROKEN, 500, false},
  [DROVER_ERROR_CORRUPT] = {"corrupt", EXIT_BROKEN, 500, false},
  [DROVER_ERROR_CANCELLED] = {"cancelled", EXIT_INTERRUPTED, 503, false},
  [DROVER_ERROR_INTERNAL] = {"internal", EXIT_BROKEN, 500, false},
};

G_DEFINE_QUARK(drover_error, drover_error)

static DroverError error_code(const GError *error) {
  if (error->domain == DROVER_ERROR && error->code >= 0 && error->code < DROVER_ERROR_COUNT)
    return (DroverError)error->code;
  if (g_error_matches(error, G_FILE_ERROR, G_FILE_ERROR_NOSPC) || g_error_matches(error, G_IO_ERROR, G_IO_ERROR_NO_SPACE))
    return DROVER_ERROR_NO_SPACE;
  if (g_error_matches(error, G_FILE_ERROR, G_FILE_ERROR_NOENT) || g_error_matches(error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND))
    return DROVER_ERROR_NOT_FOUND;
  if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return DROVER_ERROR_CANCELLED;
  return DROVER_ERROR_IO;
}

bool error_set(GError **error, DroverError code, const char *format, ...) {
  if (error == NULL)
    return false;
  va_list arguments;
  va_start(arguments, format);
  GError *made = g_error_new_valist(DROVER_ERROR, (int)code, format, arguments);
  va_end(arguments);
  g_propagate_error(error, made);
  return false;
}

bool error_set_errno(GError **error, int code, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  g_autofree char *message = g_strdup_vprintf(format, arguments);
  va_end(arguments);
  DroverError kind = code == ENOSPC || code == EDQUOT ? DROVER_ERROR_NO_SPACE : code == ENOENT ? DROVER_ERROR_NOT_FOUND : DROVER_ERROR_IO;
  return error_set(error, kind, "%s: %s", message, g_strerror(code));
}

ExitStatus error_exit_status(const GError *error) {
  return rows[error_code(error)].exit_status;
}

unsigned error_http_status(const GError *error) {
  return rows[error_code(error)].http_status;
}

bool error_is_retryable(const GError *error) {
  return rows[error_code(error)].retryable;
}

const char *error_name(const GError *error) {
  return rows[error_code(error)].name;
}

bool error_is(const GError *error, DroverError code) {
  return error != NULL && error->domain == DROVER_ERROR && error->code == (int)code;
}
