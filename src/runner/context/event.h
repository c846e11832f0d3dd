/* Events and their payloads. Private to this folder. */
#pragma once

#include "runner/context/facts.h"

typedef struct {
  const char *name;
  void (*build)(const ContextFacts *facts, json_t *event); /* what only this event has; may be NULL */
  const char *action;                                      /* of an event with activity types, where the first is not the usual one */
  const char *before, *ref, *behind;                       /* github.ref: the member `ref` of the event, and what stands around it */
} EventRow;

/* The row of an event; unknown names get that of any event, on the default branch. Never NULL. */
const EventRow *event_row(const char *name);

/* ---- pieces (pieces.c); transfer full ---- */

json_t *event_repository(const ContextFacts *facts);
json_t *event_user(const ContextFacts *facts, const char *login);
/* The commit as push events have it. */
json_t *event_commit(const ContextFacts *facts);
/* The commit's time, RFC 3339 in UTC. */
char *event_time(const ContextFacts *facts);
/* An address of the repository at the server; `path` is behind it, "" or "/pull/1". */
char *event_url(const ContextFacts *facts, const char *path);
