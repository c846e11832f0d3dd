#include "base/error.h"
#include "workflow/uses.h"

#include <string.h>

#define SHA1 "8f4b7f84864484a7bf31766abe9204da3cbe65b3"
#define SHA256 "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

/* ---- what is read --------------------------------------------------------------------------------------------------------- */

static const struct {
  const char *claim;
  const char *text;
  UsesKind kind;
  const char *owner;
  const char *repo;
  const char *path;
  const char *ref;
  UsesRefKind ref_kind;
} reads[] = {
  {"a moving tag", "actions/checkout@v4", USES_REPOSITORY, "actions", "checkout", NULL, "v4", USES_REF_VERSION},
  {"a full version", "actions/checkout@4.2.1", USES_REPOSITORY, "actions", "checkout", NULL, "4.2.1", USES_REF_VERSION},
  {"a commit", "actions/checkout@" SHA1, USES_REPOSITORY, "actions", "checkout", NULL, SHA1, USES_REF_COMMIT},
  {"a commit of SHA-256", "a/b@" SHA256, USES_REPOSITORY, "a", "b", NULL, SHA256, USES_REF_COMMIT},
  {"a commit in upper case", "a/b@11BD71901BBE5B1630CEEA73D27597364C9AF683", USES_REPOSITORY, "a", "b", NULL,
   "11BD71901BBE5B1630CEEA73D27597364C9AF683", USES_REF_COMMIT},
  {"a shortened commit is a name", "a/b@11bd719", USES_REPOSITORY, "a", "b", NULL, "11bd719", USES_REF_NAME},
  {"a branch", "a/b@main", USES_REPOSITORY, "a", "b", NULL, "main", USES_REF_NAME},
  {"a branch with a slash", "pypa/gh-action-pypi-publish@release/v1", USES_REPOSITORY, "pypa", "gh-action-pypi-publish", NULL, "release/v1",
   USES_REF_NAME},
  {"a version with an x is a name", "octokit/request-action@v2.x", USES_REPOSITORY, "octokit", "request-action", NULL, "v2.x", USES_REF_NAME},
  {"an action in a folder", "github/codeql-action/init@v3", USES_REPOSITORY, "github", "codeql-action", "init", "v3", USES_REF_VERSION},
  {"a workflow", "o/r/.github/workflows/w.yml@main", USES_REPOSITORY, "o", "r", ".github/workflows/w.yml", "main", USES_REF_NAME},
  {"a repository that begins with a dot", "o/.github@v1", USES_REPOSITORY, "o", ".github", NULL, "v1", USES_REF_VERSION},
  {"blanks around it do not count", "  a/b@v1\n", USES_REPOSITORY, "a", "b", NULL, "v1", USES_REF_VERSION},
  {"a folder", "./.github/actions/build", USES_LOCAL, NULL, NULL, ".github/actions/build", NULL, 0},
  {"the top folder", "./", USES_LOCAL, NULL, NULL, "", NULL, 0},
  {"a folder as Windows writes it", ".\\build", USES_LOCAL, NULL, NULL, "build", NULL, 0},
  {"an at sign is part of a folder's name", "./a@v1", USES_LOCAL, NULL, NULL, "a@v1", NULL, 0},
  {"the repository of the file", "$/actions/build", USES_SELF, NULL, NULL, "actions/build", NULL, 0},
};

static void check_part(const char *whole, TextPart part, const char *text) {
  g_assert_cmpstr(part.text, ==, text);
  if (text != NULL)
    g_assert_true(strncmp(whole + part.offset, text, strlen(text)) == 0);
}

static void test_reads(gconstpointer data) {
  size_t i = GPOINTER_TO_SIZE(data);
  g_autoptr(GError) error = NULL;
  g_autoptr(Uses) uses = uses_parse(reads[i].text, NULL, &error);
  g_assert_no_error(error);
  g_assert_cmpint(uses->kind, ==, reads[i].kind);
  g_assert_cmpint(uses->ref_kind, ==, reads[i].ref_kind);
  check_part(reads[i].text, uses->owner, reads[i].owner);
  check_part(reads[i].text, uses->repo, reads[i].repo);
  check_part(reads[i].text, uses->path, reads[i].path);
  check_part(reads[i].text, uses->ref, reads[i].ref);
  g_assert_null(uses->image.repository.text);
}

