/* The files through which a step speaks to the runner. GITHUB_ENV, GITHUB_OUTPUT and GITHUB_STATE hold "NAME=value" lines and
 * "NAME<<MARK" blocks, GITHUB_PATH a folder a line, GITHUB_STEP_SUMMARY Markdown. Read exactly as GitHub's runner does on Linux: a
 * line of pairs ends with "\n" alone, so a "\r" before it belongs to the value or the mark. Pure; any thread.
 * https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands#environment-files */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

#define FILES_MAX_BYTES ((size_t)16 << 20)        /* GitHub has no limit of its own here */
#define FILES_SUMMARY_MAX_BYTES ((size_t)1 << 20) /* a larger summary is left out, and the step goes on */

typedef struct {
  char *name; /* valid UTF-8, as is the value */
  char *value;
} FilePair;

/* The pairs in their order: a GPtrArray of FilePair (transfer full). INPUT names `file` and the line: neither form, an empty name or
 * mark, a mark that does not come again. */
GPtrArray *files_parse_pairs(const char *file, const char *text, size_t size, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The lines that are not empty: a GPtrArray of char * (transfer full). Here "\r" and "\r\n" end a line too. */
GPtrArray *files_parse_lines(const char *text, size_t size);

/* Adds the folders of a GITHUB_PATH to the list `paths` of char *, whose last comes first in PATH. One that is in it moves to its end. */
void files_add_paths(GPtrArray *paths, const GPtrArray *lines);

/* Why a step may not set the variable through GITHUB_ENV, or NULL when it may; static. A refused pair is an error that is shown and
 * left out, the step does not fail. GITHUB_* and RUNNER_* are taken, although steps go on seeing the runner's own values. */
const char *files_env_refusal(const char *name);

/* What to show in place of a summary of more than FILES_SUMMARY_MAX_BYTES; transfer full. */
char *files_summary_refusal(size_t size);
