#include "lint/script/shell_internal.h"

#include <stdlib.h>
#include <string.h>

/* The compound commands that can be open. */
typedef enum { COMPOUND_GROUP, COMPOUND_SUBSHELL, COMPOUND_IF, COMPOUND_LOOP, COMPOUND_CASE, COMPOUND_COUNT } CompoundKind;

typedef struct {
  CompoundKind kind;
  size_t start;
  bool deeper; /* it counted in the depth */
} Compound;

/* What the next word is. */
typedef enum {
  EXPECT_COMMAND,
  EXPECT_ARGUMENT,
  EXPECT_HEADER,  /* of for and select: NAME in WORD... */
  EXPECT_CASE,    /* WORD in */
  EXPECT_PATTERN, /* of a case */
  EXPECT_NAME,    /* of a function */
  EXPECT_NOTHING, /* a compound command was closed: redirections only */
} Expect;

typedef struct {
  ShellParser *parser;
  GArray *open;                 /* of Compound */
  guint counts[COMPOUND_COUNT]; /* of the open ones, so that a stray `)` or `fi` costs nothing */
  ShellCommand *command;        /* under way; NULL between commands */
  guint mark;                   /* how many commands there were before this token: those of its substitutions come behind its own */
  Compound closed;              /* with EXPECT_NOTHING */
  Expect expect;
  guint header_words;
  bool function; /* the next `{` or `(` is a function's body */
} List;

static const struct {
  const char *word;
  enum { KEYWORD_GOES_ON, KEYWORD_OPENS, KEYWORD_CLOSES } effect;
  CompoundKind kind;
  Expect expect;
} keywords[] = {
  {"!", KEYWORD_GOES_ON, 0, EXPECT_COMMAND},
  {"time", KEYWORD_GOES_ON, 0, EXPECT_COMMAND},
  {"coproc", KEYWORD_GOES_ON, 0, EXPECT_COMMAND},
  {"then", KEYWORD_GOES_ON, 0, EXPECT_COMMAND},
  {"elif", KEYWORD_GOES_ON, 0, EXPECT_COMMAND},
  {"else", KEYWORD_GOES_ON, 0, EXPECT_COMMAND},
  {"do", KEYWORD_GOES_ON, 0, EXPECT_COMMAND},
  {"function", KEYWORD_GOES_ON, 0, EXPECT_NAME},
  {"{", KEYWORD_OPENS, COMPOUND_GROUP, EXPECT_COMMAND},
  {"if", KEYWORD_OPENS, COMPOUND_IF, EXPECT_COMMAND},
  {"while", KEYWORD_OPENS, COMPOUND_LOOP, EXPECT_COMMAND},
  {"until", KEYWORD_OPENS, COMPOUND_LOOP, EXPECT_COMMAND},
  {"for", KEYWORD_OPENS, COMPOUND_LOOP, EXPECT_HEADER},
  {"select", KEYWORD_OPENS, COMPOUND_LOOP, EXPECT_HEADER},
  {"case", KEYWORD_OPENS, COMPOUND_CASE, EXPECT_CASE},
  {"}", KEYWORD_CLOSES, COMPOUND_GROUP, EXPECT_NOTHING},
  {"fi", KEYWORD_CLOSES, COMPOUND_IF, EXPECT_NOTHING},
  {"done", KEYWORD_CLOSES, COMPOUND_LOOP, EXPECT_NOTHING},
  {"esac", KEYWORD_CLOSES, COMPOUND_CASE, EXPECT_NOTHING},
};

static void compound_open(List *list, CompoundKind kind, size_t start) {
  Compound compound = {.kind = kind, .start = start};
  compound.deeper = kind == COMPOUND_SUBSHELL || list->function;
  list->parser->depth += compound.deeper;
  list->function = false;
  list->counts[kind]++;
  g_array_append_val(list->open, compound);
}

