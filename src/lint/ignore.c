#include "lint/ignore.h"

#include "base/nearest.h"
#include "lint/comment.h"
#include "lint/report/pages.h"

#include <string.h>

#define COMMENT_MAX_BYTES 1000 /* that are read of one */
#define FILE_IGNORES_MAX 100   /* each is held against every finding */

typedef struct {
  char **rules;
  bool has_reason;
  bool is_zizmor;
  bool is_file;  /* ignore-file */
  bool is_slip;  /* written so that it ignores nothing */
  unsigned next; /* the line below that a comment standing alone speaks of; 0: none */
  bool used;
  Comment comment;
} Ignore;

struct LintIgnores {
  CommentMap *map;
  GArray *rows;        /* Ignore, in the order of the file */
  GArray *whole;       /* those of ignore-file */
  unsigned first_line; /* of the file's first key */
};

static void ignore_clear(void *data) {
  g_strfreev(((Ignore *)data)->rules);
}

void lint_ignores_free(LintIgnores *ignores) {
  comment_map_free(ignores->map);
  g_array_unref(ignores->rows);
  g_array_unref(ignores->whole);
  g_free(ignores);
}

/* ---- reading ---- */

/* How such comments begin, behind '#' and blanks. */
static const struct {
  const char *words;
  bool is_zizmor, is_file;
} forms[] = {
  {"drover: ignore[", false, false},
  {"drover: ignore-file[", false, true},
  {"zizmor: ignore[", true, false},
};

/* What people write instead, behind "drover". */
static const char *const slips[] = {": ignore", ":ignore", " ignore["};

/* Splits "a, b] reason" up to the end of its line; false without "]" or a name. */
static bool read_rules(const char *at, const char *end, Ignore *row) {
  const char *close = memchr(at, ']', (size_t)(end - at));
  if (close == NULL)
    return false;
  g_autofree char *list = g_strndup(at, (gsize)(close - at));
  row->rules = g_strsplit(list, ",", -1);
  for (char **rule = row->rules; *rule != NULL; rule++)
    g_strstrip(*rule);
  while (close + 1 < end && g_ascii_isspace(close[1]))
    close++;
  row->has_reason = close + 1 < end;
  return true;
}

/* "drover:ignore[x]", "drover: ignore x": somebody believes that it ignores something. A word that goes on is none of them. */
static void read_slip(LintIgnores *ignores, const LintFile *file, const char *at, const char *end) {
  const size_t word = strlen("drover");
  bool is_slip = false;
  for (size_t i = 0; i < G_N_ELEMENTS(slips) && memcmp(at, "drover", word) == 0; i++) {
    size_t length = word + strlen(slips[i]);
    is_slip = is_slip || ((size_t)(end - at) >= length && memcmp(at + word, slips[i], length - word) == 0 &&
                          (at[length - 1] == '[' || at + length == end || !g_ascii_isalpha(at[length])));
  }
  Ignore row = {.is_slip = true};
  if (!is_slip || !comment_map_find(ignores->map, (size_t)(at - file->text), &row.comment))
    return;
  row.rules = g_new0(char *, 1);
  g_array_append_val(ignores->rows, row);
}

/* Reads what begins at `at`, which is "drover" or "zizmor". */
static void read_ignore(LintIgnores *ignores, const LintFile *file, const char *at) {
  size_t left = MIN((size_t)(file->text + file->size - at), COMMENT_MAX_BYTES);
  const char *end = memchr(at, '\n', left);
  end = end != NULL ? end : at + left;
  for (size_t i = 0; i < G_N_ELEMENTS(forms); i++) {
    Ignore row = {.is_zizmor = forms[i].is_zizmor, .is_file = forms[i].is_file};
    size_t length = strlen(forms[i].words);
    if ((size_t)(end - at) < length || memcmp(at, forms[i].words, length) != 0)
      continue;
    if (!row.is_zizmor && memchr(at, ']', (size_t)(end - at)) == NULL)
      break;
    if (!comment_map_find(ignores->map, (size_t)(at - file->text), &row.comment) || (row.is_zizmor && row.comment.block_first > 0) ||
        !read_rules(at + length, end, &row))
      return;
    row.next = row.comment.alone ? comment_map_next_line(ignores->map, row.comment.line) : 0;
    if (row.is_file && ignores->whole->len >= FILE_IGNORES_MAX)
      ignore_clear(&row);
    else
      g_array_append_val(row.is_file ? ignores->whole : ignores->rows, row);
    return;
  }
  read_slip(ignores, file, at, end);
}

