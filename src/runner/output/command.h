/* Workflow commands: lines that a step prints to speak to the runner, "::name key=value,key=value::data". Private to this
 * folder. https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

typedef struct {
  char *name;             /* in lower case */
  GHashTable *properties; /* char * -> char *, names in lower case */
  char *data;
} Command;

/* Reads a line; false when it is no command, and `command` is left alone. Escapes (%25, %0A, %0D, %3A, %2C) are undone. */
bool command_parse(const char *line, size_t length, Command *command);
void command_clear(Command *command);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Command, command_clear)

const char *command_property(const Command *command, const char *name); /* "" when it has none */
