#include "cli/commands.h"
#include "cli/support.h"
#include "ship/ship.h"

static const ArgumentRow arguments[] = {
  {{VALUE_TEXT, "REF"}, ARITY_OPTIONAL, "the commit, branch or tag to build; default: what is checked out"},
  {{0}},
};

static const OptionRow options[] = {
  {"env", {VALUE_TEXT, "NAME"}, .alias = 'e', .says = "the environment that the tags are for; default: the one whose branch REF is"},
  {"allow-dirty", {VALUE_FLAG}, .says = "build the commit although files of the working tree differ from it"},
  {0},
};

static const ExampleRow examples[] = {
  {"drover build", "build and push the images of what is checked out"},
  {"drover build v1.4.2 --env production --json", "the digests of a tag's images, for a script"},
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
    .allow_dirty = invocation_flag(invocation, "allow-dirty"),
    .progress = progress,
    .cancellable = invocation->cancellable,
  };
  json_t *result = NULL;
  GError *failure = NULL;
  (void)!ship_build(&spec, &result, &failure);
  return support_answer(invocation, result, failure, error);
}

const Command command_build = {
  .name = "build",
  .group = GROUP_SHIP,
  .summary = "build and push a commit's images, and do nothing else",
  .description = "Builds from the commit's tree alone, so that the same commit gives the same digests: a second build is accepted under "
                 "the tag of the first only when it is the same.",
  .arguments = arguments,
  .options = options,
  .examples = examples,
  .has_json = true,
  .run = run,
};
