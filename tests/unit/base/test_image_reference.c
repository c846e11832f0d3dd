#include "base/error.h"
#include "base/image_reference.h"

#include <string.h>

#define HEX64 "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
#define A64 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

/* ---- names --------------------------------------------------------------------------------------------------------------- */

typedef struct {
  const char *claim;
  const char *text;
  bool holds;
} NameRow;

static const NameRow repositories[] = {
  {"one component", "shop", true},
  {"two components", "shop/backend", true},
  {"digits", "0/1", true},
  {"a dot, an underscore, two of them, dashes", "a.b/a_b/a__b/a---b", true},
  {"255 bytes", A64 A64 A64 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", true},
  {"256 bytes", A64 A64 A64 A64, false},
  {"nothing", "", false},
  {"NULL", NULL, false},
  {"an upper-case letter", "Shop", false},
  {"a slash in front", "/shop", false},
  {"a slash behind", "shop/", false},
  {"an empty component", "shop//backend", false},
  {"the parent folder", "..", false},
  {"the parent folder between", "shop/../other", false},
  {"this folder", "shop/./other", false},
  {"two dots", "a..b", false},
  {"three underscores", "a___b", false},
  {"a dot behind a dash", "a-.b", false},
  {"a folder of the store", "_blobs", false},
  {"a folder of the store behind", "shop/_tags", false},
  {"a component that ends in a dash", "shop-", false},
  {"a space", "a b", false},
  {"a percent sign", "a%00b", false},
  {"a line break", "a\n", false},
  {"a letter beyond ASCII", "caf\303\251", false},
};

static const NameRow tags[] = {
  {"a word", "latest", true},
  {"upper case, dot, underscore, dash", "V1.2_rc-3", true},
  {"an underscore in front", "_x", true},
  {"128 bytes", A64 A64, true},
  {"129 bytes", A64 A64 "a", false},
  {"nothing", "", false},
  {"NULL", NULL, false},
  {"a dot in front", ".hidden", false},
  {"the parent folder", "..", false},
  {"a dash in front", "-x", false},
  {"a slash", "a/b", false},
  {"a colon", "a:b", false},
  {"a plus sign", "1.0+x", false},
  {"a line break", "a\n", false},
};

static const NameRow digests[] = {
  {"sha256", "sha256:" HEX64, true},
  {"another algorithm", "sha512:abc", true},
  {"an algorithm of parts", "multihash+base58:QmRZxt2b1FVZPNqd8hsiykDL3TdBDeTSPX9Kv46HmX4Gx8", true},
  {"no colon", "sha256", false},
  {"nothing behind the colon", "sha256:", false},
  {"nothing before the colon", ":abc", false},
  {"an upper-case algorithm", "SHA256:abc", false},
  {"a path", "sha256:../../x", false},
  {"two separators", "a+-b:c", false},
  {"NULL", NULL, false},
};

static void check_names(const NameRow *rows, size_t count, bool (*judge)(const char *text)) {
  for (size_t i = 0; i < count; i++) {
    g_test_message("%s", rows[i].claim);
    g_assert_cmpint(judge(rows[i].text), ==, rows[i].holds);
  }
}

static void test_repositories(void) {
  check_names(repositories, G_N_ELEMENTS(repositories), image_is_repository);
}

static void test_tags(void) {
  check_names(tags, G_N_ELEMENTS(tags), image_is_tag);
}

static void test_digests(void) {
  check_names(digests, G_N_ELEMENTS(digests), image_is_digest);
}

/* ---- references ---------------------------------------------------------------------------------------------------------- */

static const struct {
  const char *claim;
  const char *text;
  const char *host;
  const char *repository;
  const char *tag;
  const char *digest;
} references[] = {
  {"a name alone", "alpine", NULL, "alpine", NULL, NULL},
  {"a tag", "alpine:3.20", NULL, "alpine", "3.20", NULL},
  {"an owner at Docker Hub", "library/alpine", NULL, "library/alpine", NULL, NULL},
  {"a host with a dot", "ghcr.io/owner/image:1.0", "ghcr.io", "owner/image", "1.0", NULL},
  {"a host with a port", "registry:5000/image", "registry:5000", "image", NULL, NULL},
  {"localhost", "localhost/image", "localhost", "image", NULL, NULL},
  {"an IPv6 address", "[::1]:5000/image", "[::1]:5000", "image", NULL, NULL},
  {"an upper-case first component is a host", "Registry/image", "Registry", "image", NULL, NULL},
  {"a dot without a slash is the image's", "example.com:latest", NULL, "example.com", "latest", NULL},
  {"a digest", "alpine@sha256:" HEX64, NULL, "alpine", NULL, "sha256:" HEX64},
  {"all four", "ghcr.io:443/a/b/c:v1@sha256:" HEX64, "ghcr.io:443", "a/b/c", "v1", "sha256:" HEX64},
  {"an algorithm of others", "alpine@multihash:Qm12", NULL, "alpine", NULL, "multihash:Qm12"},
};

static void check_part(const char *whole, TextPart part, const char *text) {
  g_assert_cmpstr(part.text, ==, text);
  if (text != NULL)
    g_assert_true(strncmp(whole + part.offset, text, strlen(text)) == 0);
}

static void test_reads(gconstpointer data) {
  size_t i = GPOINTER_TO_SIZE(data);
  g_auto(ImageReference) image = {0};
  g_autoptr(GError) error = NULL;
  g_assert_true(image_reference_parse(references[i].text, &image, NULL, &error));
  g_assert_no_error(error);
  check_part(references[i].text, image.host, references[i].host);
  check_part(references[i].text, image.repository, references[i].repository);
  check_part(references[i].text, image.tag, references[i].tag);
  check_part(references[i].text, image.digest, references[i].digest);
}

static const struct {
  const char *claim;
  const char *text;
  size_t offset;
  const char *says;
} refused[] = {
  {"nothing", "", 0, "an image's name"},
  {"an upper-case name", "Alpine", 0, "lower case"},
  {"an upper-case name behind its host", "ghcr.io/Owner/image", 8, "lower case"},
  {"an empty tag", "alpine:", 7, "a tag"},
  {"a digest in the place of a tag", "image:sha256:" HEX64, 6, "a tag"},
  {"a short digest", "alpine@sha256:beef", 7, "64 hexadecimal digits"},
  {"an upper-case digest", "alpine@sha256:E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855", 7, "lower case"},
  {"an empty digest", "alpine:3@", 9, "a digest"},
  {"an empty host", "/alpine", 0, "an image's name"},
  {"a host with an empty label", "a..b/alpine", 0, "a registry's host"},
  {"a host with a dash at its start", "-a.b/alpine", 0, "a registry's host"},
  {"a host with a dash at a label's end", "a-.b/alpine", 0, "a registry's host"},
  {"a port that is no number", "ghcr.io:x/alpine", 0, "a registry's host"},
  {"an empty port", "ghcr.io:/alpine", 0, "a registry's host"},
  {"an open bracket", "[::1/alpine", 0, "a registry's host"},
  {"a blank", "alpine 3", 0, "an image's name"},
  {"an option", "--privileged", 0, "an image's name"},
};

static void test_refuses(gconstpointer data) {
  size_t i = GPOINTER_TO_SIZE(data);
  ImageReference image = {0};
  size_t offset = 99;
  g_autoptr(GError) error = NULL;
  g_assert_false(image_reference_parse(refused[i].text, &image, &offset, &error));
  g_assert_true(error_is(error, DROVER_ERROR_INPUT));
  g_assert_nonnull(strstr(error->message, refused[i].says));
  g_assert_cmpuint(offset, ==, refused[i].offset);
  g_assert_null(image.repository.text);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/base/image-reference/repositories", test_repositories);
  g_test_add_func("/base/image-reference/tags", test_tags);
  g_test_add_func("/base/image-reference/digests", test_digests);
  for (size_t i = 0; i < G_N_ELEMENTS(references); i++) {
    g_autofree char *path = g_strdup_printf("/base/image-reference/reads/%s", references[i].claim);
    g_test_add_data_func(path, GSIZE_TO_POINTER(i), test_reads);
  }
  for (size_t i = 0; i < G_N_ELEMENTS(refused); i++) {
    g_autofree char *path = g_strdup_printf("/base/image-reference/refuses/%s", refused[i].claim);
    g_test_add_data_func(path, GSIZE_TO_POINTER(i), test_refuses);
  }
  return g_test_run();
}
