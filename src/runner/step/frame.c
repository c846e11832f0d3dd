#include "runner/step/frame.h"

Frame *frame_new_top(Job *job, json_t *contexts) {
  Frame *frame = g_new0(Frame, 1);
  frame->job = job;
  frame->contexts = contexts;
  frame->steps = job_state_entry(job->state.frames, "");
  frame->overlay = json_object();
  json_object_set(contexts, "steps", frame->steps);
  return frame;
}

static json_t *contexts_inside(const ActionUse *use, json_t *contexts, json_t *inputs, json_t *steps) {
  json_t *own = json_copy(contexts);
  json_t *github = json_copy(json_object_get(contexts, "github"));
  job_set_text(github, "action_path", use->dir);
  job_set_text(github, "action_repository", use->repository);
  job_set_text(github, "action_ref", use->ref);
  json_object_set_new(own, "github", github);
  json_object_set(own, "inputs", inputs);
  json_object_set(own, "steps", steps);
  json_object_del(own, "secrets"); /* an action sees none that it is not given */
  json_object_del(own, "env");
  return own;
}

Frame *frame_open(Job *job, const char *key, const Frame *outer, const ActionUse *use, json_t *contexts, json_t *inputs, json_t *overlay) {
  g_mutex_lock(&job->lock);
  Frame *frame = g_hash_table_lookup(job->frames, key);
  if (frame == NULL) {
    frame = g_new0(Frame, 1);
    *frame = (Frame){.job = job, .outer = outer, .use = use, .steps = job_state_entry(job->state.frames, key)};
    g_hash_table_insert(job->frames, g_strdup(key), frame);
  }
  g_mutex_unlock(&job->lock);
  json_decref(frame->contexts);
  json_decref(frame->overlay);
  frame->contexts = contexts_inside(use, contexts, inputs, frame->steps);
  frame->overlay = json_incref(overlay);
  frame->status = STATUS_SUCCESS;
  return frame;
}

void frame_free(Frame *frame) {
  if (frame == NULL)
    return;
  json_decref(frame->contexts);
  json_decref(frame->overlay);
  g_free(frame);
}

Status frame_status(const Frame *frame) {
  return frame->outer == NULL ? frame->job->state.status : frame->status;
}
