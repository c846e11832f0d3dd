/* The mask: which forms of a secret are hidden, at every place where a text can be cut, and the same as a naive search finds. */
#include "runner/output/mask.h"
#include "runner/output/needles.h"

#include <string.h>

static const struct {
  const char *claim;
  const char *secret;
  const char *text;
  const char *want;
} masks[] = {
  {"plain", "topsecret", "a topsecret b topsecret", "a *** b ***"},
  {"absent", "topsecret", "nothing here, top secret", "nothing here, top secret"},
  {"neighbours-become-one", "topsecret", "topsecrettopsecret", "***"},
  {"overlapping-become-one", "abcabc", "xabcabcabcx", "x***x"},
  {"base64", "topsecret", "dG9wc2VjcmV0", "***"},
  {"base64-behind-5-bytes", "topsecret", "dXNlcjp0b3BzZWNyZXQ=", "dXNlcjp***"},   /* user:topsecret */
  {"base64-behind-2-bytes", "topsecret", "YTp0b3BzZWNyZXQ6Yg==", "YTp***6Yg=="},  /* a:topsecret:b */
  {"base64-behind-4-bytes", "topsecret", "eHh4OnRvcHNlY3JldCE=", "eHh4On***CE="}, /* xxx:topsecret! */
  {"base64-padded-once", "topsecre", "dG9wc2VjcmU=", "***"},
  {"base64-padded-twice", "topsecr", "dG9wc2Vjcg==", "***"},
  {"base64-not-padded", "topsecr", "x dG9wc2Vjcg y", "x *** y"},
  {"base64-URL-alphabet", "?>?>?>", "Pz4_Pj8-", "***"},
  {"base64-broken-at-76", "0123456789012345678901234567890123456789012345678901234567890123456789",
   "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2\nNzg5MDEyMzQ1Njc4OQ==\n", "***\n***\n"},
  {"hex", "topsecret", "746f70736563726574 746F70736563726574", "*** ***"},
  {"a-line-of-it", "line-1\nline-2", "x line-2 y", "x *** y"},
  {"all-lines-at-once", "line-1\nab\nline-2", "x line-1\nab\nline-2 y", "x *** y"},
  {"lines-of-CRLF-shown-with-LF", "line-1\r\nab\r\nline-2", "x line-1\nab\nline-2 y", "x *** y"},
  {"short-lines-stay", "{\n  \"k\": \"value\"\n}", "}{ \"k\": \"value\"", "}{ ***"},
  {"JSON", "say \"so\" now", "say \\\"so\\\" now", "***"},
  {"JSON-newline", "one\ntwo\\three", "\"one\\ntwo\\\\three\"", "\"***\""},
  {"JSON-in-JSON", "say \"so\" now", "say \\\\\\\"so\\\\\\\" now", "***"},
  {"JSON-ASCII", "pässword", "p\\u00e4ssword p\\u00E4ssword", "*** ***"},
  {"JSON-beyond-the-BMP", "pass\xf0\x9f\x98\x80word", "pass\\ud83d\\ude00word", "***"},
  {"JSON-slash", "path/to/it", "path\\/to\\/it", "***"},
  {"JSON-of-Go", "a<b>c&d", "a\\u003cb\\u003ec\\u0026d", "***"},
  {"JSON-of-NET", "a<b>c&`\"", "a\\u003Cb\\u003Ec\\u0026\\u0060\\u0022", "***"},
  {"URI", "pass word&/", "pass%20word%26%2F pass%20word%26%2f", "*** ***"},
  {"URI-of-a-letter", "pässword", "p%C3%A4ssword", "***"},
  {"form", "pass word&/", "pass+word%26%2F", "***"},
  {"encodeURIComponent", "(pass word)", "(pass%20word)", "***"},
  {"XML", "<pass'word>", "&lt;pass&apos;word&gt;", "***"},
  {"HTML", "<pass'word>", "&lt;pass&#39;word&gt; &lt;pass&#x27;word&gt; &lt;pass'word&gt;", "*** *** ***"},
  {"shell-single-quotes", "it's so", "it'\"'\"'s so it'\\''s so", "*** ***"},
  {"shell-double-quotes", "a\"b$c`d", "a\\\"b\\$c\\`d", "***"},
  {"shell-backslashes", "it's so (1)", "it\\'s\\ so\\ \\(1\\)", "***"},
  {"shell-dollar-quotes", "it's\nso\x01", "$'it\\'s\\nso\\001'", "$'***'"},
  {"quotes-doubled", "it's so", "it''s so", "***"},
  {"workflow-command", "100%\nsure", "100%25%0Asure", "***"},
  {"quoted-value-without-quotes", "\"quoted value\"", "quoted value", "***"},
  {"PowerShell-before-the-ampersand", "secretpart1&x+secretpart2", "secretpart1& x", "*** x"},
  {"PowerShell-behind-the-ampersand", "secretpart1&secretpart2", "x secretpart2", "x ***"},
  {"blanks-around-it", " padded ", "xpaddedx padded ", "x***x***"},
  {"two-characters", "ab", "cabc", "c***c"},
  {"one-character", "q", "cqq", "c***"},
  {"short-values-are-not-encoded", "a b c", "a%20b%20c", "a%20b%20c"},
  {"blanks-are-no-secret", "   ", "   ", "   "},
  {"nothing-is-no-secret", "", "x", "x"},
};