static void test_image(void) {
  static const char text[] = " docker://ghcr.io/owner/image:1.0@sha256:" SHA256;
  g_autoptr(GError) error = NULL;
  g_autoptr(Uses) uses = uses_parse(text, NULL, &error);
  g_assert_no_error(error);
  g_assert_cmpint(uses->kind, ==, USES_DOCKER);
  check_part(text, uses->image.host, "ghcr.io");
  check_part(text, uses->image.repository, "owner/image");
  check_part(text, uses->image.tag, "1.0");
  check_part(text, uses->image.digest, "sha256:" SHA256);
  g_assert_null(uses->owner.text);
}

/* ---- what is refused ------------------------------------------------------------------------------------------------------ */

static const struct {
  const char *claim;
  const char *text;
  size_t offset;
  const char *says;
} refused[] = {
  {"nothing", "", 0, "the name of an action"},
  {"blanks", "  ", 0, "the name of an action"},
  {"no ref", "actions/checkout", 16, "\"@\" and a tag"},
  {"an empty ref", "actions/checkout@", 17, "behind \"@\""},
  {"two refs", "actions/checkout@v4@extra", 19, "one \"@\""},
  {"no repository", "checkout@v4", 8, "a repository's name"},
  {"an empty owner", "/repo@v4", 0, "an owner's name"},
  {"an empty repository", "owner/@v4", 6, "a repository's name"},
  {"a repository that is the parent folder", "owner/..@v4", 6, "a repository's name"},
  {"an owner that is the parent folder", "../repo@v4", 0, "an owner's name"},
  {"an option", "--upload-pack=x/repo@v4", 0, "an owner's name"},
  {"a path with an empty part", "owner/repo//a@v4", 11, "without empty parts"},
  {"a path that ends in a slash", "owner/repo/@v4", 11, "without empty parts"},
  {"a path that leads up", "owner/repo/a/../../b@v4", 11, "\"..\""},
  {"a ref that leads up", "owner/repo@../v4", 11, "behind \"@\""},
  {"a ref with an empty part", "owner/repo@a//b", 11, "behind \"@\""},
  {"a ref that ends in .lock", "owner/repo@a.lock/b", 11, "behind \"@\""},
  {"a ref with a colon", "owner/repo@main:file", 11, "behind \"@\""},
  {"a ref that is an expression of git", "owner/repo@main~1", 11, "behind \"@\""},
  {"a blank in a ref", "owner/repo@v4 # why", 11, "behind \"@\""},
  {"an address", "https://github.com/a/b@v1", 0, "an owner's name"},
  {"an expression", "actions/${{ matrix.a }}@v4", 8, "no expression"},
  {"a control character", "actions/\x01@v4", 8, "control"},
  {"a folder that leads up", "./a/../../b", 2, "\"..\""},
  {"a folder that leads up as Windows writes it", ".\\..\\b", 2, "\"..\""},
  {"nothing behind the file's own repository", "$//", 3, "behind \"$/\""},
  {"an image with an empty tag", "docker://alpine:", 16, "a tag"},
  {"no image", "docker://", 9, "an image's name"},
};

static void test_refuses(gconstpointer data) {
  size_t i = GPOINTER_TO_SIZE(data);
  size_t offset = 99;
  g_autoptr(GError) error = NULL;
  g_assert_null(uses_parse(refused[i].text, &offset, &error));
  g_assert_true(error_is(error, DROVER_ERROR_INPUT));
  g_assert_nonnull(strstr(error->message, refused[i].says));
  g_assert_cmpuint(offset, ==, refused[i].offset);
}

static void test_long_text(void) {
  g_autofree char *part = g_strnfill(100000, '/');
  g_autofree char *text = g_strconcat("a/b", part, "@v1", NULL);
  g_autoptr(GError) error = NULL;
  g_assert_null(uses_parse(text, NULL, &error));
  g_assert_nonnull(strstr(error->message, "shorter"));
}

/* ---- repositories and patterns --------------------------------------------------------------------------------------------- */

static void test_same_repository(void) {
  static const struct {
    const char *a;
    const char *b;
    bool same;
  } rows[] = {
    {"actions/checkout@v4", "Actions/Checkout@v3", true}, {"actions/cache@v4", "actions/cache/save@v4", true},
    {"actions/checkout@v4", "actions/cache@v4", false},   {"actions/cache@v4", "action/scache@v4", false},
    {"./actions/cache", "./actions/cache", false},        {"docker://actions/cache", "actions/cache@v4", false},
  };
  for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autoptr(Uses) a = uses_parse(rows[i].a, NULL, NULL);
    g_autoptr(Uses) b = uses_parse(rows[i].b, NULL, NULL);
    g_assert_cmpint(uses_same_repository(a, b), ==, rows[i].same);
  }
}

