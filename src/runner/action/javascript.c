#include "runner/action/action.h"

#include "runner/action/node.h"

void action_run_javascript(Step *step, const json_t *inputs) {
  Job *job = step->job;
  const Action *action = step->use->action;
  const WorkflowText *const scripts[] = {[STAGE_PRE] = &action->pre, [STAGE_MAIN] = &action->main, [STAGE_POST] = &action->post};
  g_autoptr(GError) error = NULL;
  g_autofree char *note = NULL;
  unsigned major = node_major(action->using.text);
  g_autofree char *node = node_find(job->run, major, job->isolated || job->in_container, &note, &error);
  if (node == NULL) {
    step_fail(step, "could not be run: %s", error->message);
    return;
  }
  if (note != NULL)
    step_say(step, "##[warning]%s", note);
  g_autofree char *script = g_build_filename(step->use->dir, scripts[step->stage]->text, NULL);
  json_auto_t *more = action_environment(step, inputs);
  g_auto(GStrv) env = step_environment(step, more);
  const char *const argv[] = {node, script, NULL};
  step_run_program(step, argv, (const char *const *)env, job->folders.work.inside);
}
