#include "base/error.h"
#include "base/fs.h"
#include "image/tools.h"

#include <string.h>

typedef struct {
  char *dir;
  ImageTools *tools;
} Fixture;

static void set_up(Fixture *fixture, G_GNUC_UNUSED gconstpointer data) {
  g_autoptr(GError) error = NULL;
  fixture->dir = fs_temp_dir(g_get_tmp_dir(), "drover-test", &error);
  g_assert_no_error(error);
  fixture->tools = image_tools_new(fixture->dir, "127.0.0.1:43121", "home-owner", &error);
  g_assert_no_error(error);
}

static void tear_down(Fixture *fixture, G_GNUC_UNUSED gconstpointer data) {
  image_tools_free(fixture->tools);
  fs_remove_tree(fixture->dir, NULL);
  g_free(fixture->dir);
}

static void test_stable_name_is_mapped(Fixture *fixture, G_GNUC_UNUSED gconstpointer data) {
  const char *path = g_environ_getenv((char **)image_tools_env(fixture->tools), "CONTAINERS_REGISTRIES_CONF");
  g_assert_nonnull(path);
  g_autofree char *text = fs_read(path, 4096, NULL, NULL);
  g_assert_nonnull(strstr(text, "prefix = \"drover.localhost\"\nlocation = \"127.0.0.1:43121\"\ninsecure = true"));
}

static void test_environment_is_kept(Fixture *fixture, G_GNUC_UNUSED gconstpointer data) {
  g_assert_cmpstr(g_environ_getenv((char **)image_tools_env(fixture->tools), "PATH"), ==, g_getenv("PATH"));
}

static void test_push_names(Fixture *fixture, G_GNUC_UNUSED gconstpointer data) {
  static const struct {
    const char *repository;
    const char *pushed;
  } rows[] = {
    {"drover.localhost/shop/web", "127.0.0.1:43121/shop/web"},
    {"ghcr.io/acme/web", "ghcr.io/acme/web"},
    {"drover.localhost.example/web", "drover.localhost.example/web"},
  };
  for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autofree char *name = image_push_name(fixture->tools, rows[i].repository);
    g_assert_cmpstr(name, ==, rows[i].pushed);
  }
}

static void test_context_without_dockerfile(Fixture *fixture, G_GNUC_UNUSED gconstpointer data) {
  g_autoptr(GError) error = NULL;
  ImageBuild build = {
    .name = "web", .context = fixture->dir, .dockerfile = "Dockerfile", .commit = "0", .repository = "drover.localhost/x/web", .tag = "t"};
  g_autofree char *digest = image_build_and_push(fixture->tools, &build, &error);
  g_assert_null(digest);
  g_assert_true(error_is(error, DROVER_ERROR_NOT_FOUND));
  g_assert_nonnull(strstr(error->message, "image web: the commit has no Dockerfile"));
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add("/image/tools/stable-name-is-mapped-to-the-address", Fixture, NULL, set_up, test_stable_name_is_mapped, tear_down);
  g_test_add("/image/tools/environment-is-kept", Fixture, NULL, set_up, test_environment_is_kept, tear_down);
  g_test_add("/image/tools/push-names-hold-the-address", Fixture, NULL, set_up, test_push_names, tear_down);
  g_test_add("/image/build/context-without-dockerfile-is-named", Fixture, NULL, set_up, test_context_without_dockerfile, tear_down);
  return g_test_run();
}
