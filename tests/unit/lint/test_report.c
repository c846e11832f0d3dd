/* Findings as text, JSON, SARIF and workflow commands; what comes from files is read back, or must be harmless. */
#include "lint/report/report.h"

#include "lint/edit/edit.h"

#include <string.h>

#define TEXT "on: push\njobs:\n\ta: {x: \"\xe6\xbc\xa2\xe5\xad\x97\", uses: docker://a:1 }\r\n  ${{ a b }} c\n"

typedef struct {
  unsigned line, column, end_line, end_column;
} Place;

static Finding *finding_new(Place place, const char *message) {
  Finding *finding = g_new(Finding, 1);
  *finding = (Finding){
    .rule = "if-cond",
    .family = FAMILY_SECURITY,
    .severity = SEVERITY_MEDIUM,
    .confidence = CONFIDENCE_HIGH,
    .path = g_strdup("dir/a b.yml"),
    .line = place.line,
    .column = place.column,
    .end_line = place.end_line,
    .end_column = place.end_column,
    .message = g_strdup(message),
  };
  return finding;
}

static Findings *findings_with(const char *text, Finding *finding) {
  Findings *findings = findings_new();
  findings_keep_text(findings, finding->path, text, strlen(text));
  findings_add(findings, finding);
  return findings;
}

/* ---- text ---- */

typedef struct {
  const char *claim;
  const char *text;
  Place place;
  unsigned width;
  const char *want; /* the two lines under the first; NULL: none */
} Excerpt;

static const Excerpt excerpts[] = {
  {"to-its-end", TEXT, {1, 5, 1, 9}, 0, "    1 | on: push\n      |     ^~~~\n"},
  {"a-word-without-an-end", TEXT, {1, 1, 0, 0}, 0, "    1 | on: push\n      | ^~\n"},
  {"a-word-with-a-colon-in-it",
   TEXT,
   {3, 21, 0, 0},
   0,
   "    3 |     a: {x: \"\xe6\xbc\xa2\xe5\xad\x97\", uses: docker://a:1 }\n      |                          ^~~~~~~~~~~~\n"},
  {"quotes-and-wide-letters",
   TEXT,
   {3, 9, 0, 0},
   0,
   "    3 |     a: {x: \"\xe6\xbc\xa2\xe5\xad\x97\", uses: docker://a:1 }\n      |            ^~~~~~\n"},
  {"an-expression", TEXT, {4, 3, 0, 0}, 0, "    4 |   ${{ a b }} c\n      |   ^~~~~~~~~~\n"},
  {"several-lines-to-the-end-of-the-first", TEXT, {1, 5, 4, 2}, 0, "    1 | on: push\n      |     ^~~~\n"},
  {"behind-the-last-letter", TEXT, {1, 9, 0, 0}, 0, "    1 | on: push\n      |         ^\n"},
  {"the-whole-file", TEXT, {0, 0, 0, 0}, 0, NULL},
  {"a-line-that-is-not-there", TEXT, {99, 1, 0, 0}, 0, NULL},
  {"an-escape-sequence", "a: \033[31mred\n", {1, 1, 0, 0}, 0, "    1 | a: \xef\xbf\xbd[31mred\n      | ^\n"},
  {"bytes-that-are-no-letters", "a: \xff\xfe b\n", {1, 4, 0, 0}, 0, "    1 | a: \xef\xbf\xbd\xef\xbf\xbd b\n      |    ^~\n"},
  {"a-long-line-is-cut-behind",
   "0123456789012345678901234567890123456789\n",
   {1, 3, 1, 6},
   40,
   "    1 | 01234567890123456789012345...\n      |   ^~~\n"},
  {"a-long-line-is-cut-on-both-sides",
   "0123456789012345678901234567890123456789012345678901234567890\n",
   {1, 31, 1, 33},
   40,
   "    1 | ...23456789012345678901234567...\n      |            ^~\n"},
};

static void test_excerpt(const void *data) {
  const Excerpt *row = data;
  g_autoptr(Findings) findings = findings_with(row->text, finding_new(row->place, "m"));
  g_autofree char *text = report_text(&(Report){.findings = findings, .files = 1, .width = row->width});
  const char *second = strchr(text, '\n') + 1;
  g_autofree char *want =
    g_strconcat(row->want != NULL ? row->want : "", "1 finding in 1 file\ndrover lint --diff shows what --fix would mend\n", NULL);
  g_assert_cmpstr(second, ==, want);
}

static void test_text(void) {
  Finding *finding = finding_new((Place){1, 5, 1, 9}, "bad\033[31m\nthing");
  finding->help = g_strdup("write\tgood");
  finding->fix = fix_new("mends it", true);
  g_autoptr(Findings) findings = findings_with(TEXT, finding);
  findings_note(findings, "scripts: %s", "no shellcheck");
  findings_note(findings, "scripts: %s", "no shellcheck");
  g_autofree char *text = report_text(&(Report){.findings = findings, .files = 3});
  g_assert_cmpstr(text, ==,
                  "dir/a b.yml:1:5: warning: bad\xef\xbf\xbd[31m thing [if-cond]\n    1 | on: push\n      |     ^~~~\n"
                  "      = help: write good\n1 finding (1 fixable) in 3 files\nnot checked: scripts: no shellcheck\n");
  g_autofree char *coloured = report_text(&(Report){.findings = findings, .files = 3, .colour = true});
  g_assert_true(g_str_has_prefix(coloured, "\033[1mdir/a b.yml:1:5:\033[0m \033[1;33mwarning:\033[0m "));
}

