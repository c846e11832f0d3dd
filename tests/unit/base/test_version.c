#include "base/version.h"

#include <glib.h>
#include <string.h>

/* ---- what is a version ---------------------------------------------------------------------------------------------------- */

typedef struct {
  const char *claim;
  const char *text;
  const char *reads; /* "numbers written, joined by dots" and "-pre"; NULL: refused */
} ParseCase;

static const ParseCase parses[] = {
  {"three numbers", "1.2.3", "1.2.3"},
  {"two numbers", "1.2", "1.2"},
  {"one number", "4", "4"},
  {"a v in front", "v4", "v4"},
  {"a pre-release", "v1.2.3-rc1", "v1.2.3-rc1"},
  {"a pre-release of parts", "1.2.3-alpha.1", "1.2.3-alpha.1"},
  {"a pre-release of a moving version", "v6-beta", "v6-beta"},
  {"a dash within a pre-release", "v1.0.0-rc-1", "v1.0.0-rc-1"},
  {"a build is read over", "1.2.3+build.5", "1.2.3"},
  {"a pre-release and a build", "1.2.3-rc1+5", "1.2.3-rc1"},
  {"a zero in front, as dates have it", "v2024.01", "v2024.1"},
  {"the largest number", "18446744073709551615", "18446744073709551615"},
  {"a number that does not fit is refused", "18446744073709551616", NULL},
  {"NULL is refused", NULL, NULL},
  {"nothing is refused", "", NULL},
  {"a v alone is refused", "v", NULL},
  {"an upper-case v is refused", "V4", NULL},
  {"a word is refused", "main", NULL},
  {"four numbers are refused", "1.2.3.4", NULL},
  {"a dot at the end is refused", "1.2.", NULL},
  {"an empty number is refused", "1..2", NULL},
  {"an x for a number is refused", "v2.x", NULL},
  {"an empty pre-release is refused", "1.2.3-", NULL},
  {"an empty part of a pre-release is refused", "1.2.3-a..b", NULL},
  {"an empty build is refused", "1.2.3+", NULL},
  {"a pre-release without its dash is refused", "1.2.3rc1", NULL},
  {"a blank is refused", "v4 ", NULL},
  {"a minus sign is refused", "-4", NULL},
  {"a name in front is refused", "release/v1", NULL},
};

static void test_parse(gconstpointer data) {
  const ParseCase *row = data;
  Semver version = {.count = 77};
  g_assert_cmpint(semver_parse(row->text, &version), ==, row->reads != NULL);
  if (row->reads == NULL) {
    g_assert_cmpuint(version.count, ==, 77);
    return;
  }
  g_autoptr(GString) text = g_string_new(version.prefixed ? "v" : "");
  for (unsigned i = 0; i < version.count; i++)
    g_string_append_printf(text, "%s%" G_GUINT64_FORMAT, i > 0 ? "." : "", version.numbers[i]);
  if (version.pre_length > 0)
    g_string_append_printf(text, "-%.*s", (int)version.pre_length, version.pre);
  g_assert_cmpstr(text->str, ==, row->reads);
}

/* ---- order ---------------------------------------------------------------------------------------------------------------- */

/* From the oldest to the newest. */
static const char *const ordered[] = {
  "0",          "0.9.9",        "v1.0.0-1",      "1.0.0-2",    "1.0.0-10", "1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-alpha.beta",
  "1.0.0-beta", "1.0.0-beta.2", "1.0.0-beta.11", "1.0.0-rc.1", "1.0.0",    "v1.0.1",      "1.2",           "1.10.0",
  "v2",         "10",
};

static void test_order(void) {
  for (size_t i = 0; i < G_N_ELEMENTS(ordered); i++)
    for (size_t k = 0; k < G_N_ELEMENTS(ordered); k++) {
      Semver a, b;
      g_assert_true(semver_parse(ordered[i], &a) && semver_parse(ordered[k], &b));
      int order = semver_compare(&a, &b);
      g_assert_cmpint((order > 0) - (order < 0), ==, (i > k) - (i < k));
    }
}

