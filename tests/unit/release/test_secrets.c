#include "base/error.h"
#include "base/fs.h"
#include "release/secrets.h"

#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define WRITERS 4
#define SECRETS_EACH 5

typedef struct {
  char *dir;
  SecretSet *set;
} Fixture;

static void fixture_clear(Fixture *fixture) {
  g_clear_pointer(&fixture->set, secret_set_free);
  fs_remove_tree(fixture->dir, NULL);
  g_free(fixture->dir);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Fixture, fixture_clear)

static Fixture fixture_new(void) {
  Fixture fixture = {.dir = g_dir_make_tmp("drover-secrets-XXXXXX", NULL)};
  fixture.set = secret_set_load(fixture.dir, "shop", "dev", NULL);
  g_assert_nonnull(fixture.set);
  return fixture;
}

static bool put(SecretSet *set, const char *name, const char *value, GError **error) {
  g_autoptr(Secret) secret = secret_new(value);
  return secret_set_put(set, name, secret, error);
}

static char *file_of(const Fixture *fixture) {
  return g_build_filename(fixture->dir, "secrets/shop/dev.json", NULL);
}

static void write_file(const Fixture *fixture, const char *text, mode_t mode) {
  g_autofree char *path = file_of(fixture), *folder = g_path_get_dirname(path);
  g_assert_true(fs_make_dirs(folder, 0700, NULL));
  g_assert_true(fs_write(path, text, strlen(text), mode, NULL));
}

static void test_values_last(void) {
  static const char *const values[] = {"plain", "", "  spaces and \"quotes\"\n", "ümläut ✓", "{\"json\": true}"};
  g_auto(Fixture) fixture = fixture_new();
  for (size_t i = 0; i < G_N_ELEMENTS(values); i++) {
    g_autofree char *name = g_strdup_printf("NAME_%zu", i);
    g_assert_true(put(fixture.set, name, values[i], NULL));
  }
  g_autoptr(SecretSet) again = secret_set_load(fixture.dir, "shop", "dev", NULL);
  g_auto(GStrv) names = secret_set_names(again);
  g_assert_cmpuint(g_strv_length(names), ==, G_N_ELEMENTS(values));
  for (size_t i = 0; i < G_N_ELEMENTS(values); i++)
    g_assert_cmpstr(secret_reveal(secret_set_get(again, names[i])), ==, values[i]);
  g_autoptr(SecretSet) other = secret_set_load(fixture.dir, "shop", "production", NULL);
  g_assert_null(secret_set_get(other, "NAME_0"));
}

static void test_nobody_else_may_read(void) {
  g_auto(Fixture) fixture = fixture_new();
  mode_t before = umask(0);
  g_assert_true(put(fixture.set, "A", "x", NULL));
  umask(before);
  g_autofree char *path = file_of(&fixture), *folder = g_path_get_dirname(path);
  struct stat facts;
  g_assert_cmpint(stat(path, &facts), ==, 0);
  g_assert_cmpint(facts.st_mode & 0777, ==, 0600);
  g_assert_cmpint(stat(folder, &facts), ==, 0);
  g_assert_cmpint(facts.st_mode & 0777, ==, 0700);
}

static void test_remove(void) {
  g_auto(Fixture) fixture = fixture_new();
  g_autoptr(GError) error = NULL;
  g_assert_true(put(fixture.set, "A", "x", NULL));
  g_assert_true(secret_set_remove(fixture.set, "A", NULL));
  g_assert_null(secret_set_get(fixture.set, "A"));
  g_assert_false(secret_set_remove(fixture.set, "A", &error));
  g_assert_true(error_is(error, DROVER_ERROR_NOT_FOUND));
}

static void test_require_names_each(void) {
  g_auto(Fixture) fixture = fixture_new();
  static const char *const names[] = {"A", "B", "C", NULL};
  g_autoptr(GError) error = NULL;
  g_assert_true(put(fixture.set, "B", "x", NULL));
  g_assert_false(secret_set_require(fixture.set, names, &error));
  g_assert_true(error_is(error, DROVER_ERROR_INPUT));
  g_assert_nonnull(strstr(error->message, "A, C"));
  g_assert_nonnull(strstr(error->message, "drover secret set A --env dev\n"));
  g_assert_true(secret_set_require(fixture.set, names + 3, NULL));
}

