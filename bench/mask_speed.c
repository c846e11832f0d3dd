/* What a step's output costs: takes standard input as a step would print it, in the pieces in which an executor reads it, with 50
 * secrets to hide, and writes how many MB a second the search for secrets takes, and the whole way from bytes to the sink. */
#include "runner/output/output.h"

#include <stdio.h>
#include <string.h>

#define SECRETS 50
#define PIECE_BYTES ((size_t)64 << 10)

static GByteArray *read_all(FILE *file) {
  GByteArray *bytes = g_byte_array_new();
  static unsigned char piece[1 << 16];
  for (size_t size; (size = fread(piece, 1, sizeof piece, file)) > 0;)
    g_byte_array_append(bytes, piece, (guint)size);
  return bytes;
}

/* Tokens of 20 to 60 characters, as services give them out; the same ones each time. */
static void add_secrets(Mask *mask) {
  static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";
  g_autoptr(GRand) random = g_rand_new_with_seed(4);
  for (int i = 0; i < SECRETS; i++) {
    g_autoptr(GString) secret = g_string_new(i % 5 == 0 ? "ghp_" : NULL);
    for (int length = g_rand_int_range(random, 20, 61); length > 0; length--)
      g_string_append_c(secret, letters[g_rand_int_range(random, 0, (gint32)strlen(letters))]);
    mask_add(mask, secret->str);
  }
}

static void count(G_GNUC_UNUSED const char *text, size_t size, void *user) {
  *(size_t *)user += size;
}

static void whole_way(Mask *mask, Matchers *matchers, const GByteArray *bytes, size_t *given) {
  static const OutputSink sink = {.lines = count};
  Output *output = output_new(&(OutputSpec){.mask = mask, .matchers = matchers, .sink = &sink, .user = given});
  for (size_t at = 0; at < bytes->len; at += PIECE_BYTES)
    output_write(output, (const char *)bytes->data + at, MIN(PIECE_BYTES, bytes->len - at));
  output_free(output, NULL);
}

static void search(const Mask *mask, const GByteArray *bytes) {
  g_autoptr(GString) result = g_string_new(NULL);
  MaskSeam seam = {0};
  for (size_t at = 0; at < bytes->len; at += PIECE_BYTES) {
    g_string_truncate(result, 0);
    mask_piece(mask, &seam, (const char *)bytes->data + at, MIN(PIECE_BYTES, bytes->len - at), false, result);
  }
}

int main(void) {
  g_autoptr(GByteArray) bytes = read_all(stdin);
  g_autoptr(Mask) mask = mask_new();
  g_autoptr(Matchers) matchers = matchers_new();
  add_secrets(mask);
  size_t given = 0;
  gint64 start_us = g_get_monotonic_time();
  search(mask, bytes);
  gint64 middle_us = g_get_monotonic_time();
  whole_way(mask, matchers, bytes, &given);
  gint64 end_us = g_get_monotonic_time();
  printf("{\"bytes\": %u, \"given\": %zu, \"search_mb_s\": %.0f, \"whole_mb_s\": %.0f}\n", bytes->len, given,
         (double)bytes->len / (double)MAX(middle_us - start_us, 1), (double)bytes->len / (double)MAX(end_us - middle_us, 1));
  return 0;
}
