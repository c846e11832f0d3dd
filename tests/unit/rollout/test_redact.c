#include "rollout/redact.h"

#include <gio/gio.h>

static void test_values_are_hidden(void) {
  static const struct {
    const char *claim;
    const char *value;
    const char *text;
    const char *clean;
  } rows[] = {
    {"the value", "hunter22", "token hunter22 and hunter22", "token *** and ***"},
    {"nothing of it: the text stays", "hunter22", "token hunter2", "token hunter2"},
    {"a short value is left alone", "abc", "abcdef", "abcdef"},
    {"each line of several", "first-line\nsecond-line\n", "got second-line", "got ***"},
    {"the password in an address", "postgresql://shop:s3cret@db/shop", "password s3cret refused", "password *** refused"},
    {"the password as it is typed", "postgresql://shop:s3%2Fcret@db/shop", "s3/cret s3%2Fcret", "*** ***"},
    {"an @ in a password", "postgresql://shop:s3@cret@db/shop", "s3@cret", "***"},
    {"the address itself, not the password alone", "postgresql://shop:s3cret@db/shop", "at postgresql://shop:s3cret@db/shop!", "at ***!"},
    {"an address without a password", "https://example.org/a:b@c", "https://example.org/", "https://example.org/"},
    {"an empty value", "", "text", "text"},
  };
  for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_test_message("%s", rows[i].claim);
    g_autoptr(Redactor) redactor = redactor_new(NULL);
    redactor_add(redactor, rows[i].value);
    g_autofree char *clean = redact(redactor, rows[i].text);
    g_assert_cmpstr(clean, ==, rows[i].clean);
  }
}

static void test_longer_values_go_first(void) {
  g_autoptr(Redactor) redactor = redactor_new(NULL);
  redactor_add(redactor, "hunter");
  redactor_add(redactor, "hunter-and-more");
  g_autofree char *clean = redact(redactor, "hunter-and-more");
  g_assert_cmpstr(clean, ==, "***");
}

static void test_errors(void) {
  g_autoptr(Redactor) redactor = redactor_new(NULL);
  redactor_add(redactor, "hunter22");
  GError *none = NULL;
  redact_error(redactor, &none);
  redact_error(redactor, NULL);
  g_autoptr(GError) error = g_error_new(G_IO_ERROR, G_IO_ERROR_FAILED, "cannot log in with hunter22");
  redact_error(redactor, &error);
  g_assert_cmpstr(error->message, ==, "cannot log in with ***");
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/redact/values-hidden", test_values_are_hidden);
  g_test_add_func("/redact/longer-first", test_longer_values_go_first);
  g_test_add_func("/redact/errors", test_errors);
  return g_test_run();
}