/* Whether "#" and blanks stand before `at`. */
static bool follows_hash(const LintFile *file, const char *at) {
  while (at > file->text && (at[-1] == ' ' || at[-1] == '\t'))
    at--;
  return at > file->text && at[-1] == '#';
}

/* The next "drover" or "zizmor" in a comment that has "ignore" behind it, at most a colon and a blank away. */
static const char *next_mention(const LintFile *file, const char *from) {
  const size_t word = strlen("drover"); /* as long as "zizmor" */
  const char *end = file->text + file->size;
  for (const char *at = from; (at = memmem(at, (size_t)(end - at), "ignore", strlen("ignore"))) != NULL; at++) {
    size_t between = 0;
    while (between < 2 && at - between > file->text && strchr(": ", at[-1 - (ptrdiff_t)between]) != NULL)
      between++;
    if (between == 0 || (size_t)(at - file->text) < word + between)
      continue;
    const char *start = at - between - word;
    if ((memcmp(start, "drover", word) == 0 || memcmp(start, "zizmor", word) == 0) && start >= from && follows_hash(file, start))
      return start;
  }
  return NULL;
}

LintIgnores *lint_ignores_read(const LintFile *file) {
  const char *at = next_mention(file, file->text);
  if (at == NULL)
    return NULL;
  LintIgnores *ignores = g_new0(LintIgnores, 1);
  ignores->map = comment_map_new(file->document, file->source);
  ignores->rows = g_array_new(FALSE, FALSE, sizeof(Ignore));
  ignores->whole = g_array_new(FALSE, FALSE, sizeof(Ignore));
  g_array_set_clear_func(ignores->rows, ignore_clear);
  g_array_set_clear_func(ignores->whole, ignore_clear);
  ignores->first_line = yaml_root(file->document)->location.line;
  for (; at != NULL; at = next_mention(file, at + 1))
    read_ignore(ignores, file, at);
  return ignores;
}

/* ---- matching ---- */

/* A comment of the shell says nothing about what is around its script. */
static bool try_row(Ignore *row, const Finding *finding) {
  const Comment *comment = &row->comment;
  bool inside = comment->block_first == 0 || (finding->line >= comment->block_first && finding->line <= comment->block_last);
  if (!inside || !g_strv_contains((const char *const *)row->rules, finding->rule))
    return false;
  row->used = true;
  return true;
}

