#include "base/duration.h"

#include <errno.h>
#include <glib.h>
#include <string.h>

static const struct {
  const char *unit;
  int64_t ms;
} units[] = {{"ms", 1}, {"s", 1000}, {"m", 60 * 1000}, {"h", 3600 * 1000}, {"d", 24 * 3600 * 1000}};

bool duration_parse(const char *text, int64_t *duration_ms) {
  size_t digits = strspn(text, "0123456789");
  errno = 0;
  gint64 count = g_ascii_strtoll(text, NULL, 10);
  if (digits == 0 || errno != 0)
    return false;
  for (size_t i = 0; i < G_N_ELEMENTS(units); i++)
    if (strcmp(text + digits, units[i].unit) == 0 && count <= G_MAXINT64 / units[i].ms) {
      *duration_ms = count * units[i].ms;
      return true;
    }
  return false;
}

char *duration_format(int64_t duration_ms) {
  size_t i = G_N_ELEMENTS(units) - 1;
  while (i > 0 && (duration_ms == 0 || duration_ms % units[i].ms != 0))
    i--;
  return g_strdup_printf("%" G_GINT64_FORMAT "%s", duration_ms / units[i].ms, units[i].unit);
}
