#include "cli/commands.h"
#include "cli/support.h"
#include "ship/ship.h"

static const ArgumentRow arguments[] = {
  {{VALUE_TEXT, "ENV"}, ARITY_ONE, "the environment to return"},
  {{0}},
};

static const OptionRow options[] = {
  {"to", {VALUE_TEXT, "RELEASE"}, .says = "the release to return to, by number or id; default: the one before the current"},
  OPTION_PROJECT,
  {"wait", {VALUE_FLAG}, .alias = 'w', .says = "wait for another rollout of the environment to end, instead of refusing"},
  {0},
};

static const ExampleRow examples[] = {
  {"drover rollback production", "return to the release that ran before"},
  {"drover rollback production --to 12", "return to release 12"},
  {0},
};

static bool run(Invocation *invocation, GError **error) {
  g_autofree char *project = support_project_required(invocation, error);
  if (project == NULL)
    return false;
  g_autoptr(Progress) progress = support_progress(invocation);
  g_autofree char *actor = support_actor();
  ShipSpec spec = {
    .dir = invocation->dir,
    .environment = invocation_argument(invocation, 0),
    .data_dir = invocation->data_dir,
    .actor = actor,
    .wait = invocation_flag(invocation, "wait"),
    .progress = progress,
    .cancellable = invocation->cancellable,
  };
  json_t *result = NULL;
  GError *failure = NULL;
  (void)!ship_rollback(&spec, project, invocation_text(invocation, "to"), &result, &failure);
  return support_answer(invocation, result, failure, error);
}

const Command command_rollback = {
  .name = "rollback",
  .group = GROUP_SHIP,
  .summary = "return an environment to a release that ran before",
  .description = "Rolls out images that exist already: nothing is checked or built again, and no migration runs, for the schema stays.",
  .arguments = arguments,
  .options = options,
  .examples = examples,
  .has_json = true,
  .run = run,
};
