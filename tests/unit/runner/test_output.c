/* What a step prints, from bytes to the sink: lines, letters, commands and secrets; the same however the bytes are cut. */
#include "runner/output/output.h"

#include <string.h>

/* Everything that came to the sink: lines in `log`, the rest in `calls`, one a line. */
typedef struct {
  GString *log, *calls;
  const char *file; /* what ::add-matcher:: reads; NULL: nothing */
} Seen;

static void on_lines(const char *text, size_t size, void *user) {
  g_assert_cmpuint(size, >, 0);
  g_assert_true(text[size - 1] == '\n' && g_utf8_validate_len(text, size, NULL));
  g_string_append_len(((Seen *)user)->log, text, (gssize)size);
}

static void on_annotation(const json_t *annotation, void *user) {
  char *text = json_dumps(annotation, JSON_COMPACT);
  g_string_append_printf(((Seen *)user)->calls, "%s\n", text);
  free(text);
}

static void on_output(const char *name, const char *value, void *user) {
  g_string_append_printf(((Seen *)user)->calls, "output %s=%s\n", name, value);
}

static void on_state(const char *name, const char *value, void *user) {
  g_string_append_printf(((Seen *)user)->calls, "state %s=%s\n", name, value);
}

static void on_env(const char *name, const char *value, void *user) {
  g_string_append_printf(((Seen *)user)->calls, "env %s=%s\n", name, value);
}

static void on_prepend(const char *folder, void *user) {
  g_string_append_printf(((Seen *)user)->calls, "path %s\n", folder);
}

static char *on_path(const char *inside, G_GNUC_UNUSED void *user) {
  return g_str_has_prefix(inside, "/work/") ? g_strdup(inside + strlen("/work/")) : NULL;
}

static char *on_read(const char *inside, size_t *size, void *user) {
  const Seen *seen = user;
  if (strcmp(inside, "matchers.json") != 0 || seen->file == NULL)
    return NULL;
  *size = strlen(seen->file);
  return g_strdup(seen->file);
}

static const OutputSink sink = {on_lines, on_annotation, on_output, on_state, on_env, on_prepend, on_path, on_read};

/* Writes `text` in pieces of `piece` bytes; the failure, transfer full. */
static char *write_all(Seen *seen, OutputSpec spec, const char *secret, const char *text, size_t size, size_t piece) {
  g_autoptr(Mask) mask = mask_new();
  g_autoptr(Matchers) matchers = matchers_new();
  mask_add(mask, secret);
  spec.mask = mask;
  spec.matchers = matchers;
  spec.sink = &sink;
  spec.user = seen;
  Output *output = output_new(&spec);
  for (size_t at = 0; at < size; at += piece)
    output_write(output, text + at, MIN(piece, size - at));
  char *failure = NULL;
  output_free(output, &failure);
  return failure;
}

static void seen_clear(Seen *seen) {
  g_string_free(seen->log, TRUE);
  g_string_free(seen->calls, TRUE);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Seen, seen_clear)

#define SEEN                                                                                                                                         \
  { .log = g_string_new(NULL), .calls = g_string_new(NULL) }
#define DEPRECATED(name, file) "::" name ":: is deprecated: GitHub will switch it off. Write NAME=VALUE into the file $" file " instead."
#define WARNED(text) "{\"level\":\"warning\",\"message\":\"" text "\"}\n"

enum { DEBUG = 1, ECHO = 2, UNSECURE = 4, TOKENS = 8 };

