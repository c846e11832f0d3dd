#include "base/nearest.h"

#include <glib.h>
#include <stdbool.h>
#include <string.h>

#define LENGTH_MAX 64

/* Optimal string alignment distance; both are at most LENGTH_MAX bytes. */
static unsigned distance(const char *a, size_t a_length, const char *b, size_t b_length) {
  unsigned rows[3][LENGTH_MAX + 1];
  unsigned *before = rows[0], *above = rows[1], *row = rows[2];
  for (size_t j = 0; j <= b_length; j++)
    above[j] = (unsigned)j, before[j] = 0;
  for (size_t i = 1; i <= a_length; i++) {
    row[0] = (unsigned)i;
    for (size_t j = 1; j <= b_length; j++) {
      bool same = g_ascii_tolower(a[i - 1]) == g_ascii_tolower(b[j - 1]);
      unsigned best = MIN(above[j] + 1, row[j - 1] + 1);
      best = MIN(best, above[j - 1] + !same);
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        best = MIN(best, before[j - 2] + 1);
      row[j] = best;
    }
    unsigned *oldest = before;
    before = above, above = row, row = oldest;
  }
  return above[b_length];
}

const char *nearest_name(const char *text, const char *const *known) {
  size_t length = strlen(text);
  const char *best = NULL;
  unsigned best_distance = 0;
  if (length > LENGTH_MAX)
    return NULL;
  for (; *known != NULL; known++) {
    size_t known_length = strlen(*known);
    size_t gap = known_length > length ? known_length - length : length - known_length; /* so many edits at least */
    if (known_length > LENGTH_MAX || gap > MAX(known_length / 3, 1))
      continue;
    unsigned edits = distance(text, length, *known, known_length);
    if (edits <= MAX(known_length / 3, 1) && edits < known_length && (best == NULL || edits < best_distance))
      best = *known, best_distance = edits;
  }
  return best;
}