static char *in_pieces(const Mask *mask, const char *text, size_t length, size_t split) {
  MaskSeam seam = {0};
  g_autoptr(GString) rest = g_string_new_len(text, (gssize)split);
  GString *result = g_string_new(NULL);
  size_t used = mask_piece(mask, &seam, rest->str, rest->len, true, result);
  g_assert_cmpuint(used, <=, split);
  g_string_erase(rest, 0, (gssize)used);
  g_string_append_len(rest, text + split, (gssize)(length - split));
  g_assert_cmpuint(mask_piece(mask, &seam, rest->str, rest->len, false, result), ==, rest->len);
  return g_string_free(result, FALSE);
}

static void test_hides(const void *data) {
  size_t i = GPOINTER_TO_SIZE(data), length = strlen(masks[i].text);
  g_autoptr(Mask) mask = mask_new();
  mask_add(mask, masks[i].secret);
  g_autofree char *got = mask_apply(mask, masks[i].text, length, false, NULL);
  g_assert_cmpstr(got, ==, masks[i].want);
  g_assert_true(mask_finds(mask, masks[i].text) == (strcmp(masks[i].text, masks[i].want) != 0));
  for (size_t split = 0; split <= length; split++) {
    g_autofree char *pieces = in_pieces(mask, masks[i].text, length, split);
    g_assert_cmpstr(pieces, ==, masks[i].want);
  }
}

/* What was not used is put before what comes. */
static void test_apply_in_two(void) {
  static const char text[] = "before topsecret after";
  g_autoptr(Mask) mask = mask_new();
  mask_add(mask, "topsecret");
  for (size_t split = 0; split <= strlen(text); split++) {
    size_t used = 0;
    g_autofree char *first = mask_apply(mask, text, split, true, &used);
    g_autofree char *second = mask_apply(mask, text + used, strlen(text) - used, false, NULL);
    g_autofree char *both = g_strconcat(first, second, NULL);
    g_assert_cmpstr(both, ==, "before *** after");
  }
}

/* Lines that are complete are not held back, save where a secret goes on behind the newline. */
static void test_holds_little_back(void) {
  static const struct {
    const char *text;
    size_t used;
  } rows[] = {{"some line\n", 10}, {"topse", 0}, {"line topsecret\n", 15}, {"say first\n", 4}, {"say first\nseco", 4}, {"first", 0}};
  g_autoptr(Mask) mask = mask_new();
  mask_add(mask, "topsecret");
  mask_add(mask, "first\nsecond");
  for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autoptr(GString) result = g_string_new(NULL);
    MaskSeam seam = {0};
    g_test_message("%s", rows[i].text);
    g_assert_cmpuint(mask_piece(mask, &seam, rows[i].text, strlen(rows[i].text), true, result), ==, rows[i].used);
  }
}

static void test_long_value(void) {
  g_autoptr(GString) secret = g_string_new(NULL);
  for (unsigned i = 0; secret->len < 200000; i++)
    g_string_append_printf(secret, "%u,", i * 2654435761u);
  g_autoptr(Mask) mask = mask_new();
  mask_add(mask, secret->str);
  g_autofree char *text = g_strdup_printf("before %s after", secret->str);
  g_autofree char *got = mask_apply(mask, text, strlen(text), false, NULL);
  g_assert_cmpstr(got, ==, "before *** after");
  g_autofree char *pieces = in_pieces(mask, text, strlen(text), 100000);
  g_assert_cmpstr(pieces, ==, "before *** after");
}

/* ---- against a search that cannot be wrong ---- */

static char *naive(const GPtrArray *needles, const char *text) {
  size_t length = strlen(text);
  g_autofree bool *hidden = g_new0(bool, length + 1);
  for (guint n = 0; n < needles->len; n++) {
    const char *needle = g_ptr_array_index(needles, n);
    for (const char *at = strstr(text, needle); at != NULL; at = strstr(at + 1, needle))
      memset(hidden + (at - text), true, strlen(needle));
  }
  GString *result = g_string_new(NULL);
  for (size_t i = 0; i < length; i++)
    if (!hidden[i])
      g_string_append_c(result, text[i]);
    else if (i == 0 || !hidden[i - 1])
      g_string_append(result, "***");
  return g_string_free(result, FALSE);
}

