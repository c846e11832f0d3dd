#include "httpd/range.h"

static void test_ranges(void) {
  static const struct {
    const char *claim;
    const char *header;
    int64_t size;
    RangeKind kind;
    int64_t first;
    int64_t length;
  } rows[] = {
    {"no header", NULL, 10, RANGE_WHOLE, 0, 0},
    {"from and to", "bytes=2-5", 10, RANGE_PART, 2, 4},
    {"one byte", "bytes=0-0", 10, RANGE_PART, 0, 1},
    {"to the end", "bytes=7-", 10, RANGE_PART, 7, 3},
    {"the last bytes", "bytes=-3", 10, RANGE_PART, 7, 3},
    {"more last bytes than there are", "bytes=-30", 10, RANGE_PART, 0, 10},
    {"an end behind the end", "bytes=8-99", 10, RANGE_PART, 8, 2},
    {"an end that no integer holds", "bytes=8-99999999999999999999999", 10, RANGE_PART, 8, 2},
    {"a unit in upper case", "Bytes=1-1", 10, RANGE_PART, 1, 1},
    {"a start behind the end", "bytes=10-", 10, RANGE_UNSATISFIABLE, 0, 0},
    {"a start that no integer holds", "bytes=99999999999999999999999-", 10, RANGE_UNSATISFIABLE, 0, 0},
    {"no last bytes", "bytes=-0", 10, RANGE_UNSATISFIABLE, 0, 0},
    {"nothing of nothing", "bytes=0-", 0, RANGE_UNSATISFIABLE, 0, 0},
    {"the last bytes of nothing", "bytes=-1", 0, RANGE_UNSATISFIABLE, 0, 0},
    {"an end before the start is no range", "bytes=5-2", 10, RANGE_WHOLE, 0, 0},
    {"several ranges", "bytes=0-1,4-5", 10, RANGE_WHOLE, 0, 0},
    {"another unit", "lines=0-1", 10, RANGE_WHOLE, 0, 0},
    {"no number", "bytes=-", 10, RANGE_WHOLE, 0, 0},
    {"letters", "bytes=a-b", 10, RANGE_WHOLE, 0, 0},
    {"a sign", "bytes=+1-2", 10, RANGE_WHOLE, 0, 0},
    {"a space", "bytes= 1-2", 10, RANGE_WHOLE, 0, 0},
    {"a rest", "bytes=1-2x", 10, RANGE_WHOLE, 0, 0},
  };
  for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_test_message("%s", rows[i].claim);
    int64_t first = 0;
    int64_t length = 0;
    g_assert_cmpint(range_parse(rows[i].header, rows[i].size, &first, &length), ==, rows[i].kind);
    g_assert_cmpint(first, ==, rows[i].first);
    g_assert_cmpint(length, ==, rows[i].length);
  }
}

static void test_content_ranges(void) {
  static const struct {
    const char *claim;
    const char *header;
    bool good;
    int64_t first;
    int64_t last;
  } rows[] = {
    {"a chunk", "0-1023", true, 0, 1023},
    {"one byte", "5-5", true, 5, 5},
    {"the largest", "0-9223372036854775806", true, 0, INT64_MAX - 1},
    {"a length that no integer holds", "0-9223372036854775807", false, -1, -1},
    {"an end before the start", "5-4", false, -1, -1},
    {"the form of HTTP", "bytes 0-1023/2048", false, -1, -1},
    {"no end", "0-", false, -1, -1},
    {"no start", "-5", false, -1, -1},
    {"a number that no integer holds", "0-99999999999999999999", false, -1, -1},
    {"nothing", "", false, -1, -1},
    {"a rest", "0-1 ", false, -1, -1},
  };
  for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_test_message("%s", rows[i].claim);
    int64_t first = -1;
    int64_t last = -1;
    g_assert_cmpint(content_range_parse(rows[i].header, &first, &last), ==, rows[i].good);
    g_assert_cmpint(first, ==, rows[i].first);
    g_assert_cmpint(last, ==, rows[i].last);
  }
}

static void test_numbers(void) {
  static const struct {
    const char *text;
    bool good;
    int64_t number;
  } rows[] = {
    {"0", true, 0},
    {"0012", true, 12},
    {"9223372036854775807", true, INT64_MAX},
    {"9223372036854775808", false, -1},
    {"", false, -1},
    {NULL, false, -1},
    {"-1", false, -1},
    {"1x", false, -1},
    {" 1", false, -1},
  };
  for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_test_message("\"%s\"", rows[i].text != NULL ? rows[i].text : "NULL");
    int64_t number = -1;
    g_assert_cmpint(range_number(rows[i].text, &number), ==, rows[i].good);
    g_assert_cmpint(number, ==, rows[i].number);
  }
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/httpd/range/ranges", test_ranges);
  g_test_add_func("/httpd/range/content-ranges", test_content_ranges);
  g_test_add_func("/httpd/range/numbers", test_numbers);
  return g_test_run();
}
