#include "cli/reference.h"

const ExitStatusRow reference_statuses[] = {
  {EXIT_OK, "success"},
  {EXIT_INPUT, "the input is at fault, there are findings, or a release did not become healthy"},
  {EXIT_USAGE, "the command line is wrong"},
  {EXIT_BROKEN, "a part that drover stands on is missing, broken, or does not answer"},
  {EXIT_INTERRUPTED, "stopped by SIGINT, SIGTERM or SIGHUP"},
  {0, NULL},
};

static const char *const errors[DROVER_ERROR_COUNT] = {
  [DROVER_ERROR_INPUT] = "a file or value that you wrote is wrong; the message names file, line and column",
  [DROVER_ERROR_USAGE] = "the command line is wrong",
  [DROVER_ERROR_NOT_FOUND] = "a name refers to nothing",
  [DROVER_ERROR_CONFLICT] = "it exists already, or someone else holds it",
  [DROVER_ERROR_REFUSED] = "a rule or a gate says no",
  [DROVER_ERROR_FAILED] = "your own code failed: a check, a migration, a health check",
  [DROVER_ERROR_MISSING] = "a program or service that drover stands on is not there; `drover doctor` tells which",
  [DROVER_ERROR_UNAVAILABLE] = "it is there but does not answer now",
  [DROVER_ERROR_TIMEOUT] = "a deadline passed",
  [DROVER_ERROR_NO_SPACE] = "a disk or quota is full",
  [DROVER_ERROR_IO] = "the operating system refused",
  [DROVER_ERROR_CORRUPT] = "stored bytes are not what was stored",
  [DROVER_ERROR_CANCELLED] = "somebody asked to stop",
  [DROVER_ERROR_INTERNAL] = "a defect of drover; please report it",
};

const char *reference_error_says(DroverError code) {
  return errors[code];
}

static void error_row(GString *page, DroverError code) {
  g_autoptr(GError) error = NULL;
  error_set(&error, code, "%s", errors[code]);
  g_string_append_printf(page, "| `%s` | %s | %d | %u | %s |\n", error_name(error), errors[code], (int)error_exit_status(error),
                         error_http_status(error), error_is_retryable(error) ? "yes" : "no");
}

char *reference_exit_status(void) {
  GString *page = g_string_new("<!-- Made by \"drover docs exit-status\"; do not edit. -->\n"
                               "# Exit status\n\n"
                               "| status | meaning |\n|---|---|\n");
  for (const ExitStatusRow *row = reference_statuses; row->says != NULL; row++)
    g_string_append_printf(page, "| %d | %s |\n", (int)row->status, row->says);
  g_string_append(page, "\n## Errors\n\n"
                        "An error is printed once, on standard error. With `--json` standard output holds a document with the member\n"
                        "`error`: `{\"kind\": ..., \"message\": ..., \"exit_status\": ...}`, but for a wrong command line. The HTTP status is what\n"
                        "the API answers. Trying again later can help where the last column says so.\n\n"
                        "| kind | meaning | exit status | HTTP status | try again |\n|---|---|---|---|---|\n");
  for (DroverError code = 0; code < DROVER_ERROR_COUNT; code++)
    error_row(page, code);
  return g_string_free(page, FALSE);
}
