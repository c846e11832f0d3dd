#include "cli/commands.h"

static const OptionRow options[] = {
  {"data",
   {VALUE_PATH, "DIR"},
   .says = "where drover keeps its state ($DROVER_DATA, else /var/lib/drover for root, else "
           "$XDG_STATE_HOME/drover or ~/.local/state/drover)"},
  {"directory", {VALUE_PATH, "DIR"}, .alias = 'C', .says = "work as if drover had been started in DIR"},
  {"json", {VALUE_FLAG}, .says = "write the answer as one JSON document to standard output"},
  {"quiet", {VALUE_FLAG}, .alias = 'q', .says = "show what begins and ends, but no output of programs"},
  {"verbose", {VALUE_FLAG}, .alias = 'v', .says = "tell more of what happens"},
  {"help", {VALUE_FLAG}, .alias = 'h', .says = "show the help of the command"},
  {"version", {VALUE_FLAG}, .alias = 'V', .says = "show drover's version"},
  {0},
};

static const ExampleRow examples[] = {
  {"drover ship", "take the commit that is checked out to the environment of its branch"},
  {"drover status", "see what runs where, and whether it is well"},
  {"drover rollback production", "return an environment to the release before"},
  {0},
};

#define COMMAND_ROW(name) &command_##name,
static const Command *const commands[] = {COMMANDS(COMMAND_ROW) NULL};
#undef COMMAND_ROW

const Command command_root = {
  .name = "drover",
  .summary = "takes every commit to production safely",
  .description = "drover lints and runs a repository's GitHub Actions workflows, builds its images once, records them as an immutable "
                 "release, rolls the release out across environments, watches it, and takes it back when it hurts.\n\n"
                 "What to build, how to run it and where stands in the project file, drover.yaml, at the top of the repository.",
  .options = options,
  .examples = examples,
  .commands = commands,
  .has_json = true,
};
