/* shellcheck and pyflakes on many scripts at once: one process a program and batch, not one a script.
 *
 * The scripts are checked as GitHub runs them: bash with `-eo pipefail`, sh with `-e`. Expressions of Actions are hidden from the
 * programs, and so are the findings that only the hiding causes. Findings lie at exact places of the script as it was given.
 * Results are kept in a cache, so that a script that did not change costs no process; of equal scripts one is checked, and `npm ci` and its
 * like are not. Any thread; the calling thread waits.
 *
 * The programs see SHELLCHECK_OPTS and PYFLAKES_BUILTINS as users set them, but no .shellcheckrc; `source`d files are not read.
 */
#pragma once

#include "lint/script/script.h"

#include <gio/gio.h>
#include <stdint.h>

typedef struct {
  const char *text; /* need not be NUL-terminated */
  size_t length;
  ScriptShell shell; /* bash, sh, dash and ksh go to shellcheck, Python to pyflakes; others are not checked */
} ScriptSource;

typedef struct {
  guint source;          /* index in the spec */
  unsigned line, column; /* from 1, in the script's text; a column counts characters. script_offset() gives the byte */
  unsigned end_line, end_column;
  const char *level; /* "error", "warning", "info" or "style"; static */
  int code;          /* 2086 for SC2086; 0 for pyflakes */
  char *message;
} ScriptFinding;

typedef struct {
  const ScriptSource *sources;
  guint count;
  const char *shellcheck;    /* a path or name; NULL: shellcheck; "": not wanted */
  const char *pyflakes;      /* NULL: pyflakes or pyflakes3 */
  const char *excluded;      /* codes, as for `shellcheck --exclude`; may be NULL */
  const char *cache;         /* a folder, made when missing; NULL: no cache */
  int64_t deadline_ms;       /* of each process; 0: 120,000 */
  GCancellable *cancellable; /* may be NULL */
} ScriptCheckSpec;

/* What was not checked. */
typedef struct {
  bool no_shellcheck; /* there were scripts for it, but it is not installed */
  bool no_pyflakes;
  guint too_long; /* scripts beyond SCRIPT_CHECK_MAX_BYTES */
} ScriptCheckNotes;

#define SCRIPT_CHECK_MAX_BYTES ((size_t)256 << 10)

void script_finding_free(ScriptFinding *finding);

/* Of ScriptFinding, ordered by source and place; transfer full. `notes` may be NULL. NULL on a program that fails (FAILED, TIMEOUT), a
 * full disk and the like; a cache that cannot be used is no error. */
GPtrArray *script_check(const ScriptCheckSpec *spec, ScriptCheckNotes *notes, GError **error) G_GNUC_WARN_UNUSED_RESULT;
