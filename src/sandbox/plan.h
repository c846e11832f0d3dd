/* Which mounts make the file system of a sandbox, as a list, decided from what is mounted here. Pure: the caller reads the machine, and
 * sandbox/mounts.h carries the list out.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>

/* One line of /proc/self/mountinfo (proc(5)). */
typedef struct {
  char *device; /* major:minor */
  char *path;
  char *type;
  bool is_folder;
} PlanMount;

typedef enum {
  PLAN_ROOT,      /* the file system that becomes "/", empty or, with `source`, an overlay over it */
  PLAN_OVERLAY,   /* copy-on-write over `source` */
  PLAN_FOLDER,    /* an empty folder of the sandbox's own, kept in its state; `source` is its mode in octal */
  PLAN_BIND,      /* `source` itself */
  PLAN_BIND_READ, /* the same, read-only */
  PLAN_LINK,      /* a symbolic link that says `source` */
  PLAN_PROC,
  PLAN_DEV,
  PLAN_READ_ONLY, /* what is there inside already can be written no more; nothing when it is not there */
  PLAN_MASK,      /* what is there inside already is seen no more: an empty folder or file; nothing when it is not there */
  PLAN_FILE,      /* a file that holds `source` */
} PlanKind;

typedef struct {
  PlanKind kind;
  char *target; /* inside */
  char *source; /* may be "" */
} PlanStep;

typedef struct {
  const GPtrArray *mounts;                            /* of PlanMount */
  bool privileged;                                    /* may lay one overlay over "/" */
  const char *const *homes;                           /* NULL-terminated: become empty folders */
  const char *const *hidden;                          /* NULL-terminated, resolved: likewise, files become empty; the state's folder is one */
  GPtrArray *(*list)(const char *folder, void *data); /* the names in a folder (transfer full), NULL when it is none; for the unprivileged */
  char *(*link)(const char *path, void *data);        /* what a symbolic link says (transfer full), NULL when it is none */
  void *data;
} PlanInput;

/* The steps in order, all of the file system but binds and files; of PlanStep, transfer full. */
GPtrArray *plan_make(const PlanInput *input);

void plan_add(GPtrArray *steps, PlanKind kind, const char *target, const char *source);
GPtrArray *plan_steps_new(void);

/* The mounts that a text in the format of mountinfo tells of, in its order; is_folder is left true. */
GPtrArray *plan_read_mounts(const char *mountinfo);

/* Whether `path` is `folder` or lies below it. */
bool plan_is_below(const char *path, const char *folder);

/* The folder's name, in the state, of what lies at `target`: one name, whatever the path. Transfer full. */
char *plan_layer_name(const char *target);