/* Closes the innermost of its kind and what is still open inside. */
static bool compound_close(List *list, CompoundKind kind) {
  while (list->counts[kind] > 0) {
    list->closed = g_array_index(list->open, Compound, list->open->len - 1);
    g_array_set_size(list->open, list->open->len - 1);
    list->counts[list->closed.kind]--;
    list->parser->depth -= list->closed.deeper;
    if (list->closed.kind == kind)
      return true;
  }
  return false;
}

static ShellCommand *command_begin(List *list, size_t start) {
  if (list->command != NULL)
    return list->command;
  ShellCommand *command = g_new0(ShellCommand, 1);
  command->compound = list->expect == EXPECT_NOTHING;
  command->start = command->end = command->compound ? list->closed.start : start;
  command->depth = list->parser->depth;
  command->assignments = g_array_new(FALSE, FALSE, sizeof(ShellWord));
  command->words = g_array_new(FALSE, FALSE, sizeof(ShellWord));
  command->redirections = g_array_new(FALSE, FALSE, sizeof(ShellRedirection));
  g_ptr_array_insert(list->parser->script->commands, (int)list->mark, command);
  return list->command = command;
}

static void command_end(List *list, ShellOperator next) {
  if (list->expect == EXPECT_PATTERN || list->expect == EXPECT_CASE || list->expect == EXPECT_NAME)
    return;
  if (list->expect == EXPECT_NOTHING && next == SHELL_PIPE)
    command_begin(list, list->parser->at)->end = list->parser->at;
  if (list->command != NULL)
    list->command->next = next;
  list->command = NULL;
  list->expect = EXPECT_COMMAND;
}

static void comment_skip(ShellParser *parser) {
  const char *newline = memchr(parser->text + parser->at, '\n', parser->end - parser->at);
  parser->at = newline != NULL ? (size_t)(newline - parser->text) : parser->end;
}

static void newline_read(List *list) {
  command_end(list, SHELL_NEWLINE);
  list->parser->at++;
  shell_heredocs_read(list->parser);
}

static void redirection_take(List *list, size_t start, int fd) {
  ShellParser *parser = list->parser;
  ShellRedirection redirection = shell_redirection_read(parser, fd);
  if (list->expect == EXPECT_HEADER || list->expect == EXPECT_CASE || list->expect == EXPECT_PATTERN || list->expect == EXPECT_NAME)
    return;
  ShellCommand *command = command_begin(list, start);
  command->end = parser->at;
  g_array_append_val(command->redirections, redirection);
  shell_heredoc_await(parser, command, command->redirections->len - 1);
}

static void word_add(List *list, const ShellWord *word, bool assignment) {
  ShellCommand *command = command_begin(list, word->start);
  command->end = word->end;
  g_array_append_vals(assignment ? command->assignments : command->words, word, 1);
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
static void test_take(List *list) {
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
    word_add(list, &word, false);
    goes_on = shell_word_is(&word, "&&") || shell_word_is(&word, "||");
    if (shell_word_is(&word, "]]") && word.flags == 0)
      return;
  }
}

static bool keyword_take(List *list, const ShellWord *word) {
  ShellParser *parser = list->parser;
  size_t i = 0;
  while (i < G_N_ELEMENTS(keywords) && (word->flags != 0 || strcmp(word->text, keywords[i].word) != 0))
    i++;
  if (i == G_N_ELEMENTS(keywords))
    return false;
  if (keywords[i].effect == KEYWORD_CLOSES && list->counts[keywords[i].kind] == 0)
    return false;
  command_end(list, SHELL_SEMICOLON);
  if (keywords[i].effect == KEYWORD_OPENS)
    compound_open(list, keywords[i].kind, word->start);
  else if (keywords[i].effect == KEYWORD_CLOSES)
    compound_close(list, keywords[i].kind);
  list->expect = keywords[i].expect;
  list->header_words = 0;
  if (strcmp(word->text, "time") == 0) {
    shell_blanks_skip(parser);
    if (shell_peek(parser, 0) == '-' && shell_peek(parser, 1) == 'p' && strchr(" \t", shell_peek(parser, 2)) != NULL)
      parser->at += 2;
  }
  return true;
}