static const struct {
  const char *claim;
  const char *name, *value;
} refused[] = {
  {"an-empty-name", "", "hidden"},     {"small-letters", "name", "hidden"}, {"a-digit-first", "1A", "hidden"},
  {"an-equals-sign", "A=B", "hidden"}, {"a-newline", "A\nB", "hidden"},     {"a-value-that-is-not-utf8", "A", "hidden\xff"},
};

static void test_put_refuses(gconstpointer data) {
  size_t i = GPOINTER_TO_SIZE(data);
  g_auto(Fixture) fixture = fixture_new();
  g_autoptr(GError) error = NULL;
  g_assert_false(put(fixture.set, refused[i].name, refused[i].value, &error));
  g_assert_true(error_is(error, DROVER_ERROR_INPUT));
  g_assert_null(strstr(error->message, "hidden"));
  g_autofree char *path = file_of(&fixture);
  g_assert_false(g_file_test(path, G_FILE_TEST_EXISTS));
}

static void test_a_value_that_is_too_large(void) {
  g_auto(Fixture) fixture = fixture_new();
  g_autofree char *large = g_strnfill((200 << 10), 'x');
  g_autoptr(GError) error = NULL;
  g_assert_false(put(fixture.set, "A", large, &error));
  g_assert_true(error_is(error, DROVER_ERROR_INPUT));
}

static const struct {
  const char *claim;
  const char *text;
  mode_t mode;
  DroverError code;
} unloadable[] = {
  {"others-may-read", "{}", 0644, DROVER_ERROR_REFUSED},
  {"the-group-may-write", "{}", 0620, DROVER_ERROR_REFUSED},
  {"no-json", "{\"A\": \"hidden", 0600, DROVER_ERROR_CORRUPT},
  {"a-list", "[\"hidden\"]", 0600, DROVER_ERROR_CORRUPT},
  {"a-value-that-is-no-text", "{\"A\": {\"hidden\": 1}}", 0600, DROVER_ERROR_CORRUPT},
  {"a-name-that-is-none", "{\"a-b\": \"hidden\"}", 0600, DROVER_ERROR_CORRUPT},
  {"a-name-twice", "{\"A\": \"hidden\", \"A\": \"x\"}", 0600, DROVER_ERROR_CORRUPT},
  {"a-value-with-a-nul", "{\"A\": \"hidden\\u0000\"}", 0600, DROVER_ERROR_CORRUPT},
};

static void test_load_refuses(gconstpointer data) {
  size_t i = GPOINTER_TO_SIZE(data);
  g_auto(Fixture) fixture = fixture_new();
  write_file(&fixture, unloadable[i].text, unloadable[i].mode);
  g_autoptr(GError) error = NULL;
  g_assert_null(secret_set_load(fixture.dir, "shop", "dev", &error));
  g_assert_true(error_is(error, unloadable[i].code));
  g_assert_null(strstr(error->message, "hidden"));
}

static void test_names_do_not_leave_the_folder(void) {
  static const char *const names[] = {"..", "", "a/b", "A", "a.b", "-a"};
  g_auto(Fixture) fixture = fixture_new();
  for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
    g_autoptr(GError) project = NULL, environment = NULL;
    g_assert_null(secret_set_load(fixture.dir, names[i], "dev", &project));
    g_assert_true(error_is(project, DROVER_ERROR_INPUT));
    g_assert_null(secret_set_load(fixture.dir, "shop", names[i], &environment));
    g_assert_true(error_is(environment, DROVER_ERROR_INPUT));
  }
}

