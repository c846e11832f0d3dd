/* What a step of a workflow can write to the runner, as any bytes: lines that may be commands, files of pairs, secrets that are
 * to be hidden, patterns for hashFiles. */
#include "runner/artifacts.h"
#include "runner/files.h"
#include "runner/glob.h"
#include "runner/output/command.h"
#include "runner/output/mask.h"

#include <stdint.h>
#include <string.h>

static void try_files(const char *text, size_t size) {
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) pairs = files_parse_pairs("F", text, size, &error);
  g_assert_true((pairs != NULL) == (error == NULL));
  for (guint i = 0; pairs != NULL && i < pairs->len; i++)
    g_assert_true(*((const FilePair *)g_ptr_array_index(pairs, i))->name != '\0');
  g_autoptr(GPtrArray) lines = files_parse_lines(text, size);
  g_assert_cmpuint(lines->len, <=, size);
  g_clear_error(&error);
  g_autoptr(GPtrArray) artifacts = artifacts_parse(text, size, &error);
  g_assert_true((artifacts != NULL) == (error == NULL));
  for (guint i = 0; artifacts != NULL && i < artifacts->len; i++)
    g_assert_nonnull(((const Artifact *)g_ptr_array_index(artifacts, i))->name);
}

static void try_command(const char *text, size_t size) {
  g_auto(Command) command = {0};
  if (command_parse(text, size, &command) || command_parse_bracket(text, size, &command))
    g_assert_true(*command.name != '\0' && command.data != NULL && command_property(&command, "file") != NULL);
}

/* The first line is the secret, the rest the text: nothing of the secret may be left, wherever the text is split. */
static void try_mask(const char *text, size_t size) {
  const char *newline = memchr(text, '\n', size);
  size_t length = newline != NULL ? (size_t)(newline - text) : 0;
  g_autofree char *secret = g_strndup(text, length);
  g_autoptr(Mask) mask = mask_new();
  mask_add(mask, secret);
  const char *rest = newline != NULL ? newline + 1 : text;
  size_t rest_size = size - (size_t)(rest - text), split = rest_size > 0 ? (unsigned char)*rest % (rest_size + 1) : 0;
  g_autofree char *whole = mask_apply(mask, rest, rest_size, false, NULL);
  g_autoptr(GString) both = g_string_new(NULL);
  MaskSeam seam = {0};
  size_t used = mask_piece(mask, &seam, rest, split, true, both);
  g_assert_cmpuint(used, <=, split);
  mask_piece(mask, &seam, rest + used, rest_size - used, false, both);
  if (memchr(rest, '\0', rest_size) == NULL)
    g_assert_cmpstr(both->str, ==, whole);
  if (strlen(secret) == length && length > 3 && strpbrk(secret, " \t\r\f\v*") == NULL)
    g_assert_null(strstr(whole, secret));
}

/* The first line is a path, the rest patterns: what is chosen is reached, and lies below where the search begins. */
static void try_patterns(const char *text) {
  g_auto(GStrv) halves = g_strsplit(text, "\n", 2);
  if (halves[0] == NULL || halves[1] == NULL)
    return;
  g_autofree char *path = g_strconcat("/w/", halves[0], NULL);
  g_autoptr(GError) error = NULL;
  g_autoptr(GlobSet) set = glob_set_new(halves[1], "/w", "/home", &error);
  g_assert_true((set != NULL) == (error == NULL));
  if (set != NULL && glob_set_match(set, path) != 0)
    g_assert_true(glob_set_reaches(set, path));
  g_auto(GStrv) starts = set != NULL ? glob_set_starts(set) : NULL;
  for (char **start = starts; start != NULL && *start != NULL; start++)
    g_assert_true(**start == '/');
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  g_autofree char *text = g_malloc0(size + 1);
  if (size > 0)
    memcpy(text, data, size);
  try_files(text, size);
  try_command(text, size);
  try_mask(text, size);
  try_patterns(text);
  return 0;
}