static void first_word_take(List *list, const ShellWord *word) {
  bool fresh = list->command == NULL;
  if (fresh && keyword_take(list, word))
    return;
  if (is_assignment(list->parser, word)) {
    word_add(list, word, true);
    return;
  }
  if (fresh && word->flags == 0 && parameters_skip(list->parser)) {
    list->function = true;
    return;
  }
  word_add(list, word, false);
  list->expect = EXPECT_ARGUMENT;
  if (word->flags == 0 && strcmp(word->text, "[[") == 0)
    test_take(list);
}

static void word_take(List *list, const ShellWord *word) {
  bool bare = word->flags == 0;
  switch (list->expect) {
  case EXPECT_COMMAND:
    first_word_take(list, word);
    break;
  case EXPECT_ARGUMENT:
    word_add(list, word, false);
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
      keyword_take(list, word);
    break;
  case EXPECT_NAME:
    parameters_skip(list->parser);
    list->function = true;
    list->expect = EXPECT_COMMAND;
    break;
  case EXPECT_NOTHING:
    keyword_take(list, word);
    break;
  }
}

/* Returns false at the `)` that ends a substitution. */
static bool parenthesis_take(List *list, bool nested) {
  ShellParser *parser = list->parser;
  size_t start = parser->at;
  bool closes = shell_peek(parser, 0) == ')';
  if (list->expect == EXPECT_PATTERN) {
    if (closes)
      list->expect = EXPECT_COMMAND;
  } else if (closes) {
    if (list->counts[COMPOUND_SUBSHELL] == 0 && nested)
      return false;
    command_end(list, SHELL_SEMICOLON);
    if (compound_close(list, COMPOUND_SUBSHELL))
      list->expect = EXPECT_NOTHING;
  } else if (shell_peek(parser, 1) == '(' && (list->expect == EXPECT_COMMAND || list->expect == EXPECT_HEADER)) {
    shell_parentheses_skip(parser);
    list->header_words = 1;
    if (list->expect == EXPECT_COMMAND) {
      list->closed = (Compound){.start = start};
      list->expect = EXPECT_NOTHING;
    }
    return true;
  } else if (list->expect != EXPECT_CASE && list->expect != EXPECT_HEADER) {
    command_end(list, SHELL_SEMICOLON);
    compound_open(list, COMPOUND_SUBSHELL, start);
    list->expect = EXPECT_COMMAND;
  }
  parser->at++;
  return true;
}

static void operator_take(List *list) {
  ShellParser *parser = list->parser;
  char c = shell_peek(parser, 0);
  bool twice = shell_peek(parser, 1) == c;
  if (c == '|')
    command_end(list, twice ? SHELL_OR : SHELL_PIPE);
  else if (c == '&')
    command_end(list, twice ? SHELL_AND : SHELL_BACKGROUND);
  else
    command_end(list, SHELL_SEMICOLON);
  parser->at += twice ? 2 : 1;
  if (c == '|' && !twice && shell_peek(parser, 0) == '&')
    parser->at++;
  if (c == ';' && (twice || shell_peek(parser, 0) == '&') && list->counts[COMPOUND_CASE] > 0) { /* ;; ;& ;;& */
    while (g_array_index(list->open, Compound, list->open->len - 1).kind != COMPOUND_CASE)
      compound_close(list, g_array_index(list->open, Compound, list->open->len - 1).kind);
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
static bool token_read(List *list, bool nested) {
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
  List list = {.parser = parser, .open = g_array_new(FALSE, FALSE, sizeof(Compound))};
  unsigned depth = parser->depth;
  for (shell_blanks_skip(parser); parser->at < parser->end && token_read(&list, nested);)
    shell_blanks_skip(parser);
  command_end(&list, SHELL_END);
  parser->depth = depth;
  g_array_unref(list.open);
}