static const struct {
  const char *pattern;
  UsesPattern kind;
} kinds[] = {
  {"*", USES_PATTERN_ANY},
  {"owner/*", USES_PATTERN_OWNER},
  {"owner/repo/*", USES_PATTERN_BELOW},
  {"owner/repo", USES_PATTERN_REPOSITORY},
  {"owner/repo/path", USES_PATTERN_PATH},
  {"owner/repo/path/", USES_PATTERN_PATH},
  {"owner/repo/very/deep//path", USES_PATTERN_PATH},
  {"owner/repo@v1", USES_PATTERN_REF},
  {"owner/repo/path@v1", USES_PATTERN_REF},
  {"pypa/gh-action-pypi-publish@release/v1", USES_PATTERN_REF},
  {"", USES_PATTERN_INVALID},
  {"/", USES_PATTERN_INVALID},
  {"///", USES_PATTERN_INVALID},
  {"owner", USES_PATTERN_INVALID},
  {"**", USES_PATTERN_INVALID},
  {"*@v1", USES_PATTERN_INVALID},
  {"*/repo", USES_PATTERN_INVALID},
  {"owner/*/", USES_PATTERN_INVALID},
  {"owner/*/path", USES_PATTERN_INVALID},
  {"owner/*@v1", USES_PATTERN_INVALID},
  {"owner/repo/", USES_PATTERN_INVALID},
  {"owner/repo/**", USES_PATTERN_INVALID},
  {"owner/repo/*@v1", USES_PATTERN_INVALID},
  {"owner/repo/path@", USES_PATTERN_INVALID},
  {"owner/repo@v*", USES_PATTERN_INVALID},
  {"owner/re po", USES_PATTERN_INVALID},
};

static void test_pattern_kinds(void) {
  for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++) {
    g_test_message("%s", kinds[i].pattern);
    g_assert_cmpint(uses_pattern_kind(kinds[i].pattern), ==, kinds[i].kind);
  }
}

static const struct {
  const char *pattern;
  const char *uses;
  bool matches;
} matches[] = {
  {"*", "any/thing/at/all@main", true},
  {"*", "./folder", false},
  {"*", "docker://alpine", false},
  {"actions/*", "actions/checkout@v4", true},
  {"actions/*", "Actions/cache/save@v4", true},
  {"actions/*", "actions-rs/cargo@v1", false},
  {"github/codeql-action/*", "github/codeql-action@v2", true},
  {"github/codeql-action/*", "GitHub/CodeQL-action/init@v2", true},
  {"github/codeql-action/*", "github/codeql@v2", false},
  {"actions/cache", "actions/cache@v3", true},
  {"actions/cache", "actions/cache/save@v3", false},
  {"github/codeql-action/init", "github/codeql-action/init@v2", true},
  {"github/codeql-action/init", "github/codeql-action/Init@v2", false},
  {"github/codeql-action/init", "github/codeql-action@v2", false},
  {"github/codeql-action/init@v2", "github/codeql-action/init@v2", true},
  {"github/codeql-action/init@v2", "github/codeql-action/init@main", false},
  {"actions/cache@v3", "actions/cache@v3", true},
  {"actions/cache@v3", "actions/cache/save@v3", false},
  {"actions/cache@v3", "actions/cache@V3", false},
  {"actions", "actions/cache@v3", false},
};

static void test_matches(void) {
  for (size_t i = 0; i < G_N_ELEMENTS(matches); i++) {
    g_test_message("%s: %s", matches[i].pattern, matches[i].uses);
    g_autoptr(Uses) uses = uses_parse(matches[i].uses, NULL, NULL);
    g_assert_cmpint(uses_matches(uses, matches[i].pattern), ==, matches[i].matches);
  }
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  for (size_t i = 0; i < G_N_ELEMENTS(reads); i++) {
    g_autofree char *path = g_strdup_printf("/workflow/uses/reads/%s", reads[i].claim);
    g_test_add_data_func(path, GSIZE_TO_POINTER(i), test_reads);
  }
  for (size_t i = 0; i < G_N_ELEMENTS(refused); i++) {
    g_autofree char *path = g_strdup_printf("/workflow/uses/refuses/%s", refused[i].claim);
    g_test_add_data_func(path, GSIZE_TO_POINTER(i), test_refuses);
  }
  g_test_add_func("/workflow/uses/refuses/a-text-without-end", test_long_text);
  g_test_add_func("/workflow/uses/image", test_image);
  g_test_add_func("/workflow/uses/same-repository", test_same_repository);
  g_test_add_func("/workflow/uses/pattern-kinds", test_pattern_kinds);
  g_test_add_func("/workflow/uses/matches", test_matches);
  return g_test_run();
}
