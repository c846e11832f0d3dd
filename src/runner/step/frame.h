/* A list of steps that share their steps and inputs contexts: the job's own, or those of a composite action. Private to the runner. */
#pragma once

#include "runner/action/use.h"

struct Frame {
  Job *job;
  const Frame *outer;   /* NULL: the job's own */
  const ActionUse *use; /* the composite action */
  json_t *contexts;     /* all but env; steps read copies */
  json_t *steps;        /* in `contexts`, and in the job's state */
  json_t *overlay;      /* variables that `env` of the steps around it set, over the job's: an object */
  Status status;        /* of the action so far; the job's own frame has the job's */
};

/* The job's own; owns what it is given. */
Frame *frame_new_top(Job *job, json_t *contexts);
/* A composite action's, which stays for its post step: `key` is its step's, `contexts` its step's, `inputs` its inputs. Borrowed from the
 * job; the same for the same key. */
Frame *frame_open(Job *job, const char *key, const Frame *outer, const ActionUse *use, json_t *contexts, json_t *inputs, json_t *overlay);
void frame_free(Frame *frame);

Status frame_status(const Frame *frame);
