/* Reads any bytes as what `uses:` names, as a version, as a pattern and as a lock file, and holds each part to its place. */
#include "base/error.h"
#include "base/version.h"
#include "workflow/lockfile.h"
#include "workflow/uses.h"

#include <stdint.h>
#include <string.h>

static void check_part(const char *text, TextPart part) {
  if (part.text == NULL)
    return;
  g_assert_cmpuint(part.offset + strlen(part.text), <=, strlen(text));
  g_assert_true(strncmp(text + part.offset, part.text, strlen(part.text)) == 0);
}

static void check_uses(const char *text) {
  size_t offset = 0;
  g_autoptr(GError) error = NULL;
  g_autoptr(Uses) uses = uses_parse(text, &offset, &error);
  g_assert_true((uses == NULL) == error_is(error, DROVER_ERROR_INPUT));
  if (uses == NULL) {
    g_assert_cmpuint(offset, <=, strlen(text));
    return;
  }
  const TextPart parts[] = {uses->owner,     uses->repo,        uses->path, uses->ref, uses->image.host, uses->image.repository,
                            uses->image.tag, uses->image.digest};
  for (size_t i = 0; i < G_N_ELEMENTS(parts); i++)
    check_part(text, parts[i]);
  g_assert_cmpint(uses_matches(uses, "*"), ==, uses->kind == USES_REPOSITORY);
  g_assert_cmpint(uses_same_repository(uses, uses), ==, uses->kind == USES_REPOSITORY);
  uses_matches(uses, text);
}

static void check_version(const char *text) {
  Semver version;
  if (!semver_parse(text, &version))
    return;
  g_assert_cmpint(semver_compare(&version, &version), ==, 0);
  g_assert_true(semver_is_within(&version, &version));
  g_assert_true(semver_in_range(&version, &(SemverRange){.introduced = text, .last_affected = text}));
  g_assert_false(semver_in_range(&version, &(SemverRange){.fixed = text}));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  g_autofree char *text = g_strndup((const char *)data, size);
  check_uses(text);
  check_version(text);
  g_autoptr(Lockfile) lockfile = lockfile_parse("fuzz", (const char *)data, size, NULL);
  if (lockfile != NULL)
    lockfile_find(lockfile, text, "a", "b", text);
  return 0;
}
