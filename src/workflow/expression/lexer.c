#include "workflow/expression/internal.h"

#include <math.h>
#include <string.h>

typedef struct {
  const char *text;
  size_t length;
  size_t at;
  GArray *tokens;
} Lexer;

typedef struct {
  const char *text;
  ExpressionTokenKind kind;
} Spelling;

/* Longer spellings first. */
static const Spelling symbols[] = {
  {"==", EXPRESSION_TOKEN_EQUAL},       {"!=", EXPRESSION_TOKEN_NOT_EQUAL},
  {"<=", EXPRESSION_TOKEN_LESS_EQUAL},  {">=", EXPRESSION_TOKEN_GREATER_EQUAL},
  {"&&", EXPRESSION_TOKEN_AND},         {"||", EXPRESSION_TOKEN_OR},
  {"(", EXPRESSION_TOKEN_LEFT_PAREN},   {")", EXPRESSION_TOKEN_RIGHT_PAREN},
  {"[", EXPRESSION_TOKEN_LEFT_BRACKET}, {"]", EXPRESSION_TOKEN_RIGHT_BRACKET},
  {",", EXPRESSION_TOKEN_COMMA},        {"*", EXPRESSION_TOKEN_STAR},
  {"!", EXPRESSION_TOKEN_NOT},          {"<", EXPRESSION_TOKEN_LESS},
  {">", EXPRESSION_TOKEN_GREATER},
};

static const Spelling keywords[] = {
  {"null", EXPRESSION_TOKEN_NULL},  {"true", EXPRESSION_TOKEN_TRUE},       {"false", EXPRESSION_TOKEN_FALSE},
  {"NaN", EXPRESSION_TOKEN_NUMBER}, {"Infinity", EXPRESSION_TOKEN_NUMBER},
};

static ExpressionTokenKind previous_kind(const Lexer *lexer) {
  guint count = lexer->tokens->len;
  return count == 0 ? EXPRESSION_TOKEN_END : g_array_index(lexer->tokens, ExpressionToken, count - 1).kind;
}

static void add(Lexer *lexer, ExpressionTokenKind kind, size_t length, double number) {
  ExpressionToken token = {.kind = kind, .start = lexer->at, .length = length, .number = number};
  g_array_append_val(lexer->tokens, token);
  lexer->at += length;
}

static bool is_space_at(const Lexer *lexer, size_t at, size_t *next) {
  unsigned char byte = (unsigned char)lexer->text[at];
  if (byte < 0x80) {
    *next = at + 1;
    return expression_char_is_space(byte);
  }
  const char *end = lexer->text + lexer->length;
  const char *position = lexer->text + at;
  bool space = expression_char_is_space(expression_char_next(&position, end));
  *next = (size_t)(position - lexer->text);
  return space;
}

static void skip_space(Lexer *lexer) {
  size_t next = 0;
  while (lexer->at < lexer->length && is_space_at(lexer, lexer->at, &next))
    lexer->at = next;
}

/* How far the word that starts here reaches: to a blank or to a character that starts another token. */
static size_t word_length(const Lexer *lexer, const char *stops) {
  size_t at = lexer->at;
  size_t next = 0;
  (void)is_space_at(lexer, at, &next);

  for (at = next; at < lexer->length; at = next) {
    char c = lexer->text[at];
    if ((c != '\0' && strchr(stops, c) != NULL) || is_space_at(lexer, at, &next))
      break;
  }
  return at - lexer->at;
}

static bool is_name_char(char c, bool first) {
  return g_ascii_isalpha(c) || c == '_' || (!first && (g_ascii_isdigit(c) || c == '-'));
}

/* The first byte of a word that no name may hold; its length where there is none. */
static size_t name_length(const char *word, size_t length) {
  size_t i = 0;
  while (i < length && is_name_char(word[i], i == 0))
    i++;
  return i;
}

static const char *unexpected_hint(char c) {
  switch (c) {
  case '"':
    return "; strings are written in single quotes";
  case '=':
    return "; equality is written ==";
  case '&':
    return "; \"and\" is written &&";
  case '|':
    return "; \"or\" is written ||";
  default:
    return "";
  }
}

static bool fail_unexpected(const Lexer *lexer, size_t bad, size_t length, GError **error) {
  const char *text = lexer->text;
  g_autofree char *found = expression_excerpt(text + lexer->at, length);
  return expression_fail(error, EXPRESSION_ERROR_LEXING, bad, "expected a name, number, string or operator, found %s%s", found,
                         unexpected_hint(text[bad]));
}

