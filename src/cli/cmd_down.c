#include "cli/commands.h"
#include "cli/support.h"
#include "ship/ship.h"

#include <string.h>

static const ArgumentRow arguments[] = {
  {{VALUE_TEXT, "ENV"}, ARITY_ONE, "the environment to take down"},
  {{0}},
};

static const OptionRow options[] = {
  OPTION_PROJECT,
  {"yes", {VALUE_FLAG}, .alias = 'y', .says = "do not ask; without a person at a terminal this is required"},
  {0},
};

static const ExampleRow examples[] = {
  {"drover down dev", "take dev down, after a question"},
  {"drover down dev --project shop --yes", "the same from a script"},
  {0},
};

static bool confirm(const Invocation *invocation, const char *project, const char *environment, GError **error) {
  if (invocation_flag(invocation, "yes"))
    return true;
  if (!support_is_interactive())
    return invocation_misuse(invocation, error, "nobody is there to be asked: --yes is needed to take %s of %s down", environment, project);
  g_autofree char *question = g_strdup_printf("Stop and remove everything of %s of %s? Type the environment's name:", environment, project);
  g_autofree char *answer = support_ask(invocation, question, false, error);
  if (answer == NULL)
    return false;
  return strcmp(g_strstrip(answer), environment) == 0 || error_set(error, DROVER_ERROR_REFUSED, "%s was left as it is", environment);
}

static bool run(Invocation *invocation, GError **error) {
  const char *environment = invocation_argument(invocation, 0);
  g_autofree char *project = support_project_required(invocation, error);
  if (project == NULL || !confirm(invocation, project, environment, error))
    return false;
  g_autoptr(Progress) progress = support_progress(invocation);
  g_autofree char *actor = support_actor();
  ShipSpec spec = {
    .dir = invocation->dir,
    .environment = environment,
    .data_dir = invocation->data_dir,
    .actor = actor,
    .progress = progress,
    .cancellable = invocation->cancellable,
  };
  if (!ship_down(&spec, project, error))
    return false;
  return support_answer(invocation, json_pack("{s:s, s:s, s:s}", "project", project, "environment", environment, "outcome", "down"), NULL, error);
}

const Command command_down = {
  .name = "down",
  .group = GROUP_SHIP,
  .summary = "stop and remove everything that runs of an environment",
  .description = "Removes its containers, its router and its scratch folders. Releases, images, secrets and the journal stay.",
  .arguments = arguments,
  .options = options,
  .examples = examples,
  .has_json = true,
  .run = run,
};
