#include "lint/script/shell_internal.h"

#include "lint/script/script.h"

#include <string.h>

/* A word under way. */
typedef struct {
  ShellParser *parser;
  GString *text;
  unsigned flags;
} Word;

static void piece_read(Word *word, bool in_quotes);

static bool is_name(char c) {
  return g_ascii_isalnum(c) || c == '_';
}

void shell_blanks_skip(ShellParser *parser) {
  for (; parser->at < parser->end; parser->at++) {
    char c = shell_peek(parser, 0);
    if (c == '\\' && shell_peek(parser, 1) == '\n')
      parser->at++;
    else if (c != ' ' && c != '\t' && c != '\r')
      return;
  }
}

static void append_here(Word *word) {
  g_string_append_c(word->text, word->parser->text[word->parser->at++]);
}

static bool expression_read(Word *word) {
  ShellParser *parser = word->parser;
  size_t end;
  if (parser->no_expressions || shell_peek(parser, 1) != '{' || shell_peek(parser, 2) != '{')
    return false;
  if (!script_expression_at(parser->text, parser->end, parser->at, &end)) {
    parser->no_expressions = true;
    return false;
  }
  g_string_append_len(word->text, parser->text + parser->at, (gssize)(end - parser->at));
  parser->at = end;
  word->flags |= SHELL_EXPRESSION;
  return true;
}

/* Reads pieces up to `close` for their substitutions alone: the word gets the source text as it stands. `open` nests; 0: it does not.
 * What is expanded inside counts for the word, how it is quoted does not. */
static void raw_read(Word *word, size_t start, char open, char close, bool in_quotes) {
  ShellParser *parser = word->parser;
  size_t mark = word->text->len;
  unsigned flags = word->flags;
  parser->nesting++;
  for (unsigned level = 1; parser->at < parser->end && level > 0;) {
    char c = shell_peek(parser, 0);
    if (c == close)
      level--;
    else if (open != '\0' && c == open)
      level++;
    if (c == close || c == open)
      parser->at++;
    else
      piece_read(word, in_quotes);
  }
  parser->nesting--;
  g_string_truncate(word->text, mark);
  g_string_append_len(word->text, parser->text + start, (gssize)(parser->at - start));
  word->flags = flags | (word->flags & SHELL_EXPANDED);
}

/* `${{ }}` inside keeps its own quotes: Actions puts the value in before the shell reads anything. */
static void single_quoted_read(Word *word) {
  ShellParser *parser = word->parser;
  word->flags |= SHELL_SINGLE_QUOTED;
  for (parser->at++; parser->at < parser->end && shell_peek(parser, 0) != '\'';)
    if (shell_peek(parser, 0) != '$' || !expression_read(word))
      append_here(word);
  parser->at += parser->at < parser->end;
}

/* $'...' */
static void ansi_quoted_read(Word *word) {
  static const char from[] = "ntr\\'\"", to[] = "\n\t\r\\'\"";
  ShellParser *parser = word->parser;
  word->flags |= SHELL_SINGLE_QUOTED;
  for (parser->at += 2; parser->at < parser->end && shell_peek(parser, 0) != '\'';) {
    const char *escape = shell_peek(parser, 0) == '\\' && shell_peek(parser, 1) != '\0' ? strchr(from, shell_peek(parser, 1)) : NULL;
    if (escape != NULL) {
      g_string_append_c(word->text, to[escape - from]);
      parser->at += 2;
    } else {
      append_here(word);
    }
  }
  parser->at += parser->at < parser->end;
}

static void double_quoted_read(Word *word) {
  ShellParser *parser = word->parser;
  word->flags |= SHELL_DOUBLE_QUOTED;
  if (parser->nesting >= SHELL_NESTING_MAX) {
    append_here(word);
    return;
  }
  parser->nesting++;
  for (parser->at++; parser->at < parser->end && shell_peek(parser, 0) != '"';)
    piece_read(word, true);
  parser->nesting--;
  parser->at += parser->at < parser->end;
}

static void escape_read(Word *word, bool in_quotes) {
  ShellParser *parser = word->parser;
  char next = shell_peek(parser, 1);
  if (next == '\n') { /* a line that goes on */
    parser->at += 2;
    return;
  }
  if (in_quotes && (next == '\0' || strchr("$`\"\\", next) == NULL)) {
    append_here(word);
    return;
  }
  parser->at++;
  word->flags |= SHELL_ESCAPED;
  if (parser->at < parser->end)
    append_here(word);
}

/* The commands of `$(...)`, `<(...)`: the parser stands behind the parenthesis. */
static void substitution_read(Word *word, size_t start) {
  ShellParser *parser = word->parser;
  parser->nesting++, parser->depth++;
  shell_list_read(parser, true);
  parser->nesting--, parser->depth--;
  parser->at += parser->at < parser->end;
  g_string_append_len(word->text, parser->text + start, (gssize)(parser->at - start));
  word->flags |= SHELL_COMMAND;
}

