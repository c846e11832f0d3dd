#include "lint/comment.h"

#include <string.h>

#define DEPTH_MAX 100

/* The text of a scalar in quotes or in a block, in which a '#' means nothing: bytes of the file. In a plain one a blank and '#' end
 * it. The header of a block, which a comment may follow, is none of its text. */
typedef struct {
  size_t start, end;
  bool is_run; /* the block of a step's `run` */
} Span;

/* How far the line was read that was asked for last, so that a long line is read once however often it is asked for. */
typedef struct {
  unsigned line;
  size_t start, at;
  bool blank, escaped;
  char quote; /* of the shell, open at `at`: a guess, as it sees one line only */
  bool found;
  Comment comment;
} Scan;

struct CommentMap {
  const Source *source;
  const char *text;
  size_t size;
  GArray *spans; /* Span, in the order of the file */
  Scan scan;
  unsigned next_from, next; /* the answers that were given last */
  unsigned last_from, last;
};

/* ---- what is text ---- */

static void add_scalar(CommentMap *map, const YamlNode *scalar, bool is_run) {
  if (scalar->plain)
    return;
  ScalarWriting writing = source_writing(map->source, scalar);
  bool block = writing.style == SCALAR_LITERAL || writing.style == SCALAR_FOLDED;
  Span span = {.start = writing.start, .end = writing.end, .is_run = block && is_run};
  while (block && span.start < span.end && map->text[span.start] != '\n')
    span.start++;
  g_array_append_val(map->spans, span);
}

static void add_scalars(CommentMap *map, const YamlNode *node, bool is_run, unsigned depth) {
  if (node->kind == YAML_SCALAR)
    add_scalar(map, node, is_run);
  for (guint i = 0; node->kind == YAML_SEQUENCE && depth < DEPTH_MAX && i < node->count; i++)
    add_scalars(map, node->items[i], false, depth + 1);
  for (guint i = 0; node->kind == YAML_MAPPING && depth < DEPTH_MAX && i < node->count; i++) {
    add_scalars(map, yaml_key(node, i), false, depth + 1);
    add_scalars(map, yaml_value(node, i), strcmp(yaml_key(node, i)->text, "run") == 0, depth + 1);
  }
}

static int by_start(const void *a, const void *b) {
  const Span *left = a, *right = b;
  return (left->start > right->start) - (left->start < right->start);
}

CommentMap *comment_map_new(const YamlDocument *document, const Source *source) {
  CommentMap *map = g_new0(CommentMap, 1);
  map->source = source;
  map->text = source_text(source, &map->size);
  map->spans = g_array_new(FALSE, FALSE, sizeof(Span));
  add_scalars(map, yaml_root(document), false, 0);
  g_array_sort(map->spans, by_start);
  return map;
}

void comment_map_free(CommentMap *map) {
  g_array_unref(map->spans);
  g_free(map);
}

/* ---- comments ---- */

/* The text that a byte stands in, or NULL: of the last that starts at or before it, as none overlap. */
static const Span *span_at(const CommentMap *map, size_t byte) {
  guint low = 0, high = map->spans->len;
  while (low < high) {
    guint middle = low + (high - low) / 2;
    if (g_array_index(map->spans, Span, middle).start > byte)
      high = middle;
    else
      low = middle + 1;
  }
  const Span *span = low > 0 ? &g_array_index(map->spans, Span, low - 1) : NULL;
  return span != NULL && byte < span->end ? span : NULL;
}

static void follow_quotes(Scan *scan, char letter) {
  if (scan->escaped)
    scan->escaped = false;
  else if (letter == '\\' && scan->quote != '\'')
    scan->escaped = true;
  else if (scan->quote == '\0' && (letter == '"' || letter == '\''))
    scan->quote = letter;
  else if (letter == scan->quote)
    scan->quote = '\0';
}

/* Whether a comment starts at scan->at. */
static bool starts_comment(const CommentMap *map, const Scan *scan, const Span **span) {
  const char *at = map->text + scan->at;
  if (*at != '#' || (scan->at > scan->start && at[-1] != ' ' && at[-1] != '\t'))
    return false;
  *span = span_at(map, scan->at);
  return *span == NULL || ((*span)->is_run && scan->quote == '\0');
}

static Comment comment_at(const CommentMap *map, const Scan *scan, const Span *span) {
  size_t length = 0, size = scan->at - scan->start;
  const char *line = source_line(map->source, scan->line, &length);
  Location start = source_place(map->source, NULL, scan->at);
  Comment comment = {.line = scan->line, .column = start.column, .alone = scan->blank};
  comment.end_column = comment.column + (unsigned)g_utf8_strlen(line + size, (gssize)(length - size));
  if (span != NULL) {
    comment.block_first = source_place(map->source, NULL, span->start).line + 1;
    comment.block_last = source_place(map->source, NULL, span->end - 1).line;
  }
  return comment;
}

bool comment_map_find(CommentMap *map, size_t byte, Comment *comment) {
  Scan *scan = &map->scan;
  unsigned line = source_place(map->source, NULL, byte).line;
  if (line != scan->line) {
    size_t start = source_byte(map->source, (Location){.line = line, .column = 1});
    *scan = (Scan){.line = line, .start = start, .at = start, .blank = true};
  }
  for (; !scan->found && scan->at <= byte && scan->at < map->size; scan->at++) {
    const Span *span = NULL;
    char letter = map->text[scan->at];
    if (starts_comment(map, scan, &span)) {
      scan->found = true;
      scan->comment = comment_at(map, scan, span);
    }
    follow_quotes(scan, letter);
    scan->blank = scan->blank && (letter == ' ' || letter == '\t');
  }
  *comment = scan->comment;
  return scan->found;
}

/* ---- lines ---- */

/* Whether a line has more than blanks and a comment. */
static bool has_content(const CommentMap *map, unsigned line) {
  size_t length = 0, at = 0;
  const char *text = source_line(map->source, line, &length);
  while (text != NULL && at < length && (text[at] == ' ' || text[at] == '\t'))
    at++;
  return text != NULL && at < length && text[at] != '#';
}

unsigned comment_map_next_line(CommentMap *map, unsigned line) {
  unsigned lines = source_place(map->source, NULL, map->size).line;
  if (line < map->next_from || line > map->next)
    for (map->next_from = map->next = line; map->next <= lines && !has_content(map, map->next);)
      map->next++;
  return map->next;
}

unsigned comment_map_last_line(CommentMap *map, unsigned line) {
  if (line != map->last_from)
    for (map->last_from = map->last = line; map->last > 0 && !has_content(map, map->last);)
      map->last--;
  return map->last;
}

unsigned comment_map_header(const CommentMap *map, unsigned line) {
  const Span *span = span_at(map, source_byte(map->source, (Location){.line = line, .column = 1}));
  return span != NULL ? source_place(map->source, NULL, span->start).line : 0;
}
