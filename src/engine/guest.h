/* One container of a job, of whatever use: from the workflow's request and drover's own part to a running container. Private to this
 * folder.
 */
#pragma once

#include "engine/request.h"
#include "engine/scope.h"

#include <jansson.h>

/* drover's part of a container. All borrowed; what is NULL is left to the image. */
typedef struct {
  const char *kind; /* "job", "service", "action": begins its name */
  const char *alias;
  const ContainerBind *binds;
  size_t bind_count;
  const char *const *hosts; /* "name:address" */
  const char *cwd;
  const char *entrypoint;
  const char *const *arguments;
  ContainerLife life;
} GuestPlan;

/* How to start it. */
typedef struct {
  char *name;
  char **argv;
  char **env; /* of the engine, with the values that argv only names */
} Guest;

void guest_free(Guest *guest);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Guest, guest_free)

/* Judges the request, and makes the command line for the image with that id. Nothing runs. */
Guest *guest_new(const ContainerScope *scope, const ContainerRequest *request, const GuestPlan *plan, const char *image_id,
                 GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Adds "--env" arguments for `env` to `options`, and the values that the engine reads from its own environment to `engine_env` (which
 * is consumed): those of names that would change the engine itself stand on the command line. Transfer full. */
char **guest_env(const char *const *env, GPtrArray *options, char **engine_env);

/* Starts one that stays, its labelled volumes first; its id, transfer full. FAILED with the engine's words. */
char *guest_start(const ContainerScope *scope, const ContainerRequest *request, const GuestPlan *plan, const char *image_id,
                  GCancellable *cancellable, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* What the engine says of a container: an object, transfer full. */
json_t *guest_inspect(Engine *engine, const char *id, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Kills and removes it with its anonymous volumes; what is not there is success. */
bool guest_remove(Engine *engine, const char *id, GError **error) G_GNUC_WARN_UNUSED_RESULT;