static bool lex_word(Lexer *lexer, GError **error) {
  size_t length = word_length(lexer, "([)],.!><=&|");
  const char *word = lexer->text + lexer->at;
  size_t good = name_length(word, length);
  if (good < length)
    return fail_unexpected(lexer, lexer->at + good, length, error);

  bool property = previous_kind(lexer) == EXPRESSION_TOKEN_DOT;
  for (size_t i = 0; !property && i < G_N_ELEMENTS(keywords); i++) {
    if (strlen(keywords[i].text) == length && memcmp(keywords[i].text, word, length) == 0) {
      add(lexer, keywords[i].kind, length, word[0] == 'N' ? NAN : INFINITY);
      return true;
    }
  }
  add(lexer, EXPRESSION_TOKEN_NAME, length, 0);
  return true;
}

static bool lex_number(Lexer *lexer, GError **error) {
  size_t length = word_length(lexer, "([)],!><=&|");
  double number = expression_number_parse(lexer->text + lexer->at, length);
  if (isnan(number)) {
    g_autofree char *found = expression_excerpt(lexer->text + lexer->at, length);
    return expression_fail(error, EXPRESSION_ERROR_LEXING, lexer->at, "expected a number such as 1, -2.5, 1e3, 0xff or 0o17, found %s", found);
  }
  add(lexer, EXPRESSION_TOKEN_NUMBER, length, number);
  return true;
}

static bool lex_string(Lexer *lexer, GError **error) {
  size_t at = lexer->at + 1;
  while (at < lexer->length) {
    bool quote = lexer->text[at] == '\'';
    bool escaped = quote && at + 1 < lexer->length && lexer->text[at + 1] == '\'';
    at += escaped ? 2 : 1;
    if (quote && !escaped) {
      add(lexer, EXPRESSION_TOKEN_STRING, at - lexer->at, 0);
      return true;
    }
  }
  g_autofree char *found = expression_excerpt(lexer->text + lexer->at, lexer->length - lexer->at);
  return expression_fail(error, EXPRESSION_ERROR_LEXING, lexer->at, "expected a closing ' for the string %s", found);
}

static bool lex_symbol(Lexer *lexer) {
  for (size_t i = 0; i < G_N_ELEMENTS(symbols); i++) {
    size_t length = strlen(symbols[i].text);
    bool fits = length <= lexer->length - lexer->at;
    if (fits && memcmp(lexer->text + lexer->at, symbols[i].text, length) == 0) {
      add(lexer, symbols[i].kind, length, 0);
      return true;
    }
  }
  return false;
}

/* A point is an operator only after something that has members. */
static bool is_dereference(const Lexer *lexer) {
  switch (previous_kind(lexer)) {
  case EXPRESSION_TOKEN_NAME:
  case EXPRESSION_TOKEN_RIGHT_BRACKET:
  case EXPRESSION_TOKEN_RIGHT_PAREN:
  case EXPRESSION_TOKEN_STAR:
    return true;
  default:
    return false;
  }
}

static bool lex_token(Lexer *lexer, GError **error) {
  char c = lexer->text[lexer->at];

  if (c == '.' && is_dereference(lexer)) {
    add(lexer, EXPRESSION_TOKEN_DOT, 1, 0);
    return true;
  }
  if (c == '.' || c == '-' || c == '+' || g_ascii_isdigit(c))
    return lex_number(lexer, error);
  if (c == '\'')
    return lex_string(lexer, error);
  return (!g_ascii_isalpha(c) && lex_symbol(lexer)) || lex_word(lexer, error);
}

static bool is_ascii(const char *text, size_t length) {
  unsigned char all = 0;
  for (size_t i = 0; i < length; i++)
    all |= (unsigned char)text[i];
  return all < 0x80;
}

static bool check_text(const char *text, size_t length, GError **error) {
  if (length <= EXPRESSION_MAX_LENGTH && is_ascii(text, length))
    return true;
  size_t units = expression_utf16_length(text, length);
  if (units > EXPRESSION_MAX_LENGTH)
    return expression_fail(error, EXPRESSION_ERROR_LEXING, 0, "expected at most %d characters in an expression, found %zu", EXPRESSION_MAX_LENGTH,
                           units);

  const char *at = text;
  while (at < text + length) {
    const char *start = at;
    gunichar c = expression_char_next(&at, text + length);
    if (c >= 0x80 && at - start == 1)
      return expression_fail(error, EXPRESSION_ERROR_LEXING, (size_t)(start - text), "expected UTF-8, found the byte 0x%02x", c);
  }
  return true;
}

GArray *expression_lex(const char *text, size_t length, GError **error) {
  if (!check_text(text, length, error))
    return NULL;

  g_autoptr(GArray) tokens = g_array_sized_new(FALSE, FALSE, sizeof(ExpressionToken), 16);
  Lexer lexer = {.text = text, .length = length, .tokens = tokens};

  for (skip_space(&lexer); lexer.at < length; skip_space(&lexer)) {
    if (!lex_token(&lexer, error))
      return NULL;
  }
  add(&lexer, EXPRESSION_TOKEN_END, 0, 0);
  return g_steal_pointer(&tokens);
}
