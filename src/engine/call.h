/* One call of the engine's program. Private to this folder. */
#pragma once

#include "base/error.h"
#include "base/process.h"
#include "engine/engine.h"

/* Runs the engine with `arguments` (NULL-terminated). `spec` says the rest: its argv is not looked at; without an environment it gets
 * the engine's, without a deadline a minute. `result` as process_run() gives it. */
bool engine_call(const Engine *engine, ProcessSpec spec, const char *const *arguments, ProcessResult *result,
                 GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* engine_call(), and its exit status has to be 0: otherwise `code` with the last line that it wrote. */
bool engine_check(const Engine *engine, ProcessSpec spec, const char *const *arguments, DroverError code, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* What the engine's program runs in; transfer none. */
const char *const *engine_env(const Engine *engine);

/* The id of an image that is on this machine, transfer full; NULL when it is not. */
char *engine_image_id(const Engine *engine, const char *name);

/* Wipes and frees an environment that may hold secrets. */
void engine_env_free(char **env);

/* The last line of a program's output as valid UTF-8; `text` may be NULL. Transfer full. */
char *engine_last_line(const char *text);
