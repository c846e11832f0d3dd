#include "runner/job/state.h"

#include "base/error.h"

#include <string.h>

static const Status statuses[] = {STATUS_SUCCESS, STATUS_FAILURE, STATUS_CANCELLED, STATUS_SKIPPED};

void job_state_init(JobState *state) {
  *state = (JobState){
    .status = STATUS_SUCCESS,
    .env = json_object(),
    .paths = json_array(),
    .frames = json_object(),
    .states = json_object(),
    .posts = json_array(),
  };
}

void job_state_clear(JobState *state) {
  json_t *members[] = {state->env, state->paths, state->frames, state->states, state->posts};
  for (size_t i = 0; i < G_N_ELEMENTS(members); i++)
    json_decref(members[i]);
  memset(state, 0, sizeof *state);
}

json_t *job_state_json(const JobState *state) {
  json_auto_t *whole = json_pack("{s:s, s:O, s:O, s:O, s:O, s:O}", "status", status_name(state->status), "env", state->env, "paths", state->paths,
                                 "frames", state->frames, "states", state->states, "posts", state->posts);
  return json_deep_copy(whole);
}

static bool all_strings(const json_t *value) {
  const char *key;
  json_t *item;
  json_object_foreach ((json_t *)value, key, item)
    if (!json_is_string(item))
      return false;
  for (size_t i = 0; i < json_array_size(value); i++)
    if (!json_is_string(json_array_get(value, i)))
      return false;
  return true;
}

static bool all_objects(const json_t *value, bool of_strings) {
  const char *key;
  json_t *item;
  json_object_foreach ((json_t *)value, key, item)
    if (!json_is_object(item) || (of_strings && !all_strings(item)))
      return false;
  return true;
}

static bool read_status(const char *name, Status *status) {
  for (size_t i = 0; i < G_N_ELEMENTS(statuses); i++) {
    if (strcmp(status_name(statuses[i]), name) != 0)
      continue;
    *status = statuses[i];
    return true;
  }
  return false;
}

bool job_state_load(JobState *state, const json_t *json, GError **error) {
  g_auto(JobState) read = {0};
  const char *status = NULL;
  json_auto_t *copy = json_deep_copy(json);
  json_t *env, *paths, *frames, *states, *posts;
  bool good = json_unpack(copy, "{s:s, s:o, s:o, s:o, s:o, s:o}", "status", &status, "env", &env, "paths", &paths, "frames", &frames, "states",
                          &states, "posts", &posts) == 0 &&
              read_status(status, &read.status) && json_is_object(env) && all_strings(env) && json_is_array(paths) && all_strings(paths) &&
              json_is_object(frames) && all_objects(frames, false) && json_is_object(states) && all_objects(states, true) && json_is_array(posts) &&
              all_strings(posts);
  if (!good)
    return error_set(error, DROVER_ERROR_CORRUPT, "a job's recorded state is not what was written");
  read.env = json_incref(env), read.paths = json_incref(paths), read.frames = json_incref(frames);
  read.states = json_incref(states), read.posts = json_incref(posts);
  job_state_clear(state);
  *state = read;
  memset(&read, 0, sizeof read);
  return true;
}

json_t *job_state_entry(json_t *member, const char *key) {
  json_t *entry = json_object_get(member, key);
  if (entry != NULL)
    return entry;
  json_object_set_new(member, key, json_object());
  return json_object_get(member, key);
}