static const struct {
  const char *claim;
  const char *text;
  const char *log;
  const char *calls;
  const char *failure; /* a part of it; NULL: none */
  unsigned flags;
} rows[] = {
  {"plain-lines", "one\ntwo\n", "one\ntwo\n", "", NULL, 0},
  {"a-last-line-without-end", "one\ntwo", "one\ntwo\n", "", NULL, 0},
  {"empty-lines", "\n\n", "\n\n", "", NULL, 0},
  {"nothing", "", "", "", NULL, 0},
  {"CRLF", "one\r\n\r\ntwo\r\n", "one\n\ntwo\n", "", NULL, 0},
  {"a-lone-CR-stays", "10 %\r20 %\r\r\nend\r", "10 %\r20 %\r\nend\n", "", NULL, 0},
  {"colours-stay", "\033[31mred\033[0m\n", "\033[31mred\033[0m\n", "", NULL, 0},
  {"letters-stay", "na\xc3\xafve \xe2\x82\xac \xf0\x9f\x98\x80\n", "na\xc3\xafve \xe2\x82\xac \xf0\x9f\x98\x80\n", "", NULL, 0},
  {"invalid-bytes", "a\xff\xc3(\xe2\x82\n", "a\xef\xbf\xbd\xef\xbf\xbd(\xef\xbf\xbd\xef\xbf\xbd\n", "", NULL, 0},
  {"invalid-at-the-end", "a\xe2\x82", "a\xef\xbf\xbd\xef\xbf\xbd\n", "", NULL, 0},
  {"a-secret", "x topsecret y\n", "x *** y\n", "", NULL, 0},
  {"a-secret-of-two-lines", "x topsecret\nsecond y\n", "x ***\nsecond y\n", "", NULL, 0},

  {"error", "::error file=/work/a.c,line=3,endLine=4,title=T::bad\n", "##[error]bad\n",
   "{\"level\":\"error\",\"title\":\"T\",\"message\":\"bad\",\"file\":\"a.c\",\"line\":3,\"end_line\":4}\n", NULL, 0},
  {"warning-with-columns", "::warning file=a.c,line=3,col=5,endColumn=9::bad\n", "##[warning]bad\n",
   "{\"level\":\"warning\",\"message\":\"bad\",\"file\":\"a.c\",\"line\":3,\"column\":5,\"end_column\":9}\n", NULL, 0},
  {"notice-of-two-lines", "::notice::a%0Ab\n", "##[notice]a\nb\n", "{\"level\":\"notice\",\"message\":\"a\\nb\"}\n", NULL, 0},
  {"an-empty-message-is-not-printed", "::error file=a.c::\n", "", "{\"level\":\"error\",\"file\":\"a.c\"}\n", NULL, 0},
  {"columns-without-a-line", "::error col=5::x\n", "##[error]x\n", "{\"level\":\"error\",\"message\":\"x\"}\n", NULL, 0},
  {"columns-of-several-lines", "::error line=1,endLine=2,col=5::x\n", "##[error]x\n",
   "{\"level\":\"error\",\"message\":\"x\",\"line\":1,\"end_line\":2}\n", NULL, 0},
  {"an-end-before-its-start", "::error line=4,endLine=2::x\n", "##[error]x\n", "{\"level\":\"error\",\"message\":\"x\"}\n", NULL, 0},
  {"an-end-alone-is-the-start-too", "::error endLine=2::x\n", "##[error]x\n", "{\"level\":\"error\",\"message\":\"x\",\"line\":2,\"end_line\":2}\n",
   NULL, 0},
  {"a-line-that-is-no-number", "::error line=two::x\n", "##[error]x\n", "{\"level\":\"error\",\"message\":\"x\"}\n", NULL, 0},
  {"a-secret-in-an-annotation", "::error title=topsecret::a topsecret\n", "##[error]a ***\n",
   "{\"level\":\"error\",\"title\":\"***\",\"message\":\"a ***\"}\n", NULL, 0},
  {"invalid-bytes-in-an-annotation", "::error::a\xff\n", "##[error]a\xef\xbf\xbd\n", "{\"level\":\"error\",\"message\":\"a\xef\xbf\xbd\"}\n", NULL,
   0},
  {"the-older-form", "##[error file=a.c;line=3]bad\n", "##[error]bad\n", "{\"level\":\"error\",\"message\":\"bad\",\"file\":\"a.c\",\"line\":3}\n",
   NULL, 0},
  {"the-older-form-behind-text", "text ##[group]G\n", "##[group]G\n", "", NULL, 0},
  {"an-unknown-name-in-front-of-the-older-form", "::unknown::##[group]G\n", "##[group]G\n", "", NULL, 0},

  {"group", "::group::G %25\nx\n::endgroup::\n", "##[group]G %\nx\n##[endgroup]\n", "", NULL, 0},
  {"debug-is-not-shown", "::debug::x\n", "", "", NULL, 0},
  {"debug-is-shown-when-asked", "::debug::x%0Ay\n", "##[debug]x\n##[debug]y\n", "", NULL, DEBUG},
  {"unknown-commands-are-text", "::unknown x=y::z\n##[section]S\n::internal-set-repo-path::x\n",
   "::unknown x=y::z\n##[section]S\n::internal-set-repo-path::x\n", "", NULL, 0},
  {"commands-begin-lines", "x ::group::G\nstd::error::x\n", "x ::group::G\nstd::error::x\n", "", NULL, 0},
  {"commands-behind-blanks", "\t  ::group::G\r\n", "##[group]G\n", "", NULL, 0},
  {"a-command-at-the-end", "::group::G", "##[group]G\n", "", NULL, 0},

  {"set-output", "::set-output name=a::b%0Ac\n::set-output name=d::\n", "##[warning]" DEPRECATED("set-output", "GITHUB_OUTPUT") "\n",
   WARNED(DEPRECATED("set-output", "GITHUB_OUTPUT")) "output a=b\nc\noutput d=\n", NULL, 0},
  {"save-state", "::save-state name=a::topsecret\n", "##[warning]" DEPRECATED("save-state", "GITHUB_STATE") "\n",
   WARNED(DEPRECATED("save-state", "GITHUB_STATE")) "state a=topsecret\n", NULL, 0},
  {"set-env-is-refused", "::set-env name=a::b\n",
   "##[error]::set-env:: is switched off as unsafe, at GitHub too. Write into the file $GITHUB_ENV instead.\n", NULL, "::set-env:: is switched off",
   0},
  {"add-path-is-refused", "::add-path::/x\n", NULL, NULL, "$GITHUB_PATH", 0},
  {"set-env-is-let-in", "::set-env name=a::b\n", "", "env a=b\n", NULL, UNSECURE},
  {"add-path-is-let-in", "::add-path::/x\n", "", "path /x\n", NULL, UNSECURE},
  {"node-options-are-never-set", "::set-env name=node_options::b\n", "##[error]NODE_OPTIONS cannot be set by ::set-env::.\n", NULL, NULL, UNSECURE},
  {"an-env-without-a-name", "::set-env::b\n", NULL, NULL, "needs a name", UNSECURE},

  {"add-mask", "hidden one\n::add-mask::hidden one\nhidden one aGlkZGVuIG9uZQ==\n", "hidden one\n*** ***\n", "", NULL, 0},
  {"add-mask-of-lines", "::add-mask::first line%0Asecond line\nx second line\nfirst line\n", "x ***\n***\n", "", NULL, 0},
  {"add-mask-of-nothing", "::add-mask:: \n", "##[warning]::add-mask:: has no value to hide; give one behind the second \"::\".\n", NULL, NULL, 0},

  {"stop", "::stop-commands::tok\n::group::G\n##[group]G\n::tok::\n::group::G\n",
   "::stop-commands::tok\n::group::G\n##[group]G\n::tok::\n##[group]G\n", "", NULL, 0},
  {"a-token-in-any-case", "::stop-commands::ToK\n::TOK::\n::group::G\n", "::stop-commands::ToK\n::TOK::\n##[group]G\n", "", NULL, 0},
  {"a-long-token-is-hidden", "::stop-commands::long-token\n::long-token::\n::group::G\n", "::stop-commands::***\n::***::\n##[group]G\n", "", NULL, 0},
  {"the-older-form-resumes", "::stop-commands::tok\n##[tok]\n::group::G\n", "::stop-commands::tok\n##[tok]\n##[group]G\n", "", NULL, 0},
  {"stop-with-a-command-as-token", "::stop-commands::Group\n::group::G\n", NULL, NULL, "hard to guess", 0},
  {"stop-without-token", "::stop-commands::\n", NULL, NULL, "hard to guess", 0},
  {"a-weak-token-is-let-in", "::stop-commands::group\n::error::x\n::group::\n", "::stop-commands::group\n::error::x\n::group::\n", "", NULL, TOKENS},

  {"echo", "::echo::on\n::group::G\n::error::x\n::add-mask::hidden one\n::echo::OFF\n::group::G\n",
   "::group::G\n##[group]G\n##[error]x\n::add-mask::***\n::echo::OFF\n##[group]G\n", NULL, NULL, 0},
  {"echo-neither-on-nor-off", "::echo::maybe\n", NULL, NULL, "\"on\" or \"off\"", 0},
  {"echo-from-the-start", "::endgroup::\n", "::endgroup::\n##[endgroup]\n", "", NULL, ECHO},

  {"add-matcher", "::add-matcher::matchers.json\n\033[1ma.c: bad\033[0m\n::remove-matcher owner=m::\na.c: bad\n", "##[error]a.c: bad\na.c: bad\n",
   "{\"level\":\"error\",\"message\":\"bad\",\"file\":\"a.c\"}\n", NULL, 0},
  {"remove-matcher-by-file", "::add-matcher::matchers.json\n::remove-matcher::matchers.json\na.c: bad\n", "a.c: bad\n", "", NULL, 0},
  {"add-matcher-that-is-not-there", "::add-matcher::other.json\nx\n",
   "##[warning]::add-matcher:: the problem matcher file other.json cannot be read.\nx\n", NULL, NULL, 0},
  {"remove-matcher-without-owner", "::remove-matcher::\n",
   "##[warning]::remove-matcher:: needs either owner=OWNER or a file behind the second \"::\".\n", NULL, NULL, 0},
};

