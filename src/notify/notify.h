/* News of a rollout, sent to Slack, Teams or a generic webhook. A message that cannot be delivered never fails anything:
 * it is reported to the caller, who shows a warning. Any thread. */
#pragma once

#include "release/project.h"
#include "release/secrets.h"

#include <gio/gio.h>
#include <jansson.h>
#include <stdbool.h>

typedef struct {
  const char *title;   /* "shop: release 3 failed in dev, release 2 keeps serving" */
  const char *outcome; /* "started", "completed", "rolled-back", "failed" */
  const char *project;
  const char *environment;
  const char *component; /* "backend, frontend" */
  const char *commit;
  const char *subject; /* the commit's */
  const char *actor;
  const char *error; /* NULL: none */
  const char *link;  /* where to look; NULL: none */
} Notification;

/* The body for each kind; pure, transfer full. Slack: blocks with a fallback text; Teams: an Adaptive Card in the message
 * envelope that Workflows webhooks take; webhook: the fields as they are. */
json_t *notify_body(NotifyKind kind, const Notification *notification);

/* Sends to every receiver of `project` whose secret is set, with retries and backoff, in parallel. Returns how many were
 * delivered; `failures` (may be NULL) gets one text (transfer full) for each that was not, without any part of its address. All is
 * over within 10 s. */
unsigned notify_send(const Project *project, const SecretSet *secrets, const Notification *notification, GCancellable *cancellable,
                     GPtrArray *failures);