static void test_nothing(void) {
  g_autoptr(Findings) findings = findings_new();
  g_autofree char *text = report_text(&(Report){.findings = findings, .files = 2});
  g_assert_cmpstr(text, ==, "no findings in 2 files\n");
}

/* Many findings on one long line, where each costs as much as is shown of it. */
static void test_long_line(void) {
  g_autoptr(GString) line = g_string_new(NULL);
  while (line->len < 1000000)
    g_string_append(line, "a \xe6\xbc\xa2");
  g_autoptr(Findings) findings = findings_with(line->str, finding_new((Place){1, 1, 0, 0}, "m"));
  for (unsigned i = 1; i < 5000; i++)
    findings_add(findings, finding_new((Place){1, 100 * i, 0, 0}, "m"));
  gint64 start = g_get_monotonic_time();
  g_autofree char *text = report_text(&(Report){.findings = findings, .files = 1});
  json_t *log = report_sarif(&(Report){.findings = findings, .files = 1});
  json_decref(log);
  g_assert_cmpuint(strlen(text), <, 5000 * 600);
  g_assert_cmpint(g_get_monotonic_time() - start, <, 3 * G_USEC_PER_SEC);
}

/* ---- workflow commands ---- */

typedef struct {
  const char *claim;
  Place place;
  LintSeverity severity;
  const char *message, *help;
  const char *want;
} Command;

static const Command commands[] = {
  {"a-range", {1, 5, 1, 9}, SEVERITY_HIGH, "m", NULL, "::error file=dir/a b.yml,line=1,endLine=1,col=5,endColumn=9,title=if-cond::m\n"},
  {"no-end", {1, 5, 0, 0}, SEVERITY_LOW, "m", NULL, "::warning file=dir/a b.yml,line=1,col=5,title=if-cond::m\n"},
  {"several-lines", {1, 5, 3, 2}, SEVERITY_LOW, "m", NULL, "::warning file=dir/a b.yml,line=1,col=5,title=if-cond::m\n"},
  {"the-whole-file", {0, 0, 0, 0}, SEVERITY_INFORMATIONAL, "m", NULL, "::notice file=dir/a b.yml,title=if-cond::m\n"},
  {"no-command-of-its-own",
   {1, 5, 0, 0},
   SEVERITY_LOW,
   "100%\r\n::error::x",
   "a\nb",
   "::warning file=dir/a b.yml,line=1,col=5,title=if-cond::100%25%0D%0A::error::x%0Aa%0Ab\n"},
};

static void test_command(const void *data) {
  const Command *row = data;
  Finding *finding = finding_new(row->place, row->message);
  finding->severity = row->severity;
  finding->help = g_strdup(row->help);
  g_autoptr(Findings) findings = findings_with(TEXT, finding);
  g_autofree char *text = report_github(&(Report){.findings = findings, .files = 1});
  g_assert_cmpstr(text, ==, row->want);
}

static void test_command_path(void) {
  Finding *finding = finding_new((Place){0}, "m");
  g_free(finding->path);
  finding->path = g_strdup("/r/a,b:c%.yml");
  g_autoptr(Findings) findings = findings_with("", finding);
  g_autofree char *text = report_github(&(Report){.findings = findings, .files = 1, .root = "/r"});
  g_assert_cmpstr(text, ==, "::warning file=a%2Cb%3Ac%25.yml,title=if-cond::m\n");
}

/* ---- JSON and SARIF ---- */

/* The text at a path such as "runs/0/results/0/ruleId". Transfer none. */
static json_t *at(json_t *value, const char *path) {
  g_auto(GStrv) parts = g_strsplit(path, "/", -1);
  for (char **part = parts; *part != NULL; part++)
    value = json_is_array(value) ? json_array_get(value, (size_t)g_ascii_strtoull(*part, NULL, 10)) : json_object_get(value, *part);
  return value;
}

static void test_json(void) {
  Finding *finding = finding_new((Place){1, 5, 1, 9}, "bad \xff");
  g_autoptr(Findings) findings = findings_with(TEXT, finding);
  json_t *array = report_json(&(Report){.findings = findings, .files = 1});
  g_assert_cmpuint(json_array_size(array), ==, 1);
  g_assert_cmpstr(json_string_value(at(array, "0/path")), ==, "dir/a b.yml");
  g_assert_cmpstr(json_string_value(at(array, "0/message")), ==, "bad \xef\xbf\xbd");
  g_assert_cmpint(json_integer_value(at(array, "0/end_column")), ==, 9);
  g_assert_cmpstr(json_string_value(at(array, "0/severity")), ==, "medium");
  g_assert_true(json_is_null(at(array, "0/help")));
  g_assert_true(json_is_null(at(array, "0/fix")));
  json_decref(array);
}