static void test_equal(void) {
  static const char *const pairs[][2] = {{"v4", "4.0.0"}, {"1.2", "v1.2.0"}, {"1.2.3+a", "1.2.3+b"}, {"1.0.0-rc.1+a", "1.0.0-rc.1"}, {"1-01", "1-1"}};
  for (size_t i = 0; i < G_N_ELEMENTS(pairs); i++) {
    Semver a, b;
    g_assert_true(semver_parse(pairs[i][0], &a) && semver_parse(pairs[i][1], &b));
    g_assert_cmpint(semver_compare(&a, &b), ==, 0);
  }
}

/* ---- moving tags and ranges ------------------------------------------------------------------------------------------------ */

typedef struct {
  const char *claim;
  const char *full;
  const char *moving;
  bool within;
} WithinCase;

static const WithinCase withins[] = {
  {"a major version", "4.2.1", "v4", true},
  {"a minor version", "v4.2.1", "v4.2", true},
  {"itself", "v4.2.1", "v4.2.1", true},
  {"a moving tag itself", "v4", "v4", true},
  {"another major version", "v40.0.0", "v4", false},
  {"another minor version", "4.20.1", "4.2", false},
  {"a moving tag is not within a full one", "v4", "v4.0.0", false},
  {"a pre-release is not within its major version", "v4.3.0-rc1", "v4", false},
  {"a pre-release is within itself", "4.3.0-rc1", "v4.3.0-rc1", true},
  {"a release is not within its pre-release", "4.3.0", "4.3.0-rc1", false},
};

static void test_within(gconstpointer data) {
  const WithinCase *row = data;
  Semver full, moving;
  g_assert_true(semver_parse(row->full, &full) && semver_parse(row->moving, &moving));
  g_assert_cmpint(semver_is_within(&full, &moving), ==, row->within);
}

typedef struct {
  const char *claim;
  const char *version;
  SemverRange range;
  bool inside;
} RangeCase;

static const RangeCase ranges[] = {
  {"the first one affected", "1.0.0", {.introduced = "1.0.0", .fixed = "1.2.0"}, true},
  {"the last before the fix", "v1.1.9", {.introduced = "1.0.0", .fixed = "1.2.0"}, true},
  {"the fix itself is safe", "1.2.0", {.introduced = "1.0.0", .fixed = "1.2.0"}, false},
  {"a pre-release of the fix is affected", "1.2.0-rc1", {.introduced = "1.0.0", .fixed = "1.2.0"}, true},
  {"before it came in", "0.9", {.introduced = "1.0.0", .fixed = "1.2.0"}, false},
  {"0 is the beginning", "0.0.1", {.introduced = "0", .fixed = "1.2.0"}, true},
  {"the last one affected is affected", "45.0.7", {.last_affected = "45.0.7"}, true},
  {"behind the last one affected", "46", {.last_affected = "45.0.7"}, false},
  {"no fix yet", "99", {.introduced = "1"}, true},
  {"no bound at all", "1", {NULL}, true},
  {"a bound that is no version bounds nothing", "3", {.introduced = "1", .fixed = "soon"}, true},
};

static void test_range(gconstpointer data) {
  const RangeCase *row = data;
  Semver version;
  g_assert_true(semver_parse(row->version, &version));
  g_assert_cmpint(semver_in_range(&version, &row->range), ==, row->inside);
}

#define ADD(rows, name, test)                                                                                                                        \
  for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {                                                                                                  \
    g_autofree char *path = g_strdup_printf("/base/version/" name "/%s", (rows)[i].claim);                                                           \
    g_test_add_data_func(path, &(rows)[i], test);                                                                                                    \
  }

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  ADD(parses, "parse", test_parse)
  ADD(withins, "within", test_within)
  ADD(ranges, "range", test_range)
  g_test_add_func("/base/version/order", test_order);
  g_test_add_func("/base/version/equal", test_equal);
  return g_test_run();
}