static char *random_text(GRand *random, int shortest, int longest, int letters) {
  int length = g_rand_int_range(random, shortest, longest + 1);
  char *text = g_malloc0((size_t)length + 1);
  for (int i = 0; i < length; i++)
    text[i] = (char)('a' + g_rand_int_range(random, 0, letters));
  return text;
}

static char *hide(const Needles *needles, const char *text) {
  g_autoptr(GArray) ranges = needles_find(needles, text, strlen(text));
  GString *result = g_string_new(NULL);
  size_t at = 0;
  for (guint i = 0; i < ranges->len; i++) {
    const NeedleRange *range = &g_array_index(ranges, NeedleRange, i);
    g_string_append_len(result, text + at, (gssize)(range->start - at));
    g_string_append(result, "***");
    at = range->end;
  }
  g_string_append(result, text + at);
  return g_string_free(result, FALSE);
}

static void test_as_naive(void) {
  g_autoptr(GRand) random = g_rand_new_with_seed(20261125);
  for (int round = 0; round < 3000; round++) {
    g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(Needles) needles = needles_new();
    int letters = g_rand_int_range(random, 1, 5), longest = g_rand_int_range(random, 1, 40);
    for (int n = g_rand_int_range(random, 1, 12); n > 0; n--) {
      char *needle = random_text(random, 1, longest, letters);
      g_ptr_array_add(list, needle);
      needles_add(needles, needle, strlen(needle));
    }
    g_autoptr(GString) text = g_string_new(NULL);
    for (int n = g_rand_int_range(random, 0, 6); n >= 0; n--) {
      g_autofree char *noise = random_text(random, 0, 60, letters + 1);
      g_string_append(text, noise);
      g_string_append(text, g_ptr_array_index(list, (guint)g_rand_int_range(random, 0, (int)list->len)));
    }
    g_autofree char *want = naive(list, text->str), *got = hide(needles, text->str);
    g_assert_cmpstr(got, ==, want);
  }
}

/* Pieces of any size, with secrets that overlap, touch and begin each other. */
static void test_any_pieces(void) {
  g_autoptr(GRand) random = g_rand_new_with_seed(7);
  for (int round = 0; round < 2000; round++) {
    g_autoptr(Mask) mask = mask_new();
    for (int n = g_rand_int_range(random, 1, 6); n > 0; n--) {
      g_autofree char *secret = random_text(random, 1, 20, 2);
      mask_add(mask, secret);
    }
    g_autofree char *text = random_text(random, 0, 120, 3), *want = mask_apply(mask, text, strlen(text), false, NULL);
    g_autoptr(GString) rest = g_string_new(NULL), got = g_string_new(NULL);
    MaskSeam seam = {0};
    for (size_t at = 0; at < strlen(text);) {
      size_t piece = (size_t)g_rand_int_range(random, 1, 20), size = MIN(strlen(text) - at, piece);
      g_string_append_len(rest, text + at, (gssize)size);
      g_string_erase(rest, 0, (gssize)mask_piece(mask, &seam, rest->str, rest->len, true, got));
      at += size;
    }
    mask_piece(mask, &seam, rest->str, rest->len, false, got);
    g_assert_cmpstr(got->str, ==, want);
  }
}

/* ---- threads ---- */

static void *search(void *data) {
  const Mask *mask = data;
  static const char text[] = "one topsecret two";
  for (int i = 0; i < 2000; i++) {
    g_autofree char *got = mask_apply(mask, text, strlen(text), false, NULL);
    g_assert_cmpstr(got, ==, "one *** two");
  }
  return NULL;
}

static void test_threads(void) {
  g_autoptr(Mask) mask = mask_new();
  mask_add(mask, "topsecret");
  GThread *threads[2];
  for (size_t i = 0; i < G_N_ELEMENTS(threads); i++)
    threads[i] = g_thread_new("search", search, mask);
  for (int i = 0; i < 200; i++) {
    g_autofree char *secret = g_strdup_printf("another secret %d", i);
    mask_add(mask, secret);
    g_assert_true(mask_finds(mask, secret));
  }
  for (size_t i = 0; i < G_N_ELEMENTS(threads); i++)
    g_thread_join(threads[i]);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  for (size_t i = 0; i < G_N_ELEMENTS(masks); i++) {
    g_autofree char *path = g_strconcat("/runner/mask/hides/", masks[i].claim, NULL);
    g_test_add_data_func(path, GSIZE_TO_POINTER(i), test_hides);
  }
  g_test_add_func("/runner/mask/apply-in-two", test_apply_in_two);
  g_test_add_func("/runner/mask/holds-little-back", test_holds_little_back);
  g_test_add_func("/runner/mask/long-value", test_long_value);
  g_test_add_func("/runner/mask/as-a-naive-search", test_as_naive);
  g_test_add_func("/runner/mask/any-pieces", test_any_pieces);
  g_test_add_func("/runner/mask/threads", test_threads);
  return g_test_run();
}
