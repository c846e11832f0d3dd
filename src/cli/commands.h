/* Which commands there are. The order is that of help; to add one, add its row here and its file to meson.build. */
#pragma once

#include "cli/command.h"

/* clang-format off */
#define COMMANDS(ROW) \
  ROW(ship) \
  ROW(rollback) \
  ROW(down) \
  ROW(build) \
  ROW(status) \
  ROW(logs) \
  ROW(releases) \
  ROW(journal) \
  ROW(run) \
  ROW(runs) \
  ROW(replay) \
  ROW(lint) \
  ROW(plan) \
  ROW(caches) \
  ROW(artifacts) \
  ROW(expression) \
  ROW(serve) \
  ROW(secret) \
  ROW(variable) \
  ROW(doctor) \
  ROW(help) \
  ROW(version) \
  ROW(completion) \
  ROW(docs)
/* clang-format on */

#define COMMAND_DECLARE(name) extern const Command command_##name;
COMMANDS(COMMAND_DECLARE)
#undef COMMAND_DECLARE

/* `drover` itself: its options are the global ones. */
extern const Command command_root;
