#include "cli/commands.h"
#include "cli/support.h"

static const ExampleRow examples[] = {
  {"drover version", "which drover this is"},
  {0},
};

static bool run(Invocation *invocation, G_GNUC_UNUSED GError **error) {
  if (invocation_flag(invocation, "json"))
    support_answer_json(invocation, json_pack("{s:s}", "version", DROVER_VERSION));
  else
    puts("drover " DROVER_VERSION);
  return true;
}

const Command command_version = {
  .name = "version",
  .group = GROUP_HELP,
  .summary = "show drover's version",
  .examples = examples,
  .has_json = true,
  .run = run,
};
