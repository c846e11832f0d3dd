#include "fixture.h"

#define D "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
#define IMAGE "application/vnd.oci.image.manifest.v1+json"
#define INDEX "application/vnd.oci.image.index.v1+json"
#define PART "{\"mediaType\": \"a/b\", \"digest\": \"" D "\", \"size\": 0}"
#define PARTS "\"config\": " PART ", \"layers\": [" PART "]"
#define CHILD "{\"mediaType\": \"" IMAGE "\", \"digest\": \"" D "\", \"size\": 0}"

static void test_good(void) {
  static const struct {
    const char *claim;
    const char *text;
    const char *content_type;
    const char *media_type;
    guint needs;
    const char *subject;
    const char *artifact_type;
  } rows[] = {
    {"an image needs its config and layers", "{\"schemaVersion\": 2, " PARTS "}", IMAGE, IMAGE, 2, NULL, "a/b"},
    {"mediaType alone says what it is", "{\"schemaVersion\": 2, \"mediaType\": \"" IMAGE "\", " PARTS "}", NULL, IMAGE, 2, NULL, "a/b"},
    {"parameters of the header do not count", "{\"schemaVersion\": 2, " PARTS "}", IMAGE " ; charset=utf-8", IMAGE, 2, NULL, "a/b"},
    {"Docker's image", "{\"schemaVersion\": 2, " PARTS "}", "application/vnd.docker.distribution.manifest.v2+json",
     "application/vnd.docker.distribution.manifest.v2+json", 2, NULL, "a/b"},
    {"Docker's list", "{\"schemaVersion\": 2, \"manifests\": []}", "application/vnd.docker.distribution.manifest.list.v2+json",
     "application/vnd.docker.distribution.manifest.list.v2+json", 0, NULL, NULL},
    {"an index needs its manifests", "{\"schemaVersion\": 2, \"manifests\": [" CHILD ", " PART "]}", INDEX, INDEX, 2, NULL, NULL},
    {"a layer that lies elsewhere by its licence is not needed",
     "{\"schemaVersion\": 2, \"config\": " PART
     ", \"layers\": [{\"mediaType\": \"application/vnd.oci.image.layer.nondistributable.v1.tar+gzip\", \"digest\": \"" D "\", \"size\": 5}]}",
     IMAGE, IMAGE, 1, NULL, "a/b"},
    {"a subject and a type", "{\"schemaVersion\": 2, \"artifactType\": \"x/y\", \"subject\": " CHILD ", " PARTS "}", IMAGE, IMAGE, 2, D, "x/y"},
    {"a type that is empty is the config's", "{\"schemaVersion\": 2, \"artifactType\": \"\", \"subject\": " CHILD ", " PARTS "}", IMAGE, IMAGE, 2, D,
     "a/b"},
    {"keys that nobody knows", "{\"schemaVersion\": 2, \"org.example\": {\"x\": [1]}, " PARTS "}", IMAGE, IMAGE, 2, NULL, "a/b"},
  };
  for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_test_message("%s", rows[i].claim);
    g_autoptr(GError) error = NULL;
    g_autoptr(Manifest) manifest = manifest_parse(rows[i].text, strlen(rows[i].text), rows[i].content_type, &error);
    g_assert_no_error(error);
    g_assert_cmpstr(manifest->media_type, ==, rows[i].media_type);
    g_assert_cmpuint(manifest->needs->len, ==, rows[i].needs);
    g_assert_cmpstr(manifest->subject, ==, rows[i].subject);
    g_assert_cmpstr(manifest->artifact_type, ==, rows[i].artifact_type);
  }
}

