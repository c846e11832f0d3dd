/* Files that are made to be slow, to take memory or to give endless findings: each ends with few findings. */
#include "workflow/workflow.h"

#include <string.h>

#define FINDINGS_MAX 200
#define FILE_MAX_BYTES 1000000

/* Lines with a number between `before` and `after`. */
static void repeat(GString *text, const char *before, const char *after, guint count) {
  for (guint i = 0; i < count; i++)
    g_string_append_printf(text, "%s%u%s\n", before, i, after);
}

static void many_steps(GString *text) {
  g_string_append(text, "on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n");
  repeat(text, "      - {id: s", ", run: a}", 16000);
}

static void ids_that_are_all_wrong(GString *text) {
  g_string_append(text, "on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n");
  repeat(text, "      - {id: '", "', run: a}", 16000);
}

static void one_list_named_by_many_jobs(GString *text) {
  g_string_append(text, "on: push\njobs:\n  a: &a\n    runs-on: x\n    needs: &n [");
  repeat(text, "j", ", ", 80);
  g_string_append(text, "]\n");
  repeat(text, "  j", ": {runs-on: x, needs: *n}", 900);
}

/* Each waits for one that comes later. */
static void chain_of_needs(GString *text) {
  g_string_append(text, "on: push\njobs:\n");
  for (guint i = 0; i < 999; i++)
    g_string_append_printf(text, "  j%u: {runs-on: x, needs: j%u}\n", i, i + 1);
  g_string_append(text, "  j999: {runs-on: x}\n");
}

static void needs_of_nothing(GString *text) {
  g_string_append(text, "on: push\njobs:\n");
  repeat(text, "  job-with-a-long-name-", ": {runs-on: x}", 900);
  g_string_append(text, "  a:\n    runs-on: x\n    needs:\n");
  repeat(text, "      - job-with-a-lone-name-", "", 20000);
}

static void too_many_jobs(GString *text) {
  g_string_append(text, "on: push\njobs:\n");
  repeat(text, "  j", ": {runs-on: x}", 10000);
}

static void keys_that_differ_by_case(GString *text) {
  g_string_append(text, "on: push\nenv:\n");
  repeat(text, "  a", ": b", 20000);
  repeat(text, "  A", ": b", 20000);
}

static void unknown_keys(GString *text) {
  g_string_append(text, "on: push\n");
  repeat(text, "concurency", ": b", 40000);
}

static void unknown_events(GString *text) {
  g_string_append(text, "jobs: {}\non:\n");
  repeat(text, "  - pull_requests_", "", 40000);
}

static void wrong_timezones(GString *text) {
  g_string_append(text, "jobs: {}\non:\n  schedule:\n");
  repeat(text, "    - {cron: '0 0 * * *', timezone: Europe/Berlin", "}", 16000);
}

/* 90 KB, named 3,000 times: 270 MB to look at, if nobody counts. */
static void one_text_named_often(GString *text) {
  g_autofree char *script = g_strnfill(90000, 'x');
  g_string_append_printf(text, "on: push\nenv: {A: &a %s}\njobs:\n  a:\n    runs-on: x\n    steps:\n", script);
  for (guint i = 0; i < 3000; i++)
    g_string_append(text, "      - run: *a\n");
}

static void many_expressions(GString *text) {
  g_string_append(text, "on: push\nenv:\n  A: &a \"");
  for (guint i = 0; i < 250; i++)
    g_string_append(text, "${{1}}");
  g_string_append(text, "\"\njobs:\n  a:\n    runs-on: x\n    steps:\n");
  for (guint i = 0; i < 20000; i++)
    g_string_append(text, "      - run: *a\n");
}

static void expressions_that_are_all_wrong(GString *text) {
  g_string_append(text, "on: push\njobs:\n  a:\n    runs-on: x\n    if: a");
  for (guint i = 0; i < 5000; i++)
    g_string_append(text, "||a");
  g_string_append(text, "\n");
}

static const struct {
  const char *claim;
  void (*write)(GString *text);
  bool valid;
} rows[] = {
  {"many-steps", many_steps, true},
  {"ids-that-are-all-wrong", ids_that_are_all_wrong, false},
  {"one-list-named-by-many-jobs", one_list_named_by_many_jobs, false},
  {"chain-of-needs", chain_of_needs, true},
  {"needs-of-nothing", needs_of_nothing, false},
  {"too-many-jobs", too_many_jobs, false},
  {"keys-that-differ-by-case", keys_that_differ_by_case, false},
  {"unknown-keys", unknown_keys, false},
  {"unknown-events", unknown_events, false},
  {"wrong-timezones", wrong_timezones, false},
  {"one-text-named-often", one_text_named_often, false},
  {"many-expressions", many_expressions, false},
  {"expressions-that-are-all-wrong", expressions_that_are_all_wrong, false},
};

static void test_row(const void *data) {
  void (*write)(GString *) = rows[GPOINTER_TO_UINT(data)].write;
  bool valid = rows[GPOINTER_TO_UINT(data)].valid;
  g_autoptr(GString) text = g_string_new(NULL);
  write(text);
  g_assert_cmpuint(text->len, <=, FILE_MAX_BYTES);
  g_autoptr(Diagnostics) findings = diagnostics_new();
  g_autoptr(Diagnostics) refusals = diagnostics_new();
  g_autoptr(Workflow) linted = workflow_parse_lenient("f", text->str, text->len, findings);
  g_autoptr(Workflow) read = workflow_parse("f", text->str, text->len, refusals);
  g_assert_true((read != NULL) == valid);
  g_assert_true(linted == NULL || linted->valid == valid);
  g_assert_cmpuint(diagnostics_count(findings), <=, FINDINGS_MAX);
  g_assert_cmpuint(diagnostics_count(refusals), <=, FINDINGS_MAX);
  g_assert_true((diagnostics_count(refusals) > 0) == !valid);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autofree char *path = g_strconcat("/workflow/hostile/", rows[i].claim, NULL);
    g_test_add_data_func(path, GUINT_TO_POINTER(i), test_row);
  }
  return g_test_run();
}
