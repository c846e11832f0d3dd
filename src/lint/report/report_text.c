#include "lint/report/report_parts.h"

#include "base/text.h"
#include "lint/rule.h"

#include <string.h>

#define WIDTH_DEFAULT 120
#define WIDTH_MIN 40
#define TAB "    "

/* The part of a source line that is shown, and the line of marks under it. */
typedef struct {
  GString *source, *marks;
  size_t width; /* cells taken */
  bool cut;     /* there would be more */
} Excerpt;

static void put(const Report *report, GString *text, const char *escape, const char *words) {
  g_string_append_printf(text, "%s%s%s", report->colour ? escape : "", words, report->colour ? "\033[0m" : "");
}

/* ---- the place ---- */

/* The letter at `at`; bytes that are none count as one. Sets how many bytes it takes. */
static gunichar letter_at(const char *at, size_t left, size_t *bytes) {
  gunichar letter = g_utf8_get_char_validated(at, (gssize)MIN(left, 6));
  bool valid = letter != (gunichar)-1 && letter != (gunichar)-2 && letter != 0;
  *bytes = valid ? (size_t)g_unichar_to_utf8(letter, NULL) : 1;
  return valid && (letter == '\t' || !text_letter_is_control(letter)) ? letter : 0xFFFD;
}

/* Where the mark of a finding without an end ends: behind the word, the text in quotes or the ${{ }} that starts there. */
static size_t token_length(const char *at, size_t left) {
  const char *close = left > 1 && (*at == '"' || *at == '\'') ? memchr(at + 1, *at, left - 1) : NULL;
  if (close == NULL && left > 3 && memcmp(at, "${{", 3) == 0 && (close = memmem(at, left, "}}", 2)) != NULL)
    close++;
  if (close != NULL)
    return (size_t)(close - at) + 1;
  size_t length = 0;
  while (length < left && strchr(" \t,;[]{}()\"'=<>|&", at[length]) == NULL &&
         (at[length] != ':' || (length + 1 < left && at[length + 1] != ' '))) /* docker://x is one word */
    length++;
  return MAX(length, left > 0 ? 1 : 0);
}

/* How many letters of the line the mark is under, from the finding's column on. */
static size_t mark_letters(const Finding *finding, const char *at, size_t left) {
  if (finding->end_line == finding->line && finding->end_column > finding->column)
    return finding->end_column - finding->column;
  size_t bytes = left;
  if (finding->end_line == 0 || finding->end_line == finding->line)
    bytes = token_length(at, MIN(left, 1000));
  while (bytes > 0 && (at[bytes - 1] == ' ' || at[bytes - 1] == '\t'))
    bytes--;
  size_t letters = 0;
  for (size_t i = 0; i < bytes; i++)
    letters += ((unsigned char)at[i] & 0xC0) != 0x80;
  return MAX(letters, 1);
}

/* Adds letters of the line, marked with `first` and then `others`, until `count` are added or the room is used up. */
static size_t put_letters(Excerpt *excerpt, const char *at, size_t left, size_t count, size_t room, const char *marks) {
  size_t used = 0;
  for (size_t i = 0; i < count && used < left && !excerpt->cut; i++) {
    size_t bytes;
    gunichar letter = letter_at(at + used, left - used, &bytes);
    size_t width = letter == '\t' ? strlen(TAB) : text_letter_width(letter);
    excerpt->cut = excerpt->width + width > room;
    if (excerpt->cut)
      break;
    if (letter == '\t')
      g_string_append(excerpt->source, TAB);
    else
      g_string_append_unichar(excerpt->source, letter);
    for (size_t cell = 0; cell < width; cell++)
      g_string_append_c(excerpt->marks, i == 0 && cell == 0 ? marks[0] : marks[1]);
    excerpt->width += width;
    used += bytes;
  }
  return used;
}

