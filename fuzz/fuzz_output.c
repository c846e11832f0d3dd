/* What a step prints, as any bytes, cut anywhere: what comes to the sink is the same however the bytes are cut, is valid UTF-8 in
 * whole lines, and does not hold the secret. The first byte says where to cut. */
#include "runner/output/output.h"

#include <stdint.h>
#include <string.h>

static const char secret[] = "topsecret\nof two";
static const char matchers_json[] = "{\"problemMatcher\": [{\"owner\": \"m\", \"pattern\": [{\"regexp\": \"^(.+)$\", \"file\": 1},"
                                    "{\"regexp\": \"^ (\\\\d+) (.*)$\", \"line\": 1, \"message\": 2, \"loop\": true}]}]}";

static void on_lines(const char *text, size_t size, void *user) {
  g_assert_true(size > 0 && text[size - 1] == '\n' && g_utf8_validate_len(text, size, NULL));
  g_string_append_len(((GString **)user)[0], text, (gssize)size);
}

static void on_annotation(const json_t *annotation, void *user) {
  char *text = json_dumps(annotation, JSON_COMPACT);
  g_string_append_printf(((GString **)user)[1], "%s\n", text);
  free(text);
}

static void on_value(const char *name, const char *value, void *user) {
  g_string_append_printf(((GString **)user)[1], "%s=%s\n", name, value);
}

static char *on_read(G_GNUC_UNUSED const char *inside, size_t *size, G_GNUC_UNUSED void *user) {
  *size = strlen(matchers_json);
  return g_strdup(matchers_json);
}

static void write_all(const char *text, size_t size, size_t piece, GString *log, GString *calls) {
  static const OutputSink sink = {.lines = on_lines, .annotation = on_annotation, .output = on_value, .state = on_value, .read = on_read};
  g_autoptr(Mask) mask = mask_new();
  g_autoptr(Matchers) matchers = matchers_new();
  GString *seen[] = {log, calls};
  mask_add(mask, secret);
  Output *output = output_new(&(OutputSpec){.mask = mask, .matchers = matchers, .sink = &sink, .user = seen});
  for (size_t at = 0; at < size; at += piece)
    output_write(output, text + at, MIN(piece, size - at));
  g_autofree char *failure = NULL;
  output_free(output, &failure);
  g_string_append(calls, failure != NULL ? failure : "");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  if (size == 0)
    return 0;
  g_autoptr(GString) log = g_string_new(NULL), calls = g_string_new(NULL), cut_log = g_string_new(NULL), cut_calls = g_string_new(NULL);
  write_all((const char *)data + 1, size - 1, size, log, calls);
  write_all((const char *)data + 1, size - 1, 1 + data[0] % 32u, cut_log, cut_calls);
  g_assert_true(g_string_equal(log, cut_log));
  g_assert_true(g_string_equal(calls, cut_calls));
  g_assert_null(strstr(log->str, "topsecret"));
  return 0;
}
