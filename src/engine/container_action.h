/* Docker actions: one container that is started, runs to its end and is removed. */
#pragma once

#include "base/executor.h"
#include "engine/request.h"
#include "engine/scope.h"

/* All borrowed for the call. */
typedef struct {
  const ContainerScope *scope;
  const char *image; /* "alpine:3", as behind docker://, or an id of container_image_build() with `built` */
  bool built;
  const char *entrypoint;  /* NULL: the image's own */
  const char *const *args; /* NULL: the image's own */
  const char *const *env;  /* "K=V", on top of the image's own */
  const ContainerBind *binds;
  size_t bind_count;
  const char *const *hosts; /* "name:address"; may be NULL */
  const char *cwd;          /* "/github/workspace" */
  ExecutorOutputFunc on_output;
  void *data;
  int64_t deadline_ms;                /* 0: none */
  GCancellable *cancellable;          /* SIGINT first, as Executor */
  int64_t interrupt_ms, terminate_ms; /* 0: as ExecutorSpec's */
} ContainerAction;

/* Runs it; `status` is its program's. Errors as executor_run()'s and container_image_fetch()'s. */
bool container_action_run(const ContainerAction *action, int *status, GError **error) G_GNUC_WARN_UNUSED_RESULT;