static void test_bad(void) {
  static const struct {
    const char *claim;
    const char *text;
    const char *content_type;
    const char *says;
  } rows[] = {
    {"nothing", "", IMAGE, "not a JSON object"},
    {"a list", "[]", IMAGE, "not a JSON object"},
    {"half of it", "{\"schemaVersion\": 2,", IMAGE, "not a JSON object"},
    {"something behind", "{\"schemaVersion\": 2, " PARTS "} x", IMAGE, "not a JSON object"},
    {"the same key twice", "{\"schemaVersion\": 2, \"schemaVersion\": 2, " PARTS "}", IMAGE, "duplicate"},
    {"no kind", "{\"schemaVersion\": 2, " PARTS "}", NULL, "neither a Content-Type"},
    {"an unknown kind", "{\"schemaVersion\": 2, " PARTS "}", "text/html", "no kind of manifest"},
    {"Docker's first schema", "{\"schemaVersion\": 1}", "application/vnd.docker.distribution.manifest.v1+prettyjws", "no kind of manifest"},
    {"header and mediaType that differ", "{\"schemaVersion\": 2, \"mediaType\": \"" INDEX "\", " PARTS "}", IMAGE, "the Content-Type header"},
    {"a mediaType that is a number", "{\"schemaVersion\": 2, \"mediaType\": 1, " PARTS "}", IMAGE, "mediaType: expected text"},
    {"another schema version", "{\"schemaVersion\": 1, " PARTS "}", IMAGE, "schemaVersion: expected 2"},
    {"no schema version", "{" PARTS "}", IMAGE, "schemaVersion: expected 2"},
    {"an image that is an index too", "{\"schemaVersion\": 2, \"manifests\": [], " PARTS "}", IMAGE, "manifests: a manifest is an image or an index"},
    {"an index that has layers", "{\"schemaVersion\": 2, \"manifests\": [], \"layers\": []}", INDEX, "layers: a manifest is an image or an index"},
    {"an index that has a config", "{\"schemaVersion\": 2, \"manifests\": [], \"config\": " PART "}", INDEX,
     "config: a manifest is an image or an index"},
    {"no config", "{\"schemaVersion\": 2, \"layers\": []}", IMAGE, "config: expected a descriptor"},
    {"no layers", "{\"schemaVersion\": 2, \"config\": " PART "}", IMAGE, "layers: expected a list"},
    {"a layer that is text", "{\"schemaVersion\": 2, \"config\": " PART ", \"layers\": [\"x\"]}", IMAGE, "layers[0]: expected a descriptor"},
    {"a digest that is a path",
     "{\"schemaVersion\": 2, \"layers\": [], \"config\": {\"mediaType\": \"a/b\", \"size\": 0, \"digest\": \"sha256:../../../../etc/passwd\"}}",
     IMAGE, "config.digest: expected sha256"},
    {"an upper-case digest",
     "{\"schemaVersion\": 2, \"layers\": [], \"config\": {\"mediaType\": \"a/b\", \"size\": 0, \"digest\": "
     "\"sha256:E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855\"}}",
     IMAGE, "config.digest"},
    {"sha512", "{\"schemaVersion\": 2, \"layers\": [], \"config\": {\"mediaType\": \"a/b\", \"size\": 0, \"digest\": \"sha512:abcd\"}}", IMAGE,
     "only sha256 is supported"},
    {"a negative size", "{\"schemaVersion\": 2, \"layers\": [], \"config\": {\"mediaType\": \"a/b\", \"size\": -1, \"digest\": \"" D "\"}}", IMAGE,
     "config.size"},
    {"no media type", "{\"schemaVersion\": 2, \"layers\": [], \"config\": {\"size\": 0, \"digest\": \"" D "\"}}", IMAGE, "config.mediaType"},
    {"a subject that is text", "{\"schemaVersion\": 2, \"subject\": \"" D "\", " PARTS "}", IMAGE, "subject: expected a descriptor"},
    {"annotations that are a list", "{\"schemaVersion\": 2, \"annotations\": [], " PARTS "}", IMAGE, "annotations: expected an object"},
    {"an annotation that is a number", "{\"schemaVersion\": 2, \"annotations\": {\"n\": 1}, " PARTS "}", IMAGE, "annotations: \"n\""},
    {"a type that is a number", "{\"schemaVersion\": 2, \"artifactType\": 1, " PARTS "}", IMAGE, "artifactType: expected text"},
  };
  for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_test_message("%s", rows[i].claim);
    g_autoptr(GError) error = NULL;
    g_autoptr(Manifest) manifest = manifest_parse(rows[i].text, strlen(rows[i].text), rows[i].content_type, &error);
    g_assert_null(manifest);
    g_assert_true(error_is(error, DROVER_ERROR_INPUT));
    g_assert_nonnull(strstr(error->message, rows[i].says));
  }
}

