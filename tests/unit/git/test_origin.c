#include "git/repository.h"

#include "repository_fixture.h"

static void test_addresses(void) {
  static const struct {
    const char *url, *slug;
  } rows[] = {
    {"https://github.com/acme/shop.git", "acme/shop"},
    {"https://user:secret@github.com/acme/shop", "acme/shop"},
    {"https://gitlab.example/group/sub/shop.git/", "sub/shop"},
    {"git@github.com:acme/shop.git", "acme/shop"},
    {"ssh://git@host.example:2222/acme/shop.git", "acme/shop"},
    {"host:acme/.github", "acme/.github"},
    {"/srv/git/shop.git", NULL},
    {"file:///srv/git/shop.git", NULL},
    {"../shop", NULL},
    {"https://host.example/shop", NULL},
    {"https://host.example/a b/shop", NULL},
    {"https://host.example/a/../shop", NULL},
  };
  for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autofree char *slug = git_slug_of(rows[i].url);
    g_assert_cmpstr(slug, ==, rows[i].slug);
  }
}

static void test_of_a_repository(void) {
  g_auto(Fixture) fixture = fixture_new();
  g_autofree char *none = repository_slug(fixture.root);
  g_assert_null(none);
  git(&fixture, "remote add origin git@github.com:acme/shop.git");
  g_autofree char *slug = repository_slug(fixture.root);
  g_assert_cmpstr(slug, ==, "acme/shop");
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/git/origin/addresses", test_addresses);
  g_test_add_func("/git/origin/of-a-repository", test_of_a_repository);
  return g_test_run();
}
