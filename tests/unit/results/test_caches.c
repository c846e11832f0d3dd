#include "fixture.h"

#define REPOSITORY "octo/shop"

static void test_lookup(void) {
  static const struct {
    const char *claim;
    const char *scope; /* of the reader */
    const char *key;
    const char *restore;
    const char *version;
    const char *found; /* NULL: none */
    const char *text;
  } rows[] = {
    {"its own key", "refs/heads/main", "npm-1", NULL, "v", "npm-1", "one"},
    {"the newest whose key begins so", "refs/heads/main", "npm-", NULL, "v", "npm-2", "two"},
    {"an exact key before a newer one that begins so", "refs/heads/main", "npm", NULL, "v", "npm", "plain"},
    {"a restore key", "refs/heads/main", "none", "npm-1", "v", "npm-1", "one"},
    {"another version is another cache", "refs/heads/main", "npm-1", "npm-", "w", NULL, NULL},
    {"nothing", "refs/heads/main", "yarn", "yar", "v", NULL, NULL},
    {"a branch sees main's", "refs/heads/topic", "npm-1", NULL, "v", "npm-1", "one"},
    {"its own scope comes first, even by a restore key", "refs/pull/7/merge", "npm-1", "pull-", "v", "pull-1", "pulled"},
    {"a pull request's is not seen by main", "refs/heads/main", "pull-1", "pull", "v", NULL, NULL},
    {"nor by another branch", "refs/heads/topic", "pull-1", "pull", "v", NULL, NULL},
    {"a percent sign is a letter", "refs/heads/main", "%", NULL, "v", NULL, NULL},
  };
  g_auto(Fixture) fixture = fixture_new(NULL);
  json_auto_t *main_job = job_of(&fixture, REPOSITORY, "1", "refs/heads/main");
  json_auto_t *pull_job = job_of(&fixture, REPOSITORY, "2", "refs/pull/7/merge");
  g_assert_cmpuint(save_cache(&fixture, main_job, "npm", "v", "plain"), ==, 200);
  g_assert_cmpuint(save_cache(&fixture, main_job, "npm-1", "v", "one"), ==, 200);
  g_assert_cmpuint(save_cache(&fixture, main_job, "npm-2", "v", "two"), ==, 200);
  g_assert_cmpuint(save_cache(&fixture, pull_job, "pull-1", "v", "pulled"), ==, 200);
  for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_test_message("%s", rows[i].claim);
    g_autofree char *text = NULL;
    json_auto_t *job = job_of(&fixture, REPOSITORY, "3", rows[i].scope);
    g_autofree char *found = restore_cache(&fixture, job, rows[i].key, rows[i].restore, rows[i].version, &text);
    g_assert_cmpstr(found, ==, rows[i].found);
    g_assert_cmpstr(text, ==, rows[i].text);
  }
}

static void test_refusals(void) {
  g_autofree char *longest = g_strnfill(513, 'k');
  const struct {
    const char *claim;
    const char *repository;
    const char *scope;
    const char *key;
    unsigned status;
  } rows[] = {
    {"a key that exists is not written again", REPOSITORY, "refs/heads/main", "there", 409},
    {"in another scope it is another cache", REPOSITORY, "refs/heads/topic", "there", 200},
    {"so it is in another repository", "octo/other", "refs/heads/main", "there", 200},
    {"a job without a scope writes none", REPOSITORY, NULL, "new", 403},
    {"an empty key", REPOSITORY, "refs/heads/main", "", 400},
    {"a comma", REPOSITORY, "refs/heads/main", "a,b", 400},
    {"a key that is too long", REPOSITORY, "refs/heads/main", longest, 400},
  };
  g_auto(Fixture) fixture = fixture_new(NULL);
  json_auto_t *writer = job_of(&fixture, REPOSITORY, "1", "refs/heads/main");
  g_assert_cmpuint(save_cache(&fixture, writer, "there", "v", "text"), ==, 200);
  for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_test_message("%s", rows[i].claim);
    json_auto_t *job = job_of(&fixture, rows[i].repository, "1", rows[i].scope);
    g_assert_cmpuint(save_cache(&fixture, job, rows[i].key, "v", "other"), ==, rows[i].status);
  }
}

