/* The command line as data.
 *
 * Every command is one const row: its arguments, options, words for people and the function behind it. The parser, --help,
 * shell completion, the man page and docs/reference/commands.md all read the same rows, so they cannot disagree. A new
 * command is one file cmd_<name>.c with its row, and its name in commands.h.
 */
#pragma once

#include "base/error.h"

#include <gio/gio.h>
#include <stdbool.h>
#include <stdint.h>

typedef enum {
  VALUE_FLAG,     /* an option without a value */
  VALUE_TEXT,     /* UTF-8, not empty */
  VALUE_PATH,     /* any bytes, not empty; shells complete files */
  VALUE_INTEGER,  /* decimal, within min and max */
  VALUE_DURATION, /* "500ms", "3s", "5m", "1h", "2d" */
  VALUE_CHOICE,   /* one of a list */
  VALUE_COMMAND   /* a word of a command, for help */
} ValueKind;

/* What a value may be; shared by options and arguments. */
typedef struct {
  ValueKind kind;
  const char *label;          /* what people call it: "NAME"; NULL for a flag */
  const char *const *choices; /* NULL-terminated, for VALUE_CHOICE */
  int64_t min;                /* of an integer, or of a duration in milliseconds */
  int64_t max;                /* 0: no limit */
} ValueRow;

typedef struct {
  const char *name; /* without the dashes; NULL ends a list */
  ValueRow value;
  const char *fallback; /* the value when none is given, read like a given one; NULL: none */
  const char *says;     /* one line, without a full stop */
  char alias;           /* 'C' for -C; 0: none */
  bool required;
  bool repeatable;
} OptionRow;

typedef enum { ARITY_ONE, ARITY_OPTIONAL, ARITY_ANY, ARITY_SOME } Arity; /* 1, 0 to 1, 0 or more, 1 or more */

typedef struct {
  ValueRow value; /* label NULL ends a list */
  Arity arity;    /* only the last argument may be other than ARITY_ONE */
  const char *says;
} ArgumentRow;

typedef struct {
  const char *line; /* NULL ends a list */
  const char *says;
} ExampleRow;

typedef enum { GROUP_SHIP, GROUP_LOOK, GROUP_WORKFLOW, GROUP_OPERATE, GROUP_HELP, GROUP_COUNT } CommandGroup;

typedef struct Command Command;
typedef struct Invocation Invocation;

struct Command {
  const char *name;
  CommandGroup group;
  const char *summary;          /* one line, without a full stop */
  const char *description;      /* paragraphs with an empty line between them */
  const ArgumentRow *arguments; /* may be NULL, as the next three */
  const OptionRow *options;
  const ExampleRow *examples;
  const Command *const *commands; /* NULL-terminated: a command that only holds others has these and no `run` */
  bool has_json;                  /* takes --json */
  bool hidden;                    /* not shown in help, completion and reference */
  /* True: ends with invocation->status. False: `error` tells why, and is printed by the caller. */
  bool (*run)(Invocation *invocation, GError **error);
};

typedef struct {
  const OptionRow *option;
  const char *text; /* as given; lives as long as argv */
  int64_t number;   /* an integer, or milliseconds */
} InvocationValue;

/* One command line, read. One thread at a time. */
struct Invocation {
  const Command *root;
  const Command *command;
  char *path;           /* "drover secret set" */
  GArray *values;       /* InvocationValue, in the order given */
  GPtrArray *arguments; /* const char *; the strings live as long as argv */
  bool wants_help;      /* --help: the command is not complete, and need not be */
  bool wants_version;

  /* Filled by cli_run() before the command runs. */
  char *dir;                 /* the folder it works in, absolute */
  char *data_dir;            /* absolute */
  GCancellable *cancellable; /* SIGINT and SIGTERM; never NULL */
  bool json, quiet, verbose;

  /* Written by the command. */
  ExitStatus status; /* of a command that returns true; EXIT_OK at first */
  bool answered;     /* its JSON document is on standard output */
};

void invocation_free(Invocation *invocation);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Invocation, invocation_free)

/* Reads `argv` (NULL-terminated, with the program's name first) by `root`, whose options are allowed at every command.
 * USAGE says what is wrong, what comes near it, and the usage line. `argv` must outlive the result. */
Invocation *command_line_parse(const Command *root, const char *const *argv, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Options by name, as the command's row or the root's lists them: another name is a defect and aborts. Transfer none. */
bool invocation_flag(const Invocation *invocation, const char *name);
const char *invocation_text(const Invocation *invocation, const char *name); /* the fallback, or NULL, when not given */
int64_t invocation_number(const Invocation *invocation, const char *name);   /* likewise; 0 without a fallback */
char **invocation_texts(const Invocation *invocation, const char *name);     /* of a repeatable one; free with g_free() */
const char *invocation_argument(const Invocation *invocation, guint index);  /* NULL when not given */

/* Sets `error` to USAGE with the usage line of the command behind the message. Always returns false. */
bool invocation_misuse(const Invocation *invocation, GError **error, const char *format, ...) G_GNUC_PRINTF(3, 4);

/* Checks `text` and gives its number (integers, and durations in milliseconds; else 0). USAGE says what was expected. */
bool value_parse(const ValueRow *row, const char *text, int64_t *number, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* A command with the words that lead to it, for all that walks the table. */
typedef struct {
  char *path; /* "drover secret set" */
  const Command *command;
} CommandEntry;

/* `root` and all below it, in the table's order; GPtrArray of CommandEntry. */
GPtrArray *command_list(const Command *root, bool with_hidden);

/* The command that `words` (may be empty) lead to, and its path (transfer full, may be NULL). USAGE with the nearest name. */
const Command *command_find(const Command *root, const char *const *words, char **path, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The nearest of `words` as text for a message: "; did you mean \"ship\"?", or "" when none is near. Transfer full. */
char *suggest_text(const char *word, const char *const *words);
