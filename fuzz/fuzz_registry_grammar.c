/* Reads any bytes as a path, a name, a tag, a digest, an upload's id and a range, and holds what is accepted to what the store
 * relies on: no name that passes leaves its folder or reaches one of the store's own. */
#include "base/digest.h"
#include "base/image_reference.h"
#include "httpd/range.h"
#include "registry/grammar.h"

#include <string.h>

static void check_component(const char *text) {
  g_assert_null(strchr(text, '/'));
  g_assert_cmpstr(text, !=, "");
  g_assert_cmpstr(text, !=, ".");
  g_assert_cmpstr(text, !=, "..");
  g_assert_cmpuint(strlen(text), <=, 255);
}

static void check_repository(const char *text) {
  if (!image_is_repository(text))
    return;
  g_auto(GStrv) components = g_strsplit(text, "/", -1);
  for (char **component = components; *component != NULL; component++) {
    check_component(*component);
    g_assert_true(g_ascii_isalnum(**component)); /* so it is never "_blobs" */
  }
}

static void check_names(const char *text) {
  check_repository(text);
  if (image_is_tag(text) || grammar_is_upload_id(text))
    check_component(text);
  if (digest_is_valid(text))
    g_assert_true(image_is_digest(text));
}

static void check_target(const char *text) {
  g_autofree char *path = g_strconcat("/v2/", text, NULL);
  g_auto(Target) target = {0};
  if (!target_parse(path, &target))
    return;
  g_assert_true((target.repository == NULL) == (target.kind == TARGET_BASE));
  check_repository(target.repository);
  if (target.reference != NULL)
    g_assert_null(strchr(target.reference, '/'));
}

static void check_ranges(const char *text, int64_t size) {
  int64_t first = -1;
  int64_t length = -1;
  if (range_parse(text, size, &first, &length) == RANGE_PART) {
    g_assert_cmpint(first, >=, 0);
    g_assert_cmpint(length, >, 0);
    g_assert_cmpint(first, <=, size - length);
  }
  int64_t last = -1;
  if (content_range_parse(text, &first, &last)) {
    g_assert_cmpint(first, >=, 0);
    g_assert_cmpint(last, >=, first);
    g_assert_cmpint(last, <, INT64_MAX);
  }
  int64_t number = -1;
  if (range_number(text, &number))
    g_assert_cmpint(number, >=, 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  int64_t blob_size = 0;
  memcpy(&blob_size, data, MIN(size, sizeof blob_size));
  g_autofree char *text = g_strndup((const char *)data, size);
  g_autofree char *range = g_strconcat("bytes=", text, NULL);
  check_names(text);
  check_target(text);
  check_ranges(text, 1000);
  check_ranges(range, blob_size & INT64_MAX);
  return 0;
}
