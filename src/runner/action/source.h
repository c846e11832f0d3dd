/* The search for one action in all places where it may lie. Private to this folder. One thread at a time. */
#pragma once

#include "runner/action/store.h"

typedef struct {
  const GPtrArray *mirrors; /* Mirror, in the order in which they are asked */
  const char *cache_dir;
  const char *server_url; /* NULL: none is asked */
} ActionPlaces;

typedef struct {
  const char *owner;
  const char *repo;
  const char *ref;
  const char *commit; /* that it must be; NULL: what `ref` means */
  const char *digest; /* that its files must have; NULL: any */
} ActionWanted;

/* The first place that has what is wanted. Where one has other bytes, or another commit, and none the right ones: REFUSED names both.
 * Otherwise NOT_FOUND, or UNAVAILABLE where the server did not answer, with all places and what to do. */
bool action_source_find(const ActionPlaces *places, const ActionWanted *wanted, ActionSource *source, GCancellable *cancellable,
                        GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Whether a place on this machine has it; what bytes is not asked. */
bool action_source_is_here(const ActionPlaces *places, const ActionWanted *wanted);
