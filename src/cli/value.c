#include "cli/command.h"

#include "base/duration.h"
#include "base/nearest.h"

#include <errno.h>
#include <string.h>

/* The digits that `text` begins with; `rest` is what follows. False without a digit and on overflow. */
static bool read_digits(const char *text, int64_t *number, const char **rest) {
  if (!g_ascii_isdigit(*text))
    return false;
  char *end = NULL;
  errno = 0;
  gint64 value = g_ascii_strtoll(text, &end, 10);
  if (errno != 0)
    return false;
  *number = value;
  *rest = end;
  return true;
}

static bool parse_text(const ValueRow *row, const char *text, int64_t *number, GError **error) {
  if (row->kind == VALUE_TEXT && !g_utf8_validate(text, -1, NULL))
    return error_set(error, DROVER_ERROR_USAGE, "the value is not valid UTF-8");
  *number = 0;
  return true;
}

static bool parse_integer(const ValueRow *row, const char *text, int64_t *number, GError **error) {
  int64_t max = row->max != 0 ? row->max : G_MAXINT64, value = 0;
  const char *rest = NULL;
  if (read_digits(text, &value, &rest) && *rest == '\0' && value >= row->min && value <= max) {
    *number = value;
    return true;
  }
  if (row->max == 0)
    return error_set(error, DROVER_ERROR_USAGE, "\"%s\" is not a whole number of at least %" G_GINT64_FORMAT, text, row->min);
  return error_set(error, DROVER_ERROR_USAGE, "\"%s\" is not a whole number from %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT, text, row->min,
                   row->max);
}

static bool parse_duration(const ValueRow *row, const char *text, int64_t *number, GError **error) {
  int64_t max = row->max != 0 ? row->max : G_MAXINT64, value = 0;
  if (!duration_parse(text, &value))
    return error_set(error, DROVER_ERROR_USAGE, "\"%s\" is no duration: a whole number with a unit is expected, as 500ms, 3s, 5m, 1h or 2d", text);
  if (value < row->min || value > max)
    return error_set(error, DROVER_ERROR_USAGE, "%s is too %s: the limit is %" G_GINT64_FORMAT "ms", text, value < row->min ? "short" : "long",
                     value < row->min ? row->min : max);
  *number = value;
  return true;
}

static bool parse_choice(const ValueRow *row, const char *text, int64_t *number, GError **error) {
  if (g_strv_contains((const gchar *const *)row->choices, text)) {
    *number = 0;
    return true;
  }
  g_autofree char *known = g_strjoinv(", ", (char **)row->choices);
  g_autofree char *meant = suggest_text(text, row->choices);
  return error_set(error, DROVER_ERROR_USAGE, "\"%s\" is not one of %s%s", text, known, meant);
}

bool value_parse(const ValueRow *row, const char *text, int64_t *number, GError **error) {
  static bool (*const parsers[])(const ValueRow *, const char *, int64_t *, GError **) = {
    [VALUE_FLAG] = parse_text,         [VALUE_TEXT] = parse_text,     [VALUE_PATH] = parse_text,    [VALUE_INTEGER] = parse_integer,
    [VALUE_DURATION] = parse_duration, [VALUE_CHOICE] = parse_choice, [VALUE_COMMAND] = parse_text,
  };
  if (*text == '\0')
    return error_set(error, DROVER_ERROR_USAGE, "the value is empty");
  return parsers[row->kind](row, text, number, error);
}

char *suggest_text(const char *word, const char *const *words) {
  const char *nearest = nearest_name(word, words);
  return nearest != NULL ? g_strdup_printf("; did you mean \"%s\"?", nearest) : g_strdup("");
}
