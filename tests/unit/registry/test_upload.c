#include "fixture.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static Digest digest_text(const char *text) {
  return digest_bytes(text, strlen(text));
}

static void append(Upload *upload, const char *text) {
  g_autoptr(GError) error = NULL;
  g_assert_true(upload_append(upload, text, strlen(text), &error));
  g_assert_no_error(error);
}

static Upload *begin(Registry *registry) {
  g_autoptr(GError) error = NULL;
  Upload *upload = upload_begin(registry, "shop", &error);
  g_assert_no_error(error);
  return upload;
}

static void test_commit(void) {
  g_auto(Fixture) fixture = fixture_new();
  g_autoptr(GError) error = NULL;
  g_assert_true(push_blob(fixture.registry, "shop", "hello", &error));
  g_assert_cmpint(blob_size(fixture.registry, "shop", digest_text("hello").text), ==, 5);
  g_assert_cmpint(blob_size(fixture.registry, "other", digest_text("hello").text), ==, -1); /* not its blob */
  g_assert_true(push_blob(fixture.registry, "other", "hello", &error));
  g_assert_cmpuint(check_blobs(fixture.dir), ==, 1); /* stored once */
  g_assert_cmpuint(count_entries(fixture.dir, "uploads"), ==, 0);
}

static void test_empty_blob(void) {
  g_auto(Fixture) fixture = fixture_new();
  g_autoptr(GError) error = NULL;
  g_assert_true(push_blob(fixture.registry, "shop", "", &error));
  g_assert_cmpint(blob_size(fixture.registry, "shop", digest_text("").text), ==, 0);
}

static void test_wrong_digest(void) {
  g_auto(Fixture) fixture = fixture_new();
  g_autoptr(GError) error = NULL;
  g_autoptr(Upload) upload = begin(fixture.registry);
  append(upload, "hello");
  g_assert_false(upload_commit(upload, digest_text("other").text, &error));
  g_assert_true(error_is(error, DROVER_ERROR_INPUT));
  g_assert_nonnull(strstr(error->message, digest_text("hello").text));
  g_assert_cmpuint(check_blobs(fixture.dir), ==, 0);
  g_assert_cmpuint(count_entries(fixture.dir, "uploads"), ==, 0);
  RegistryCounters counters = registry_counters(fixture.registry);
  g_assert_cmpint(counters.uploads, ==, 0);
  g_assert_cmpint(counters.uploads_refused, ==, 1);
}

/* Begins with "he", leaves, and returns the id. */
static char *leave_upload(Registry *registry) {
  g_autoptr(Upload) upload = begin(registry);
  append(upload, "he");
  return g_strdup(upload_id(upload));
}

static void finish(Registry *registry, const char *id, const char *rest, const char *whole) {
  g_autoptr(GError) error = NULL;
  g_autoptr(Upload) upload = upload_resume(registry, "shop", id, &error);
  g_assert_no_error(error);
  append(upload, rest);
  g_assert_true(upload_commit(upload, digest_text(whole).text, &error));
  g_assert_no_error(error);
}

static void test_resume(void) {
  g_auto(Fixture) fixture = fixture_new();
  g_autofree char *id = leave_upload(fixture.registry);
  int64_t size = 0;
  g_assert_true(upload_look(fixture.registry, "shop", id, &size, NULL));
  g_assert_cmpint(size, ==, 2);
  finish(fixture.registry, id, "llo", "hello");
  g_assert_false(upload_look(fixture.registry, "shop", id, &size, NULL));
}

static void test_resume_after_restart(void) {
  g_auto(Fixture) fixture = fixture_new();
  g_autofree char *id = leave_upload(fixture.registry);
  fixture_restart(&fixture);
  finish(fixture.registry, id, "llo", "hello");
  g_assert_cmpuint(check_blobs(fixture.dir), ==, 1);
}

/* The first store keeps a running digest over "he"; what another process adds must not be lost from it. */
static void test_two_processes_share_a_session(void) {
  g_auto(Fixture) fixture = fixture_new();
  g_autoptr(GError) error = NULL;
  g_autoptr(Registry) other = registry_open(fixture.dir, &error);
  g_autofree char *id = leave_upload(fixture.registry);
  g_autoptr(Upload) there = upload_resume(other, "shop", id, &error);
  append(there, "ll");
  g_clear_pointer(&there, upload_free);
  finish(fixture.registry, id, "o", "hello");
}

static void test_rewind(void) {
  g_auto(Fixture) fixture = fixture_new();
  g_autoptr(GError) error = NULL;
  g_autoptr(Upload) upload = begin(fixture.registry);
  append(upload, "he");
  append(upload, "XXXX");
  g_assert_true(upload_rewind(upload, 2, &error));
  append(upload, "llo");
  g_assert_true(upload_commit(upload, digest_text("hello").text, &error));
}

