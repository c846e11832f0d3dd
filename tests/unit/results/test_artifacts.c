#include "fixture.h"

#define RUN "\"workflow_run_backend_id\": \"1\", \"workflow_job_run_backend_id\": \"job\""

static char *body_of(const char *name, const char *more) {
  json_auto_t *quoted = json_string(name);
  char *text = json_dumps(quoted, JSON_ENCODE_ANY);
  char *body = g_strdup_printf("{" RUN ", \"name\": %s, \"version\": 7%s}", text, more);
  free(text);
  return body;
}

static unsigned save(const Fixture *fixture, const json_t *job, const char *name, const char *type, const char *text, const char *hash) {
  unsigned status = 0;
  g_autofree char *more = type != NULL ? g_strdup_printf(", \"mime_type\": \"%s\"", type) : g_strdup("");
  g_autofree char *create = body_of(name, more);
  json_auto_t *created = call(fixture, job, ARTIFACT_SERVICE "CreateArtifact", create, &status);
  if (status != 200)
    return status;
  g_assert_cmpuint(put_whole(fixture, text_of(created, "signed_upload_url"), text), ==, 201);
  g_autofree char *sums = g_strdup_printf(", \"size\": \"%zu\", \"hash\": \"%s\"", strlen(text), hash);
  g_autofree char *finalize = body_of(name, sums);
  json_auto_t *done = call(fixture, job, ARTIFACT_SERVICE "FinalizeArtifact", finalize, &status);
  return status;
}

static void test_names(void) {
  static const struct {
    const char *claim;
    const char *name;
    unsigned status;
  } rows[] = {
    {"a plain name", "logs", 200},
    {"letters beyond ASCII", "журнал", 200},
    {"blanks and dots", "a b.c", 200},
    {"the same again", "logs", 409},
    {"nothing", "", 400},
    {"the folder above", "..", 400},
    {"a slash", "a/b", 400},
    {"a backslash", "a\\b", 400},
    {"a quote", "a\"b", 400},
    {"a colon", "a:b", 400},
    {"less than", "a<b", 400},
    {"greater than", "a>b", 400},
    {"a bar", "a|b", 400},
    {"an asterisk", "a*b", 400},
    {"a question mark", "a?b", 400},
    {"a carriage return", "a\rb", 400},
    {"a line break", "a\nb", 400},
  };
  g_auto(Fixture) fixture = fixture_new(NULL);
  json_auto_t *job = job_of(&fixture, "octo/shop", "1", NULL);
  for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_test_message("%s", rows[i].claim);
    g_assert_cmpuint(save(&fixture, job, rows[i].name, NULL, "text", digest_bytes("text", 4).text), ==, rows[i].status);
  }
}

static void test_content(void) {
  static const struct {
    const char *claim;
    const char *name;
    const char *type;
    const char *answered_type;
    const char *file;
  } rows[] = {
    {"an archive", "logs", NULL, "application/zip", "filename=\"logs.zip\""},
    {"a page of its own", "report.html", "text/html", "text/html", "filename=\"report.html\""},
    {"a type that is none", "odd", "text/html\\r\\nSet-Cookie: a", "application/zip", "filename=\"odd.zip\""},
    {"letters beyond ASCII", "журнал", NULL, "application/zip", "filename*=UTF-8''%D0%B6"},
  };
  g_auto(Fixture) fixture = fixture_new(NULL);
  json_auto_t *job = job_of(&fixture, "octo/shop", "1", NULL);
  for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_test_message("%s", rows[i].claim);
    unsigned status = 0;
    g_assert_cmpuint(save(&fixture, job, rows[i].name, rows[i].type, rows[i].claim, ""), ==, 200);
    g_autofree char *body = body_of(rows[i].name, "");
    json_auto_t *answer = call(&fixture, job, ARTIFACT_SERVICE "GetSignedArtifactURL", body, &status);
    g_auto(HttpResponse) content = ask(&fixture, NULL, "GET", text_of(answer, "signed_url"), NULL, NULL);
    g_assert_cmpstr(content.body, ==, rows[i].claim);
    g_assert_cmpstr(http_response_header(&content, "Content-Type"), ==, rows[i].answered_type);
    g_assert_nonnull(strstr(http_response_header(&content, "Content-Disposition"), rows[i].file));
  }
}

static void test_digest(void) {
  g_auto(Fixture) fixture = fixture_new(NULL);
  json_auto_t *job = job_of(&fixture, "octo/shop", "1", NULL);
  g_assert_cmpuint(save(&fixture, job, "logs", NULL, "text", digest_bytes("other", 5).text), ==, 400);
  g_assert_cmpuint(save(&fixture, job, "logs", NULL, "text", digest_bytes("text", 4).text), ==, 200);
}

