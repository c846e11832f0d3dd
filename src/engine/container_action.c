#include "engine/container_action.h"

#include "base/error.h"
#include "engine/fetch.h"
#include "engine/guest.h"

#include <string.h>

#define ENGINE_FAILED 125 /* the status of "podman run" and "docker run" for what is not the program's; above are those of signals */

static Guest *prepare(const ContainerAction *action, GError **error) {
  ContainerRequest request = {.image = action->image, .env = action->env};
  g_autofree char *image = action->built ? g_strdup(action->image) : container_image_fetch(action->scope, &request, action->cancellable, error);
  if (image == NULL)
    return NULL;
  GuestPlan plan = {.kind = "action",
                    .binds = action->binds,
                    .bind_count = action->bind_count,
                    .hosts = action->hosts,
                    .cwd = action->cwd,
                    .entrypoint = action->entrypoint,
                    .arguments = action->args,
                    .life = CONTAINER_ONCE};
  return guest_new(action->scope, &request, &plan, image, error);
}

bool container_action_run(const ContainerAction *action, int *status, GError **error) {
  g_autoptr(Guest) guest = prepare(action, error);
  if (guest == NULL)
    return false;
  g_autofree char *marker = g_strconcat("DROVER_CONTAINER=", guest->name, NULL);
  Executor *host = executor_process_new(marker);
  bool ran = executor_run(host,
                          &(ExecutorSpec){.argv = (const char *const *)guest->argv,
                                          .env = (const char *const *)guest->env,
                                          .cwd = "/",
                                          .on_output = action->on_output,
                                          .data = action->data,
                                          .deadline_ms = action->deadline_ms,
                                          .cancellable = action->cancellable,
                                          .interrupt_ms = action->interrupt_ms,
                                          .terminate_ms = action->terminate_ms},
                          status, error);
  /* The engine's client may have died before its container did; otherwise it has removed it. */
  g_autoptr(GError) failure = NULL;
  bool removed = (ran && *status < ENGINE_FAILED) || guest_remove(action->scope->engine, guest->name, &failure);
  executor_free(host, NULL);
  if (!ran)
    return false;
  if (*status == ENGINE_FAILED)
    return error_set(error, DROVER_ERROR_FAILED, "image %s: its container does not start, or its program ended with status %d", action->image,
                     *status);
  if (!removed)
    g_propagate_error(error, g_steal_pointer(&failure));
  return removed;
}
