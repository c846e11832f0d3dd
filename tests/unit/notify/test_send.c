#include "receiver.h"

#include "base/fs.h"
#include "notify/send.h"

#include <string.h>

static const Notification news = {.title = "shop: release 3 serves dev", .outcome = "completed", .project = "shop", .environment = "dev"};

typedef struct {
  char *dir;
  SecretSet *secrets;
  Project project;
} Fixture;

static void fixture_clear(Fixture *fixture) {
  secret_set_free(fixture->secrets);
  g_ptr_array_unref(fixture->project.notify);
  fs_remove_tree(fixture->dir, NULL);
  g_free(fixture->dir);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Fixture, fixture_clear)

static Fixture fixture_new(void) {
  Fixture fixture = {.dir = g_dir_make_tmp("drover-notify-XXXXXX", NULL)};
  fixture.secrets = secret_set_load(fixture.dir, "shop", "dev", NULL);
  fixture.project.notify = g_ptr_array_new_with_free_func(g_free);
  return fixture;
}

/* `address` NULL: the secret is not set. */
static void add(Fixture *fixture, NotifyKind kind, const char *name, const char *address) {
  ProjectNotify *receiver = g_new0(ProjectNotify, 1);
  *receiver = (ProjectNotify){.kind = kind, .secret = (char *)name};
  g_ptr_array_add(fixture->project.notify, receiver);
  if (address == NULL)
    return;
  g_autoptr(Secret) secret = secret_new(address);
  g_assert_true(secret_set_put(fixture->secrets, name, secret, NULL));
}

/* The usual steps, a hundred times as fast. */
static unsigned send_news(const Fixture *fixture, GPtrArray *failures) {
  static const NotifyTimes fast = {.policy = {.attempts = 4, .first_ms = 5, .max_ms = 40, .budget_ms = 3000}, .timeout_ms = 1000};
  return notify_send_timed(&fast, &fixture->project, fixture->secrets, &news, NULL, failures);
}

/* What the receiver answers, and what comes of it. */
static const struct {
  const char *claim;
  unsigned statuses[5];
  unsigned delivered, requests;
  const char *says;
} rows[] = {
  {"delivered-at-once", {200}, 1, 1, NULL},
  {"accepted-is-delivered", {202}, 1, 1, NULL},
  {"tried-again-when-busy", {503, 429, 200}, 1, 3, NULL},
  {"tried-again-when-cut-off", {1, 200}, 1, 2, NULL},
  {"given-up-after-four", {500}, 0, 4, "answered 500"},
  {"not-tried-again-when-refused", {404}, 0, 1, "answered 404"},
  {"a-redirect-is-not-followed", {302}, 0, 1, "answered 302"},
};

static void test_row(gconstpointer data) {
  size_t i = GPOINTER_TO_SIZE(data);
  g_auto(Fixture) fixture = fixture_new();
  g_autoptr(Receiver) receiver = receiver_new("services/T0SECRET/xyzzy", rows[i].statuses);
  g_autoptr(GPtrArray) failures = g_ptr_array_new_with_free_func(g_free);
  g_autofree char *pasted = g_strconcat(" ", receiver_address(receiver), "\n", NULL);
  add(&fixture, NOTIFY_SLACK, "HOOK", pasted);
  g_assert_cmpuint(send_news(&fixture, failures), ==, rows[i].delivered);
  g_assert_cmpuint(receiver_count(receiver), ==, rows[i].requests);
  g_assert_cmpuint(failures->len, ==, 1 - rows[i].delivered);
  if (failures->len == 0)
    return;
  const char *failure = failures->pdata[0];
  g_assert_true(g_str_has_prefix(failure, "slack (HOOK): "));
  g_assert_nonnull(strstr(failure, rows[i].says));
  g_assert_null(strstr(failure, "T0SECRET"));
  g_assert_null(strstr(failure, "xyzzy"));
}

static void test_request_is_what_the_kind_wants(void) {
  static const unsigned good[] = {200, 0};
  g_auto(Fixture) fixture = fixture_new();
  g_autoptr(Receiver) slack = receiver_new("slack", good);
  g_autoptr(Receiver) teams = receiver_new("teams", good);
  add(&fixture, NOTIFY_SLACK, "SLACK", receiver_address(slack));
  add(&fixture, NOTIFY_TEAMS, "TEAMS", receiver_address(teams));
  g_assert_cmpuint(send_news(&fixture, NULL), ==, 2);
  Receiver *const receivers[] = {slack, teams};
  static const NotifyKind kinds[] = {NOTIFY_SLACK, NOTIFY_TEAMS};
  for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++) {
    g_autofree char *request = receiver_last(receivers[i]);
    g_assert_true(g_str_has_prefix(request, "POST /"));
    g_assert_nonnull(strstr(request, "\r\nContent-Type: application/json\r\n"));
    json_auto_t *found = json_loads(strstr(request, "\r\n\r\n") + 4, 0, NULL);
    json_auto_t *wanted = notify_body(kinds[i], &news);
    g_assert_true(json_equal(found, wanted));
  }
}

