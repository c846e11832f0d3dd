#include "workflow/cron.h"

#include <string.h>

/* The crontab(5) grammar as GitHub takes it: five fields of lists of values, ranges and steps. */

typedef struct {
  const char *name;
  unsigned low, high;
  const char *const *words; /* names that stand for low, low + 1, ...; NULL: none */
} Field;

static const char *const months[] = {"jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec", NULL};
static const char *const days[] = {"sun", "mon", "tue", "wed", "thu", "fri", "sat", NULL};
static const Field fields[] = {
  {"minute", 0, 59, NULL}, {"hour", 0, 23, NULL}, {"day of the month", 1, 31, NULL}, {"month", 1, 12, months}, {"day of the week", 0, 6, days},
};
enum { MINUTE, HOUR, FIELD_COUNT = G_N_ELEMENTS(fields) };

static bool read_number(const char *text, unsigned *value) {
  if (*text == '\0' || strlen(text) > 3 || strspn(text, "0123456789") != strlen(text))
    return false;
  *value = (unsigned)g_ascii_strtoull(text, NULL, 10);
  return true;
}

static bool read_value(const Field *field, const char *text, unsigned *value) {
  for (unsigned i = 0; field->words != NULL && field->words[i] != NULL; i++)
    if (g_ascii_strcasecmp(field->words[i], text) == 0) {
      *value = field->low + i;
      return true;
    }
  return read_number(text, value) && *value >= field->low && *value <= field->high;
}

/* VALUE, LOW-HIGH or *, each with /STEP or without; its values become bits of `set`. */
static bool read_piece(const Field *field, char *text, guint64 *set) {
  unsigned low = field->low, high = field->high, step = 1;
  char *slash = strchr(text, '/'), *dash;
  if (slash != NULL) {
    *slash = '\0';
    if (!read_number(slash + 1, &step) || step == 0 || step > field->high)
      return false;
  }
  if (strcmp(text, "*") != 0) {
    dash = strchr(text, '-');
    if (dash != NULL)
      *dash = '\0';
    if (!read_value(field, text, &low) || (dash != NULL && !read_value(field, dash + 1, &high)))
      return false;
    if (dash == NULL && slash == NULL)
      high = low;
  }
  for (unsigned value = low; value <= high; value += step)
    *set |= (guint64)1 << value;
  return low <= high;
}

static bool read_field(const Field *field, const char *text, guint64 *set, char **why) {
  g_auto(GStrv) pieces = g_strsplit(text, ",", -1);
  for (char **piece = pieces; *piece != NULL; piece++) {
    g_autofree char *shown = g_strndup(*piece, 20);
    if (read_piece(field, *piece, set))
      continue;
    *why = g_strdup_printf("%s: expected %u to %u, *, a range or a step, found \"%s\"", field->name, field->low, field->high, shown);
    return false;
  }
  if (*set != 0)
    return true;
  *why = g_strdup_printf("%s: nothing stands there", field->name);
  return false;
}

/* Minutes between one time and the next, at the closest: within an hour, and over into a next one that is in the set, too. */
static unsigned shortest_gap(guint64 minutes, guint64 hours) {
  unsigned first = 60, last = 60, gap = 60;
  for (unsigned minute = 0; minute < 60; minute++) {
    if (!(minutes >> minute & 1))
      continue;
    if (last < 60)
      gap = MIN(gap, minute - last);
    first = MIN(first, minute);
    last = minute;
  }
  bool neighbours = (hours & (hours >> 1)) != 0 || ((hours & 1) && (hours >> 23 & 1));
  return neighbours ? MIN(gap, first + 60 - last) : gap;
}

bool cron_read(const char *text, unsigned *gap_minutes, char **why) {
  if (strlen(text) > CRON_LENGTH_MAX) {
    *why = g_strdup_printf("longer than %d characters", CRON_LENGTH_MAX);
    return false;
  }
  g_auto(GStrv) words = g_strsplit_set(text, " \t", -1);
  guint64 sets[FIELD_COUNT] = {0};
  size_t count = 0;
  for (char **word = words; *word != NULL; word++) {
    if (**word == '\0')
      continue;
    if (count < FIELD_COUNT && !read_field(&fields[count], *word, &sets[count], why))
      return false;
    count++;
  }
  if (count != FIELD_COUNT) {
    *why = g_strdup_printf("expected minute, hour, day, month and day of the week, found %zu fields", count);
    return false;
  }
  *gap_minutes = shortest_gap(sets[MINUTE], sets[HOUR]);
  return true;
}
