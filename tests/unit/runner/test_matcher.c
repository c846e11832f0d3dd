/* Problem matchers: files that are wrong, and real ones on what the tools print. */
#include "runner/output/output.h"

#include "base/error.h"

#include <string.h>

#define MATCHER(owner, more, patterns) "{\"problemMatcher\": [{\"owner\": \"" owner "\"," more "\"pattern\": [" patterns "]}]}"

static const char gcc[] = MATCHER("gcc", "",
                                  "{\"regexp\": \"^(.*?):(\\\\d+):(\\\\d*):?\\\\s+(?:fatal\\\\s+)?(warning|error):\\\\s+(.*)$\","
                                  "\"file\": 1, \"line\": 2, \"column\": 3, \"severity\": 4, \"message\": 5}");
static const char tsc[] =
  MATCHER("tsc", "",
          "{\"regexp\": \"^([^\\\\s].*)\\\\((\\\\d+),(\\\\d+)\\\\):\\\\s+(error|warning|info)\\\\s+(TS\\\\d+)\\\\s*:\\\\s*(.*)$\","
          "\"file\": 1, \"line\": 2, \"column\": 3, \"severity\": 4, \"code\": 5, \"message\": 6}");
static const char go[] =
  MATCHER("go", "", "{\"regexp\": \"^\\\\s*(.+\\\\.go):(?:(\\\\d+):(\\\\d+):)? (.*)\", \"file\": 1, \"line\": 2, \"column\": 3, \"message\": 4}");
static const char eslint[] = MATCHER("eslint-stylish", "\"severity\": \"warning\",",
                                     "{\"regexp\": \"^([^\\\\s].*)$\", \"file\": 1},"
                                     "{\"regexp\": \"^\\\\s+(\\\\d+):(\\\\d+)\\\\s+(error|warning|info)?\\\\s+(.*)\\\\s\\\\s+(.*)$\","
                                     "\"line\": 1, \"column\": 2, \"severity\": 3, \"message\": 4, \"code\": 5, \"loop\": true}");
static const char msbuild[] =
  MATCHER("msbuild", "\"severity\": \"notice\",",
          "{\"regexp\": \"^(\\\\S+)\\\\((\\\\d+)\\\\): (.*) \\\\[(.+)\\\\]$\", \"file\": 1, \"line\": 2, \"message\": 3, \"fromPath\": 4}");
static const char pytest[] = MATCHER("python", "",
                                     "{\"regexp\": \"^\\\\s*File\\\\s\\\"(.*)\\\",\\\\sline\\\\s(\\\\d+)\", \"file\": 1, \"line\": 2},"
                                     "{\"regexp\": \"^\\\\s*raise\\\\s(.*)\\\\('(.*)'\\\\)$\", \"message\": 2}");
static const char unicode[] = MATCHER("u", "", "{\"regexp\": \"^\\\\u00e4 (\\\\w+)(.*)\", \"message\": 1, \"code\": 2}");

