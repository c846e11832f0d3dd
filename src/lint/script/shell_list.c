#include "lint/script/shell_list.h"

#include <stdlib.h>
#include <string.h>

static void comment_skip(ShellParser *parser) {
  const char *newline = memchr(parser->text + parser->at, '\n', parser->end - parser->at);
  parser->at = newline != NULL ? (size_t)(newline - parser->text) : parser->end;
}

static void newline_read(ShellList *list) {
  shell_command_end(list, SHELL_NEWLINE);
  list->parser->at++;
  shell_heredocs_read(list->parser);
}

static void redirection_take(ShellList *list, size_t start, int fd) {
  ShellParser *parser = list->parser;
  ShellRedirection redirection = shell_redirection_read(parser, fd);
  if (list->expect == EXPECT_HEADER || list->expect == EXPECT_CASE || list->expect == EXPECT_PATTERN || list->expect == EXPECT_NAME)
    return;
  ShellCommand *command = shell_command_begin(list, start);
  command->end = parser->at;
  g_array_append_val(command->redirections, redirection);
  shell_heredoc_await(parser, command, command->redirections->len - 1);
}

/* NAME=, NAME+= or NAME[...]= at the beginning, unquoted. */
static bool is_assignment(const ShellParser *parser, const ShellWord *word) {
  const char *text = parser->text + word->start;
  size_t length = word->end - word->start, i = 0;
  while (i < length && (text[i] == '_' || (i > 0 ? g_ascii_isalnum(text[i]) : g_ascii_isalpha(text[i]))))
    i++;
  if (i == 0)
    return false;
  if (i < length && text[i] == '[') {
    const char *close = memchr(text + i, ']', length - i);
    i = close != NULL ? (size_t)(close - text) + 1 : length;
  }
  i += i < length && text[i] == '+';
  return i < length && text[i] == '=';
}

/* Behind a function's name: `()`. */
static bool parameters_skip(ShellParser *parser) {
  size_t at = parser->at;
  shell_blanks_skip(parser);
  if (shell_peek(parser, 0) == '(') {
    parser->at++;
    shell_blanks_skip(parser);
    if (shell_peek(parser, 0) == ')') {
      parser->at++;
      return true;
    }
  }
  parser->at = at;
  return false;
}

/* `[[ ... ]]`: its operators are words, and a line goes on behind `&&` and `||`. */
static void test_take(ShellList *list) {
  ShellParser *parser = list->parser;
  bool goes_on = false;
  for (shell_blanks_skip(parser); parser->at < parser->end; shell_blanks_skip(parser)) {
    ShellWord word;
    if (shell_peek(parser, 0) == '\n' && goes_on) {
      parser->at++;
      continue;
    }
    if (!shell_test_word_read(parser, &word)) /* a newline or `;` */
      return;
    shell_word_add(list, &word, false);
    goes_on = shell_word_is(&word, "&&") || shell_word_is(&word, "||");
    if (shell_word_is(&word, "]]") && word.flags == 0)
      return;
  }
}

static void first_word_take(ShellList *list, const ShellWord *word) {
  bool fresh = list->command == NULL;
  if (fresh && shell_keyword_take(list, word))
    return;
  if (is_assignment(list->parser, word)) {
    shell_word_add(list, word, true);
    return;
  }
  if (fresh && word->flags == 0 && parameters_skip(list->parser)) {
    list->function = true;
    return;
  }
  shell_word_add(list, word, false);
  list->expect = EXPECT_ARGUMENT;
  if (word->flags == 0 && strcmp(word->text, "[[") == 0)
    test_take(list);
}

static void word_take(ShellList *list, const ShellWord *word) {
  bool bare = word->flags == 0;
  switch (list->expect) {
  case EXPECT_COMMAND:
    first_word_take(list, word);
    break;
  case EXPECT_ARGUMENT:
    shell_word_add(list, word, false);
    break;
  case EXPECT_HEADER:
    if (bare && list->header_words == 1 && strcmp(word->text, "do") == 0)
      list->expect = EXPECT_COMMAND;
    list->header_words++;
    break;
  case EXPECT_CASE:
    if (bare && list->header_words > 0 && strcmp(word->text, "in") == 0)
      list->expect = EXPECT_PATTERN;
    list->header_words++;
    break;
  case EXPECT_PATTERN:
    if (bare && strcmp(word->text, "esac") == 0)
      shell_keyword_take(list, word);
    break;
  case EXPECT_NAME:
    parameters_skip(list->parser);
    list->function = true;
    list->expect = EXPECT_COMMAND;
    break;
  case EXPECT_NOTHING:
    shell_keyword_take(list, word);
    break;
  }
}