/* An environment's values lie over the repository's, and variables are kept apart from secrets. */
static void test_context(void) {
  g_auto(Fixture) fixture = fixture_new();
  g_autoptr(GError) error = NULL;
  g_autoptr(SecretSet) repository = values_load(fixture.dir, VALUES_VARIABLES, "shop", NULL, &error);
  g_autoptr(SecretSet) dev = values_load(fixture.dir, VALUES_VARIABLES, "shop", "dev", &error);
  g_assert_true(put(repository, "A", "1", NULL) && put(repository, "B", "2", NULL) && put(dev, "B", "3", NULL));
  g_assert_true(put(fixture.set, "A", "hidden", NULL));
  const struct {
    ValuesKind kind;
    const char *environment, *want;
  } contexts[] = {
    {VALUES_VARIABLES, NULL, "{\"A\":\"1\",\"B\":\"2\"}"},
    {VALUES_VARIABLES, "dev", "{\"A\":\"1\",\"B\":\"3\"}"},
    {VALUES_VARIABLES, "production", "{\"A\":\"1\",\"B\":\"2\"}"},
    {VALUES_SECRETS, "dev", "{\"A\":\"hidden\"}"},
    {VALUES_SECRETS, NULL, "{}"},
  };
  for (size_t i = 0; i < G_N_ELEMENTS(contexts); i++) {
    json_auto_t *context = values_context(fixture.dir, contexts[i].kind, "shop", contexts[i].environment, &error);
    g_assert_no_error(error);
    char *text = json_dumps(context, JSON_COMPACT | JSON_SORT_KEYS);
    g_assert_cmpstr(text, ==, contexts[i].want);
    free(text);
  }
  g_assert_false(secret_set_remove(repository, "C", &error));
  g_assert_cmpstr(error->message, ==, "the repository has no variable \"C\"");
}

static int write_some(const char *dir, int writer) {
  g_autoptr(SecretSet) set = secret_set_load(dir, "shop", "dev", NULL);
  for (int i = 0; i < SECRETS_EACH; i++) {
    g_autofree char *name = g_strdup_printf("W%d_%d", writer, i);
    if (!put(set, name, "x", NULL))
      return 1;
  }
  return 0;
}

/* None overwrites what another one wrote. */
static void test_several_processes(void) {
  g_auto(Fixture) fixture = fixture_new();
  pid_t writers[WRITERS];
  for (int i = 0; i < WRITERS; i++) {
    writers[i] = fork();
    if (writers[i] == 0)
      _exit(write_some(fixture.dir, i));
  }
  for (int i = 0; i < WRITERS; i++) {
    int status = -1;
    g_assert_cmpint(waitpid(writers[i], &status, 0), ==, writers[i]);
    g_assert_cmpint(status, ==, 0);
  }
  g_autoptr(SecretSet) all = secret_set_load(fixture.dir, "shop", "dev", NULL);
  g_auto(GStrv) names = secret_set_names(all);
  g_assert_cmpuint(g_strv_length(names), ==, WRITERS * SECRETS_EACH);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/release/secrets/values-last", test_values_last);
  g_test_add_func("/release/secrets/nobody-else-may-read", test_nobody_else_may_read);
  g_test_add_func("/release/secrets/remove", test_remove);
  g_test_add_func("/release/secrets/require-names-each", test_require_names_each);
  g_test_add_func("/release/secrets/a-value-that-is-too-large", test_a_value_that_is_too_large);
  g_test_add_func("/release/secrets/names-do-not-leave-the-folder", test_names_do_not_leave_the_folder);
  g_test_add_func("/release/secrets/context", test_context);
  g_test_add_func("/release/secrets/several-processes", test_several_processes);
  for (size_t i = 0; i < G_N_ELEMENTS(refused); i++) {
    g_autofree char *path = g_strconcat("/release/secrets/put-refuses/", refused[i].claim, NULL);
    g_test_add_data_func(path, GSIZE_TO_POINTER(i), test_put_refuses);
  }
  for (size_t i = 0; i < G_N_ELEMENTS(unloadable); i++) {
    g_autofree char *path = g_strconcat("/release/secrets/load-refuses/", unloadable[i].claim, NULL);
    g_test_add_data_func(path, GSIZE_TO_POINTER(i), test_load_refuses);
  }
  return g_test_run();
}