static void check_row(size_t i, size_t piece) {
  g_auto(Seen) seen = SEEN;
  seen.file = "{\"problemMatcher\": [{\"owner\": \"m\", \"pattern\": [{\"regexp\": \"^([^:]+): (.*)$\", \"file\": 1, \"message\": 2}]}]}";
  OutputSpec spec = {.debug = rows[i].flags & DEBUG,
                     .echo = rows[i].flags & ECHO,
                     .unsecure = rows[i].flags & UNSECURE,
                     .unsecure_tokens = rows[i].flags & TOKENS};
  g_autofree char *failure = write_all(&seen, spec, "topsecret", rows[i].text, strlen(rows[i].text), piece);
  if (rows[i].log != NULL)
    g_assert_cmpstr(seen.log->str, ==, rows[i].log);
  if (rows[i].calls != NULL)
    g_assert_cmpstr(seen.calls->str, ==, rows[i].calls);
  g_assert_true((failure != NULL) == (rows[i].failure != NULL));
  if (failure != NULL)
    g_assert_nonnull(strstr(failure, rows[i].failure));
}

static void test_row(const void *data) {
  size_t i = GPOINTER_TO_SIZE(data), size = strlen(rows[i].text);
  for (size_t piece = 1; piece <= MAX(size, 1); piece++)
    check_row(i, piece);
}