static void test_reservation(void) {
  g_auto(Fixture) fixture = fixture_new(NULL);
  json_auto_t *first = job_of(&fixture, REPOSITORY, "1", "refs/heads/main");
  json_auto_t *second = job_of(&fixture, REPOSITORY, "2", "refs/heads/main");
  unsigned status = 0;
  json_auto_t *reserved = call(&fixture, first, CACHE_SERVICE "CreateCacheEntry", "{\"key\": \"k\", \"version\": \"v\"}", &status);
  g_assert_cmpuint(status, ==, 200);
  json_auto_t *refused = call(&fixture, second, CACHE_SERVICE "CreateCacheEntry", "{\"key\": \"k\", \"version\": \"v\"}", &status);
  g_assert_cmpuint(status, ==, 409);
  g_assert_cmpstr(text_of(refused, "code"), ==, "already_exists");
  json_auto_t *early =
    call(&fixture, first, CACHE_SERVICE "FinalizeCacheEntryUpload", "{\"key\": \"k\", \"version\": \"v\", \"size_bytes\": 0}", &status);
  g_assert_cmpuint(status, ==, 400);                                        /* nothing was uploaded */
  g_assert_cmpuint(save_cache(&fixture, first, "k", "v", "text"), ==, 200); /* the same job begins anew */
}

static void test_first_protocol(void) {
  g_auto(Fixture) fixture = fixture_new(NULL);
  json_auto_t *job = job_of(&fixture, REPOSITORY, "1", "refs/heads/main");
  json_auto_t *other = job_of(&fixture, REPOSITORY, "2", "refs/heads/main");
  unsigned status = 0;
  json_auto_t *reserved = call(&fixture, job, "/_apis/artifactcache/caches", "{\"key\": \"k-1\", \"version\": \"v\", \"cacheSize\": 11}", &status);
  g_assert_cmpuint(status, ==, 201);
  g_autofree char *path =
    g_strdup_printf("/_apis/artifactcache/caches/%" JSON_INTEGER_FORMAT, json_integer_value(json_object_get(reserved, "cacheId")));
  const struct {
    const char *claim;
    const json_t *job;
    const char *method;
    const char *header;
    const char *body;
    unsigned status;
  } rows[] = {
    {"the second half comes first", job, "PATCH", "Content-Range: bytes 6-10/*", "world", 204},
    {"another job cannot add to it", other, "PATCH", "Content-Range: bytes 0-5/*", "hello ", 404},
    {"a range that does not fit the body", job, "PATCH", "Content-Range: bytes 0-6/*", "hello ", 400},
    {"no range", job, "PATCH", "X-None: 1", "hello ", 400},
    {"a gap cannot be committed", job, "POST", NULL, "{\"size\": 11}", 400},
    {"the first half", job, "PATCH", "Content-Range: bytes 0-5/*", "hello ", 204},
    {"a wrong size", job, "POST", NULL, "{\"size\": 12}", 400},
    {"the commit", job, "POST", NULL, "{\"size\": 11}", 204},
    {"which ends it", job, "POST", NULL, "{\"size\": 11}", 404},
  };
  for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_test_message("%s", rows[i].claim);
    g_auto(HttpResponse) response = ask(&fixture, rows[i].job, rows[i].method, path, rows[i].header, rows[i].body);
    g_assert_cmpuint(response.status, ==, rows[i].status);
  }
  g_auto(HttpResponse) found = ask(&fixture, other, "GET", "/_apis/artifactcache/cache?keys=none,k-&version=v", NULL, NULL);
  json_auto_t *entry = json_loadb(found.body, found.body_size, 0, NULL);
  g_assert_cmpstr(text_of(entry, "cacheKey"), ==, "k-1");
  g_auto(HttpResponse) content = ask(&fixture, NULL, "GET", text_of(entry, "archiveLocation"), NULL, NULL);
  g_assert_cmpstr(content.body, ==, "hello world");
  g_auto(HttpResponse) missing = ask(&fixture, other, "GET", "/_apis/artifactcache/cache?keys=none&version=v", NULL, NULL);
  g_assert_cmpuint(missing.status, ==, 204);
}

