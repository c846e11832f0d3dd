#include "cli/view/run_text.h"

#include <string.h>

#define BOLD "\033[1m"
#define FAINT "\033[2m"
#define PLAIN "\033[0m"

/* ---- lines ---- */

static const struct {
  const char *mark;
  const char *word; /* NULL: the line is left out */
  const char *colour;
} marks[] = {
  {"##[error]", "error: ", "\033[31m"}, {"##[warning]", "warning: ", "\033[33m"}, {"##[notice]", "notice: ", "\033[36m"}, {"##[group]", "> ", BOLD},
  {"##[endgroup]", NULL, NULL},         {"##[debug]", "debug: ", FAINT},          {"##[command]", "$ ", "\033[34m"},      {"##[section]", "", BOLD},
};

/* The length of a colour sequence, ESC "[" digits and ";" "m", at the start of `text`; 0 when there is none. */
static size_t colour_length(const char *text, size_t size) {
  size_t end = 2;
  if (size < 3 || text[1] != '[')
    return 0;
  while (end < size && (g_ascii_isdigit(text[end]) || text[end] == ';' || text[end] == ':'))
    end++;
  return end < size && text[end] == 'm' ? end + 1 : 0;
}

static bool is_control(unsigned char byte) {
  return (byte < 0x20 && byte != '\t') || byte == 0x7f;
}

static void append_harmless(GString *out, const char *text, size_t size) {
  size_t clean = 0; /* from here on nothing was appended yet */
  for (size_t at = 0; at < size; at++) {
    if (!is_control((unsigned char)text[at]))
      continue;
    g_string_append_len(out, text + clean, (gssize)(at - clean));
    size_t colour = text[at] == '\033' ? colour_length(text + at, size - at) : 0;
    bool line_end = text[at] == '\r' && at + 1 == size;
    if (colour == 0 && !line_end)
      g_string_append(out, "\uFFFD");
    at += colour > 0 ? colour - 1 : 0;
    clean = at + 1;
  }
  g_string_append_len(out, text + clean, (gssize)(size - clean));
}

static void append_marked(GString *out, const char *prefix, const char *line, size_t size, bool colour) {
  for (size_t i = 0; i < G_N_ELEMENTS(marks); i++) {
    size_t length = strlen(marks[i].mark);
    if (size < length || memcmp(line, marks[i].mark, length) != 0)
      continue;
    if (marks[i].word == NULL)
      return;
    g_string_append(out, prefix);
    g_string_append(out, colour ? marks[i].colour : "");
    g_string_append(out, marks[i].word);
    append_harmless(out, line + length, size - length);
    g_string_append(out, colour ? PLAIN "\n" : "\n");
    return;
  }
  g_string_append(out, prefix);
  append_harmless(out, line, size);
  g_string_append_c(out, '\n');
}

void run_text_append(GString *out, const char *prefix, const char *text, size_t size, bool colour) {
  size_t length = strlen(prefix);
  while (size > 0) {
    const char *end = memchr(text, '\n', size);
    size_t line = end != NULL ? (size_t)(end - text) : size;
    if (line > 2 && text[0] == '#' && text[1] == '#') {
      append_marked(out, prefix, text, line, colour);
    } else {
      g_string_append_len(out, prefix, (gssize)length);
      append_harmless(out, text, line);
      g_string_append_c(out, '\n');
    }
    size -= end != NULL ? line + 1 : line;
    text = end != NULL ? end + 1 : text + line;
  }
}

/* ---- Markdown ---- */

/* Whether `mark` at `text` begins emphasis or code that ends on the line; `end` gets where. */
static bool is_span(const char *text, const char *mark, const char **end) {
  size_t length = strlen(mark);
  if (strncmp(text, mark, length) != 0 || text[length] == '\0' || g_ascii_isspace(text[length]))
    return false;
  *end = strstr(text + length, mark);
  return *end != NULL && *end > text + length;
}

/* "[text](address)" at `text`; returns how long it is, or 0. */
static size_t append_link(GString *out, const char *text) {
  const char *close = *text == '[' ? strchr(text, ']') : NULL;
  const char *end = close != NULL && close[1] == '(' ? strchr(close, ')') : NULL;
  if (end == NULL)
    return 0;
  g_string_append_len(out, text + 1, close - text - 1);
  g_string_append_printf(out, " (%.*s)", (int)(end - close - 2), close + 2);
  return (size_t)(end - text) + 1;
}

static void append_inline(GString *out, const char *line, bool colour) {
  static const struct {
    const char *mark;
    const char *colour;
  } spans[] = {{"**", BOLD}, {"__", BOLD}, {"`", "\033[36m"}, {"~~", FAINT}};
  while (*line != '\0') {
    const char *end = NULL;
    size_t i = 0, used = append_link(out, line);
    if (used > 0) {
      line += used;
      continue;
    }
    while (i < G_N_ELEMENTS(spans) && !is_span(line, spans[i].mark, &end))
      i++;
    if (i == G_N_ELEMENTS(spans)) {
      g_string_append_c(out, *line++);
      continue;
    }
    size_t length = strlen(spans[i].mark);
    g_string_append(out, colour ? spans[i].colour : "");
    g_string_append_len(out, line + length, end - line - (gssize)length);
    g_string_append(out, colour ? PLAIN : "");
    line = end + length;
  }
}

static void append_markdown_line(GString *out, const char *line, bool *in_code, bool colour) {
  size_t hashes = strspn(line, "#"), indent = strspn(line, " ");
  const char *rest = line + indent;
  if (g_str_has_prefix(rest, "```")) {
    *in_code = !*in_code;
    return;
  }
  if (*in_code) {
    g_string_append_printf(out, "    %s\n", line);
  } else if (hashes > 0 && hashes <= 6 && line[hashes] == ' ') {
    g_string_append_printf(out, "%s%s%s\n", colour ? BOLD : "", line + hashes + 1, colour ? PLAIN : "");
  } else if ((*rest == '*' || *rest == '-' || *rest == '+') && rest[1] == ' ') {
    g_string_append_printf(out, "%*s• ", (int)MIN(indent, 40), "");
    append_inline(out, rest + 2, colour);
    g_string_append_c(out, '\n');
  } else {
    append_inline(out, line, colour);
    g_string_append_c(out, '\n');
  }
}

char *run_text_markdown(const char *markdown, bool colour) {
  g_autoptr(GString) harmless = g_string_new(NULL);
  g_autoptr(GString) out = g_string_new(NULL);
  run_text_append(harmless, "", markdown, strlen(markdown), false);
  g_auto(GStrv) lines = g_strsplit(g_strchomp(harmless->str), "\n", -1);
  bool in_code = false;
  for (char **line = lines; *line != NULL; line++)
    append_markdown_line(out, *line, &in_code, colour);
  return g_string_free(g_steal_pointer(&out), FALSE);
}

/* ---- times ---- */

char *run_text_duration(int64_t duration_ms) {
  int64_t seconds = (duration_ms + 500) / 1000;
  if (duration_ms < 9950)
    return g_strdup_printf("%.1f s", (double)duration_ms / 1000);
  if (seconds < 60)
    return g_strdup_printf("%d s", (int)seconds);
  if (seconds < 3600)
    return g_strdup_printf("%d min %d s", (int)(seconds / 60), (int)(seconds % 60));
  return g_strdup_printf("%d h %d min", (int)(seconds / 3600), (int)(seconds / 60 % 60));
}
