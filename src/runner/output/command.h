/* Workflow commands: lines that a step prints to speak to the runner, "::name key=value,key=value::data", and in the older form
 * "##[name key=value;key=value]data". Private to the runner. Upper and lower case are as in GitHub's runner: names and keys in
 * either, escapes in upper case alone. https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

typedef struct {
  char *name;             /* in lower case */
  GHashTable *properties; /* char * -> char *, names in lower case; empty values are not in it */
  char *data;             /* any bytes but NUL */
} Command;

/* Reads "::name ...::data", which may be led by blanks; false when the line is none, and `command` is left alone. Any name will do.
 * The escapes %25, %0D and %0A are undone, in properties %3A and %2C too. */
bool command_parse(const char *line, size_t length, Command *command);

/* The same of the line's first "##[name ...]data", which may stand anywhere in it. The escapes are %25, %0D, %0A, %3B and %5D. */
bool command_parse_bracket(const char *line, size_t length, Command *command);

void command_clear(Command *command);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Command, command_clear)

const char *command_property(const Command *command, const char *name); /* "" when it has none; `name` in lower case */