/* Backticks do not nest without backslashes, so what stands between two of them is a range of its own. */
static void backticks_read(Word *word) {
  ShellParser *parser = word->parser;
  size_t start = parser->at++, close = parser->at, end = parser->end;
  while (close < end && parser->text[close] != '`')
    close += parser->text[close] == '\\' ? 2 : 1;
  close = MIN(close, end);
  parser->end = close;
  parser->nesting++, parser->depth++;
  shell_list_read(parser, false);
  parser->nesting--, parser->depth--;
  parser->end = end;
  parser->at = MIN(close + 1, end);
  g_string_append_len(word->text, parser->text + start, (gssize)(parser->at - start));
  word->flags |= SHELL_COMMAND;
}

static void parentheses_read(Word *word) {
  size_t start = word->parser->at++;
  raw_read(word, start, '(', ')', false);
}

static void dollar_read(Word *word, bool in_quotes) {
  ShellParser *parser = word->parser;
  size_t start = parser->at;
  char next = shell_peek(parser, 1);
  if (expression_read(word))
    return;
  if (next == '\'' && !in_quotes) {
    ansi_quoted_read(word);
  } else if (next == '"' && !in_quotes) {
    parser->at++; /* $"...": translated, which changes nothing here */
  } else if ((next == '(' || next == '{') && parser->nesting >= SHELL_NESTING_MAX) {
    append_here(word);
    append_here(word);
  } else if (next == '(' && shell_peek(parser, 2) == '(') {
    parser->at += 2;
    raw_read(word, start, '(', ')', false); /* reads the inner pair with the outer one */
    word->flags |= SHELL_VARIABLE;
  } else if (next == '(') {
    parser->at += 2;
    substitution_read(word, start);
  } else if (next == '{') {
    parser->at += 2;
    raw_read(word, start, '\0', '}', in_quotes);
    word->flags |= SHELL_VARIABLE;
  } else {
    append_here(word);
    bool special = next != '\0' && strchr("@*#?-$!0123456789", next) != NULL;
    if (special || is_name(next))
      word->flags |= SHELL_VARIABLE;
    if (special)
      append_here(word);
  }
}

static void piece_read(Word *word, bool in_quotes) {
  ShellParser *parser = word->parser;
  char c = shell_peek(parser, 0);
  bool deep = parser->nesting >= SHELL_NESTING_MAX;
  if (c == '\\')
    escape_read(word, in_quotes);
  else if (c == '$')
    dollar_read(word, in_quotes);
  else if (c == '`' && !deep)
    backticks_read(word);
  else if (c == '\'' && !in_quotes)
    single_quoted_read(word);
  else if (c == '"')
    double_quoted_read(word);
  else
    append_here(word);
}

/* Whether the `(` that comes belongs to the word: `NAME=(a b)`, or a pattern like `@(a|b)`. */
static bool takes_parenthesis(const Word *word, size_t start) {
  const ShellParser *parser = word->parser;
  if (parser->at == start || parser->nesting >= SHELL_NESTING_MAX)
    return false;
  char before = parser->text[parser->at - 1];
  return before == '=' || before == '@' || before == '?' || before == '*' || before == '+' || (before == '!' && parser->at - start > 1);
}

static bool ends_word(const Word *word, size_t start, char c) {
  if (c == '(')
    return !takes_parenthesis(word, start);
  if ((c == '<' || c == '>') && word->parser->at == start)
    return shell_peek(word->parser, 1) != '(' || word->parser->nesting >= SHELL_NESTING_MAX;
  return strchr(" \t\r\n;&|)<>", c) != NULL && c != '\0';
}

ShellWord shell_word_read(ShellParser *parser) {
  Word word = {.parser = parser, .text = g_string_new(NULL)};
  size_t start = parser->at;
  while (parser->at < parser->end) {
    char c = parser->text[parser->at];
    if (ends_word(&word, start, c))
      break;
    if (c == '(') {
      parentheses_read(&word);
    } else if (c == '<' || c == '>') {
      parser->at += 2;
      substitution_read(&word, start);
    } else {
      piece_read(&word, false);
    }
  }
  ShellWord result = {.start = start, .end = parser->at, .flags = word.flags};
  result.text = g_string_chunk_insert_len(parser->script->texts, word.text->str, (gssize)word.text->len);
  g_string_free(word.text, TRUE);
  return result;
}

void shell_parentheses_skip(ShellParser *parser) {
  Word word = {.parser = parser, .text = g_string_new(NULL)};
  if (parser->nesting < SHELL_NESTING_MAX)
    parentheses_read(&word);
  else
    parser->at++;
  g_string_free(word.text, TRUE);
}

bool shell_test_word_read(ShellParser *parser, ShellWord *word) {
  char c = shell_peek(parser, 0);
  bool substitution = (c == '<' || c == '>') && shell_peek(parser, 1) == '(';
  if (c == '\0' || strchr("<>()|&", c) == NULL || substitution) {
    *word = shell_word_read(parser);
    return word->end > word->start;
  }
  *word = (ShellWord){.start = parser->at};
  parser->at += (c == '&' || c == '|') && shell_peek(parser, 1) == c ? 2 : 1;
  word->end = parser->at;
  word->text = g_string_chunk_insert_len(parser->script->texts, parser->text + word->start, (gssize)(word->end - word->start));
  return true;
}
