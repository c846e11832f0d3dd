/* hashFiles() in a workspace. */
#include "base/digest.h"
#include "base/error.h"
#include "base/fs.h"
#include "runner/hash.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Each file holds its own path. */
static const char *const files[] = {"a.lock",     "a/b.lock",          "a/b/c.lock", "a.d/x.lock", "B.lock",
                                    "src/main.c", "src/node/x/y.lock", ".h/.i.lock", "z.txt",      "\xc3\xa9.lock"};

typedef struct {
  char *dir;
  char *root;
} Scene;

static void scene_clear(Scene *scene) {
  fs_remove_tree(scene->dir, NULL);
  g_free(scene->dir);
  g_free(scene->root);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Scene, scene_clear)

static void put(const Scene *scene, const char *path) {
  g_autofree char *full = g_build_filename(scene->root, path, NULL), *folder = g_path_get_dirname(full);
  g_assert_true(fs_make_dirs(folder, 0755, NULL));
  g_assert_true(fs_write(full, path, strlen(path), 0644, NULL));
}

static void link_to(const Scene *scene, const char *target, const char *path) {
  g_autofree char *full = g_build_filename(scene->root, path, NULL);
  g_assert_cmpint(symlink(target, full), ==, 0);
}

static Scene scene_new(void) {
  Scene scene = {.dir = g_dir_make_tmp("drover-hash-XXXXXX", NULL)};
  scene.root = g_build_filename(scene.dir, "work", NULL);
  put(&scene, "../outside.lock");
  for (size_t i = 0; i < G_N_ELEMENTS(files); i++)
    put(&scene, files[i]);
  return scene;
}

/* SHA-256 over the SHA-256 of texts, which are separated by blanks. */
static char *expected(const char *texts) {
  g_auto(GStrv) parts = g_strsplit(texts, " ", -1);
  if (*texts == '\0')
    return g_strdup("");
  g_autoptr(DigestStream) all = digest_stream_new();
  for (char **part = parts; *part != NULL; part++) {
    Digest one = digest_bytes(*part, strlen(*part));
    const char *hex = digest_hex(one.text);
    for (size_t i = 0; i < 32; i++) {
      uint8_t byte = (uint8_t)(g_ascii_xdigit_value(hex[2 * i]) << 4 | g_ascii_xdigit_value(hex[2 * i + 1]));
      digest_stream_update(all, &byte, 1);
    }
  }
  Digest digest = digest_stream_end(g_steal_pointer(&all));
  return g_strdup(digest_hex(digest.text));
}

static char *hash(const Scene *scene, const char *inside, const char *arguments, GError **error) {
  g_auto(GStrv) parts = g_strsplit(arguments, "|", -1);
  return hash_files(&(HashPlace){.root = scene->root, .inside = inside}, (const char *const *)parts, error);
}

static const struct {
  const char *claim;
  const char *arguments; /* separated by "|" */
  const char *order;     /* the files whose paths are hashed */
} rows[] = {
  {"one-file", "z.txt", "z.txt"},
  {"none", "nothing.txt", ""},
  {"folders-in-the-order-of-names", "**/*.lock", ".h/.i.lock B.lock a/b/c.lock a/b.lock a.d/x.lock a.lock src/node/x/y.lock \xc3\xa9.lock"},
  {"patterns-in-their-order-where-they-begin-apart", "z.txt|a.lock", "z.txt a.lock"},
  {"patterns-of-one-folder-in-its-order", "z.txt|*.lock", "B.lock a.lock z.txt \xc3\xa9.lock"},
  {"a-folder", "a", "a/b/c.lock a/b.lock"},
  {"a-folder-less-a-file", "a|!a/b.lock", "a/b/c.lock"},
  {"lines-in-one-argument", "a\n!a/b.lock", "a/b/c.lock"},
  {"an-absolute-pattern-by-the-name-inside", "/inside/w/z.txt", "z.txt"},
  {"from-the-top-of-all", "/**/z.txt", "z.txt"},
  {"from-above", "/inside/*/z.txt", "z.txt"},
  {"another-folder", "/elsewhere/**", ""},
  {"a-folder-of-a-name-that-begins-alike", "/inside/w2/z.txt", ""},
};