static guint count_blobs(const Fixture *fixture) {
  g_autofree char *path = g_build_filename(fixture->dir, "results", "blobs", NULL);
  g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
  guint count = 0;
  while (g_dir_read_name(dir) != NULL)
    count++;
  return count;
}

static void test_eviction(void) {
  g_autoptr(GError) error = NULL;
  g_auto(Fixture) fixture = fixture_new(&(ResultsOptions){.caches_max_bytes = 10, .caches_max_age_s = 1000});
  json_auto_t *job = job_of(&fixture, REPOSITORY, "1", "refs/heads/main");
  json_auto_t *other = job_of(&fixture, "octo/other", "1", "refs/heads/main");
  int64_t now_s = g_get_real_time() / G_USEC_PER_SEC;
  guint count = 0;
  g_assert_cmpuint(save_cache(&fixture, job, "large", "v", "01234567890"), ==, 413);
  g_assert_cmpuint(save_cache(&fixture, job, "old", "v", "12345"), ==, 200);
  g_assert_cmpuint(save_cache(&fixture, other, "same", "v", "12345"), ==, 200);
  g_assert_cmpuint(count_blobs(&fixture), ==, 1); /* shared */
  g_assert_cmpuint(save_cache(&fixture, job, "middle", "v", "abcde"), ==, 200);
  g_assert_cmpuint(save_cache(&fixture, job, "new", "v", "x"), ==, 200);
  g_assert_true(results_evict(fixture.results, now_s, &error));
  json_auto_t *left = results_caches(fixture.results, REPOSITORY, &error);
  g_assert_cmpuint(json_array_size(left), ==, 2);
  g_assert_cmpstr(text_of(json_array_get(left, 0), "key"), ==, "new");
  g_assert_cmpstr(text_of(json_array_get(left, 1), "key"), ==, "middle");
  g_assert_cmpuint(count_blobs(&fixture), ==, 3); /* the other repository still names it */
  g_assert_true(results_delete_caches(fixture.results, REPOSITORY, "mid", &count, &error));
  g_assert_cmpuint(count, ==, 1);
  g_assert_cmpuint(count_blobs(&fixture), ==, 2);
  g_assert_true(results_evict(fixture.results, now_s + 2000, &error));
  json_auto_t *none = results_caches(fixture.results, NULL, &error);
  g_assert_cmpuint(json_array_size(none), ==, 0);
  g_assert_cmpuint(count_blobs(&fixture), ==, 0);
}

static void test_two_processes(void) {
  g_autoptr(GError) error = NULL;
  g_auto(Fixture) fixture = fixture_new(NULL);
  g_autofree char *folder = g_build_filename(fixture.dir, "results", NULL);
  g_autoptr(Results) other = results_open(folder, NULL, &error); /* shares nothing with the first but the folder */
  g_assert_no_error(error);
  const char *const reads[] = {"refs/heads/main", NULL};
  ResultsGrant grant = {.repository = REPOSITORY, .run = "1", .job = "job", .cache_write_scope = reads[0], .cache_reads = reads, .lifetime_s = 600};
  json_auto_t *job = results_environment(other, &grant, httpd_address(fixture.httpd), &error);
  g_assert_cmpuint(save_cache(&fixture, job, "k", "v", "text"), ==, 200); /* a token of the other's */
  json_auto_t *listed = results_caches(other, NULL, &error);
  g_assert_cmpuint(json_array_size(listed), ==, 1);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/results/caches/lookup", test_lookup);
  g_test_add_func("/results/caches/refusals", test_refusals);
  g_test_add_func("/results/caches/reservation", test_reservation);
  g_test_add_func("/results/caches/first-protocol", test_first_protocol);
  g_test_add_func("/results/caches/eviction", test_eviction);
  g_test_add_func("/results/caches/two-processes", test_two_processes);
  return g_test_run();
}
