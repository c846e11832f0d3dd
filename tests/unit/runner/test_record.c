#include "runner/record/record.h"

#include "base/error.h"
#include "base/fs.h"

#include <stdlib.h>
#include <string.h>

typedef struct {
  char *dir;
} Fixture;

static Fixture fixture_new(void) {
  g_autoptr(GError) error = NULL;
  Fixture fixture = {.dir = fs_temp_dir(g_get_tmp_dir(), "record", &error)};
  g_assert_no_error(error);
  return fixture;
}

static void fixture_clear(Fixture *fixture) {
  fs_remove_tree(fixture->dir, NULL);
  g_free(fixture->dir);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Fixture, fixture_clear)

static RunRecord *begun(const Fixture *fixture) {
  g_autoptr(GError) error = NULL;
  json_auto_t *request = json_pack("{s:s}", "workflow", "ci.yml");
  RunRecord *record = run_record_new(fixture->dir, request, &error);
  g_assert_no_error(error);
  return record;
}

static void add(RunRecord *record, const char *kind, const char *key, json_t *entry) {
  g_autoptr(GError) error = NULL;
  (void)!run_record_add(record, kind, key, entry, &error);
  g_assert_no_error(error);
}

/* Two jobs: one ended, the other is in its third step. */
static void write_two_jobs(RunRecord *record) {
  add(record, "job.started", "build", NULL);
  add(record, "job.started", "test[2]", NULL);
  for (int i = 0; i < 3; i++) {
    g_autofree char *name = g_strdup_printf("Run %d", i);
    add(record, "step.started", "test[2]",
        json_pack("{s:i, s:i, s:s, s:s}", "position", i, "number", i + 1, "name", name, "id", i == 1 ? "one" : "x"));
    if (i < 2)
      add(record, "step.ended", "test[2]",
          json_pack("{s:i, s:{s:i}, s:{s:s}, s:[i]}", "position", i, "state", "after", i, "report", "name", name, "annotations", i));
  }
  add(record, "job.ended", "build", json_pack("{s:{s:s}}", "result", "outcome", "success"));
}

static void test_what_is_read_is_what_was_written(void) {
  g_auto(Fixture) fixture = fixture_new();
  RunRecord *written = begun(&fixture);
  write_two_jobs(written);
  run_record_free(written);
  g_autoptr(GError) error = NULL;
  g_autoptr(RunRecord) record = run_record_resume(fixture.dir, &error);
  g_assert_no_error(error);
  g_auto(GStrv) keys = run_record_keys(record);
  g_autofree char *all = g_strjoinv(" ", keys);
  g_assert_cmpstr(all, ==, "build test[2]");
  g_assert_cmpstr(json_string_value(json_object_get(run_record_result(record, "build"), "outcome")), ==, "success");
  g_assert_null(run_record_result(record, "test[2]"));
  g_assert_null(run_record_checkpoint(record, "build", -1));
  g_assert_null(run_record_checkpoint(record, "test[2]", 0));
  static const struct { int asked, position; } rows[] = {{-1, 2}, {1, 1}, {2, 2}, {9, 2}};
  for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
    json_auto_t *found = run_record_checkpoint(record, "test[2]", rows[i].asked);
    g_assert_cmpint(json_integer_value(json_object_get(found, "position")), ==, rows[i].position);
    g_assert_cmpuint(json_array_size(json_object_get(found, "report")), ==, (size_t)rows[i].position);
    g_assert_cmpuint(json_array_size(json_object_get(found, "annotations")), ==, (size_t)rows[i].position);
  }
  json_auto_t *request = run_record_request(fixture.dir, &error);
  g_assert_cmpstr(json_string_value(json_object_get(request, "workflow")), ==, "ci.yml");
}

static void test_steps_by_number_id_and_name(void) {
  static const struct {
    const char *name;
    int position;
  } rows[] = {{"1", 0}, {"3", 2}, {"one", 1}, {"Run 2", 2}, {"4", -1}, {"run 2", -1}};
  g_auto(Fixture) fixture = fixture_new();
  RunRecord *written = begun(&fixture);
  write_two_jobs(written);
  run_record_free(written);
  g_autoptr(RunRecord) record = run_record_read(fixture.dir, NULL);
  for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
    g_assert_cmpint(run_record_position(record, "test[2]", rows[i].name), ==, rows[i].position);
  g_assert_cmpint(run_record_position(record, "build", "1"), ==, -1);
}