static void test_nul(void) {
  g_auto(Seen) seen = SEEN;
  g_assert_null(write_all(&seen, (OutputSpec){0}, "topsecret", "a\0b topsecret\0\n", 15, 4));
  g_assert_cmpstr(seen.log->str, ==,
                  "a\xef\xbf\xbd"
                  "b ***\xef\xbf\xbd\n");
}

/* Ten of a level are annotations; all are printed. Each is cut where GitHub cuts it. */
static void test_limits(void) {
  g_auto(Seen) seen = SEEN;
  g_autoptr(GString) text = g_string_new(NULL);
  for (int i = 0; i < 12; i++)
    g_string_append(text, "::error::e\n::warning::w\n");
  g_string_append(text, "::notice::");
  for (int i = 0; i < 5000; i++)
    g_string_append(text, "\xc3\xa4");
  g_assert_null(write_all(&seen, (OutputSpec){0}, "", text->str, text->len, 1000));
  g_auto(GStrv) calls = g_strsplit(seen.calls->str, "\n", -1), lines = g_strsplit(seen.log->str, "\n", -1);
  g_assert_cmpuint(g_strv_length(calls), ==, 22);
  g_assert_cmpuint(g_strv_length(lines), ==, 26);
  g_assert_cmpint(g_utf8_strlen(lines[24], -1), ==, 4096 + (glong)strlen("##[notice]"));
  g_assert_cmpint(g_utf8_strlen(calls[20], -1), ==, 4096 + (glong)strlen("{\"level\":\"notice\",\"message\":\"\"}"));
}

