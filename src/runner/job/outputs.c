/* What a job hands to those that need it. */
#include "runner/expand.h"
#include "runner/job/job.h"
#include "runner/step/frame.h"

#include <string.h>

#define OUTPUTS_MAX_BYTES ((size_t)1 << 20) /* as GitHub documents it */

/* What GitHub does not hand on either: an output that holds a secret would be readable in every job that needs this one. */
static void drop_secret(Job *job, json_t *outputs) {
  const char *name;
  void *next;
  json_t *value;
  json_object_foreach_safe(outputs, next, name, value) {
    if (!mask_finds(job->mask, json_string_value(value)))
      continue;
    job_say(job, "##[warning]the output \"%s\" is left out: it may hold a secret", name);
    json_object_del(outputs, name);
  }
}

/* The first output that does not fit any more, and all behind it, are left out, and the job fails. */
static void drop_too_large(Job *job, json_t *outputs) {
  const char *name;
  void *next;
  json_t *value;
  size_t size = 0;
  json_object_foreach_safe(outputs, next, name, value) {
    size += strlen(name) + json_string_length(value);
    if (size <= OUTPUTS_MAX_BYTES)
      continue;
    job_fail(job, "outputs: with \"%s\" they are larger than %zu KiB; hand large data on as an artifact", name, OUTPUTS_MAX_BYTES >> 10);
    json_object_del(outputs, name);
  }
}

void job_gather_outputs(Job *job) {
  json_auto_t *contexts = json_copy(job->top->contexts), *outputs = json_object();
  g_autoptr(GError) error = NULL;
  JobScope scope;
  json_object_set(contexts, "env", job->state.env);
  job_scope_init(&scope, job, contexts, job->state.status);
  if (!expand_pairs(&job->model->outputs, &scope.scope, outputs, &error))
    job_fail(job, "outputs: %s", error->message);
  drop_secret(job, outputs);
  drop_too_large(job, outputs);
  job->result->outputs = json_incref(outputs);
}
