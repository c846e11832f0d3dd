/* What a step's `uses:` leads to: an action's metadata and files. Private to the runner.
 *
 * Actions of repositories are laid out in the job's own folder of actions, where GitHub's runner has them too, and their steps are
 * followed at once; local actions are read from the workspace when they are run. The files are not trusted.
 */
#pragma once

#include "runner/job/job.h"
#include "workflow/action.h"
#include "workflow/uses.h"

#define ACTION_LEVELS_MAX 10 /* composite actions in one another, as at GitHub */

typedef enum { USE_JAVASCRIPT, USE_COMPOSITE, USE_DOCKER, USE_IMAGE, USE_CHECKOUT } ActionUseKind;

typedef struct ActionUse ActionUse;
struct ActionUse {
  ActionUseKind kind;
  char *text;             /* as written, without blanks */
  bool local;             /* ./: no pre step at GitHub */
  char *repository, *ref; /* "" where it is local */
  Action *action;         /* NULL: an image, the built-in checkout */
  char *image;            /* of USE_IMAGE */
  char *dir;              /* the action's folder, inside; NULL without files */
  char *path;             /* and on this machine */
  unsigned level;         /* how many composite actions it stands in */
  ActionUse **steps;      /* of a composite: what its steps use; NULL for scripts, and for what is read when it is run */
};

/* What `text` leads to, from a step of `within` (NULL: the workflow). `late`: the step runs now, so that local actions can be read;
 * otherwise they give NULL without an error. Lives as long as the job; the lock must not be held. */
ActionUse *action_use_find(Job *job, const char *text, const ActionUse *within, bool late, GError **error);
void action_use_free(ActionUse *use);
/* Says what the step with the key uses, and what the steps of its composite action do. */
void action_use_bind(Job *job, const char *key, ActionUse *use);

/* Whether it has something to run before the job's first step, or after the last; of a composite one of its steps does. */
bool action_use_has_pre(const ActionUse *use);
bool action_use_has_post(const ActionUse *use);
