/* Words for people, made from a command's row. Pure. */
#pragma once

#include "cli/command.h"

/* "drover rollback ENV [--to RELEASE]", without the global options. Transfer full. */
char *help_usage(const Command *command, const char *path);

/* All of --help: usage, description, arguments, options, commands, examples. `colour`: with escape sequences for headings.
 * Transfer full. */
char *help_text(const Command *root, const Command *command, const char *path, bool colour);

/* "--env NAME" or "-C, --directory DIR". Transfer full. */
char *help_option(const OptionRow *option);
/* "ENV", "[REF]" or "[FILE...]"; choices stand for themselves: "bash|zsh|fish". Transfer full. */
char *help_argument(const ArgumentRow *argument);
/* What a list says of an option: its words, its choices and its default. Transfer full. */
char *help_option_says(const OptionRow *option);

/* Whether `command` takes this option of the root. */
bool help_takes_global(const Command *command, const OptionRow *option);

/* "Ship and take back": a heading for a group. Static. */
const char *help_group(CommandGroup group);