static void test_a_secret_that_is_not_set_is_passed_over(void) {
  g_auto(Fixture) fixture = fixture_new();
  g_autoptr(GPtrArray) failures = g_ptr_array_new_with_free_func(g_free);
  add(&fixture, NOTIFY_SLACK, "HOOK", NULL);
  g_assert_cmpuint(send_news(&fixture, failures), ==, 0);
  g_assert_cmpuint(failures->len, ==, 0);
}

static void test_addresses_that_are_none(void) {
  static const char *const addresses[] = {"", "hooks", "ftp://hooks.example/HIDDEN", "file:///etc/HIDDEN", "not an address HIDDEN"};
  for (size_t i = 0; i < G_N_ELEMENTS(addresses); i++) {
    g_auto(Fixture) fixture = fixture_new();
    g_autoptr(GPtrArray) failures = g_ptr_array_new_with_free_func(g_free);
    add(&fixture, NOTIFY_WEBHOOK, "HOOK", addresses[i]);
    g_assert_cmpuint(send_news(&fixture, failures), ==, 0);
    g_assert_cmpuint(failures->len, ==, 1);
    g_assert_null(strstr(failures->pdata[0], "HIDDEN"));
  }
}

static void test_one_that_hangs_does_not_hold_up_the_others(void) {
  static const unsigned good[] = {200, 0}, hangs[] = {2, 0}; /* until the attempt's own timeout */
  g_auto(Fixture) fixture = fixture_new();
  g_autoptr(Receiver) slow = receiver_new("slow", hangs);
  g_autoptr(Receiver) slower = receiver_new("slower", hangs);
  g_autoptr(Receiver) fine = receiver_new("fine", good);
  g_autoptr(GPtrArray) failures = g_ptr_array_new_with_free_func(g_free);
  add(&fixture, NOTIFY_TEAMS, "SLOW", receiver_address(slow));
  add(&fixture, NOTIFY_WEBHOOK, "SLOWER", receiver_address(slower));
  add(&fixture, NOTIFY_SLACK, "FINE", receiver_address(fine));
  g_assert_cmpuint(send_news(&fixture, failures), ==, 1);
  g_assert_cmpuint(receiver_count(fine), ==, 1);
  g_assert_cmpuint(failures->len, ==, 2);
}

static void test_all_is_over_in_ten_seconds(void) {
  g_assert_cmpint(notify_times.policy.budget_ms + notify_times.timeout_ms, <=, 10000);
  g_assert_cmpuint(notify_times.policy.attempts, ==, 4);
  g_assert_cmpint(notify_times.policy.first_ms, ==, 500);
}

static void test_cancelled(void) {
  static const unsigned hangs[] = {2, 0};
  g_auto(Fixture) fixture = fixture_new();
  g_autoptr(Receiver) slow = receiver_new("slow", hangs);
  g_autoptr(GCancellable) cancellable = g_cancellable_new();
  add(&fixture, NOTIFY_SLACK, "HOOK", receiver_address(slow));
  g_cancellable_cancel(cancellable);
  g_assert_cmpuint(notify_send(&fixture.project, fixture.secrets, &news, cancellable, NULL), ==, 0);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_setenv("no_proxy", "*", TRUE); /* the receivers are on this machine */
  g_test_add_func("/notify/send/request-is-what-the-kind-wants", test_request_is_what_the_kind_wants);
  g_test_add_func("/notify/send/a-secret-that-is-not-set-is-passed-over", test_a_secret_that_is_not_set_is_passed_over);
  g_test_add_func("/notify/send/addresses-that-are-none", test_addresses_that_are_none);
  g_test_add_func("/notify/send/one-that-hangs-does-not-hold-up-the-others", test_one_that_hangs_does_not_hold_up_the_others);
  g_test_add_func("/notify/send/all-is-over-in-ten-seconds", test_all_is_over_in_ten_seconds);
  g_test_add_func("/notify/send/cancelled", test_cancelled);
  for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autofree char *path = g_strconcat("/notify/send/", rows[i].claim, NULL);
    g_test_add_data_func(path, GSIZE_TO_POINTER(i), test_row);
  }
  return g_test_run();
}
