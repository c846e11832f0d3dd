#include "registry/grammar.h"

#include <string.h>

static void test_ids(void) {
  static const struct {
    const char *claim;
    const char *text;
    bool holds;
  } ids[] = {
    {"one of ours", "01jf8xk3b2m4n5p6q7r8s9t0vw", true},
    {"one short", "01jf8xk3b2m4n5p6q7r8s9t0v", false},
    {"one long", "01jf8xk3b2m4n5p6q7r8s9t0vwx", false},
    {"upper case", "01JF8XK3B2M4N5P6Q7R8S9T0VW", false},
    {"a path of that length", "../../../../../etc/passwd0", false},
    {"a letter that is not in the alphabet", "01jf8xk3b2m4n5p6q7r8s9t0vu", false},
    {"nothing", "", false},
    {"NULL", NULL, false},
  };
  for (size_t i = 0; i < G_N_ELEMENTS(ids); i++) {
    g_test_message("%s", ids[i].claim);
    g_assert_cmpint(grammar_is_upload_id(ids[i].text), ==, ids[i].holds);
  }
}

static void test_targets(void) {
  static const struct {
    const char *claim;
    const char *path;
    bool found;
    TargetKind kind;
    const char *repository;
    const char *reference;
  } rows[] = {
    {"the base", "/v2/", true, TARGET_BASE, NULL, NULL},
    {"the base without its slash", "/v2", true, TARGET_BASE, NULL, NULL},
    {"a blob", "/v2/a/b/blobs/sha256:x", true, TARGET_BLOB, "a/b", "sha256:x"},
    {"uploads", "/v2/a/blobs/uploads/", true, TARGET_UPLOADS, "a", NULL},
    {"uploads without the slash", "/v2/a/blobs/uploads", true, TARGET_UPLOADS, "a", NULL},
    {"one upload", "/v2/a/blobs/uploads/x", true, TARGET_UPLOAD, "a", "x"},
    {"a manifest", "/v2/a/manifests/v1", true, TARGET_MANIFEST, "a", "v1"},
    {"tags", "/v2/a/tags/list", true, TARGET_TAGS, "a", NULL},
    {"referrers", "/v2/a/referrers/sha256:x", true, TARGET_REFERRERS, "a", "sha256:x"},
    {"a repository called manifests", "/v2/manifests/manifests/manifests", true, TARGET_MANIFEST, "manifests", "manifests"},
    {"a repository with blobs in its name", "/v2/a/blobs/b/manifests/x", true, TARGET_MANIFEST, "a/blobs/b", "x"},
    {"an empty reference", "/v2/a/manifests/", true, TARGET_MANIFEST, "a", ""},
    {"a name that is a path is split, and judged elsewhere", "/v2/../../etc/manifests/x", true, TARGET_MANIFEST, "../../etc", "x"},
    {"no name", "/v2/manifests/x", false, TARGET_BASE, NULL, NULL},
    {"no name before uploads", "/v2/blobs/uploads/", false, TARGET_BASE, NULL, NULL},
    {"Docker's catalog", "/v2/_catalog", false, TARGET_BASE, NULL, NULL},
    {"another version", "/v1/", false, TARGET_BASE, NULL, NULL},
    {"nothing", "", false, TARGET_BASE, NULL, NULL},
    {"tags of another form", "/v2/a/tags/lists", false, TARGET_BASE, NULL, NULL},
  };
  for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_test_message("%s", rows[i].claim);
    g_auto(Target) target = {0};
    g_assert_cmpint(target_parse(rows[i].path, &target), ==, rows[i].found);
    g_assert_cmpint(target.kind, ==, rows[i].kind);
    g_assert_cmpstr(target.repository, ==, rows[i].repository);
    g_assert_cmpstr(target.reference, ==, rows[i].reference);
  }
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/registry/grammar/upload-ids", test_ids);
  g_test_add_func("/registry/grammar/targets", test_targets);
  return g_test_run();
}
