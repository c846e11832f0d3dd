/* What stands around a piece of a script: whether a variable would be read there, and how it has to be written. Private to rules/. */
#pragma once

#include "lint/script/shell.h"
#include "lint/view.h"

typedef enum {
  PLACE_NONE,   /* it would not be read as a variable, or be read as code again, or nobody can tell */
  PLACE_QUOTED, /* inside of a text in which variables are read */
  PLACE_WORD,   /* in a word without quotes: it needs some */
  PLACE_BARE,   /* the same where quotes would change what is meant: the name of the program that runs, PowerShell's arguments */
} ScriptPlace;

/* Of the bytes [start, end) of a step's script, which bash, one of its relatives or PowerShell reads; PLACE_NONE for other shells. */
ScriptPlace script_place(LintFile *file, const WorkflowStep *step, size_t start, size_t end);
