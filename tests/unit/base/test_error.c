#include "base/error.h"

#include <errno.h>
#include <gio/gio.h>
#include <string.h>

static const struct {
  DroverError code;
  const char *name;
  ExitStatus exit_status;
  unsigned http_status;
  bool retryable;
} rows[] = {
  {DROVER_ERROR_INPUT, "input", 1, 400, false},
  {DROVER_ERROR_USAGE, "usage", 2, 400, false},
  {DROVER_ERROR_NOT_FOUND, "not-found", 1, 404, false},
  {DROVER_ERROR_CONFLICT, "conflict", 1, 409, false},
  {DROVER_ERROR_REFUSED, "refused", 1, 403, false},
  {DROVER_ERROR_FAILED, "failed", 1, 422, false},
  {DROVER_ERROR_MISSING, "missing", 3, 503, false},
  {DROVER_ERROR_UNAVAILABLE, "unavailable", 3, 503, true},
  {DROVER_ERROR_TIMEOUT, "timeout", 3, 504, true},
  {DROVER_ERROR_NO_SPACE, "no-space", 3, 507, false},
  {DROVER_ERROR_IO, "io", 3, 500, false},
  {DROVER_ERROR_CORRUPT, "corrupt", 3, 500, false},
  {DROVER_ERROR_CANCELLED, "cancelled", 130, 503, false},
  {DROVER_ERROR_INTERNAL, "internal", 3, 500, false},
};

static void test_every_code_has_its_row(void) {
  g_assert_cmpuint(G_N_ELEMENTS(rows), ==, DROVER_ERROR_COUNT);
  for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autoptr(GError) error = NULL;
    g_assert_false(error_set(&error, rows[i].code, "%s: %d", "what", 7));
    g_assert_cmpstr(error->message, ==, "what: 7");
    g_assert_true(error_is(error, rows[i].code));
    g_assert_cmpstr(error_name(error), ==, rows[i].name);
    g_assert_cmpint(error_exit_status(error), ==, rows[i].exit_status);
    g_assert_cmpuint(error_http_status(error), ==, rows[i].http_status);
    g_assert_cmpint(error_is_retryable(error), ==, rows[i].retryable);
  }
}

static void test_foreign_domains(void) {
  const struct {
    GQuark domain;
    int code;
    const char *name;
  } foreign[] = {
    {G_FILE_ERROR, G_FILE_ERROR_NOSPC, "no-space"},
    {G_IO_ERROR, G_IO_ERROR_NO_SPACE, "no-space"},
    {G_FILE_ERROR, G_FILE_ERROR_NOENT, "not-found"},
    {G_IO_ERROR, G_IO_ERROR_NOT_FOUND, "not-found"},
    {G_IO_ERROR, G_IO_ERROR_CANCELLED, "cancelled"},
    {G_FILE_ERROR, G_FILE_ERROR_ACCES, "io"},
    {DROVER_ERROR, -1, "io"},
    {DROVER_ERROR, DROVER_ERROR_COUNT, "io"},
  };
  for (size_t i = 0; i < G_N_ELEMENTS(foreign); i++) {
    g_autoptr(GError) error = g_error_new_literal(foreign[i].domain, foreign[i].code, "x");
    g_assert_cmpstr(error_name(error), ==, foreign[i].name);
  }
}

static void test_errno(void) {
  static const struct {
    int number;
    DroverError code;
  } numbers[] = {{ENOSPC, DROVER_ERROR_NO_SPACE}, {EDQUOT, DROVER_ERROR_NO_SPACE}, {ENOENT, DROVER_ERROR_NOT_FOUND}, {EACCES, DROVER_ERROR_IO}};
  for (size_t i = 0; i < G_N_ELEMENTS(numbers); i++) {
    g_autoptr(GError) error = NULL;
    g_assert_false(error_set_errno(&error, numbers[i].number, "%s", "a file"));
    g_assert_true(error_is(error, numbers[i].code));
    g_autofree char *wanted = g_strdup_printf("a file: %s", g_strerror(numbers[i].number));
    g_assert_cmpstr(error->message, ==, wanted);
  }
}

static void test_nobody_asks(void) {
  g_assert_false(error_set(NULL, DROVER_ERROR_IO, "x"));
  g_assert_false(error_set_errno(NULL, EIO, "x"));
  g_assert_false(error_is(NULL, DROVER_ERROR_IO));
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/base/error/every-code-has-its-row", test_every_code_has_its_row);
  g_test_add_func("/base/error/foreign-domains", test_foreign_domains);
  g_test_add_func("/base/error/errno", test_errno);
  g_test_add_func("/base/error/nobody-asks", test_nobody_asks);
  return g_test_run();
}
