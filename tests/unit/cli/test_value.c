#include "cli/command.h"
#include "cli/secret_file.h"

#include <string.h>

static const char *const colours[] = {"red", "green", "blue", NULL};

typedef struct {
  const char *claim;
  ValueRow row;
  const char *text;
  const char *says; /* NULL: accepted */
  int64_t number;
} ValueCase;

static const ValueCase values[] = {
  {"text is accepted", {VALUE_TEXT, "NAME"}, "añ", NULL, 0},
  {"empty text is refused", {VALUE_TEXT, "NAME"}, "", "empty", 0},
  {"text that is not UTF-8 is refused", {VALUE_TEXT, "NAME"}, "a\xff", "UTF-8", 0},
  {"a path may be any bytes", {VALUE_PATH, "FILE"}, "a\xff", NULL, 0},
  {"an empty path is refused", {VALUE_PATH, "FILE"}, "", "empty", 0},
  {"an integer is read", {VALUE_INTEGER, "N", .min = 1, .max = 100}, "42", NULL, 42},
  {"the smallest integer is accepted", {VALUE_INTEGER, "N", .min = 1, .max = 100}, "1", NULL, 1},
  {"the largest integer is accepted", {VALUE_INTEGER, "N", .min = 1, .max = 100}, "100", NULL, 100},
  {"one below the smallest is refused", {VALUE_INTEGER, "N", .min = 1, .max = 100}, "0", "from 1 to 100", 0},
  {"one above the largest is refused", {VALUE_INTEGER, "N", .min = 1, .max = 100}, "101", "from 1 to 100", 0},
  {"an integer with letters behind is refused", {VALUE_INTEGER, "N", .max = 100}, "80a", "\"80a\" is not a whole number", 0},
  {"a negative integer is refused", {VALUE_INTEGER, "N"}, "-1", "at least 0", 0},
  {"an integer that overflows is refused", {VALUE_INTEGER, "N"}, "99999999999999999999", "whole number", 0},
  {"a duration without a unit is told how to have one", {VALUE_DURATION, "D"}, "5", "as 500ms, 3s", 0},
  {"a duration gives milliseconds", {VALUE_DURATION, "D"}, "2s", NULL, 2000},
  {"a duration below the limit is refused", {VALUE_DURATION, "D", .min = 1000}, "1ms", "too short", 0},
  {"a duration above the limit is refused", {VALUE_DURATION, "D", .max = 1000}, "2s", "too long", 0},
  {"a choice is accepted", {VALUE_CHOICE, "C", .choices = colours}, "green", NULL, 0},
  {"another word names the choices and the nearest", {VALUE_CHOICE, "C", .choices = colours}, "gren", "red, green, blue; did you mean \"green\"?", 0},
};

static void test_value(gconstpointer data) {
  const ValueCase *row = data;
  g_autoptr(GError) error = NULL;
  int64_t number = 77;
  g_assert_cmpint(value_parse(&row->row, row->text, &number, &error), ==, row->says == NULL);
  g_assert_cmpint(number, ==, row->says == NULL ? row->number : 77);
  if (row->says == NULL) {
    g_assert_no_error(error);
  } else {
    g_assert_error(error, DROVER_ERROR, DROVER_ERROR_USAGE);
    if (strstr(error->message, row->says) == NULL)
      g_error("\"%s\" does not say \"%s\"", error->message, row->says);
  }
}

typedef struct {
  const char *claim;
  const char *text;
  size_t size;       /* 0: strlen */
  const char *pairs; /* joined by "|"; NULL: refused */
  const char *says;
} SecretCase;

static const SecretCase secrets[] = {
  {"lines become pairs", "A=1\nB_2=x y\n", 0, "A=1|B_2=x y", NULL},
  {"the last line needs no end", "A=1", 0, "A=1", NULL},
  {"nothing is no pair", "", 0, "", NULL},
  {"empty lines and comments mean nothing", "\n# a comment = x\nA=1\n\n", 0, "A=1", NULL},
  {"a value may hold equals signs, quotes and blanks", "A= \"b=c\" \n", 0, "A= \"b=c\" ", NULL},
  {"a value may be empty", "A=\n", 0, "A=", NULL},
  {"lines may end as on Windows", "A=1\r\nB=2\r\n", 0, "A=1|B=2", NULL},
  {"one name may begin with another", "AB=1\nA=2\n", 0, "AB=1|A=2", NULL},
  {"a line without an equals sign is refused with its place", "A=1\nB\n", 0, NULL, "f:2:2:"},
  {"a line without a name is refused", "=1\n", 0, NULL, "f:1:1:"},
  {"a name may not begin with a digit", "1A=1\n", 0, NULL, "f:1:1:"},
  {"a blank in a name is refused", "export A=1\n", 0, NULL, "f:1:7:"},
  {"a name given twice is refused", "A=1\nA=2\n", 0, NULL, "f:2:1: A is given twice"},
  {"a NUL byte is refused", "A=1\0b\n", 6, NULL, "f:1:3:"},
  {"a value that is not UTF-8 is refused", "A=\xff\n", 0, NULL, "f:1:3:"},
};

static void test_secret_file(gconstpointer data) {
  const SecretCase *row = data;
  g_autoptr(GPtrArray) pairs = g_ptr_array_new_with_free_func(g_free);
  g_autoptr(GError) error = NULL;
  bool good = secret_file_parse("f", row->text, row->size != 0 ? row->size : strlen(row->text), pairs, &error);
  g_assert_cmpint(good, ==, row->pairs != NULL);
  if (!good) {
    g_assert_error(error, DROVER_ERROR, DROVER_ERROR_INPUT);
    g_assert_nonnull(strstr(error->message, row->says));
    return;
  }
  g_ptr_array_add(pairs, NULL);
  g_autofree char *joined = g_strjoinv("|", (char **)pairs->pdata);
  g_assert_cmpstr(joined, ==, row->pairs);
}

static void test_secret_file_is_silent(void) {
  g_autoptr(GPtrArray) pairs = g_ptr_array_new_with_free_func(g_free);
  g_autoptr(GError) error = NULL;
  static const char text[] = "hunter2 is the password\n";
  g_assert_false(secret_file_parse("f", text, strlen(text), pairs, &error));
  g_assert_null(strstr(error->message, "password"));
}

#define ADD(rows, prefix, function)                                                                                                                  \
  for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {                                                                                                  \
    g_autofree char *path = g_strdup_printf("/cli/" prefix "/%s", rows[i].claim);                                                                    \
    g_test_add_data_func(path, &rows[i], function);                                                                                                  \
  }

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  ADD(values, "value", test_value)
  ADD(secrets, "secret-file", test_secret_file)
  g_test_add_func("/cli/secret-file/an error does not show the line", test_secret_file_is_silent);
  return g_test_run();
}
