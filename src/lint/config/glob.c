#include "lint/config/glob.h"

#include "base/error.h"

#include <string.h>

#define PATTERN_MAX 1000
/* Steps of one match: a hostile pattern costs a few milliseconds. */
#define LIMITS "(*LIMIT_MATCH=50000)(*LIMIT_DEPTH=5000)"

/* A glob on its way to a regular expression. */
typedef struct {
  const char *at;
  GString *regex;
  unsigned depth; /* of braces */
} Glob;

static void put_letter(Glob *glob, char letter) {
  if (strchr("\\^$.[]|()?*+{}-", letter) != NULL)
    g_string_append_c(glob->regex, '\\');
  g_string_append_c(glob->regex, letter);
}

/* "**" is folders only where it fills all between two slashes; else it is as one star. */
static void put_stars(Glob *glob, const char *start) {
  const char *behind = glob->at + strspn(glob->at, "*");
  bool fills = behind == glob->at + 2 && (glob->at == start || glob->at[-1] == '/') && (*behind == '/' || *behind == '\0');
  if (fills && *behind == '/')
    g_string_append(glob->regex, "(?:[^/]+/)*+"), behind++;
  else
    g_string_append(glob->regex, fills ? ".*" : "[^/]*");
  glob->at = behind;
}

/* [abc], [a-z], [^...] or [!...]; false when it does not end. */
static bool put_set(Glob *glob) {
  const char *at = glob->at + 1;
  g_string_append_c(glob->regex, '[');
  if (*at == '^' || *at == '!')
    g_string_append(glob->regex, "^/"), at++;
  const char *first = at;
  for (; *at != '\0' && (*at != ']' || at == first); at++) {
    if (*at == '\\' && at[1] != '\0')
      at++;
    else if (*at == '-' && at != first && at[1] != ']') {
      g_string_append_c(glob->regex, '-');
      continue;
    }
    if (strchr("\\^[]-", *at) != NULL)
      g_string_append_c(glob->regex, '\\');
    g_string_append_c(glob->regex, *at);
  }
  g_string_append_c(glob->regex, ']');
  glob->at = *at == ']' ? at + 1 : at;
  return *at == ']';
}

/* Puts what stands at glob->at. NULL, or what is wrong. */
static const char *put_next(Glob *glob, const char *start) {
  char letter = *glob->at;
  if (letter == '*')
    put_stars(glob, start);
  else if (letter == '[')
    return put_set(glob) ? NULL : "a \"[\" without its \"]\"";
  else {
    glob->at++;
    if (letter == '?')
      g_string_append(glob->regex, "[^/]");
    else if (letter == '{')
      g_string_append(glob->regex, "(?:"), glob->depth++;
    else if (letter == '}' && glob->depth > 0)
      g_string_append_c(glob->regex, ')'), glob->depth--;
    else if (letter == ',' && glob->depth > 0)
      g_string_append_c(glob->regex, '|');
    else if (letter != '\\')
      put_letter(glob, letter);
    else if (*glob->at == '\0')
      return "a \"\\\" at its end";
    else
      put_letter(glob, *glob->at++);
  }
  return NULL;
}

static GRegex *compile(const char *pattern, GRegexCompileFlags flags, GError **error) {
  g_autoptr(GError) inner = NULL;
  g_autofree char *limited = g_strconcat(LIMITS, pattern, NULL);
  GRegex *regex = g_regex_new(limited, flags, 0, &inner);
  if (regex == NULL) {
    g_clear_error(&inner);
    regex = g_regex_new(pattern, flags, 0, &inner); /* once more for an error with the pattern as it was written */
    g_clear_pointer(&regex, g_regex_unref);
    error_set(error, DROVER_ERROR_INPUT, "%s", inner != NULL ? inner->message : "this is no regular expression");
  }
  return regex;
}

GRegex *lint_glob_new(const char *pattern, bool any_case, GError **error) {
  g_autoptr(GString) regex = g_string_new("\\A(?:");
  Glob glob = {.at = pattern, .regex = regex};
  const char *wrong = strlen(pattern) > PATTERN_MAX         ? "more than 1,000 letters"
                      : !g_utf8_validate(pattern, -1, NULL) ? "letters that are not UTF-8"
                                                            : NULL;
  while (wrong == NULL && *glob.at != '\0')
    wrong = put_next(&glob, pattern);
  if (wrong == NULL && glob.depth > 0)
    wrong = "a \"{\" without its \"}\"";
  if (wrong != NULL) {
    error_set(error, DROVER_ERROR_INPUT, "this pattern has %s", wrong);
    return NULL;
  }
  g_string_append(regex, ")\\z");
  return compile(regex->str, any_case ? G_REGEX_CASELESS : 0, error);
}

GRegex *lint_regex_new(const char *pattern, GError **error) {
  if (strlen(pattern) <= PATTERN_MAX)
    return compile(pattern, 0, error);
  error_set(error, DROVER_ERROR_INPUT, "this regular expression has more than %d letters", PATTERN_MAX);
  return NULL;
}

bool lint_glob_fits(const char *pattern, const char *text, bool any_case) {
  g_autoptr(GRegex) regex = lint_glob_new(pattern, any_case, NULL);
  return regex != NULL && g_regex_match(regex, text, 0, NULL);
}
