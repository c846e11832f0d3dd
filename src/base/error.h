/* What can go wrong, once for the whole program.
 *
 * Every function of drover that can fail reports through a GError in the domain DROVER_ERROR (GLib's own file and IO
 * domains pass through). The code says whose fault it is, and one table here maps it to an exit status, an HTTP status
 * and whether trying again can help. docs/decisions/0002-one-error-domain.md says why there is one domain, not one a folder.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>

typedef enum {
  DROVER_ERROR_INPUT,       /* a file or value that the user wrote is wrong */
  DROVER_ERROR_USAGE,       /* the command line is wrong */
  DROVER_ERROR_NOT_FOUND,   /* a name refers to nothing */
  DROVER_ERROR_CONFLICT,    /* it exists already, or someone else holds it */
  DROVER_ERROR_REFUSED,     /* a rule or a gate says no */
  DROVER_ERROR_FAILED,      /* the user's own code failed: a check, a migration, a health check */
  DROVER_ERROR_MISSING,     /* a program or service that drover stands on is not there */
  DROVER_ERROR_UNAVAILABLE, /* it is there but does not answer now */
  DROVER_ERROR_TIMEOUT,     /* a deadline passed */
  DROVER_ERROR_NO_SPACE,    /* a disk or quota is full */
  DROVER_ERROR_IO,          /* the operating system refused */
  DROVER_ERROR_CORRUPT,     /* stored bytes are not what was stored */
  DROVER_ERROR_CANCELLED,   /* somebody asked to stop */
  DROVER_ERROR_INTERNAL,    /* a defect of drover */
  DROVER_ERROR_COUNT
} DroverError;

typedef enum {
  EXIT_OK = 0,
  EXIT_INPUT = 1,  /* the input's fault, or findings, or a release that did not become healthy */
  EXIT_USAGE = 2,  /* wrong use */
  EXIT_BROKEN = 3, /* a part is missing or broken */
  EXIT_INTERRUPTED = 130
} ExitStatus;

#define DROVER_ERROR (drover_error_quark())
GQuark drover_error_quark(void);

/* Sets `error` (which may be NULL) in the domain DROVER_ERROR. Always returns false, so that a bool function can end
 * with `return error_set(...)`. */
bool error_set(GError **error, DroverError code, const char *format, ...) G_GNUC_PRINTF(3, 4);

/* Sets `error` from errno value `code`: "<message>: No space left on device". ENOSPC and EDQUOT become NO_SPACE,
 * ENOENT becomes NOT_FOUND, the rest IO. Always returns false. */
bool error_set_errno(GError **error, int code, const char *format, ...) G_GNUC_PRINTF(3, 4);

/* The three columns of the table. `error` is not NULL; errors of foreign domains count as IO. */
ExitStatus error_exit_status(const GError *error);
unsigned error_http_status(const GError *error);
bool error_is_retryable(const GError *error);
const char *error_name(const GError *error); /* "input", "no-space", ...: static, for JSON and logs */

/* True when `error` is set and is DROVER_ERROR with `code`. */
bool error_is(const GError *error, DroverError code);
