/* The container engine: podman, or docker where podman is absent, by its command line.
 *
 * All of one environment's containers and volumes carry the label ENGINE_LABEL_SCOPE with the environment's scope, and are
 * found by it again, so that nothing depends on memory. An Engine is immutable; any thread.
 */
#pragma once

#include "base/process.h"
#include "base/secret.h"
#include "engine/command.h"

#include <gio/gio.h>
#include <stdbool.h>

#define ENGINE_LABEL "io.drover."
#define ENGINE_LABEL_SCOPE ENGINE_LABEL "scope"

typedef struct Engine Engine;

/* Finds the engine and how containers start on this machine. MISSING names what to install; UNAVAILABLE when it is there
 * but does not answer. `env` (copied) is what it runs in: NULL, drover's own. */
Engine *engine_new(const char *const *env, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void engine_free(Engine *engine);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Engine, engine_free)

const EngineTraits *engine_traits(const Engine *engine); /* transfer none */

/* A secret that a container sees as environment variable `name`. Both borrowed. */
typedef struct {
  const char *name;
  const Secret *value;
} EngineSecret;

/* Fetches an image by digest. UNAVAILABLE when the registry does not give it. */
bool engine_pull(const Engine *engine, const char *image, ProcessLineFunc on_line, void *data, GCancellable *cancellable,
                 GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Runs a container once, to its end, and removes it whatever happened. `result` as process_run() gives it; `spec->secret_names`
 * is filled in from `secrets` (`secret_count` of them). */
typedef struct {
  ContainerSpec container;
  const EngineSecret *secrets;
  size_t secret_count;
  int64_t deadline_ms; /* 0: none */
  ProcessLineFunc on_line;
  void *data;
  GCancellable *cancellable;
} EngineRun;
bool engine_run_once(Engine *engine, const EngineRun *run, ProcessResult *result, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Starts a replica in the background; FAILED with the engine's words. */
bool engine_start(Engine *engine, const EngineRun *run, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* A container as the engine sees it. */
typedef struct {
  char *id;
  char *name;
  char *status; /* "running", "exited", ... */
  bool running;
  int exit_code;
  unsigned restarts;
  unsigned host_port;                              /* of 127.0.0.1; 0: none */
  char *rollout, *release, *slot, *service, *role; /* its labels; "" where there is none */
} EngineContainer;

void engine_container_free(EngineContainer *container);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(EngineContainer, engine_container_free)

/* All containers of a scope, running or not, by name; a GPtrArray of EngineContainer, shared: only to be read. An answer is given
 * again for a quarter of a second, unless drover has changed something through this engine since. */
GPtrArray *engine_list(Engine *engine, const char *scope, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The JSON of "inspect" as containers; CORRUPT when it is not that. Pure. */
GPtrArray *engine_parse_containers(const char *json, size_t size, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Starts a container that was stopped. */
bool engine_restart(Engine *engine, const char *id, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Asks containers to end (SIGTERM), kills what still runs after `grace_s` seconds, and removes them. `names` is
 * NULL-terminated; what is not there is success. */
bool engine_remove(Engine *engine, const char *const *names, unsigned grace_s, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The last lines of what a container wrote, on both streams; transfer full, "" when there are none. */
char *engine_logs(const Engine *engine, const char *id, unsigned lines);

/* Named volumes. engine_volumes() gives a scope's names (transfer full). Making one that exists and removing one that does
 * not are successes. */
char **engine_volumes(const Engine *engine, const char *scope, GError **error) G_GNUC_WARN_UNUSED_RESULT;
bool engine_volume_make(const Engine *engine, const char *name, const char *const *labels, GError **error) G_GNUC_WARN_UNUSED_RESULT;
bool engine_volume_remove(const Engine *engine, const char *name, GError **error) G_GNUC_WARN_UNUSED_RESULT;