static void test_order(gconstpointer data) {
  size_t i = GPOINTER_TO_SIZE(data);
  g_auto(Scene) scene = scene_new();
  g_autoptr(GError) error = NULL;
  g_autofree char *digest = hash(&scene, "/inside/w", rows[i].arguments, &error), *want = expected(rows[i].order);
  g_assert_no_error(error);
  g_assert_cmpstr(digest, ==, want);
}

/* ---- links ---- */

static const struct {
  const char *claim;
  const char *arguments;
  const char *order; /* NULL: an error */
} links[] = {
  {"a-link-to-a-file-is-the-file", "to-file", "z.txt"},
  {"a-link-by-the-name-inside-is-the-file", "to-inside", "z.txt"},
  {"a-link-to-a-folder-is-nothing", "to-folder", ""},
  {"a-link-on-the-way-is-followed", "to-folder/b.lock", "a/b.lock"},
  {"links-to-folders-when-asked", "--follow-symbolic-links|to-folder", "a/b/c.lock a/b.lock"},
  {"the-option-in-any-case", "--Follow-Symbolic-Links|to-folder/*.lock", "a/b.lock"},
  {"a-link-that-leads-back-ends", "--follow-symbolic-links|ring/**", "ring/in/x"},
  {"a-link-out-is-nothing", "to-outside", ""},
  {"a-link-out-is-nothing-when-asked", "--follow-symbolic-links|to-outside*/**", ""},
  {"a-link-to-nothing", "to-nothing", NULL},
  {"a-link-to-nothing-when-asked", "--follow-symbolic-links|to-nothing", ""},
  {"a-link-to-itself", "to-itself", NULL},
  {"another-option", "--all|z.txt", NULL},
};

static void test_links(gconstpointer data) {
  size_t i = GPOINTER_TO_SIZE(data);
  g_auto(Scene) scene = scene_new();
  g_autoptr(GError) error = NULL;
  put(&scene, "ring/in/x");
  link_to(&scene, "..", "ring/in/back");
  link_to(&scene, ".", "ring/in/here");
  link_to(&scene, "to-itself", "to-itself");
  link_to(&scene, "z.txt", "to-file");
  link_to(&scene, "/inside/w/z.txt", "to-inside");
  link_to(&scene, "a", "to-folder");
  link_to(&scene, "../outside.lock", "to-outside");
  link_to(&scene, "..", "to-outside-folder");
  link_to(&scene, "gone", "to-nothing");
  g_autofree char *digest = hash(&scene, "/inside/w", links[i].arguments, &error);
  if (links[i].order == NULL) {
    g_assert_null(digest);
    g_assert_error(error, DROVER_ERROR, DROVER_ERROR_INPUT);
    return;
  }
  g_autofree char *want = expected(links[i].order);
  g_assert_no_error(error);
  g_assert_cmpstr(digest, ==, want);
}

static void test_other_things_are_no_files(void) {
  g_auto(Scene) scene = scene_new();
  g_autoptr(GError) error = NULL;
  g_autofree char *fifo = g_build_filename(scene.root, "fifo", NULL), *empty = expected("");
  g_assert_cmpint(mkfifo(fifo, 0600), ==, 0);
  g_autofree char *digest = hash(&scene, NULL, "fifo", &error);
  g_assert_no_error(error);
  g_assert_cmpstr(digest, ==, empty);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autofree char *path = g_strconcat("/runner/hash/order/", rows[i].claim, NULL);
    g_test_add_data_func(path, GSIZE_TO_POINTER(i), test_order);
  }
  for (size_t i = 0; i < G_N_ELEMENTS(links); i++) {
    g_autofree char *path = g_strconcat("/runner/hash/links/", links[i].claim, NULL);
    g_test_add_data_func(path, GSIZE_TO_POINTER(i), test_links);
  }
  g_test_add_func("/runner/hash/other-things-are-no-files", test_other_things_are_no_files);
  return g_test_run();
}