/* Long lines come in parts of 1 MiB, letters whole, secrets hidden where the parts meet; a command that long is text. */
static void test_long_line(void) {
  const size_t part = (size_t)1 << 20;
  g_autoptr(GString) text = g_string_new("::error::");
  while (text->len < part - 4)
    g_string_append_c(text, 'x');
  g_string_append(text, "topsecret\xc3\xa4");
  while (text->len < 10 * part)
    g_string_append(text, "\xc3\xa4");
  g_string_append(text, "\r\nnext\n");
  g_autofree char *first = NULL;
  for (size_t piece = 4099; piece <= 3 * part; piece *= 27) {
    g_auto(Seen) seen = SEEN;
    g_assert_null(write_all(&seen, (OutputSpec){0}, "topsecret", text->str, text->len, piece));
    g_auto(GStrv) lines = g_strsplit(seen.log->str, "\n", -1);
    g_assert_cmpuint(g_strv_length(lines), ==, 12);
    for (guint i = 0; i < 9; i++)
      g_assert_true(strlen(lines[i]) == part || strlen(lines[i]) == part - 1);
    g_assert_cmpstr(lines[10], ==, "next");
    g_assert_null(strstr(seen.log->str, "topsecret"));
    g_assert_null(strstr(seen.log->str, "cret"));
    g_assert_cmpstr(seen.calls->str, ==, "");
    if (first == NULL)
      first = g_strdup(seen.log->str);
    g_assert_cmpstr(seen.log->str, ==, first);
  }
}

/* A whole line is handed on at once, an unfinished one is not. */
static void test_no_delay(void) {
  g_auto(Seen) seen = SEEN;
  g_autoptr(Mask) mask = mask_new();
  g_autoptr(Matchers) matchers = matchers_new();
  mask_add(mask, "first line\nsecond line");
  Output *output = output_new(&(OutputSpec){.mask = mask, .matchers = matchers, .sink = &sink, .user = &seen});
  output_write(output, "one\ntwo", 7);
  g_assert_cmpstr(seen.log->str, ==, "one\n");
  output_write(output, "\nfirst line\n", 12);
  g_assert_cmpstr(seen.log->str, ==, "one\ntwo\n");
  output_write(output, "other\n", 6);
  g_assert_cmpstr(seen.log->str, ==, "one\ntwo\n***\nother\n");
  output_write(output, "first line\nsecond line\n", 23);
  g_assert_cmpstr(seen.log->str, ==, "one\ntwo\n***\nother\n***\n");
  output_free(output, NULL);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autofree char *path = g_strconcat("/runner/output/", rows[i].claim, NULL);
    g_test_add_data_func(path, GSIZE_TO_POINTER(i), test_row);
  }
  g_test_add_func("/runner/output/NUL", test_nul);
  g_test_add_func("/runner/output/limits", test_limits);
  g_test_add_func("/runner/output/long-line", test_long_line);
  g_test_add_func("/runner/output/no-delay", test_no_delay);
  return g_test_run();
}
