#include "base/duration.h"

#include <glib.h>

typedef struct {
  const char *claim;
  const char *text;
  int64_t ms; /* -1: refused */
} DurationCase;

static const DurationCase durations[] = {
  {"milliseconds", "500ms", 500},
  {"seconds", "3s", 3000},
  {"minutes", "5m", 300000},
  {"hours", "1h", 3600000},
  {"days", "2d", 172800000},
  {"zero carries its unit", "0s", 0},
  {"a number without a unit is refused", "5", -1},
  {"a unit without a number is refused", "ms", -1},
  {"nothing is refused", "", -1},
  {"a blank in front is refused", " 5s", -1},
  {"a blank between is refused", "5 s", -1},
  {"something behind is refused", "5s ", -1},
  {"a negative one is refused", "-5s", -1},
  {"a plus sign is refused", "+5s", -1},
  {"a fraction is refused", "1.5h", -1},
  {"two units are refused", "1h30m", -1},
  {"an unknown unit is refused", "5w", -1},
  {"an upper-case unit is refused", "5S", -1},
  {"hexadecimal is refused", "0x5s", -1},
  {"the largest that fits", "9223372036854775807ms", G_MAXINT64},
  {"one that overflows by its unit is refused", "9223372036854775807s", -1},
  {"one that overflows by itself is refused", "9223372036854775808ms", -1},
};

static void test_duration(gconstpointer data) {
  const DurationCase *row = data;
  int64_t ms = 77;
  g_assert_cmpint(duration_parse(row->text, &ms), ==, row->ms >= 0);
  g_assert_cmpint(ms, ==, row->ms >= 0 ? row->ms : 77);
}

static void test_format(void) {
  static const struct {
    int64_t ms;
    const char *text;
  } rows[] = {{0, "0ms"}, {500, "500ms"}, {3000, "3s"}, {90000, "90s"}, {300000, "5m"}, {3600000, "1h"}, {172800000, "2d"}};
  for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autofree char *text = duration_format(rows[i].ms);
    g_assert_cmpstr(text, ==, rows[i].text);
  }
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  for (size_t i = 0; i < G_N_ELEMENTS(durations); i++) {
    g_autofree char *path = g_strdup_printf("/base/duration/%s", durations[i].claim);
    g_test_add_data_func(path, &durations[i], test_duration);
  }
  g_test_add_func("/base/duration/formats in the largest whole unit", test_format);
  return g_test_run();
}
