/* Any words as a command line, and any bytes as a file of secrets: read, or refused with the kind of error that the headers
 * promise. The bytes are split at NUL; the first part is the file. */
#include "cli/command.h"
#include "cli/secret_file.h"

#include <stdint.h>
#include <string.h>

#define WORDS_MAX 32

static const char *const colours[] = {"red", "green", NULL};
static const OptionRow globals[] = {{"data", {VALUE_PATH, "DIR"}, .says = "x"},
                                    {"json", {VALUE_FLAG}, .says = "x"},
                                    {"help", {VALUE_FLAG}, .alias = 'h', .says = "x"},
                                    {0}};
static const OptionRow options[] = {{"env", {VALUE_TEXT, "NAME"}, .alias = 'e', .says = "x"},
                                    {"count", {VALUE_INTEGER, "COUNT", .min = 1, .max = 9}, .alias = 'n', .says = "x"},
                                    {"grace", {VALUE_DURATION, "TIME"}, .says = "x"},
                                    {"colour", {VALUE_CHOICE, "COLOUR", .choices = colours}, .says = "x"},
                                    {"file", {VALUE_PATH, "FILE"}, .alias = 'f', .repeatable = true, .says = "x"},
                                    {"wait", {VALUE_FLAG}, .alias = 'w', .says = "x"},
                                    {0}};
static const ArgumentRow arguments[] = {{{VALUE_TEXT, "REF"}, ARITY_ONE, "x"}, {{VALUE_CHOICE, "COLOUR", .choices = colours}, ARITY_ANY, "x"}, {{0}}};
static const Command go = {.name = "go", .arguments = arguments, .options = options};
static const Command *const below[] = {&go, NULL};
static const Command group = {.name = "group", .commands = below};
static const Command *const all[] = {&go, &group, NULL};
static const Command root = {.name = "drover", .options = globals, .commands = all, .has_json = true};

static void check_error(bool good, const GError *error, DroverError code) {
  g_assert_true(good == (error == NULL));
  if (error != NULL)
    g_assert_error(error, DROVER_ERROR, (int)code);
}

static void check_file(const char *text, size_t size) {
  g_autoptr(GPtrArray) pairs = g_ptr_array_new_with_free_func(g_free);
  g_autoptr(GError) error = NULL;
  check_error(secret_file_parse("f", text, size, pairs, &error), error, DROVER_ERROR_INPUT);
  for (guint i = 0; i < pairs->len; i++)
    g_assert_nonnull(strchr(g_ptr_array_index(pairs, i), '='));
}

static void check_words(const char *words, size_t size) {
  const char *argv[WORDS_MAX + 2] = {"drover"};
  g_autofree char *copy = g_strndup("", size + 1);
  size_t count = 1;
  memcpy(copy, words, size); /* NUL-terminated, as g_strndup() pads */
  for (size_t at = 0; at < size && count <= WORDS_MAX; at += strlen(copy + at) + 1)
    argv[count++] = copy + at;
  g_autoptr(GError) error = NULL;
  g_autoptr(Invocation) invocation = command_line_parse(&root, argv, &error);
  check_error(invocation != NULL, error, DROVER_ERROR_USAGE);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  const char *text = (const char *)data, *end = size > 0 ? memchr(text, '\0', size) : NULL;
  size_t first = end != NULL ? (size_t)(end - text) + 1 : 0;
  check_file(text, size);
  check_words(text + first, size - first);
  return 0;
}
