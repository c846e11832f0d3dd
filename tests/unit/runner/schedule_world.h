/* A schedule over workflow texts, whose jobs only pretend: what the tests of the schedule share. */
#pragma once

#include "runner/schedule/schedule.h"

typedef struct {
  const char *name; /* below .github/workflows; NULL: none */
  const char *text;
} WorldFile;

typedef struct {
  const WorldFile *files;
  guint file_count;
  char *dir;
  ConcurrencyGroups *groups;
  GCancellable *cancellable;
  Plan *plan;
  ScheduleSpec spec;
  guint stop_after; /* cancel the run when so many jobs have started; 0: never */
  /* what came of it */
  bool good;
  GError *error;
  json_t *document;
  GString *events; /* "number name conclusion; " */
  /* what jobs do, under the lock */
  GMutex lock;
  GCond changed;
  guint started, running, running_most, meeting;
  GString *order;    /* " +key -key" */
  GHashTable *said;  /* key -> text */
  GHashTable *alive; /* number of runs by id of job -> those that are running now */
  GPtrArray *faults; /* rules that were broken */
} World;

/* A job whose first step's `run` (evaluated) is "fail", "cancel", "forgiven" ends so; "wait" waits to be cancelled, "stop" cancels the run
 * and waits, "oust" lets another run want the place of this one in the group "g" and waits; "meet then X" waits for one more job that
 * meets, then does X; anything else is said, but "ok". */
void world_begin(World *world, const char *text, const WorldFile *files, guint file_count);
void world_run(World *world);
void world_end(World *world);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(World, world_end)

/* "success: a=success b(said)=failure{x=1}" and, when `order`, " +a -a". Transfer full. */
char *world_show(const World *world, bool order);
const char *world_job(const World *world, guint index, const char *member);
/* What holds of every run: no job starts before its needs have ended, limits are kept, every job ends exactly once. */
void world_check(const World *world);

void world_nothing(void *user);