static void test_runs(void) {
  static const char *const calls[] = {"CreateArtifact", "FinalizeArtifact", "ListArtifacts", "GetSignedArtifactURL", "DeleteArtifact"};
  g_auto(Fixture) fixture = fixture_new(NULL);
  json_auto_t *job = job_of(&fixture, "octo/shop", "1", NULL);
  json_auto_t *other = job_of(&fixture, "octo/shop", "2", NULL);
  g_assert_cmpuint(save(&fixture, job, "logs", NULL, "text", ""), ==, 200);
  for (size_t i = 0; i < G_N_ELEMENTS(calls); i++) {
    g_test_message("%s of another run", calls[i]);
    unsigned status = 0;
    g_autofree char *path = g_strconcat(ARTIFACT_SERVICE, calls[i], NULL);
    g_autofree char *body = body_of("logs", "");
    json_auto_t *answer = call(&fixture, other, path, body, &status);
    g_assert_cmpuint(status, ==, 403);
    g_assert_cmpstr(text_of(answer, "code"), ==, "permission_denied");
  }
}

static void test_list_and_delete(void) {
  g_autoptr(GError) error = NULL;
  g_auto(Fixture) fixture = fixture_new(NULL);
  json_auto_t *job = job_of(&fixture, "octo/shop", "1", NULL);
  unsigned status = 0;
  g_assert_cmpuint(save(&fixture, job, "one", NULL, "1", ""), ==, 200);
  g_assert_cmpuint(save(&fixture, job, "two", NULL, "2", ""), ==, 200);
  json_auto_t *named = call(&fixture, job, ARTIFACT_SERVICE "ListArtifacts", "{" RUN ", \"nameFilter\": \"one\"}", &status);
  const json_t *row = json_array_get(json_object_get(named, "artifacts"), 0);
  g_assert_cmpuint(json_array_size(json_object_get(named, "artifacts")), ==, 1);
  g_assert_cmpstr(text_of(row, "digest"), ==, digest_bytes("1", 1).text);
  g_autofree char *filter = g_strdup_printf("{" RUN ", \"id_filter\": \"%s\"}", text_of(row, "database_id"));
  json_auto_t *by_id = call(&fixture, job, ARTIFACT_SERVICE "ListArtifacts", filter, &status);
  g_assert_cmpstr(text_of(json_array_get(json_object_get(by_id, "artifacts"), 0), "name"), ==, "one");
  g_autofree char *path = g_build_filename(fixture.dir, "one.zip", NULL);
  g_autofree char *saved = NULL;
  g_assert_true(results_save_artifact(fixture.results, "1", "one", path, &error));
  g_assert_true(g_file_get_contents(path, &saved, NULL, NULL));
  g_assert_cmpstr(saved, ==, "1");
  json_auto_t *deleted = call(&fixture, job, ARTIFACT_SERVICE "DeleteArtifact", "{" RUN ", \"name\": \"one\"}", &status);
  g_assert_true(json_is_true(json_object_get(deleted, "ok")));
  g_assert_false(results_save_artifact(fixture.results, "1", "one", path, &error));
  g_assert_true(error_is(error, DROVER_ERROR_NOT_FOUND));
  g_assert_cmpuint(save(&fixture, job, "one", NULL, "1", ""), ==, 200); /* overwriting deletes first */
}

static void test_retention(void) {
  g_autoptr(GError) error = NULL;
  g_auto(Fixture) fixture = fixture_new(&(ResultsOptions){.artifacts_max_age_s = 1000});
  json_auto_t *job = job_of(&fixture, "octo/shop", "1", NULL);
  int64_t now_s = g_get_real_time() / G_USEC_PER_SEC;
  unsigned status = 0;
  g_assert_cmpuint(save(&fixture, job, "usual", NULL, "1", ""), ==, 200);
  g_autofree char *body = body_of("longer", ", \"expires_at\": \"2999-01-01T00:00:00Z\"");
  json_auto_t *created = call(&fixture, job, ARTIFACT_SERVICE "CreateArtifact", body, &status);
  g_assert_cmpuint(put_whole(&fixture, text_of(created, "signed_upload_url"), ""), ==, 201);
  json_auto_t *done = call(&fixture, job, ARTIFACT_SERVICE "FinalizeArtifact", "{" RUN ", \"name\": \"longer\", \"size\": 0}", &status);
  g_assert_cmpuint(status, ==, 200);
  g_assert_true(results_evict(fixture.results, now_s + 2000, &error));
  json_auto_t *left = results_artifacts(fixture.results, NULL, &error);
  g_assert_cmpuint(json_array_size(left), ==, 1);
  g_assert_cmpstr(text_of(json_array_get(left, 0), "name"), ==, "longer");
  g_assert_true(results_evict(fixture.results, now_s + (int64_t)401 * 24 * 3600, &error)); /* nothing is kept for ever */
  json_auto_t *none = results_artifacts(fixture.results, NULL, &error);
  g_assert_cmpuint(json_array_size(none), ==, 0);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/results/artifacts/names", test_names);
  g_test_add_func("/results/artifacts/content", test_content);
  g_test_add_func("/results/artifacts/digest", test_digest);
  g_test_add_func("/results/artifacts/runs", test_runs);
  g_test_add_func("/results/artifacts/list-and-delete", test_list_and_delete);
  g_test_add_func("/results/artifacts/retention", test_retention);
  return g_test_run();
}
