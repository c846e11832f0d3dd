/* What a job has come to: all that the steps behind it left for those that follow, as one value that can be written down and read again.
 * The job's thread changes it; other threads, those of steps in the background, touch `states` and `posts` only, under the job's lock. */
#pragma once

#include "runner/status.h"

#include <glib.h>
#include <jansson.h>
#include <stdbool.h>

typedef struct {
  Status status;
  json_t *env;    /* of the workflow and the job, and what steps wrote into GITHUB_ENV: an object of strings */
  json_t *paths;  /* strings, put before PATH, the last first */
  json_t *frames; /* the steps context of the job ("") and of each composite action, by its step's key: "2", "2/0" */
  json_t *states; /* what actions keep for their post step, by key: objects of strings */
  json_t *posts;  /* keys of steps that have a post step to run, in the order in which it was promised */
} JobState;

void job_state_init(JobState *state);
void job_state_clear(JobState *state);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(JobState, job_state_clear)

/* A copy that nothing changes any more; transfer full. It may hold secrets. */
json_t *job_state_json(const JobState *state);
/* Takes the place of what `state` is; CORRUPT when `json` is not what job_state_json() gave. */
bool job_state_load(JobState *state, const json_t *json, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The object called `key` of one of the members, made when it is missing. Borrowed. */
json_t *job_state_entry(json_t *member, const char *key);
