/* Reads scripts of the POSIX shell and bash as far as rules need: which simple commands stand in them, with which words.
 *
 * It is no full parser and it never fails: what it does not know becomes a word. Keywords (if, for, case, { }, !, time) are no
 * commands, nor are comments, case patterns, `for` lists and the bodies of here-documents; the commands inside of subshells,
 * substitutions, loops and functions are listed with all the others. `${{ }}` of Actions is one opaque piece of a word.
 *
 * The time is linear in the length of the text. Substitutions nested deeper than SHELL_NESTING_MAX are plain text. Pure; any thread.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

#define SHELL_NESTING_MAX 50

/* What a word was written with; 0 is a plain word. */
typedef enum {
  SHELL_ESCAPED = 1 << 0,       /* \x */
  SHELL_SINGLE_QUOTED = 1 << 1, /* '...' or $'...' */
  SHELL_DOUBLE_QUOTED = 1 << 2, /* "..." */
  SHELL_VARIABLE = 1 << 3,      /* $x, ${x}, $((...)) */
  SHELL_COMMAND = 1 << 4,       /* $(...), `...`, <(...) */
  SHELL_EXPRESSION = 1 << 5,    /* ${{ ... }} */
  SHELL_EXPANDED = SHELL_VARIABLE | SHELL_COMMAND | SHELL_EXPRESSION,
} ShellFlag;

typedef struct {
  const char *text;  /* without quotes and escapes; expansions as they are written. Owned by the script */
  size_t start, end; /* bytes of the input, quotes included */
  unsigned flags;    /* of ShellFlag */
} ShellWord;

typedef struct {
  char operation[4];           /* ">", ">>", "<", "<<", "<<-", "<<<", ">|", "<>", ">&", "<&", "&>", "&>>" */
  int fd;                      /* -1: the operation's own */
  ShellWord target;            /* of a here-document: its delimiter */
  size_t body_start, body_end; /* of a here-document, without the line of the delimiter */
  unsigned body_flags;         /* what the shell expands in it; always SHELL_EXPRESSION for `${{ }}` */
} ShellRedirection;

/* What stands between a command and the next. */
typedef enum { SHELL_END, SHELL_NEWLINE, SHELL_SEMICOLON, SHELL_AND, SHELL_OR, SHELL_PIPE, SHELL_BACKGROUND } ShellOperator;

typedef struct {
  size_t start, end;    /* bytes of the input */
  GArray *assignments;  /* of ShellWord: `NAME=value` before the command */
  GArray *words;        /* of ShellWord; empty for assignments or redirections alone */
  GArray *redirections; /* of ShellRedirection */
  ShellOperator next;
  unsigned depth; /* of subshells, substitutions and function bodies around it */
  bool compound;  /* no words: the redirections or the pipe behind `}`, `)`, `done`, ...; its range is the whole compound command */
} ShellCommand;

typedef struct {
  /* Of ShellCommand, in the order in which they begin; a compound one stands right behind its parts, which are those before it that
   * do not begin before it. */
  GPtrArray *commands;
  GStringChunk *texts;
} ShellScript;

/* Transfer full. `text` need not be NUL-terminated and need not outlive the call. */
ShellScript *shell_parse(const char *text, size_t length);
void shell_script_free(ShellScript *script);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ShellScript, shell_script_free)

const ShellCommand *shell_command(const ShellScript *script, guint index);
const ShellWord *shell_word(const ShellCommand *command, guint index);
const ShellRedirection *shell_redirection(const ShellCommand *command, guint index);

/* The program that runs, without its folder: looks through `sudo -u x`, `env A=b`, `command`, `exec`, `time`, `xargs`, `timeout 5`
 * and the like. NULL when there is none or it comes out of an expansion. `first_argument` may be NULL. */
const char *shell_command_name(const ShellCommand *command, guint *first_argument);

/* Whether the word is `text` and nothing in it is expanded. */
bool shell_word_is(const ShellWord *word, const char *text);

/* Whether the word is `$name` or `${name...}` in whatever double quotes, and nothing else. */
bool shell_word_is_variable(const ShellWord *word, const char *name);

/* The value that an assignment before the command gives to `name`; NULL when there is none. Transfer none. */
const char *shell_assigned(const ShellCommand *command, const char *name);

/* The value of the first option at or behind word `from`: "-t X", "-tX", "--tag X" or "--tag=X"; `short_name` ("-t") or `long_name`
 * ("--tag") may be NULL. Options end at "--". `at` (may be NULL) becomes the index of the word that holds the value: go on behind it
 * for an option that may stand several times. NULL when there is none. Transfer none. */
const char *shell_option(const ShellCommand *command, guint from, const char *short_name, const char *long_name, guint *at);

/* The index of the first word at or behind `from` that is no option, nor the value of one of `valued` (NULL-terminated: "-t", "--tag";
 * may be NULL); the number of words when there is none. */
guint shell_operand(const ShellCommand *command, guint from, const char *const *valued);