static void test_one_holder(void) {
  g_auto(Fixture) fixture = fixture_new();
  g_autoptr(GError) error = NULL;
  g_autoptr(Upload) upload = begin(fixture.registry);
  g_assert_null(upload_resume(fixture.registry, "shop", upload_id(upload), &error));
  g_assert_true(error_is(error, DROVER_ERROR_CONFLICT));
}

static void test_ids(void) {
  g_auto(Fixture) fixture = fixture_new();
  g_autofree char *id = leave_upload(fixture.registry);
  const struct {
    const char *claim;
    const char *repository;
    const char *id;
  } rows[] = {
    {"another repository's", "other", id},
    {"one that never was", "shop", "01jf8xk3b2m4n5p6q7r8s9t0vw"},
    {"a path", "shop", "../repositories"},
    {"a path of the right length", "shop", "../repositories/shop/_tags"},
    {"nothing", "shop", ""},
  };
  for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_test_message("%s", rows[i].claim);
    g_autoptr(GError) error = NULL;
    int64_t size = 0;
    g_assert_null(upload_resume(fixture.registry, rows[i].repository, rows[i].id, &error));
    g_assert_true(error_is(error, DROVER_ERROR_NOT_FOUND));
    g_assert_false(upload_look(fixture.registry, rows[i].repository, rows[i].id, &size, NULL));
  }
}

static void test_cancel(void) {
  g_auto(Fixture) fixture = fixture_new();
  g_autoptr(Upload) upload = begin(fixture.registry);
  append(upload, "hello");
  upload_cancel(upload);
  upload_cancel(upload); /* again does nothing */
  g_assert_cmpuint(count_entries(fixture.dir, "uploads"), ==, 0);
}

/* More sessions than running digests are kept for: those that were dropped are read again. */
static void test_many_sessions(void) {
  enum { SESSIONS = 300 };
  g_auto(Fixture) fixture = fixture_new();
  g_autoptr(GPtrArray) ids = g_ptr_array_new_with_free_func(g_free);
  for (int i = 0; i < SESSIONS; i++)
    g_ptr_array_add(ids, leave_upload(fixture.registry));
  for (int i = 0; i < SESSIONS; i++)
    finish(fixture.registry, g_ptr_array_index(ids, i), "llo", "hello");
  g_assert_cmpuint(check_blobs(fixture.dir), ==, 1);
}

/* ---- full disks ------------------------------------------------------------------------------------------------------- */

static void test_no_space(void) {
  g_auto(Fixture) fixture = fixture_new();
  g_autoptr(GError) error = NULL;
  g_autofree char *bytes = g_malloc0(65536);
  struct rlimit before;
  g_assert_cmpint(getrlimit(RLIMIT_FSIZE, &before), ==, 0);
  struct rlimit small = {.rlim_cur = 100000, .rlim_max = before.rlim_max};
  signal(SIGXFSZ, SIG_IGN);
  g_assert_cmpint(setrlimit(RLIMIT_FSIZE, &small), ==, 0);
  g_autoptr(Upload) upload = begin(fixture.registry);
  g_assert_true(upload_append(upload, bytes, 65536, &error));
  bool added = upload_append(upload, bytes, 65536, &error);
  g_assert_cmpint(setrlimit(RLIMIT_FSIZE, &before), ==, 0);
  g_assert_false(added);
  g_assert_true(error_is(error, DROVER_ERROR_NO_SPACE));
  upload_cancel(upload);
  g_assert_cmpuint(count_entries(fixture.dir, "uploads"), ==, 0);
  g_assert_cmpuint(check_blobs(fixture.dir), ==, 0);
}

/* ---- what crashes leave ----------------------------------------------------------------------------------------------- */

static void set_age(const char *dir, const char *name, int64_t age_s) {
  g_autofree char *path = g_build_filename(dir, name, NULL);
  struct timespec time = {.tv_sec = g_get_real_time() / G_USEC_PER_SEC - age_s};
  g_assert_cmpint(utimensat(AT_FDCWD, path, (const struct timespec[]){time, time}, 0), ==, 0);
}

static void age_upload(const char *dir, const char *id, int64_t age_s) {
  g_autofree char *folder = g_strconcat("uploads/", id, NULL);
  g_autofree char *data = g_strconcat(folder, "/data", NULL);
  set_age(dir, data, age_s);
  set_age(dir, folder, age_s);
}

