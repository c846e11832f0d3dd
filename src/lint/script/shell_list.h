/* A list of commands being read: the simple command under way and the compound ones that are open around it. shell_command.c keeps
 * them, shell_list.c gives it the tokens. Private to this folder. */
#pragma once

#include "lint/script/shell_internal.h"

/* The compound commands that can be open. */
typedef enum { COMPOUND_GROUP, COMPOUND_SUBSHELL, COMPOUND_IF, COMPOUND_LOOP, COMPOUND_CASE, COMPOUND_COUNT } ShellCompoundKind;

typedef struct {
  ShellCompoundKind kind;
  size_t start, end;
  bool deeper; /* it counted in the depth */
} ShellCompound;

/* What the next word is. */
typedef enum {
  EXPECT_COMMAND,
  EXPECT_ARGUMENT,
  EXPECT_HEADER,  /* of for and select: NAME in WORD... */
  EXPECT_CASE,    /* WORD in */
  EXPECT_PATTERN, /* of a case */
  EXPECT_NAME,    /* of a function */
  EXPECT_NOTHING, /* a compound command was closed: redirections only */
} ShellExpect;

typedef struct {
  ShellParser *parser;
  GArray *open;                 /* of ShellCompound */
  guint counts[COMPOUND_COUNT]; /* of the open ones, so that a stray `)` or `fi` costs nothing */
  ShellCommand *command;        /* under way; NULL between commands */
  guint mark;                   /* how many commands there were before this token: those of its substitutions come behind its own */
  ShellCompound closed;         /* with EXPECT_NOTHING */
  ShellExpect expect;
  guint header_words;
  bool function; /* the next `{` or `(` is a function's body */
} ShellList;

void shell_compound_open(ShellList *list, ShellCompoundKind kind, size_t start);

/* Closes the innermost of its kind, which ends at byte `end`, and what is still open inside; false when none is open. */
bool shell_compound_close(ShellList *list, ShellCompoundKind kind, size_t end);

/* The command under way: a new one when there is none. */
ShellCommand *shell_command_begin(ShellList *list, size_t start);
void shell_command_end(ShellList *list, ShellOperator next);

/* Adds to the words or the assignments of the command under way. */
void shell_word_add(ShellList *list, const ShellWord *word, bool assignment);

/* Does what a keyword asks for; false when the word is none, or closes nothing. */
bool shell_keyword_take(ShellList *list, const ShellWord *word);
