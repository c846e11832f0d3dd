#include "cli/commands.h"
#include "cli/support.h"
#include "ship/ship.h"

static const ArgumentRow arguments[] = {
  {{VALUE_TEXT, "REF"}, ARITY_OPTIONAL, "the commit, branch or tag to ship; default: what is checked out"},
  {{0}},
};

static const OptionRow options[] = {
  {"env", {VALUE_TEXT, "NAME"}, .alias = 'e', .says = "the environment; default: the one whose branch REF is"},
  {"wait", {VALUE_FLAG}, .alias = 'w', .says = "wait for another rollout of the environment to end, instead of refusing"},
  {"allow-dirty", {VALUE_FLAG}, .says = "ship the commit although files of the working tree differ from it"},
  {0},
};

static const ExampleRow examples[] = {
  {"drover ship", "ship what is checked out to the environment of its branch"},
  {"drover ship v1.4.2 --env production --wait", "ship a tag to production, after a rollout that is under way"},
  {"drover ship --json | jq .release", "the number of the release, for a script"},
  {0},
};

static bool run(Invocation *invocation, GError **error) {
  g_autoptr(Progress) progress = support_progress(invocation);
  g_autofree char *actor = support_actor();
  ShipSpec spec = {
    .dir = invocation->dir,
    .ref = invocation_argument(invocation, 0),
    .environment = invocation_text(invocation, "env"),
    .data_dir = invocation->data_dir,
    .actor = actor,
    .wait = invocation_flag(invocation, "wait"),
    .allow_dirty = invocation_flag(invocation, "allow-dirty"),
    .progress = progress,
    .cancellable = invocation->cancellable,
  };
  json_t *result = NULL;
  GError *failure = NULL;
  (void)!ship_run(&spec, &result, &failure);
  return support_answer(invocation, result, failure, error);
}

const Command command_ship = {
  .name = "ship",
  .group = GROUP_SHIP,
  .summary = "take a commit through checks, images and a release to an environment",
  .description = "Runs the project's checks on the commit, builds its images once, records them as a release, and rolls the release out. "
                 "What is known already is not done again: a commit that has a release is not rebuilt, a check that succeeded on the "
                 "commit is not run again.\n\n"
                 "When the release does not become healthy it is taken back, the release before it keeps serving, and the exit status is 1. "
                 "What happens is told on standard error, the outcome on standard output.",
  .arguments = arguments,
  .options = options,
  .examples = examples,
  .has_json = true,
  .run = run,
};