static const struct {
  const char *claim;
  const char *matcher;
  const char *text;
  const char *log;
  const char *annotations; /* one a line */
} matches[] = {
  {"gcc", gcc, "make: x\na.c:3:7: error: no such thing\nb.c:9: warning: hm\n",
   "make: x\n##[error]a.c:3:7: error: no such thing\n##[warning]b.c:9: warning: hm\n",
   "{\"level\":\"error\",\"message\":\"no such thing\",\"file\":\"a.c\",\"line\":3,\"column\":7}\n"
   "{\"level\":\"warning\",\"message\":\"hm\",\"file\":\"b.c\",\"line\":9}\n"},
  {"tsc-in-colours", tsc, "\033[96msrc/a.ts\033[0m(3,7): \033[91merror\033[0m TS2304: Cannot find it.\n",
   "##[error]src/a.ts(3,7): error TS2304: Cannot find it.\n",
   "{\"level\":\"error\",\"message\":\"Cannot find it.\",\"file\":\"src/a.ts\",\"line\":3,\"column\":7,\"code\":\"TS2304\"}\n"},
  {"a-severity-that-is-none", tsc, "src/a.ts(3,7): info TS1: x\n", "src/a.ts(3,7): info TS1: x\n", ""},
  {"go", go, "# pkg\n\t./main.go:3:7: undefined: x\n", "# pkg\n##[error]\t./main.go:3:7: undefined: x\n",
   "{\"level\":\"error\",\"message\":\"undefined: x\",\"file\":\"./main.go\",\"line\":3,\"column\":7}\n"},
  {"go-without-a-place", go, "x.go: cannot read\n", "##[error]x.go: cannot read\n",
   "{\"level\":\"error\",\"message\":\"cannot read\",\"file\":\"x.go\"}\n"},
  {"eslint-loops", eslint,
   "/repo/a.js\n  1:5  error  Unexpected var  no-var\n  2:1        Odd  odd\n\n/repo/b.js\n  7:1  warning  Too long  max-len\n\n2 problems\n",
   "/repo/a.js\n##[error]  1:5  error  Unexpected var  no-var\n##[warning]  2:1        Odd  odd\n\n/repo/b.js\n##[warning]  7:1  warning  Too long  max-len\n\n2 problems\n",
   "{\"level\":\"error\",\"message\":\"Unexpected var\",\"file\":\"a.js\",\"line\":1,\"column\":5,\"code\":\"no-var\"}\n"
   "{\"level\":\"warning\",\"message\":\"Odd\",\"file\":\"a.js\",\"line\":2,\"column\":1,\"code\":\"odd\"}\n"
   "{\"level\":\"warning\",\"message\":\"Too long\",\"file\":\"b.js\",\"line\":7,\"column\":1,\"code\":\"max-len\"}\n"},
  {"a-line-between-breaks-the-loop", eslint, "/repo/a.js\n\n  1:5  error  Unexpected var  no-var\n",
   "/repo/a.js\n\n  1:5  error  Unexpected var  no-var\n", ""},
  {"several-lines", pytest, "  File \"a.py\", line 3\n    raise ValueError('no')\n    raise ValueError('again')\n",
   "  File \"a.py\", line 3\n##[error]    raise ValueError('no')\n    raise ValueError('again')\n",
   "{\"level\":\"error\",\"message\":\"no\",\"file\":\"a.py\",\"line\":3}\n"},
  {"a-file-relative-to-another", msbuild, "src/a.cs(3): bad [/repo/app/app.csproj]\n", "##[notice]src/a.cs(3): bad [/repo/app/app.csproj]\n",
   "{\"level\":\"notice\",\"message\":\"bad\",\"file\":\"app/src/a.cs\",\"line\":3}\n"},
  {"letters-as-in-JavaScript", unicode, "\xc3\xa4 a1\xc3\xa4\n", "##[error]\xc3\xa4 a1\xc3\xa4\n",
   "{\"level\":\"error\",\"message\":\"a1\",\"code\":\"\xc3\xa4\"}\n"},
  {"an-empty-message-is-no-use", go, "x.go: \n", "x.go: \n", ""},
  {"a-line-of-bytes", gcc, "a.c:3:7: error: \xff\n", "##[error]a.c:3:7: error: \xef\xbf\xbd\n",
   "{\"level\":\"error\",\"message\":\"\xef\xbf\xbd\",\"file\":\"a.c\",\"line\":3,\"column\":7}\n"},
};

static void on_lines(const char *text, size_t size, void *user) {
  g_string_append_len(((GString **)user)[0], text, (gssize)size);
}

static void on_annotation(const json_t *annotation, void *user) {
  char *text = json_dumps(annotation, JSON_COMPACT);
  g_string_append_printf(((GString **)user)[1], "%s\n", text);
  free(text);
}

static char *on_path(const char *inside, G_GNUC_UNUSED void *user) {
  return g_str_has_prefix(inside, "/repo/") ? g_strdup(inside + strlen("/repo/")) : NULL;
}

static void add(Matchers *matchers, const char *json) {
  g_autoptr(GError) error = NULL;
  bool added = matchers_add(matchers, json, strlen(json), &error);
  g_assert_no_error(error);
  g_assert_true(added);
}

static void run(Matchers *matchers, const char *text, GString *log, GString *annotations) {
  static const OutputSink sink = {.lines = on_lines, .annotation = on_annotation, .path = on_path};
  g_autoptr(Mask) mask = mask_new();
  GString *seen[] = {log, annotations};
  Output *output = output_new(&(OutputSpec){.mask = mask, .matchers = matchers, .sink = &sink, .user = seen});
  output_write(output, text, strlen(text));
  output_free(output, NULL);
}

static void test_match(const void *data) {
  size_t i = GPOINTER_TO_SIZE(data);
  g_autoptr(Matchers) matchers = matchers_new();
  g_autoptr(GString) log = g_string_new(NULL), annotations = g_string_new(NULL);
  add(matchers, matches[i].matcher);
  run(matchers, matches[i].text, log, annotations);
  g_assert_cmpstr(log->str, ==, matches[i].log);
  g_assert_cmpstr(annotations->str, ==, matches[i].annotations);
}

