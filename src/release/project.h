/* The project file, drover.yaml: what to build, how to run it and where. Read once, immutable, readable from any thread.
 *
 * Durations carry their unit ("500ms", "3s", "5m", "1h"). An unknown key, a wrong type or a name that refers to nothing is a
 * diagnostic with file, line, column, what was expected, and the nearest known name.
 */
#pragma once

#include "base/diagnostics.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct {
  char *name;
  char *context;    /* folder in the repository, relative, without ".." */
  char *dockerfile; /* relative to the context; default "Dockerfile" */
  char **platforms; /* default {"linux/amd64"-like, the machine's own} */
  Location location;
} ProjectImage;

typedef struct {
  char *path;          /* NULL: no HTTP check, a TCP connection is enough */
  int64_t interval_ms; /* default 1 s */
  int64_t timeout_ms;  /* of one attempt; default 2 s */
  unsigned attempts;   /* default 30 */
} ProjectHealth;

typedef struct {
  char **run;              /* argv; NULL: no migration */
  char *database;          /* the secret with the connection URL; the container sees it as DATABASE_URL; default "DATABASE_URL" */
  int64_t lock_timeout_ms; /* default 3 s */
  int64_t timeout_ms;      /* for the whole command; default 10 minutes */
  unsigned attempts;       /* on a lock timeout; default 5 */
} ProjectMigration;

typedef struct {
  char *name;
  char *image; /* a key of images */
  unsigned port;
  unsigned replicas; /* default 1 */
  ProjectHealth health;
  char **secrets; /* names; environment variables of the container; these lists are never NULL */
  char **env;     /* "K=V", not secret; the value may hold any character but NUL */
  char **scratch; /* folders kept for one release on one host; before_start fills them, replicas mount them */
  ProjectMigration migrate;
  char ***before_start; /* NULL-terminated list of argv, run in order in a container of the image before the replicas start */
  Location location;
} ProjectService;

typedef struct {
  char *path;    /* a prefix, begins with "/" */
  char *service; /* a key of services */
} ProjectRoute;

typedef struct {
  char *name;
  char *branch;
  char *listen;     /* "address:port" or "[address]:port" of the router; default "0.0.0.0:80"; no two overlap */
  char **hosts;     /* only "local" for now; anything else is a located "not supported yet" */
  char *strategy;   /* only "blue-green" for now, likewise */
  int64_t drain_ms; /* how long the old version may finish its requests; default 10 s */
  Location location;
} ProjectEnvironment;

typedef enum { NOTIFY_SLACK, NOTIFY_TEAMS, NOTIFY_WEBHOOK } NotifyKind;

typedef struct {
  NotifyKind kind;
  char *secret; /* the name of the secret that holds the address */
} ProjectNotify;

typedef struct {
  char *name;
  GPtrArray *images;       /* ProjectImage, in the file's order */
  GPtrArray *services;     /* ProjectService */
  GPtrArray *routes;       /* ProjectRoute; longest path first */
  GPtrArray *environments; /* ProjectEnvironment */
  GPtrArray *notify;       /* ProjectNotify */
  char **registries;       /* default {"drover"}: the embedded one, which is always among them */
  char **checks;           /* workflow files, relative */
  char *text;              /* the file itself */
} Project;

/* Reads a project from text. `name` is what locations call the file. All findings go to `diagnostics`; NULL when there is any. */
Project *project_parse(const char *name, const char *text, size_t size, Diagnostics *diagnostics) G_GNUC_WARN_UNUSED_RESULT;
void project_free(Project *project);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Project, project_free)

/* By name; NULL when there is none. Transfer none. */
const ProjectEnvironment *project_environment(const Project *project, const char *name);
const ProjectService *project_service(const Project *project, const char *name);
const ProjectImage *project_image(const Project *project, const char *name);

/* Every secret name that an environment needs: services', migrations' and notify's (the last are optional at run time). */
char **project_secret_names(const Project *project, bool with_notify);
