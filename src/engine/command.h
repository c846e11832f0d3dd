/* The command lines of podman and docker, as argument vectors. Pure: nothing runs here.
 *
 * A secret's value never gets into a vector, where every user of the machine could read it: only its name does, and the
 * engine takes the value from its own environment (engine.c).
 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

typedef enum { ENGINE_PODMAN, ENGINE_DOCKER } EngineKind;

/* What the command lines depend on besides the container. */
typedef struct {
  EngineKind kind;
  const char *runtime;   /* the OCI runtime to name; NULL: the engine's default */
  int64_t files_max;     /* limit on open files to pass; 0: none is passed */
  int64_t processes_max; /* likewise */
} EngineTraits;

typedef enum {
  CONTAINER_ONCE,    /* to its end, then it is removed */
  CONTAINER_STAYS,   /* in the background; when it ends it is not started again */
  CONTAINER_REPLICA, /* in the background until it is removed, started again whenever it ends */
  CONTAINER_LIVES
} ContainerLife;

typedef struct {
  const char *name;
  const char *image;               /* by digest or id */
  const char *const *labels;       /* "K=V" */
  const char *const *env;          /* "K=V", not secret; may be NULL */
  const char *const *secret_names; /* may be NULL */
  const char *const *volumes;      /* "name:/folder"; may be NULL */
  const char *const *command;      /* NULL: the image's own */
  unsigned port;                   /* published on a free port of 127.0.0.1; 0: none */
  const char *const *options;      /* more options, before drover's own, so that those win; may be NULL, as all that follow */
  const char *const *publish;      /* "127.0.0.1:8080:80/tcp" */
  const char *const *hosts;        /* "name:address" for its hosts file */
  const char *network;             /* NULL: the engine's own */
  const char *alias;               /* its name there */
  const char *entrypoint;          /* NULL: the image's own */
  const char *cwd;
  ContainerLife life;
} ContainerSpec;

/* "podman run ..."; transfer full. */
char **engine_command_run(const EngineTraits *traits, const ContainerSpec *spec);

/* The engine's name, the options that every call needs, and `arguments` (NULL-terminated); transfer full. */
char **engine_command(const EngineTraits *traits, const char *const *arguments);

const char *engine_program(EngineKind kind); /* static */

/* Whether an environment variable of that name changes the engine itself, so that no secret may be called so. */
bool engine_reserves_name(const char *name);

/* The limits that a container may be given where drover itself is under `hard` limits (-1: unlimited) and the kernel numbers
 * processes up to `pid_max`: podman lowers its own limit to that, and cannot raise it again for a container. */
int64_t engine_limit_files(int64_t hard);
int64_t engine_limit_processes(int64_t hard, int64_t pid_max);
