#include "cli/view/run_text.h"
#include "cli/view/run_tree.h"
#include "cli/view/run_view.h"

#include <string.h>
#include <unistd.h>

#define SECOND_US ((int64_t)1000000)

static RunEvent event(RunEventKind kind, guint job, guint step) {
  static const char *const jobs[] = {NULL, "build", "test (3.11)", "deploy"};
  static const char *const steps[] = {NULL, "Run make", "Run make check"};
  return (RunEvent){.kind = kind,
                    .job = jobs[job],
                    .job_number = job,
                    .step = steps[step],
                    .step_number = step,
                    .place = step > 0 ? "ci.yml:7" : NULL,
                    .at_us = 10 * SECOND_US};
}

static RunEvent ended(RunEventKind kind, guint job, guint step, Status status, const char *message) {
  RunEvent made = event(kind, job, step);
  made.outcome = made.conclusion = status;
  made.duration_ms = 1500;
  made.message = message;
  return made;
}

static RunEvent output(guint job, guint step, const char *text) {
  RunEvent made = event(RUN_EVENT_OUTPUT, job, step);
  made.text = text;
  made.text_size = strlen(text);
  return made;
}

/* What a view writes for events. */
static char *written(RunViewMode mode, const RunEvent *events, size_t count) {
  int ends[2];
  char text[65536];
  g_assert_cmpint(pipe(ends), ==, 0);
  RunView *view = run_view_new(&(RunViewOptions){.mode = mode, .fd = ends[1], .unicode = true});
  for (size_t i = 0; i < count; i++)
    run_view_event(view, &events[i]);
  run_view_free(view);
  close(ends[1]);
  size_t used = 0;
  for (ssize_t got; (got = read(ends[0], text + used, sizeof text - used)) > 0;)
    used += (size_t)got;
  close(ends[0]);
  return g_strndup(text, used);
}

/* ---- text ---- */

static void test_lines(void) {
  static const struct {
    const char *says, *text, *expected;
  } rows[] = {
    {"plain", "one\ntwo\n", "p|one\np|two\n"},
    {"without a last newline", "one", "p|one\n"},
    {"an empty line stays", "\n", "p|\n"},
    {"error", "##[error]bad\n", "p|error: bad\n"},
    {"the end of a group is left out", "##[group]Run x\na\n##[endgroup]\nb\n", "p|> Run x\np|a\np|b\n"},
    {"something else with two hashes", "## Title\n", "p|## Title\n"},
    {"colours are dropped", "\033[1;31mred\033[0m\n", "p|red\n"},
    {"what moves the cursor is shown", "a\033[2Jb\007c\n", "p|a\uFFFD[2Jb\uFFFDc\n"},
    {"the carriage return of a line's end", "a\r\nb\rc\n", "p|a\np|b\uFFFDc\n"},
    {"tabs stay", "a\tb\n", "p|a\tb\n"},
  };
  for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_test_message("%s", rows[i].says);
    g_autoptr(GString) out = g_string_new(NULL);
    run_text_append(out, "p|", rows[i].text, strlen(rows[i].text), false);
    g_assert_cmpstr(out->str, ==, rows[i].expected);
  }
}

static void test_markdown(void) {
  static const struct {
    const char *markdown, *expected;
  } rows[] = {
    {"# Title", "Title\n"},
    {"- one\n  - two", "• one\n  • two\n"},
    {"see [the log](http://x/y)", "see the log (http://x/y)\n"},
    {"**bold** and `code` and a * b", "bold and code and a * b\n"},
    {"```sh\nmake **x**\n```\nafter", "    make **x**\nafter\n"},
    {"| a | b |\n|---|---|", "| a | b |\n|---|---|\n"},
    {"[not a link] (x)", "[not a link] (x)\n"},
    {"\033]0;title\007x", "\uFFFD]0;title\uFFFDx\n"},
  };
  for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autofree char *text = run_text_markdown(rows[i].markdown, false);
    g_assert_cmpstr(text, ==, rows[i].expected);
  }
}

static void test_durations(void) {
  static const struct {
    int64_t ms;
    const char *expected;
  } rows[] = {{0, "0.0 s"}, {440, "0.4 s"}, {9949, "9.9 s"}, {12000, "12 s"}, {59600, "1 min 0 s"}, {185000, "3 min 5 s"}, {3720000, "1 h 2 min"}};
  for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autofree char *text = run_text_duration(rows[i].ms);
    g_assert_cmpstr(text, ==, rows[i].expected);
  }
}

/* ---- plain and json ---- */

static void test_plain(void) {
  json_auto_t *summary = json_pack("{s:s}", "summary", "# All *good*");
  json_auto_t *note = json_pack("{s:s, s:s, s:i, s:s}", "level", "error", "file", "src/a.c", "line", 3, "message", "no such thing");
  RunEvent noted = event(RUN_EVENT_ANNOTATION, 1, 1), first = ended(RUN_EVENT_STEP_ENDED, 1, 1, STATUS_SUCCESS, NULL);
  noted.detail = note;
  first.detail = summary;
  const RunEvent events[] = {
    event(RUN_EVENT_JOB_STARTED, 1, 0),
    event(RUN_EVENT_STEP_STARTED, 1, 1),
    output(1, 1, "one\n##[error]no such thing\n"),
    noted,
    first,
    ended(RUN_EVENT_STEP_ENDED, 1, 2, STATUS_SKIPPED, NULL),
    ended(RUN_EVENT_JOB_ENDED, 1, 0, STATUS_FAILURE, "step\nfailed"),
  };
  g_autofree char *text = written(RUN_VIEW_PLAIN, events, G_N_ELEMENTS(events));
  g_assert_cmpstr(text, ==,
                  "▸ build\n▸ build › Run make\n  build | one\n  build | error: no such thing\n✓ build › Run make: ok (1.5 s)\n"
                  "- build › Run make check: skipped\n✗ build: failed: step failed (1.5 s)\n"
                  "\nAnnotations\n  error: src/a.c:3: no such thing\n\nSummary of build\n  All *good*\n");
}