static void test_sweep(void) {
  enum { DAY_S = 24 * 60 * 60 };
  g_auto(Fixture) fixture = fixture_new();
  g_autofree char *fresh = leave_upload(fixture.registry);
  g_autofree char *old = leave_upload(fixture.registry);
  g_autoptr(Upload) held = begin(fixture.registry);
  int64_t size = 0;
  age_upload(fixture.dir, old, DAY_S + 60);
  age_upload(fixture.dir, fresh, DAY_S - 60);
  age_upload(fixture.dir, upload_id(held), DAY_S + 60);
  g_autofree char *aside = path_uploads(fixture.registry, "01jf8xk3b2m4n5p6q7r8s9t0vw", NULL);
  g_assert_true(g_file_set_contents(aside, "x", 1, NULL));
  set_age(fixture.dir, "uploads/01jf8xk3b2m4n5p6q7r8s9t0vw", DAY_S + 60);
  g_autoptr(Registry) other = registry_open(fixture.dir, NULL);
  g_assert_true(upload_look(other, "shop", fresh, &size, NULL));
  g_assert_false(upload_look(other, "shop", old, &size, NULL));
  g_assert_true(upload_look(other, "shop", upload_id(held), &size, NULL)); /* somebody writes to it */
  g_assert_cmpuint(count_entries(fixture.dir, "uploads"), ==, 2);
}

static void die_half_way(const char *dir, int report) {
  g_autoptr(Registry) registry = registry_open(dir, NULL);
  Upload *upload = begin(registry);
  append(upload, "he");
  g_assert_cmpint(write(report, upload_id(upload), 26), ==, 26);
  raise(SIGKILL);
}

static void test_killed_half_way(void) {
  g_auto(Fixture) fixture = fixture_new();
  int report[2];
  g_assert_cmpint(pipe(report), ==, 0);
  pid_t child = fork();
  if (child == 0)
    die_half_way(fixture.dir, report[1]);
  char id[27] = "";
  int status = 0;
  g_assert_cmpint(read(report[0], id, 26), ==, 26);
  g_assert_cmpint(waitpid(child, &status, 0), ==, child);
  g_assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
  g_assert_cmpuint(check_blobs(fixture.dir), ==, 0);
  finish(fixture.registry, id, "llo", "hello"); /* the lock went with the process */
  close(report[0]);
  close(report[1]);
}

/* A blob whose bytes have rotted is healed by pushing it again. */
static void test_healing(void) {
  g_auto(Fixture) fixture = fixture_new();
  g_autoptr(GError) error = NULL;
  g_assert_true(push_blob(fixture.registry, "shop", "hello", &error));
  g_autofree char *path = path_blob(fixture.registry, digest_text("hello").text);
  g_assert_cmpint(chmod(path, 0644), ==, 0);
  g_assert_true(g_file_set_contents(path, "hellx", 5, NULL));
  g_assert_true(push_blob(fixture.registry, "shop", "hello", &error));
  g_assert_cmpuint(check_blobs(fixture.dir), ==, 1);
}

/* ---- many at once ----------------------------------------------------------------------------------------------------- */

static void *push_many(void *data) {
  for (int i = 0; i < 40; i++) {
    g_autoptr(GError) error = NULL;
    g_autofree char *text = g_strdup_printf("blob %d", i);
    g_assert_true(push_blob(data, "shop", text, &error));
    g_assert_no_error(error);
  }
  return NULL;
}

static void test_same_blobs_at_once(void) {
  enum { THREADS = 6 };
  g_auto(Fixture) fixture = fixture_new();
  g_autoptr(Registry) other = registry_open(fixture.dir, NULL);
  GThread *threads[THREADS];
  for (int i = 0; i < THREADS; i++)
    threads[i] = g_thread_new("pusher", push_many, i % 2 == 0 ? fixture.registry : other);
  for (int i = 0; i < THREADS; i++)
    g_thread_join(threads[i]);
  g_assert_cmpuint(check_blobs(fixture.dir), ==, 40);
  g_assert_cmpuint(count_entries(fixture.dir, "uploads"), ==, 0);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/registry/upload/killed-half-way", test_killed_half_way); /* forks: before any thread */
  g_test_add_func("/registry/upload/commit", test_commit);
  g_test_add_func("/registry/upload/empty-blob", test_empty_blob);
  g_test_add_func("/registry/upload/wrong-digest", test_wrong_digest);
  g_test_add_func("/registry/upload/resume", test_resume);
  g_test_add_func("/registry/upload/resume-after-restart", test_resume_after_restart);
  g_test_add_func("/registry/upload/two-processes-share-a-session", test_two_processes_share_a_session);
  g_test_add_func("/registry/upload/rewind", test_rewind);
  g_test_add_func("/registry/upload/one-holder", test_one_holder);
  g_test_add_func("/registry/upload/ids", test_ids);
  g_test_add_func("/registry/upload/cancel", test_cancel);
  g_test_add_func("/registry/upload/many-sessions", test_many_sessions);
  g_test_add_func("/registry/upload/no-space", test_no_space);
  g_test_add_func("/registry/upload/sweep", test_sweep);
  g_test_add_func("/registry/upload/healing", test_healing);
  g_test_add_func("/registry/upload/same-blobs-at-once", test_same_blobs_at_once);
  return g_test_run();
}
