#include "cli/lint_answer.h"

#include "base/diff.h"
#include "base/log.h"
#include "base/text.h"
#include "cli/support.h"

#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

static unsigned terminal_width(void) {
  struct winsize size;
  return isatty(STDOUT_FILENO) && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

/* ---- what fixes change ---- */

/* Transfer full; NULL: nothing. */
static char *diff_of(const LintFixed *fixed) {
  return diff_unified(fixed->path, fixed->before, fixed->before_size, fixed->after, fixed->after_size);
}

static json_t *fixed_json(const LintFixes *fixes, bool with_diff) {
  json_t *array = json_array();
  for (guint i = 0; i < lint_fixes_count(fixes); i++) {
    LintFixed fixed = lint_fixes_at(fixes, i);
    g_autofree char *diff = with_diff ? diff_of(&fixed) : NULL;
    json_t *row = json_pack("{s:o, s:i}", "path", support_text_json(fixed.path), "fixes", (int)fixed.fixes);
    if (with_diff)
      json_object_set_new(row, "diff", support_text_json(diff));
    json_array_append_new(array, row);
  }
  return array;
}

static void print_line(const char *line, bool colour) {
  static const struct {
    const char *start, *colour;
  } rows[] = {{"--- ", "\033[1m"}, {"+++ ", "\033[1m"}, {"@@", "\033[36m"}, {"-", "\033[31m"}, {"+", "\033[32m"}};
  for (size_t i = 0; colour && i < G_N_ELEMENTS(rows); i++)
    if (g_str_has_prefix(line, rows[i].start)) {
      printf("%s%s\033[0m\n", rows[i].colour, line);
      return;
    }
  printf("%s\n", line);
}

/* For `patch` its bytes as they are; for a terminal such as cannot steer it. */
static void print_diffs(const Report *report) {
  for (guint i = 0; i < lint_fixes_count(report->fixes); i++) {
    LintFixed fixed = lint_fixes_at(report->fixes, i);
    g_autofree char *diff = diff_of(&fixed);
    if (diff == NULL)
      continue;
    if (!isatty(STDOUT_FILENO)) {
      fputs(diff, stdout);
      continue;
    }
    g_autofree char *harmless = text_harmless(diff, true);
    g_auto(GStrv) lines = g_strsplit(harmless, "\n", -1);
    for (char **line = lines; line[0] != NULL && line[1] != NULL; line++)
      print_line(*line, report->colour);
  }
}

/* The patch alone goes to standard output. */
static void show_diffs(const Report *report) {
  g_autofree char *summary = report_summary(report);
  print_diffs(report);
  fflush(stdout);
  fputs(summary, stderr);
}

/* ---- the answer ---- */

static void answer_json(Invocation *invocation, const Report *report, bool diff) {
  json_t *whole = json_pack("{s:i, s:o}", "files", (int)report->files, "findings", report_json(report));
  if (report->fixes != NULL)
    json_object_set_new(whole, "fixed", fixed_json(report->fixes, diff));
  support_answer_json(invocation, whole);
}

static void print(Invocation *invocation, const Report *report, bool diff) {
  const char *format = invocation_text(invocation, "format");
  if (invocation->json)
    answer_json(invocation, report, diff);
  else if (diff)
    show_diffs(report);
  else if (strcmp(format, "json") == 0)
    support_answer_json(invocation, report_json(report));
  else if (strcmp(format, "sarif") == 0)
    support_answer_json(invocation, report_sarif(report));
  else {
    g_autofree char *text = strcmp(format, "github") == 0 ? report_github(report) : report_text(report);
    fputs(text, stdout);
  }
}

void lint_answer(Invocation *invocation, const Report *given) {
  bool diff = invocation_flag(invocation, "diff");
  Report report = *given;
  report.colour = log_fd_has_colour(STDOUT_FILENO);
  report.width = terminal_width();
  report.not_written = diff;
  print(invocation, &report, diff);
  bool changes = diff && lint_fixes_count(report.fixes) > 0;
  invocation->status = findings_count(report.findings) > 0 || changes ? EXIT_INPUT : EXIT_OK;
}
