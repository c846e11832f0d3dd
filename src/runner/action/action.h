/* Running what a step uses: an action's pre, main or post part. Private to the runner. */
#pragma once

#include "runner/step/step.h"

/* ---- inputs.c ---- */

/* The inputs of the step's action: `with`, then defaults; an object of strings, transfer full. Warns of what is deprecated or not known. */
json_t *action_inputs(Step *step, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The value of an input, without regard to case; NULL when it is not there. Borrowed. */
const char *action_input(const json_t *inputs, const char *name);
/* INPUT_*, STATE_* and the services' ACTIONS_*: an object of strings, transfer full. */
json_t *action_environment(Step *step, const json_t *inputs);

/* ---- kinds ---- */

void action_run_javascript(Step *step, const json_t *inputs);
void action_run_composite(Step *step, json_t *inputs);
void action_run_docker(Step *step, const json_t *inputs);
void action_run_checkout(Step *step, const json_t *inputs);

/* ---- post.c ---- */

/* Promises the post part of the step's action, once. */
void action_post_promise(Step *step);
/* Whether it was promised for the step with this key, or for one in it. */
bool action_post_promised(Job *job, const char *key, bool below);
