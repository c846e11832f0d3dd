/* The written reference, made from the tables: the man page and pages of docs/reference. Pure; all transfer full. */
#pragma once

#include "cli/command.h"

/* drover(1) in the man(7) macros. */
char *reference_man(const Command *root);
/* docs/reference/commands.md */
char *reference_commands(const Command *root);
/* docs/reference/exit-status.md */
char *reference_exit_status(void);

typedef struct {
  ExitStatus status;
  const char *says;
} ExitStatusRow;

/* What each exit status means; ended by a NULL `says`. */
extern const ExitStatusRow reference_statuses[];

/* What kind of failure `code` is. Static. */
const char *reference_error_says(DroverError code);
