/* What all containers of one job share: the engine, the network, the labels by which they are found after a crash.
 *
 * Every container, network and named volume of a job carries the labels ENGINE_LABEL_RUN and ENGINE_LABEL_JOB.
 */
#pragma once

#include "engine/engine.h"

#include <gio/gio.h>
#include <stdbool.h>
#include <stddef.h>

#define ENGINE_LABEL_RUN ENGINE_LABEL "run"
#define ENGINE_LABEL_JOB ENGINE_LABEL "job"
#define JOB_NETWORK_HOST "host"

/* All borrowed; must outlive whatever is made with it. */
typedef struct {
  Engine *engine;
  const char *run;         /* its id */
  const char *job;         /* its name or number, unique in the run */
  const char *network;     /* as job_network_make() gave it; NULL: the engine's own */
  bool host_access;        /* what the workflow asks of this machine is done (engine/request.h) */
  const char *dir;         /* an existing private folder for small files while something runs; NULL: the machine's for temporary files */
  ProcessLineFunc on_line; /* how pulling and building go on, and services' logs; may be NULL */
  void *data;
} ContainerScope;

const char *container_scope_dir(const ContainerScope *scope); /* never NULL; transfer none */

/* A folder or file of this machine that shows inside a container. `path` holds no colon. */
typedef struct {
  const char *path;
  const char *inside;
  bool read_only;
} ContainerBind;

/* A network of the job's own, on which a service is reached by its id; transfer full. Where the machine cannot make one,
 * JOB_NETWORK_HOST, and `why` (transfer full, may be NULL) says why: all containers then share the machine's network. */
char *job_network_make(const ContainerScope *scope, char **why);
/* What is not there is success; JOB_NETWORK_HOST too. */
bool job_network_remove(Engine *engine, const char *network, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Removes all containers, networks and volumes of a run, whoever made them: after a crash, and at a run's end. `removed` (may be NULL):
 * how many containers. */
bool engine_clean_run(Engine *engine, const char *run, unsigned *removed, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The same for one label, "K=V" or "K". */
bool engine_remove_labelled(Engine *engine, const char *label, unsigned *removed, GError **error) G_GNUC_WARN_UNUSED_RESULT;