static void test_sarif(void) {
  Finding *finding = finding_new((Place){3, 20, 3, 32}, "m");
  finding->help = g_strdup("h");
  finding->fix = fix_new("mends it", true);
  g_assert_true(fix_add(finding->fix, 4, 8, "pull_request"));
  g_autoptr(Findings) findings = findings_with(TEXT, finding);
  findings_add(findings, finding_new((Place){0}, "whole"));
  findings_note(findings, "why");
  json_t *log = report_sarif(&(Report){.findings = findings, .files = 1});
  json_t *run = at(log, "runs/0"), *result = at(run, "results/0");
  g_assert_cmpstr(json_string_value(at(log, "version")), ==, "2.1.0");
  g_assert_cmpstr(json_string_value(at(run, "columnKind")), ==, "unicodeCodePoints");
  g_assert_cmpuint(json_array_size(at(run, "tool/driver/rules")), ==, 1);
  g_assert_cmpstr(json_string_value(at(run, "tool/driver/rules/0/id")), ==, "if-cond");
  g_assert_cmpstr(json_string_value(at(run, "tool/driver/rules/0/properties/security-severity")), ==, "5.5");
  g_assert_nonnull(strstr(json_string_value(at(run, "tool/driver/rules/0/help/markdown")), "# if-cond"));
  g_assert_cmpstr(json_string_value(at(run, "invocations/0/toolExecutionNotifications/0/message/text")), ==, "why");
  g_assert_cmpstr(json_string_value(at(result, "level")), ==, "warning");
  g_assert_cmpstr(json_string_value(at(result, "message/text")), ==, "m; h");
  g_assert_cmpint(json_integer_value(at(result, "ruleIndex")), ==, 0);
  json_t *place = at(result, "locations/0/physicalLocation");
  g_assert_cmpstr(json_string_value(at(place, "artifactLocation/uri")), ==, "dir/a%20b.yml");
  g_assert_cmpint(json_integer_value(at(place, "region/endColumn")), ==, 32);
  json_t *replacement = at(result, "fixes/0/artifactChanges/0/replacements/0");
  g_assert_cmpint(json_integer_value(at(replacement, "deletedRegion/startColumn")), ==, 5);
  g_assert_cmpint(json_integer_value(at(replacement, "deletedRegion/endColumn")), ==, 9);
  g_assert_cmpstr(json_string_value(at(replacement, "insertedContent/text")), ==, "pull_request");
  g_assert_null(at(run, "results/1/locations/0/physicalLocation/region"));
  json_decref(log);
}

/* The fingerprints of findings at these lines of a text. Transfer full. */
static char *fingerprints(const char *text, const unsigned *lines, size_t count) {
  g_autoptr(Findings) findings = findings_with(text, finding_new((Place){lines[0], 1, 0, 0}, "m"));
  for (size_t i = 1; i < count; i++)
    findings_add(findings, finding_new((Place){lines[i], 1, 0, 0}, "m"));
  json_t *log = report_sarif(&(Report){.findings = findings, .files = 1});
  GString *all = g_string_new(NULL);
  for (size_t i = 0; i < count; i++)
    g_string_append_printf(all, "%s ",
                           json_string_value(
                             json_object_get(at(json_array_get(at(log, "runs/0/results"), i), "partialFingerprints"), "droverFinding/v1")));
  json_decref(log);
  return g_string_free(all, FALSE);
}

static void test_fingerprint(void) {
  g_autofree char *before = fingerprints("a\nb\na\n", (const unsigned[]){1, 2, 3}, 3);
  g_autofree char *moved = fingerprints("new\n  a\nb\na\n", (const unsigned[]){2, 3, 4}, 3);
  g_auto(GStrv) each = g_strsplit(before, " ", -1);
  g_assert_cmpstr(before, ==, moved);
  g_assert_cmpstr(each[0], !=, each[1]);
  g_assert_cmpstr(each[0], !=, each[2]);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  for (size_t i = 0; i < G_N_ELEMENTS(excerpts); i++) {
    g_autofree char *path = g_strconcat("/lint/report/marks/", excerpts[i].claim, NULL);
    g_test_add_data_func(path, &excerpts[i], test_excerpt);
  }
  for (size_t i = 0; i < G_N_ELEMENTS(commands); i++) {
    g_autofree char *path = g_strconcat("/lint/report/commands/", commands[i].claim, NULL);
    g_test_add_data_func(path, &commands[i], test_command);
  }
  g_test_add_func("/lint/report/commands/paths-are-escaped", test_command_path);
  g_test_add_func("/lint/report/text", test_text);
  g_test_add_func("/lint/report/text-of-nothing", test_nothing);
  g_test_add_func("/lint/report/long-lines-are-read-in-time", test_long_line);
  g_test_add_func("/lint/report/json", test_json);
  g_test_add_func("/lint/report/sarif", test_sarif);
  g_test_add_func("/lint/report/fingerprints-stay-when-lines-move", test_fingerprint);
  return g_test_run();
}