static void test_json_is_a_line_an_event(void) {
  const RunEvent events[] = {event(RUN_EVENT_JOB_STARTED, 2, 0), output(2, 1, "a\nb\n"), ended(RUN_EVENT_STEP_ENDED, 2, 1, STATUS_FAILURE, "broke")};
  g_autofree char *text = written(RUN_VIEW_JSON, events, G_N_ELEMENTS(events));
  g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
  g_assert_cmpuint(g_strv_length(lines), ==, 4);
  json_auto_t *second = json_loads(lines[1], 0, NULL), *third = json_loads(lines[2], 0, NULL);
  g_assert_cmpstr(json_string_value(json_object_get(second, "text")), ==, "a\nb\n");
  g_assert_cmpstr(json_string_value(json_object_get(second, "at")), ==, "1970-01-01T00:00:10.000000Z");
  g_assert_cmpstr(json_string_value(json_object_get(third, "event")), ==, "step.ended");
  g_assert_cmpstr(json_string_value(json_object_get(third, "outcome")), ==, "failure");
  g_assert_cmpstr(json_string_value(json_object_get(third, "message")), ==, "broke");
}

/* ---- the tree ---- */

static char *frame_of(const RunTree *tree, unsigned columns, unsigned rows) {
  return run_tree_render(tree, &(RunTreeFrame){.columns = columns, .rows = rows, .unicode = true, .now_us = 14 * SECOND_US});
}

static RunTree *grown(void) {
  const RunEvent events[] = {
    event(RUN_EVENT_JOB_STARTED, 1, 0),
    event(RUN_EVENT_STEP_STARTED, 1, 1),
    ended(RUN_EVENT_STEP_ENDED, 1, 1, STATUS_SUCCESS, NULL),
    ended(RUN_EVENT_JOB_ENDED, 1, 0, STATUS_SUCCESS, NULL),
    event(RUN_EVENT_JOB_STARTED, 2, 0),
    event(RUN_EVENT_STEP_STARTED, 2, 1),
    ended(RUN_EVENT_STEP_ENDED, 2, 1, STATUS_SUCCESS, NULL),
    event(RUN_EVENT_STEP_STARTED, 2, 2),
    ended(RUN_EVENT_JOB_ENDED, 3, 0, STATUS_SKIPPED, NULL),
  };
  RunTree *tree = run_tree_new();
  for (size_t i = 0; i < G_N_ELEMENTS(events); i++)
    run_tree_event(tree, &events[i]);
  return tree;
}

static void test_frames(void) {
  static const struct {
    const char *says;
    unsigned columns, rows;
    const char *expected;
  } rows[] = {
    {"room for all", 80, 20, "✓ build  1.5 s\n  ✓ Run make  1.5 s\n▸ test (3.11)  4.0 s\n  ✓ Run make  1.5 s\n  ▸ Run make check  4.0 s\n- deploy\n"},
    {"as many rows as it takes", 80, 0,
     "✓ build  1.5 s\n  ✓ Run make  1.5 s\n▸ test (3.11)  4.0 s\n  ✓ Run make  1.5 s\n  ▸ Run make check  4.0 s\n- deploy\n"},
    {"ended steps go first", 80, 5, "✓ build  1.5 s\n▸ test (3.11)  4.0 s\n  ▸ Run make check  4.0 s\n- deploy\n"},
    {"then all steps", 80, 3, "✓ build  1.5 s\n▸ test (3.11)  4.0 s\n- deploy\n"},
    {"then jobs that ended", 80, 2, "▸ test (3.11)  4.0 s\n  and 2 more jobs\n"},
    {"names are cut", 20, 5, "✓ build  1.5 s\n▸ test (3.11)  4.0 s\n  ▸ Run make…  4.0 s\n- deploy\n"},
  };
  g_autoptr(RunTree) tree = grown();
  for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_test_message("%s", rows[i].says);
    g_autofree char *text = frame_of(tree, rows[i].columns, rows[i].rows);
    g_assert_cmpstr(text, ==, rows[i].expected);
  }
}

static void test_end_shows_the_last_lines_of_what_failed(void) {
  g_autoptr(RunTree) tree = grown();
  g_autoptr(GString) lines = g_string_new(NULL);
  for (int i = 0; i < 100; i++)
    g_string_append_printf(lines, "line %d\n", i);
  RunEvent printed = output(2, 2, lines->str), failed = ended(RUN_EVENT_STEP_ENDED, 2, 2, STATUS_FAILURE, "ended with status 1");
  run_tree_event(tree, &printed);
  run_tree_event(tree, &failed);
  g_autofree char *text = run_tree_epilogue(tree, false, true);
  g_assert_true(g_str_has_prefix(text, "\ntest (3.11) › Run make check (ci.yml:7)\n  line 80\n"));
  g_assert_true(g_str_has_suffix(text, "  line 99\n  the step ended with status 1\n"));
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/cli/view/lines", test_lines);
  g_test_add_func("/cli/view/markdown", test_markdown);
  g_test_add_func("/cli/view/durations", test_durations);
  g_test_add_func("/cli/view/plain", test_plain);
  g_test_add_func("/cli/view/json-is-a-line-an-event", test_json_is_a_line_an_event);
  g_test_add_func("/cli/view/frames", test_frames);
  g_test_add_func("/cli/view/end-shows-the-last-lines-of-what-failed", test_end_shows_the_last_lines_of_what_failed);
  return g_test_run();
}
