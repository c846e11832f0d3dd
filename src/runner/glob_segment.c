#include "runner/glob_segment.h"

#include "runner/glob_class.h"

#include <string.h>

typedef enum { TOKEN_UNIT, TOKEN_ONE, TOKEN_SOME, TOKEN_CLASS, TOKEN_NEVER } TokenKind;

typedef struct {
  TokenKind kind;
  gunichar2 unit;
  GlobClass *class;
} Token;

struct GlobSegment {
  bool deep;
  char *literal;
  GArray *tokens; /* NULL with a literal */
};

static void clear_token(void *data) {
  Token *token = data;
  g_clear_pointer(&token->class, glob_class_free);
}

/* ---- reading ---- */

/* "*.lock" and "??.c": there, a backslash in what comes behind stands for itself. */
static bool is_plain_tail(const char *text) {
  size_t stars = strspn(text, "*"), marks = strspn(text, "?");
  const char *rest = text + MAX(stars, marks);
  return rest > text && strpbrk(rest, "+@!?*[(") == NULL;
}

/* Reads what begins at text[0] and says how many units that were. */
static size_t read_token(const gunichar2 *text, size_t length, bool escapes, Token *token) {
  size_t used = 0;
  if (*text == '*' || *text == '?') {
    token->kind = *text == '*' ? TOKEN_SOME : TOKEN_ONE;
    return 1;
  }
  if (*text == '\\' && escapes && length > 1) {
    token->unit = text[1];
    return 2;
  }
  GlobClass *class = *text == '[' ? glob_class_parse(text, length, &used) : NULL;
  if (class == NULL) {
    token->kind = used > 0 ? TOKEN_NEVER : TOKEN_UNIT;
    token->unit = *text;
    return MAX(used, 1);
  }
  token->unit = glob_class_single(class);
  if (token->unit == 0)
    *token = (Token){.kind = TOKEN_CLASS, .class = g_steal_pointer(&class)};
  g_clear_pointer(&class, glob_class_free);
  return used;
}

static char *literal_of(const GArray *tokens) {
  g_autofree gunichar2 *units = g_new0(gunichar2, tokens->len + 1);
  for (guint i = 0; i < tokens->len; i++) {
    if (g_array_index(tokens, Token, i).kind != TOKEN_UNIT)
      return NULL;
    units[i] = g_array_index(tokens, Token, i).unit;
  }
  return g_utf16_to_utf8(units, tokens->len, NULL, NULL, NULL);
}

static GArray *read_tokens(const char *text) {
  glong length = 0;
  g_autofree gunichar2 *units = g_utf8_to_utf16(text, -1, NULL, &length, NULL);
  GArray *tokens = g_array_new(FALSE, FALSE, sizeof(Token));
  g_array_set_clear_func(tokens, clear_token);
  bool escapes = !is_plain_tail(text);
  for (size_t at = 0; at < (size_t)length;) {
    Token token = {0};
    at += read_token(units + at, (size_t)length - at, escapes, &token);
    bool again = token.kind == TOKEN_SOME && tokens->len > 0 && g_array_index(tokens, Token, tokens->len - 1).kind == TOKEN_SOME;
    if (!again)
      g_array_append_val(tokens, token);
  }
  return tokens;
}

GlobSegment *glob_segment_new(const char *text, bool literal) {
  GlobSegment *segment = g_new0(GlobSegment, 1);
  if (literal) {
    segment->literal = g_strdup(text);
    return segment;
  }
  segment->deep = strcmp(text, "**") == 0;
  segment->tokens = read_tokens(text);
  segment->literal = literal_of(segment->tokens);
  return segment;
}

void glob_segment_free(GlobSegment *segment) {
  g_clear_pointer(&segment->tokens, g_array_unref);
  g_free(segment->literal);
  g_free(segment);
}

bool glob_segment_is_deep(const GlobSegment *segment) {
  return segment->deep;
}

const char *glob_segment_literal(const GlobSegment *segment) {
  return segment->literal;
}

/* ---- matching ---- */

static bool takes(const Token *token, gunichar2 unit) {
  return token->kind == TOKEN_ONE || (token->kind == TOKEN_UNIT && token->unit == unit) ||
         (token->kind == TOKEN_CLASS && glob_class_has(token->class, unit));
}

/* Only the last star is tried again: what those before it took is the shortest, which leaves the most. */
static bool match_units(const GArray *tokens, const gunichar2 *units, size_t length) {
  const Token *all = (const Token *)(const void *)tokens->data;
  size_t at = 0, star_at = 0;
  guint token = 0, behind_star = 0;
  while (at < length) {
    if (token < tokens->len && all[token].kind == TOKEN_SOME) {
      behind_star = ++token;
      star_at = at;
    } else if (token < tokens->len && takes(&all[token], units[at])) {
      token++;
      at++;
    } else if (behind_star > 0) {
      token = behind_star;
      at = ++star_at;
    } else {
      return false;
    }
  }
  while (token < tokens->len && all[token].kind == TOKEN_SOME)
    token++;
  return token == tokens->len;
}

bool glob_segment_matches(const GlobSegment *segment, const char *name) {
  if (segment->literal != NULL)
    return strcmp(segment->literal, name) == 0;
  glong length = 0;
  g_autofree gunichar2 *units = g_utf8_to_utf16(name, -1, NULL, &length, NULL);
  return units != NULL && match_units(segment->tokens, units, (size_t)length);
}