static GPtrArray *find_missing(const Registry *registry, const char *repository, const char *text, GError **error) {
  g_autoptr(Manifest) manifest = manifest_parse(text, strlen(text), NULL, error);
  g_assert_nonnull(manifest);
  return manifest_find_missing(registry, repository, manifest, error);
}

static void test_missing(void) {
  g_auto(Fixture) fixture = fixture_new();
  g_autoptr(GError) error = NULL;
  g_autofree char *text = image_text("{}");
  g_autoptr(GPtrArray) before = find_missing(fixture.registry, "shop", text, &error);
  g_assert_no_error(error);
  g_assert_cmpuint(before->len, ==, 1);
  g_assert_true(push_blob(fixture.registry, "other", "{}", &error));
  g_autoptr(GPtrArray) elsewhere = find_missing(fixture.registry, "shop", text, &error);
  g_assert_cmpuint(elsewhere->len, ==, 1); /* another repository's blob is not this one's */
  g_assert_true(push_blob(fixture.registry, "shop", "{}", &error));
  g_autoptr(GPtrArray) after = find_missing(fixture.registry, "shop", text, &error);
  g_assert_cmpuint(after->len, ==, 0);
}

static void test_wrong_size(void) {
  g_auto(Fixture) fixture = fixture_new();
  g_autoptr(GError) error = NULL;
  g_autofree char *text = image_text("{}");
  strstr(text, "\"size\": 2")[8] = '3';
  g_assert_true(push_blob(fixture.registry, "shop", "{}", &error));
  g_assert_null(find_missing(fixture.registry, "shop", text, &error));
  g_assert_true(error_is(error, DROVER_ERROR_INPUT));
  g_assert_nonnull(strstr(error->message, "config.size: says 3"));
}

static void test_index_needs_manifests(void) {
  g_auto(Fixture) fixture = fixture_new();
  g_autoptr(GError) error = NULL;
  Digest digest;
  g_autofree char *image = image_text("{}");
  g_assert_true(push_blob(fixture.registry, "shop", image, &error)); /* as a blob: it is no manifest by that */
  digest = digest_bytes(image, strlen(image));
  g_autofree char *text = g_strdup_printf("{\"schemaVersion\": 2, \"mediaType\": \"" INDEX "\", \"manifests\": [{\"mediaType\": \"" IMAGE
                                          "\", \"digest\": \"%s\", \"size\": %zu}]}",
                                          digest.text, strlen(image));
  g_autoptr(GPtrArray) before = find_missing(fixture.registry, "shop", text, &error);
  g_assert_cmpuint(before->len, ==, 1);
  g_assert_true(push_image(fixture.registry, "shop", "{}", &digest, &error));
  g_autoptr(GPtrArray) after = find_missing(fixture.registry, "shop", text, &error);
  g_assert_cmpuint(after->len, ==, 0);
}

static void test_media_type_is_fixed(void) {
  g_auto(Fixture) fixture = fixture_new();
  g_autoptr(GError) error = NULL;
  const char *text = "{\"schemaVersion\": 2, " PARTS "}";
  Digest digest = digest_bytes(text, strlen(text));
  g_autoptr(Manifest) oci = manifest_parse(text, strlen(text), IMAGE, &error);
  g_autoptr(Manifest) docker = manifest_parse(text, strlen(text), "application/vnd.docker.distribution.manifest.v2+json", &error);
  g_assert_true(manifest_store(fixture.registry, "shop", oci, text, strlen(text), digest.text, &error));
  g_assert_true(manifest_store(fixture.registry, "shop", oci, text, strlen(text), digest.text, &error));
  g_assert_false(manifest_store(fixture.registry, "shop", docker, text, strlen(text), digest.text, &error));
  g_assert_true(error_is(error, DROVER_ERROR_CONFLICT));
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/registry/manifest/good", test_good);
  g_test_add_func("/registry/manifest/bad", test_bad);
  g_test_add_func("/registry/manifest/missing", test_missing);
  g_test_add_func("/registry/manifest/wrong-size", test_wrong_size);
  g_test_add_func("/registry/manifest/index-needs-manifests", test_index_needs_manifests);
  g_test_add_func("/registry/manifest/media-type-is-fixed", test_media_type_is_fixed);
  return g_test_run();
}