static void put_excerpt(const Report *report, ReportText *shown, const Finding *finding, GString *text) {
  size_t room = MAX(report->width != 0 ? report->width : WIDTH_DEFAULT, WIDTH_MIN) - 14; /* the margin, and dots at both ends */
  unsigned column = MAX(finding->column, 1), first = column > room / 2 ? column - (unsigned)room / 3 : 1;
  size_t left = 0;
  const char *at = report_line(shown, report, finding, first, &left);
  if (at == NULL)
    return;
  left = MIN(left, 4 * room + 4000); /* no more of a long line can be shown */
  g_autoptr(GString) source = g_string_new(first > 1 ? "..." : ""), marks = g_string_new(first > 1 ? "   " : "");
  Excerpt excerpt = {.source = source, .marks = marks};
  size_t used = put_letters(&excerpt, at, left, column - first, room, "  ");
  at += used, left -= used;
  used = put_letters(&excerpt, at, left, mark_letters(finding, at, left), room, "^~");
  at += used, left -= used;
  if (used == 0)
    g_string_append_c(marks, '^'); /* the end of the line */
  put_letters(&excerpt, at, left, left, room, "  ");
  g_strchomp(marks->str);
  g_autofree char *number = g_strdup_printf("%5u", finding->line);
  put(report, text, "\033[2m", number);
  g_string_append_printf(text, " | %s%s\n      | ", source->str, excerpt.cut ? "..." : "");
  put(report, text, report_level(finding->severity)->colour, marks->str);
  g_string_append_c(text, '\n');
}

/* ---- everything ---- */

static void put_finding(const Report *report, ReportText *shown, const Finding *finding, GString *text) {
  g_autofree char *place =
    finding->line > 0 ? g_strdup_printf("%s:%u:%u:", finding->path, finding->line, finding->column) : g_strdup_printf("%s:", finding->path);
  g_autofree char *where = text_harmless(place, false), *what = text_harmless(finding->message, false);
  g_autofree char *level = g_strconcat(report_level(finding->severity)->text, ":", NULL);
  put(report, text, "\033[1m", where);
  g_string_append_c(text, ' ');
  put(report, text, report_level(finding->severity)->colour, level);
  g_string_append_printf(text, " %s [%s]\n", what, finding->rule);
  put_excerpt(report, shown, finding, text);
  if (finding->help != NULL) {
    g_autofree char *help = text_harmless(finding->help, false);
    g_string_append_printf(text, "      = help: %s\n", help);
  }
}

static const char *plural(guint count) {
  return count == 1 ? "" : "s";
}

/* Findings whose fix is known, or that come from rules which can have one. */
static guint count_fixable(const Report *report, bool known) {
  guint count = 0;
  for (guint i = 0; i < findings_count(report->findings); i++) {
    const Finding *finding = findings_at(report->findings, i);
    const Rule *rule = lint_rule_find(finding->rule);
    count += known ? finding->fix != NULL : rule != NULL && rule->fixable;
  }
  return count;
}

/* Those that are left with a fix have one that is not safe. */
static void put_fixed(const Report *report, GString *text) {
  guint fixes = 0, files = lint_fixes_count(report->fixes), more = count_fixable(report, true);
  for (guint i = 0; i < files; i++)
    fixes += lint_fixes_at(report->fixes, i).fixes;
  g_string_append_printf(text, "%u %sfixed in %u file%s", fixes, report->not_written ? "would be " : "", files, plural(files));
  if (more > 0)
    g_string_append_printf(text, ", %u more could be with --unsafe-fixes", more);
  g_string_append_c(text, '\n');
}

static void put_summary(const Report *report, GString *text) {
  guint count = findings_count(report->findings), known = count_fixable(report, true);
  if (report->fixes != NULL)
    put_fixed(report, text);
  if (count == 0)
    g_string_append(text, "no findings");
  else
    g_string_append_printf(text, "%u finding%s", count, plural(count));
  if (report->fixes == NULL && known > 0)
    g_string_append_printf(text, " (%u fixable)", known);
  g_string_append_printf(text, "%s in %u file%s\n", report->fixes != NULL ? " left" : "", report->files, plural(report->files));
  if (report->fixes == NULL && known == 0 && count_fixable(report, false) > 0)
    g_string_append(text, "drover lint --diff shows what --fix would mend\n");
  for (guint i = 0; i < findings_note_count(report->findings); i++) {
    g_autofree char *note = text_harmless(findings_note_at(report->findings, i), false);
    g_string_append_printf(text, "not checked: %s\n", note);
  }
}

char *report_summary(const Report *report) {
  GString *text = g_string_new(NULL);
  put_summary(report, text);
  return g_string_free(text, FALSE);
}

char *report_text(const Report *report) {
  GString *text = g_string_new(NULL);
  g_auto(ReportText) shown = {0};
  for (guint i = 0; i < findings_count(report->findings); i++)
    put_finding(report, &shown, findings_at(report->findings, i), text);
  put_summary(report, text);
  return g_string_free(text, FALSE);
}
