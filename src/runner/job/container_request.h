/* What "container:" and "services:" say, once their expressions are filled in, as the engine is asked for it. Private to the runner. */
#pragma once

#include "engine/request.h"
#include "engine/scope.h"
#include "runner/job/job.h"

typedef struct {
  ContainerRequest request;         /* its image NULL: there is to be none */
  const char *entrypoint, *command; /* of a service */
  GPtrArray *texts;                 /* which owns what they name */
  Secret *password;
} ContainerAsked;

/* `value`: an image's name, or an object as the workflow has it. */
bool container_asked_read(ContainerAsked *asked, const json_t *value, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void container_asked_clear(ContainerAsked *asked);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(ContainerAsked, container_asked_clear)

/* Adds (ContainerBind) Node.js, and the repository for checkouts; `texts` owns the paths. */
void container_asked_add_tools(const Job *job, GArray *binds, GPtrArray *texts);