/* Returns false at the `)` that ends a substitution. */
static bool parenthesis_take(ShellList *list, bool nested) {
  ShellParser *parser = list->parser;
  size_t start = parser->at;
  bool closes = shell_peek(parser, 0) == ')';
  if (list->expect == EXPECT_PATTERN) {
    if (closes)
      list->expect = EXPECT_COMMAND;
  } else if (closes) {
    if (list->counts[COMPOUND_SUBSHELL] == 0 && nested)
      return false;
    shell_command_end(list, SHELL_SEMICOLON);
    if (shell_compound_close(list, COMPOUND_SUBSHELL, start + 1))
      list->expect = EXPECT_NOTHING;
  } else if (shell_peek(parser, 1) == '(' && (list->expect == EXPECT_COMMAND || list->expect == EXPECT_HEADER)) {
    shell_parentheses_skip(parser);
    list->header_words = 1;
    if (list->expect == EXPECT_COMMAND) {
      list->closed = (ShellCompound){.start = start, .end = parser->at};
      list->expect = EXPECT_NOTHING;
    }
    return true;
  } else if (list->expect != EXPECT_CASE && list->expect != EXPECT_HEADER) {
    shell_command_end(list, SHELL_SEMICOLON);
    shell_compound_open(list, COMPOUND_SUBSHELL, start);
    list->expect = EXPECT_COMMAND;
  }
  parser->at++;
  return true;
}

static void operator_take(ShellList *list) {
  ShellParser *parser = list->parser;
  char c = shell_peek(parser, 0);
  bool twice = shell_peek(parser, 1) == c;
  if (c == '|')
    shell_command_end(list, twice ? SHELL_OR : SHELL_PIPE);
  else if (c == '&')
    shell_command_end(list, twice ? SHELL_AND : SHELL_BACKGROUND);
  else
    shell_command_end(list, SHELL_SEMICOLON);
  parser->at += twice ? 2 : 1;
  if (c == '|' && !twice && shell_peek(parser, 0) == '&')
    parser->at++;
  if (c == ';' && (twice || shell_peek(parser, 0) == '&') && list->counts[COMPOUND_CASE] > 0) { /* ;; ;& ;;& */
    while (g_array_index(list->open, ShellCompound, list->open->len - 1).kind != COMPOUND_CASE)
      shell_compound_close(list, g_array_index(list->open, ShellCompound, list->open->len - 1).kind, parser->at);
    parser->at += shell_peek(parser, 0) == '&';
    list->expect = EXPECT_PATTERN;
  }
}

/* A number right before `<` or `>` says which file descriptor. */
static bool is_descriptor(const ShellParser *parser, const ShellWord *word) {
  char next = shell_peek(parser, 0);
  size_t length = strlen(word->text);
  return word->flags == 0 && (next == '<' || next == '>') && length > 0 && length < 5 && strspn(word->text, "0123456789") == length;
}

/* Returns false where the list ends. */
static bool token_read(ShellList *list, bool nested) {
  ShellParser *parser = list->parser;
  size_t start = parser->at;
  char c = shell_peek(parser, 0), next = shell_peek(parser, 1);
  list->mark = parser->script->commands->len;
  if (c == '\n')
    newline_read(list);
  else if (c == '#')
    comment_skip(parser);
  else if (c == '(' || c == ')')
    return parenthesis_take(list, nested);
  else if (((c == '<' || c == '>') && (next != '(' || parser->nesting >= SHELL_NESTING_MAX)) || (c == '&' && next == '>'))
    redirection_take(list, start, -1);
  else if (c == ';' || c == '&' || c == '|')
    operator_take(list);
  else {
    ShellWord word = shell_word_read(parser);
    if (is_descriptor(parser, &word))
      redirection_take(list, start, atoi(word.text));
    else
      word_take(list, &word);
  }
  return true;
}

void shell_list_read(ShellParser *parser, bool nested) {
  ShellList list = {.parser = parser, .open = g_array_new(FALSE, FALSE, sizeof(ShellCompound))};
  unsigned depth = parser->depth;
  for (shell_blanks_skip(parser); parser->at < parser->end && token_read(&list, nested);)
    shell_blanks_skip(parser);
  shell_command_end(&list, SHELL_END);
  parser->depth = depth;
  g_array_unref(list.open);
}
