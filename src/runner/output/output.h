/* What a step prints: workflow commands are done, problem matchers tried, secrets hidden, and the rest handed on, whole lines at a time.
 *
 * Made for large outputs: a piece without commands, with no matcher in force, costs one search for secrets and two copies. One Output a
 * step; matchers and mask belong to the job and are shared by steps that run at once. The result does not depend on how the bytes are
 * cut into pieces.
 *
 * Limits: a line of more than 1 MiB is no command, and is handed on as several lines of 1 MiB and a rest; the first lines of a secret of
 * several lines are held back until it is clear that they are none. Colours stay as they are; bytes that are no UTF-8, and NUL, become
 * U+FFFD; "\r\n" becomes "\n".
 * https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands
 */
#pragma once

#include "runner/output/mask.h"
#include "runner/output/matcher.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

typedef struct Output Output;

/* Calls go to the thread of output_write(); `user` of OutputSpec comes with each. Any may be NULL. Texts are borrowed for the call and
 * valid UTF-8. */
typedef struct {
  void (*lines)(const char *text, size_t size, void *user);        /* masked, each with its newline; "##[error]..." as in GitHub's raw logs */
  void (*annotation)(const json_t *annotation, void *user);        /* RUN_EVENT_ANNOTATION's detail and "code" of a matcher, masked */
  void (*output)(const char *name, const char *value, void *user); /* ::set-output::, not masked */
  void (*state)(const char *name, const char *value, void *user);  /* ::save-state::, not masked */
  void (*env)(const char *name, const char *value, void *user);    /* ::set-env::, where `unsecure` lets it; not masked */
  void (*prepend)(const char *folder, void *user);                 /* ::add-path::, the same */
  char *(*path)(const char *inside, void *user); /* a file that a matcher found, as the repository calls it (transfer full); NULL: left as it is */
  char *(*read)(const char *inside, size_t *size, void *user); /* the file of ::add-matcher:: (transfer full), NULL when it cannot be read */
  void (*masked)(const char *value, void *user);               /* ::add-mask::, as it was given */
} OutputSink;

typedef struct {
  Mask *mask;
  Matchers *matchers;
  const OutputSink *sink;
  void *user;
  bool debug;           /* ::debug:: is shown (ACTIONS_STEP_DEBUG) */
  bool echo;            /* commands are shown too, as ::echo::on does */
  bool unsecure;        /* ACTIONS_ALLOW_UNSECURE_COMMANDS is "true": ::set-env:: and ::add-path:: are done, not refused */
  bool unsecure_tokens; /* ACTIONS_ALLOW_UNSECURE_STOPCOMMAND_TOKENS is "true": ::stop-commands:: takes any token */
} OutputSpec;

/* Borrows all that `spec` points to until output_free(). */
Output *output_new(const OutputSpec *spec);
/* An ExecutorOutputFunc in all but its first argument's type. */
void output_write(Output *output, const char *bytes, size_t size);
/* The end: hands on an unfinished last line, too. `failure` (may be NULL; transfer full): why a command makes the step fail (::set-env::),
 * or NULL. */
void output_free(Output *output, char **failure);