/* The job began anew after a crash: what its first try did counts no more. */
static void test_a_job_that_began_anew(void) {
  g_auto(Fixture) fixture = fixture_new();
  RunRecord *written = begun(&fixture);
  write_two_jobs(written);
  add(written, "job.started", "test[2]", json_pack("{s:i}", "from", 2));
  add(written, "run.ended", NULL, json_pack("{s:s}", "outcome", "failure"));
  run_record_free(written);
  g_autoptr(RunRecord) record = run_record_read(fixture.dir, NULL);
  json_auto_t *found = run_record_checkpoint(record, "test[2]", -1);
  g_assert_cmpint(json_integer_value(json_object_get(found, "position")), ==, 2);
  RunRecord *more = begun(&fixture);
  add(more, "job.started", "test[2]", json_pack("{s:i}", "from", 0));
  run_record_free(more);
  g_autoptr(RunRecord) anew = run_record_read(fixture.dir, NULL);
  g_assert_null(run_record_checkpoint(anew, "test[2]", -1));
}

static void test_a_summary(void) {
  g_auto(Fixture) fixture = fixture_new();
  RunRecord *written = begun(&fixture);
  g_assert_true(run_record_is_open(fixture.dir));
  write_two_jobs(written);
  add(written, "step.ended", "test[2]", json_pack("{s:i, s:s}", "position", 2, "conclusion", "failure"));
  run_record_free(written);
  g_assert_false(run_record_is_open(fixture.dir));
  g_autoptr(RunRecord) record = run_record_read(fixture.dir, NULL);
  json_auto_t *summary = run_record_summary(record);
  const json_t *test = json_array_get(json_object_get(summary, "jobs"), 1);
  g_assert_true(json_is_null(json_object_get(summary, "outcome")));
  g_assert_cmpstr(json_string_value(json_object_get(test, "key")), ==, "test[2]");
  g_assert_cmpint(json_integer_value(json_object_get(test, "failed")), ==, 2);
  g_assert_null(json_object_get(test, "conclusion"));
}

static void test_who_may_go_on(void) {
  g_auto(Fixture) fixture = fixture_new();
  g_autoptr(GError) error = NULL;
  g_assert_null(run_record_resume(fixture.dir, &error));
  g_assert_true(error_is(error, DROVER_ERROR_NOT_FOUND));
  g_clear_error(&error);
  RunRecord *record = begun(&fixture);
  g_assert_null(run_record_resume(fixture.dir, &error)); /* it still goes on */
  g_assert_true(error_is(error, DROVER_ERROR_CONFLICT));
  g_clear_error(&error);
  add(record, "run.ended", NULL, NULL);
  run_record_free(record);
  g_assert_null(run_record_resume(fixture.dir, &error));
  g_assert_true(error_is(error, DROVER_ERROR_CONFLICT));
}

static void test_secrets_are_kept_by_name(void) {
  json_auto_t *secrets = json_pack("{s:s, s:s, s:s}", "TOKEN", "s3cr3t-value", "SHORT", "abc", "KEY", "first line\nsecond line\n");
  json_auto_t *state =
    json_pack("{s:{s:s, s:s, s:s}, s:[s, i]}", "env", "URL", "https://x:s3cr3t-value@y", "S", "abc", "K", "<second line>", "list", "s3cr3t-value", 7);
  json_auto_t *hidden = record_hide(state, secrets), *shown = record_reveal(hidden, secrets);
  char *text = json_dumps(hidden, 0);
  g_assert_null(strstr(text, "s3cr3t-value"));
  g_assert_null(strstr(text, "second line"));
  g_assert_true(json_equal(shown, state));
  free(text);
}

static void test_old_ones_go(void) {
  g_auto(Fixture) fixture = fixture_new();
  static const char *const ids[] = {"01A", "01B", "01C", "01D"};
  g_autoptr(RunRecord) open = NULL;
  for (size_t i = 0; i < G_N_ELEMENTS(ids); i++) {
    Fixture inner = {.dir = g_build_filename(fixture.dir, ids[i], NULL)};
    g_assert_true(fs_make_dirs(inner.dir, 0700, NULL));
    RunRecord *record = begun(&inner);
    if (i == 0)
      open = record; /* the oldest still goes on */
    else
      run_record_free(record);
    g_free(inner.dir);
  }
  run_records_sweep(fixture.dir, 2);
  for (size_t i = 0; i < G_N_ELEMENTS(ids); i++) {
    g_autofree char *path = g_build_filename(fixture.dir, ids[i], NULL);
    g_assert_cmpint(g_file_test(path, G_FILE_TEST_IS_DIR), ==, i != 1);
  }
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/runner/record/what-is-read-is-what-was-written", test_what_is_read_is_what_was_written);
  g_test_add_func("/runner/record/steps-by-number-id-and-name", test_steps_by_number_id_and_name);
  g_test_add_func("/runner/record/a-job-that-began-anew", test_a_job_that_began_anew);
  g_test_add_func("/runner/record/a-summary-tells-what-failed", test_a_summary);
  g_test_add_func("/runner/record/who-may-go-on", test_who_may_go_on);
  g_test_add_func("/runner/record/secrets-are-kept-by-name", test_secrets_are_kept_by_name);
  g_test_add_func("/runner/record/old-ones-go", test_old_ones_go);
  return g_test_run();
}
