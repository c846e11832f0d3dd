#include "lint/rules/script_place.h"

#include "lint/script/script.h"

#include <string.h>

#define COMMANDS_MAX 1000 /* of a script: so many are searched for each place */

/* ---- bash and its relatives ---- */

/* The innermost piece of a script that holds a place: a word of a command, or the body of a here-document. */
typedef struct {
  const ShellCommand *command;
  const ShellCommand *reader; /* of what it prints; NULL: none */
  size_t start, end;
  bool is_program; /* the first word */
  bool is_body, expands;
} Piece;

static void offer(Piece *best, const Piece *piece, size_t start, size_t end) {
  bool holds = piece->start <= start && end <= piece->end;
  if (holds && (best->command == NULL || piece->end - piece->start < best->end - best->start))
    *best = *piece;
}

static void offer_words(Piece *best, const ShellCommand *command, const GArray *words, bool may_be_program, size_t start, size_t end) {
  for (guint i = 0; i < words->len; i++) {
    const ShellWord *word = &g_array_index(words, ShellWord, i);
    offer(best, &(Piece){.command = command, .start = word->start, .end = word->end, .is_program = may_be_program && i == 0}, start, end);
  }
}

static void offer_redirections(Piece *best, const ShellCommand *command, size_t start, size_t end) {
  for (guint i = 0; i < command->redirections->len; i++) {
    const ShellRedirection *redirection = shell_redirection(command, i);
    bool fixed = (redirection->target.flags & (SHELL_SINGLE_QUOTED | SHELL_DOUBLE_QUOTED | SHELL_ESCAPED)) != 0;
    Piece body = {.command = command, .start = redirection->body_start, .end = redirection->body_end, .is_body = true, .expands = !fixed};
    offer(best, &body, start, end);
    offer(best, &(Piece){.command = command, .start = redirection->target.start, .end = redirection->target.end}, start, end);
  }
}

static Piece find_piece(const ShellScript *script, size_t start, size_t end) {
  Piece best = {0};
  for (guint i = 0; i < script->commands->len; i++) {
    const ShellCommand *command = shell_command(script, i), *before = best.command;
    offer_words(&best, command, command->assignments, false, start, end);
    offer_words(&best, command, command->words, true, start, end);
    offer_redirections(&best, command, start, end);
    if (best.command != before)
      best.reader = command->next == SHELL_PIPE && i + 1 < script->commands->len ? shell_command(script, i + 1) : NULL;
  }
  return best;
}

/* Whether the command takes code: what a variable holds would become a part of it as before. */
static bool takes_code(const ShellCommand *command) {
  static const char *const programs[] = {"awk",       "bash",     "dash", "eval", "find", "gawk",  "jq",     "ksh",     "mysql", "node",
                                         "osascript", "parallel", "perl", "php",  "psql", "pwsh",  "python", "python3", "ruby",  "sed",
                                         "sh",        "sqlite3",  "ssh",  "su",   "trap", "xargs", "zsh",    NULL};
  const char *program = shell_command_name(command, NULL);
  if (program != NULL && g_strv_contains(programs, program))
    return true;
  for (guint i = 0; i < command->words->len; i++)
    if (shell_word_is(shell_word(command, i), "-c") || shell_word_is(shell_word(command, i), "eval"))
      return true;
  return false;
}

/* Which quote is open at `at`, in a word that starts at `start`. 0: none. */
static char quote_at(const char *text, size_t length, size_t start, size_t at) {
  char open = 0;
  for (size_t i = start, end; i < at; i++) {
    if (script_expression_at(text, length, i, &end))
      i = end - 1;
    else if (text[i] == '\\' && open != '\'')
      i++;
    else if (open == 0 && (text[i] == '\'' || text[i] == '"'))
      open = text[i];
    else if (open != 0 && text[i] == open)
      open = 0;
  }
  return open;
}

/* Whether a substitution with backticks is open: quotes count otherwise in it. */
static bool is_in_backticks(const char *text, size_t at) {
  guint count = 0;
  for (; at > 0 && text[at - 1] != '\n'; at--)
    count += text[at - 1] == '`';
  return count % 2 == 1;
}

static ScriptPlace place_in_shell(const ShellScript *script, const char *text, size_t start, size_t end) {
  Piece piece = script->commands->len <= COMMANDS_MAX ? find_piece(script, start, end) : (Piece){0};
  bool is_escaped = start > 0 && strchr("$\\", text[start - 1]) != NULL;
  if (piece.command == NULL || is_escaped || takes_code(piece.command) || (piece.reader != NULL && takes_code(piece.reader)))
    return PLACE_NONE;
  if (is_in_backticks(text, start))
    return PLACE_NONE;
  if (piece.is_body)
    return piece.expands ? PLACE_QUOTED : PLACE_NONE;
  char quote = quote_at(text, strlen(text), piece.start, start);
  if (quote == 0)
    return piece.is_program && piece.start == start ? PLACE_BARE : PLACE_WORD;
  return quote == '"' ? PLACE_QUOTED : PLACE_NONE;
}

/* ---- PowerShell ---- */

/* What is open at `at`: a quote, '#' for a comment, '@' for a here-string, which are not told apart. 0: none. */
static char open_in_powershell(const char *text, size_t length, size_t at) {
  char open = 0;
  for (size_t i = 0, end; i < at; i++) {
    if (script_expression_at(text, length, i, &end))
      i = end - 1;
    else if (text[i] == '`' && open != '\'' && open != '#')
      i++;
    else if (open == 0 && text[i] == '@' && (text[i + 1] == '"' || text[i + 1] == '\''))
      return '@';
    else if (open == 0 && strchr("'\"#", text[i]) != NULL)
      open = text[i];
    else if (open == '#' ? text[i] == '\n' : open != 0 && text[i] == open)
      open = 0;
  }
  return open;
}

/* A variable is an argument where it stands alone, behind a word: elsewhere it may be an expression, a command, or stay as it is. */
static bool is_argument(const char *text, size_t start, size_t end) {
  if (start == 0 || strchr(" \t", text[start - 1]) == NULL || (text[end] != '\0' && strchr(" \t\n", text[end]) == NULL))
    return false;
  while (start > 0 && strchr(" \t", text[start - 1]) != NULL)
    start--;
  return start > 0 && (g_ascii_isalnum(text[start - 1]) || strchr("\"'/\\:._-", text[start - 1]) != NULL);
}

static ScriptPlace place_in_powershell(const char *text, size_t start, size_t end) {
  if (start > 0 && strchr("$`", text[start - 1]) != NULL)
    return PLACE_NONE;
  char open = open_in_powershell(text, strlen(text), start);
  if (open == '"')
    return PLACE_QUOTED;
  return open == 0 && is_argument(text, start, end) ? PLACE_BARE : PLACE_NONE;
}

/* ---- both ---- */

ScriptPlace script_place(LintFile *file, const WorkflowStep *step, size_t start, size_t end) {
  const ShellScript *script = lint_step_script(file, step);
  const char *shell = lint_step_shell_name(file, step);
  if (script != NULL)
    return place_in_shell(script, step->run.text, start, end);
  bool is_powershell = shell != NULL && script_shell_named(shell) == SCRIPT_POWERSHELL;
  return is_powershell ? place_in_powershell(step->run.text, start, end) : PLACE_NONE;
}
