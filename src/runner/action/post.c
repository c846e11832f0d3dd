#include "runner/action/action.h"

#include <string.h>

static bool is_promised(const json_t *posts, const char *key, bool below) {
  size_t length = strlen(key);
  for (size_t i = 0; i < json_array_size(posts); i++) {
    const char *other = json_string_value(json_array_get(posts, i));
    bool starts = strncmp(other, key, length) == 0;
    if (starts && (below ? other[length] == '/' : other[length] == '\0'))
      return true;
  }
  return false;
}

void action_post_promise(Step *step) {
  Job *job = step->job;
  g_mutex_lock(&job->lock);
  if (!is_promised(job->state.posts, step->key, false))
    json_array_append_new(job->state.posts, json_string(step->key));
  g_mutex_unlock(&job->lock);
}

bool action_post_promised(Job *job, const char *key, bool below) {
  g_mutex_lock(&job->lock);
  bool promised = is_promised(job->state.posts, key, below);
  g_mutex_unlock(&job->lock);
  return promised;
}