/* The first comment in line `line` or below. */
static guint first_from(const LintIgnores *ignores, unsigned line) {
  guint low = 0, high = ignores->rows->len;
  while (low < high) {
    guint middle = low + (high - low) / 2;
    if (g_array_index(ignores->rows, Ignore, middle).comment.line < line)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

/* Those that stand in lines `first` to `last`. */
static bool try_lines(const LintIgnores *ignores, const Finding *finding, unsigned first, unsigned last) {
  bool matched = false;
  for (guint i = first_from(ignores, first); i < ignores->rows->len && g_array_index(ignores->rows, Ignore, i).comment.line <= last; i++)
    matched |= try_row(&g_array_index(ignores->rows, Ignore, i), finding);
  return matched;
}

#define AROUND_MAX 100 /* comments that are looked at */

/* zizmor takes a comment anywhere in what a finding is about, such as its step. */
static bool try_around(const LintIgnores *ignores, const Finding *finding) {
  unsigned last = finding->around > 0 ? comment_map_last_line(ignores->map, finding->around_end) : 0;
  guint first = first_from(ignores, finding->around);
  bool matched = false;
  for (guint i = first; i < ignores->rows->len && i - first < AROUND_MAX && g_array_index(ignores->rows, Ignore, i).comment.line <= last; i++)
    matched |= g_array_index(ignores->rows, Ignore, i).is_zizmor && try_row(&g_array_index(ignores->rows, Ignore, i), finding);
  return matched;
}

bool lint_ignores_match(LintIgnores *ignores, const Finding *finding) {
  unsigned last = finding->end_line > finding->line ? finding->end_line - (finding->end_column <= 1) : finding->line;
  if (last > finding->line) /* an end stands behind the blank lines and comments that follow */
    last = MAX(comment_map_last_line(ignores->map, last), finding->line);
  bool matched = try_lines(ignores, finding, finding->line, last);
  matched |= try_around(ignores, finding);
  unsigned header = comment_map_header(ignores->map, finding->line);
  if (header > 0 && header < finding->line)
    matched |= try_lines(ignores, finding, header, header);
  for (guint i = first_from(ignores, finding->line); i > 0 && g_array_index(ignores->rows, Ignore, i - 1).next == finding->line; i--)
    matched |= !g_array_index(ignores->rows, Ignore, i - 1).is_zizmor && try_row(&g_array_index(ignores->rows, Ignore, i - 1), finding);
  for (guint i = 0; i < ignores->whole->len; i++)
    matched |= try_row(&g_array_index(ignores->whole, Ignore, i), finding);
  return matched;
}

/* ---- what is wrong with them ---- */

static void report_unknown(LintFile *file, LintReport place, const char *rule) {
  g_auto(GStrv) known = lint_rule_ids();
  const char *nearest = nearest_name(rule, (const char *const *)known);
  place.help = nearest != NULL ? g_strdup_printf("did you mean \"%s\"?", nearest) : g_strdup("drover lint --rules lists them");
  lint_report(file, place, "there is no rule \"%.60s\", so this comment ignores nothing of it", rule);
}

/* Whether all rules that the comment names looked at the file, so that one that ignores nothing is of no use. */
static bool all_looked(const LintFile *file, const Ignore *row) {
  for (char **id = row->rules; *id != NULL; id++) {
    const Rule *rule = lint_rule_find(*id);
    if (rule == NULL || !lint_rule_is_wanted(rule, file->config))
      return false;
  }
  return file->config->min_severity == SEVERITY_UNSET;
}

static void report_row(LintFile *file, const LintIgnores *ignores, const Ignore *row) {
  const Comment *comment = &row->comment;
  LintReport place = {.at = {.line = comment->line, .column = comment->column}, .end = {.line = comment->line, .column = comment->end_column}};
  bool known = true;
  for (char **id = row->rules; *id != NULL; id++)
    if (lint_rule_find(*id) == NULL && lint_rule_page(*id) == NULL) {
      report_unknown(file, place, *id);
      known = false;
    }
  if (row->is_slip) {
    place.help = g_strdup("write \"drover: ignore[RULE] why\"");
    lint_report(file, place, "this comment ignores nothing: it is not written as one that does");
    return;
  }
  if (!row->has_reason) {
    LintReport asking = place;
    asking.help = g_strdup("write the reason behind the \"]\"");
    lint_report(file, asking, "this comment ignores findings and does not say why");
  }
  LintReport tidy = place;
  tidy.persona = PERSONA_PEDANTIC;
  if (row->is_file && comment->line > ignores->first_line)
    lint_report(file, place, "ignore-file counts for all of the file, and belongs above its first line where it is seen");
  else if (known && !row->used && all_looked(file, row))
    lint_report(file, tidy, "nothing is found here that this comment could ignore");
}

/* zizmor's comments may name rules that only zizmor has, and need no reason. */
void lint_ignores_report(LintFile *file, const LintIgnores *ignores) {
  const GArray *const lists[] = {ignores->whole, ignores->rows};
  file->rule = lint_rule_find("ignore");
  if (!lint_rule_is_wanted(file->rule, file->config))
    return;
  for (size_t list = 0; list < G_N_ELEMENTS(lists); list++)
    for (guint i = 0; i < lists[list]->len; i++)
      if (!g_array_index(lists[list], Ignore, i).is_zizmor)
        report_row(file, ignores, &g_array_index(lists[list], Ignore, i));
}