static const struct {
  const char *claim;
  const char *json;
  const char *message;
} wrong[] = {
  {"no-JSON", "{", "line 1 is no JSON"},
  {"no-object", "[]", "expected an object"},
  {"no-owner", "{\"problemMatcher\": [{}]}", "problem matcher 1 has no owner"},
  {"owners-alike", "{\"problemMatcher\": [{\"owner\": \"a\", \"pattern\": [{\"message\": 0}]}, {\"owner\": \"A\"}]}",
   "two problem matchers have the owner \"A\""},
  {"no-pattern", MATCHER("a", "", ""), "1 to 50 patterns"},
  {"no-message", MATCHER("a", "", "{\"regexp\": \"(x)\", \"file\": 1}"), "no pattern tells \"message\""},
  {"a-group-too-many", MATCHER("a", "", "{\"regexp\": \"(x)\", \"message\": 2}"), "names a group that its pattern does not have"},
  {"a-group-below-none", MATCHER("a", "", "{\"regexp\": \"(x)\", \"message\": -1}"), "names a group that its pattern does not have"},
  {"a-group-that-is-no-number", MATCHER("a", "", "{\"regexp\": \"(x)\", \"message\": \"x\"}"), "expected the number of a group for \"message\""},
  {"told-twice", MATCHER("a", "", "{\"regexp\": \"(x)\", \"message\": 1}, {\"regexp\": \"(x)\", \"message\": 1}"), "two patterns tell \"message\""},
  {"a-loop-of-one", MATCHER("a", "", "{\"regexp\": \"(x)\", \"message\": 1, \"loop\": true}"), "only the last of several patterns may loop"},
  {"no-severity", MATCHER("a", "\"severity\": \"bad\",", "{\"message\": 0}"), "the severity \"bad\" is none of"},
  {"no-regular-expression", MATCHER("a", "", "{\"regexp\": \"(x\", \"message\": 0}"), "is no regular expression"},
};

static void test_wrong(const void *data) {
  size_t i = GPOINTER_TO_SIZE(data);
  g_autoptr(GError) error = NULL;
  g_autoptr(Matchers) matchers = matchers_new();
  g_assert_false(matchers_add(matchers, wrong[i].json, strlen(wrong[i].json), &error));
  g_assert_error(error, DROVER_ERROR, DROVER_ERROR_INPUT);
  g_assert_nonnull(strstr(error->message, wrong[i].message));
  g_assert_false(matchers_any(matchers));
}

/* The newest is asked first; one of the same owner takes the place of the old, whatever the case. */
static void test_owners(void) {
  g_autoptr(Matchers) matchers = matchers_new();
  g_autoptr(GString) log = g_string_new(NULL), annotations = g_string_new(NULL);
  add(matchers, MATCHER("a", "\"severity\": \"notice\",", "{\"regexp\": \".*\", \"message\": 0}"));
  add(matchers, MATCHER("b", "\"severity\": \"notice\",", "{\"regexp\": \"x\", \"message\": \"0\"}"));
  add(matchers, MATCHER("A", "\"severity\": \"warning\",", "{\"regexp\": \"y\", \"message\": 0}"));
  run(matchers, "x\ny\nz\n", log, annotations);
  g_assert_cmpstr(log->str, ==, "##[notice]x\n##[warning]y\nz\n");
  matchers_remove(matchers, "B");
  g_assert_true(matchers_any(matchers));
  matchers_remove(matchers, "a");
  g_assert_false(matchers_any(matchers));
}

/* The time that a hostile pattern takes is bounded, and its matcher dropped; the lines are printed all the same. */
static void test_hostile(void) {
  g_autoptr(Matchers) matchers = matchers_new();
  g_autoptr(GString) log = g_string_new(NULL), annotations = g_string_new(NULL), text = g_string_new(NULL);
  add(matchers, MATCHER("slow", "", "{\"regexp\": \"^(a|aa)+[^a]\", \"message\": 0}"));
  add(matchers, MATCHER("good", "", "{\"regexp\": \"good\", \"message\": 0}"));
  for (int i = 0; i < 4; i++) {
    for (int n = 0; n < 4000; n++)
      g_string_append_c(text, 'a');
    g_string_append(text, "\n");
  }
  g_string_append(text, "good\n");
  run(matchers, text->str, log, annotations);
  g_assert_nonnull(strstr(log->str, "##[warning]The problem matcher \"slow\" took too long"));
  g_assert_nonnull(strstr(log->str, "##[error]good\n"));
  g_assert_cmpuint(log->len, >, 16000);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  for (size_t i = 0; i < G_N_ELEMENTS(matches); i++) {
    g_autofree char *path = g_strconcat("/runner/matcher/finds/", matches[i].claim, NULL);
    g_test_add_data_func(path, GSIZE_TO_POINTER(i), test_match);
  }
  for (size_t i = 0; i < G_N_ELEMENTS(wrong); i++) {
    g_autofree char *path = g_strconcat("/runner/matcher/refuses/", wrong[i].claim, NULL);
    g_test_add_data_func(path, GSIZE_TO_POINTER(i), test_wrong);
  }
  g_test_add_func("/runner/matcher/owners", test_owners);
  g_test_add_func("/runner/matcher/hostile", test_hostile);
  return g_test_run();
}
