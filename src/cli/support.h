/* What several commands need: the store, the project, answers, people's input. */
#pragma once

#include "base/clock.h"
#include "base/progress.h"
#include "cli/command.h"
#include "cli/table.h"
#include "git/repository.h"
#include "release/project.h"
#include "store/store.h"

#include <jansson.h>

/* An option that several commands have. */
#define OPTION_PROJECT                                                                                                                               \
  { "project", {VALUE_TEXT, "NAME"}, .alias = 'p', .says = "the project, when it is not that of the drover.yaml here" }

#define PROJECT_FILE "drover.yaml"
#define PROJECT_FILE_MAX_BYTES ((size_t)1 << 20)

/* Makes the folder of state when it is missing, and opens the store in it. */
Store *support_store(const Invocation *invocation, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* A folder `name` below the folder of state, made when missing. Transfer full; NULL on error. */
char *support_data_dir(const Invocation *invocation, const char *name, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The project file of the working folder, or of a folder above it up to the repository's top. When there is none: true, with
 * `project` NULL. */
bool support_project_here(const Invocation *invocation, Project **project, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The project file at a commit; likewise. */
bool support_project_at(const Commit *commit, Project **project, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The top of the repository that the working folder is in, or the working folder when it is in none. Transfer full. */
char *support_repository_top(const Invocation *invocation);

/* `path`, named from the folder `dir`, as it is named from `top`; absolute when it lies elsewhere. Transfer full. */
char *support_path_below(const char *top, const char *dir, const char *path);

/* --project, or the name in the project file here. When there is neither: true, with `name` NULL. Transfer full. */
bool support_project_name(const Invocation *invocation, char **name, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The same, but neither is USAGE. */
char *support_project_required(const Invocation *invocation, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Whether `project` (NULL: yes) has the environment; NOT_FOUND with the nearest name. */
bool support_environment_exists(const Project *project, const char *environment, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* What is shown on standard error, by --quiet. */
Progress *support_progress(const Invocation *invocation);

/* Who acts: the user, behind sudo too. Transfer full. */
char *support_actor(void);

/* ---- answers --------------------------------------------------------------------------------------------------------- */

/* Writes `document` (transfer full) as the command's one JSON document. */
void support_answer_json(Invocation *invocation, json_t *document);

/* Ends a command that gives an object whether it went well or not: prints `result` (transfer full, may be NULL) as a table or
 * as JSON, with `failure` (transfer full, NULL: it went well) as its member "error", and hands `failure` on. */
bool support_answer(Invocation *invocation, json_t *result, GError *failure, GError **error);

/* {"kind", "message", "exit_status"}. Transfer full. */
json_t *support_error_json(const GError *error);

/* RFC 3339, or null for 0. Transfer full. */
json_t *support_time_json(int64_t time_us);
/* Text, or null for NULL; text that is not UTF-8 is repaired. Transfer full. */
json_t *support_text_json(const char *text);

/* The first letters of a commit that tell it from others, for people. Static length; at most 12 letters are printed. */
#define SHORT_COMMIT "%.12s"

/* ---- input ----------------------------------------------------------------------------------------------------------- */

/* All of standard input, at most `max_bytes`; NUL-terminated, transfer full. Ends early, with CANCELLED, on a signal. */
char *support_read_input(const Invocation *invocation, size_t max_bytes, size_t *size, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Waits for standard input and reads what is there; `got` is 0 at its end. CANCELLED on a signal. */
bool support_read_some(const Invocation *invocation, char *buffer, size_t size, ssize_t *got, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Asks a person at a terminal for one line, without showing what is typed when `hidden`. Transfer full. */
char *support_ask(const Invocation *invocation, const char *question, bool hidden, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Whether a person sits at both ends: standard input and standard error are a terminal. */
bool support_is_interactive(void);

/* Waits until `invocation` is cancelled. */
void support_wait_for_signal(const Invocation *invocation);
