#include "workflow/cron.h"

#include <string.h>

static const struct {
  const char *text;
  unsigned gap_minutes; /* 0: refused, and why: */
  const char *why;
} rows[] = {
  {"0 0 * * *", 60, NULL},
  {"  5  4 1,15 JAN-Mar sun ", 60, NULL},
  {"* * * * *", 1, NULL},
  {"*/15 * * * *", 15, NULL},
  {"*/7 * * * *", 4, NULL}, /* 56, then 0 of the next hour */
  {"*/7 3 * * *", 7, NULL},
  {"10/20 * * * *", 20, NULL},
  {"58,2 23,0 * * *", 4, NULL},
  {"0-10/5 * * * *", 5, NULL},
  {"0 0 * * 1-5", 60, NULL},
  {"", 0, "found 0 fields"},
  {"0 */3 * *", 0, "found 4 fields"},
  {"0 0 * * * *", 0, "found 6 fields"},
  {"60 * * * *", 0, "minute: expected 0 to 59"},
  {"0 24 * * *", 0, "hour:"},
  {"0 0 0 * *", 0, "day of the month:"},
  {"0 0 * 13 *", 0, "month:"},
  {"0 0 * foo *", 0, "month:"},
  {"0 0 * * 7", 0, "day of the week:"},
  {"5-1 * * * *", 0, "minute:"},
  {"*/0 * * * *", 0, "minute:"},
  {"*/ * * * *", 0, "minute:"},
  {"1,,2 * * * *", 0, "minute:"},
  {"-1 * * * *", 0, "minute:"},
  {"1-2-3 * * * *", 0, "minute:"},
  {"99999999999 * * * *", 0, "minute:"},
  {"@daily", 0, "minute:"},
};

static void test_rows(void) {
  for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autofree char *why = NULL;
    unsigned gap_minutes = 0;
    g_test_message("%s", rows[i].text);
    g_assert_true(cron_read(rows[i].text, &gap_minutes, &why) == (rows[i].why == NULL));
    g_assert_cmpuint(gap_minutes, ==, rows[i].gap_minutes);
    g_assert_true(rows[i].why == NULL || strstr(why, rows[i].why) != NULL);
  }
}

static void test_long(void) {
  g_autofree char *text = g_strnfill(100000, '1');
  g_autofree char *why = NULL;
  unsigned gap_minutes = 0;
  g_assert_false(cron_read(text, &gap_minutes, &why));
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/workflow/cron/fields-and-gaps", test_rows);
  g_test_add_func("/workflow/cron/a-long-text-is-refused", test_long);
  return g_test_run();
}
