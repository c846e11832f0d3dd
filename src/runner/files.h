/* The files through which a step speaks to the runner: GITHUB_ENV, GITHUB_OUTPUT and GITHUB_STATE hold "NAME=value" lines and
 * "NAME<<MARK" blocks, GITHUB_PATH folders. Private to this folder.
 * https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands#environment-files */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

#define FILES_MAX_BYTES ((size_t)1 << 20)

typedef struct {
  char *name;
  char *value;
} FilePair;

/* The pairs in their order: a GPtrArray of FilePair (transfer full). INPUT names `file` and the line. */
GPtrArray *files_parse_pairs(const char *file, const char *text, size_t size, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The lines that are not empty: a GPtrArray of char * (transfer full). */
GPtrArray *files_parse_lines(const char *text, size_t size);
