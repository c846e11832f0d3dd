#include "runner/action/action.h"

#include "base/error.h"
#include "runner/checkout.h"

static void write_output(const char *bytes, size_t size, void *output) {
  output_write(output, bytes, size);
}

/* actions/checkout where the store has none: without the network, from the repository that is run. */
void action_run_checkout(Step *step, const json_t *inputs) {
  const Job *job = step->job;
  const Run *run = job->run;
  g_auto(GStrv) env = step_environment(step, NULL);
  g_autoptr(GError) error = NULL;
  Output *output = step_output_new(step);
  const CheckoutSpec spec = {
    .executor = job->executor,
    .env = (const char *const *)env,
    .workspace = job->folders.work.inside,
    .repository = run->repository,
    .source = job->isolated || job->in_container ? run->repository_dir : run->git_dir,
    .commit = run->spec->commit->commit,
    .ref = json_string_value(json_object_get(step->github, "ref")),
    .server_url = json_string_value(json_object_get(step->github, "server_url")),
    .store = run->actions,
    .inputs = inputs,
    .on_output = write_output,
    .data = output,
    .deadline_ms = step_left_ms(step),
    .cancellable = step_cancellable(step),
  };
  bool good = checkout_run(&spec, step->outputs, &error);
  step_output_end(step, output);
  if (good)
    step_say(step, "checked out %.12s %s", run->spec->commit->commit, run->spec->commit->subject);
  else if (error_is(error, DROVER_ERROR_CANCELLED) || error_is(error, DROVER_ERROR_TIMEOUT))
    step_note_stop(step, error);
  else
    step_fail(step, "failed: %s", error->message);
}
