#include "lint/script/powershell.h"

#include "lint/script/script.h"

#include <string.h>

typedef struct {
  const char *text;
  size_t at, end;
  bool no_expressions;
} Reader;

static char peek(const Reader *reader, size_t ahead) {
  return reader->end - reader->at > ahead ? reader->text[reader->at + ahead] : '\0';
}

/* Moves behind the next `mark`, or to the end. */
static void skip_past(Reader *reader, const char *mark) {
  const char *found = memmem(reader->text + reader->at, reader->end - reader->at, mark, strlen(mark));
  reader->at = found != NULL ? (size_t)(found - reader->text) + strlen(mark) : reader->end;
}

static bool expression_skip(Reader *reader) {
  size_t end;
  if (reader->no_expressions || peek(reader, 0) != '$' || peek(reader, 1) != '{' || peek(reader, 2) != '{')
    return false;
  reader->no_expressions = !script_expression_at(reader->text, reader->end, reader->at, &end);
  if (!reader->no_expressions)
    reader->at = end;
  return !reader->no_expressions;
}

/* "...": `"` is escaped by a backtick or doubled; `$(...)` inside has quotes of its own. */
static void double_quoted_skip(Reader *reader, PowershellToken *token) {
  unsigned parentheses = 0;
  bool inner = false;
  for (reader->at++; reader->at < reader->end; reader->at++) {
    char c = peek(reader, 0);
    if (c == '$' && expression_skip(reader)) {
      reader->at--;
      continue;
    }
    if (c == '`')
      reader->at++;
    else if (c == '"' && parentheses > 0)
      inner = !inner;
    else if (c == '"' && peek(reader, 1) == '"')
      reader->at++;
    else if (c == '"')
      break;
    else if (c == '(' && !inner && (parentheses > 0 || reader->text[reader->at - 1] == '$'))
      parentheses++;
    else if (c == ')' && !inner && parentheses > 0)
      parentheses--;
    token->expands = token->expands || c == '$';
  }
  reader->at = MIN(reader->at + 1, reader->end);
}

static void here_string_skip(Reader *reader, PowershellToken *token) {
  bool expands = peek(reader, 1) == '"';
  size_t start = reader->at;
  skip_past(reader, expands ? "\n\"@" : "\n'@");
  token->expands = token->expands || (expands && memchr(reader->text + start, '$', reader->at - start) != NULL);
}

static void word_read(Reader *reader, PowershellToken *token) {
  while (reader->at < reader->end) {
    char c = peek(reader, 0);
    if (c == '$' && expression_skip(reader))
      continue;
    if (c != '\0' && strchr(" \t\r\n;|&<>(){}", c) != NULL)
      return;
    token->expands = token->expands || c == '$';
    if (c == '@' && (peek(reader, 1) == '"' || peek(reader, 1) == '\'') && (peek(reader, 2) == '\n' || peek(reader, 2) == '\r')) {
      here_string_skip(reader, token);
    } else if (c == '"') {
      double_quoted_skip(reader, token);
    } else if (c == '\'') {
      reader->at++;
      skip_past(reader, "'");
    } else if (c == '$' && peek(reader, 1) == '{') {
      skip_past(reader, "}");
    } else {
      reader->at += c == '`' && peek(reader, 1) != '\0' ? 2 : 1;
    }
  }
}

/* Blanks, comments and lines that go on. */
static void blanks_skip(Reader *reader) {
  while (reader->at < reader->end) {
    char c = peek(reader, 0), next = peek(reader, 1);
    if (c == '<' && next == '#') {
      skip_past(reader, "#>");
    } else if (c == '#') {
      skip_past(reader, "\n");
      reader->at -= reader->text[reader->at - 1] == '\n';
    } else if (c == '`' && (next == '\n' || next == '\r')) {
      reader->at += next == '\r' && peek(reader, 2) == '\n' ? 3 : 2;
    } else if (c == ' ' || c == '\t' || c == '\r') {
      reader->at++;
    } else {
      return;
    }
  }
}

static PowershellToken token_read(Reader *reader) {
  PowershellToken token = {.kind = POWERSHELL_END, .start = reader->at};
  char c = peek(reader, 0), next = peek(reader, 1);
  if (c == '>' || (next == '>' && (g_ascii_isdigit(c) || c == '*'))) {
    token.kind = POWERSHELL_REDIRECT;
    reader->at += c != '>';
    reader->at += peek(reader, 1) == '>' ? 2 : 1;
  } else if (c == '|' && next != '|') {
    token.kind = POWERSHELL_PIPE;
    reader->at++;
  } else if (c == '(' || c == ')' || c == '<' || (c == '&' && next != '&')) {
    token.kind = POWERSHELL_WORD;
    token.expands = c != '&';
    reader->at++;
  } else if (c != '\0' && strchr("\n;{}|&", c) != NULL) {
    reader->at++;
  } else {
    token.kind = POWERSHELL_WORD;
    word_read(reader, &token);
  }
  token.end = reader->at;
  return token;
}

GArray *powershell_tokens(const char *text, size_t length) {
  Reader reader = {.text = text, .end = length};
  GArray *tokens = g_array_new(FALSE, FALSE, sizeof(PowershellToken));
  for (blanks_skip(&reader); reader.at < reader.end; blanks_skip(&reader)) {
    PowershellToken token = token_read(&reader);
    bool goes_on = tokens->len > 0 && g_array_index(tokens, PowershellToken, tokens->len - 1).kind == POWERSHELL_PIPE && token.kind == POWERSHELL_END;
    if (!goes_on) /* a line that ends with a pipe */
      g_array_append_val(tokens, token);
  }
  return tokens;
}
