/* How a YAML file is laid out around a node: where it ends, what follows on its line, how far its neighbours are indented.
 * And how a text is written as a scalar. Private to this folder's edit files. */
#pragma once

#include "lint/edit/edit_tree.h"

typedef struct {
  const char *text;
  size_t size;
  const char *line_break; /* as the first line's: "\n", "\r\n" */
} Layout;

Layout layout_of(const EditTree *tree);

/* Behind the last byte that writes `parent->items[item]`; comments behind it do not count. */
size_t layout_end(const EditTree *tree, const YamlNode *parent, guint item);
/* The same of a node that the tree owns. */
size_t layout_end_of(const EditTree *tree, const YamlNode *node);
size_t layout_start_of(const EditTree *tree, const YamlNode *node);

/* The line break or the end of the text at or behind `at`; the start of the line that holds `at`; past its line break. */
size_t layout_line_end(const Layout *layout, size_t at);
size_t layout_line_start(const Layout *layout, size_t at);
size_t layout_next_line(const Layout *layout, size_t at);
/* Where the line before the one that starts at `start` ends; `start` where there is none. */
size_t layout_line_before(const Layout *layout, size_t start);
size_t layout_skip_blanks(const Layout *layout, size_t at);

/* Whether only blanks, and perhaps a comment, follow on the line. */
bool layout_is_rest_empty(const Layout *layout, size_t at);
/* Whether a # stands in [start, end). */
bool layout_has_hash(const Layout *layout, size_t start, size_t end);

/* How many columns stand before it. */
unsigned layout_column(const EditTree *tree, size_t at);
/* By how many columns a block inside `node` is, or would be, indented further than it. */
unsigned layout_step(const EditTree *tree, const YamlNode *node);

/* Appends `yaml`, which is indented from 0, behind what is written already: "key:" or "-". The line that was begun has `columns`
 * before it. Blocks of a key start on a line of their own, `step` further in. */
void layout_append(GString *out, const Layout *layout, const char *yaml, bool item, unsigned columns, unsigned step);

/* `text` as a scalar on one line: as `style` if that can be, plain, in single or in double quotes. `as_text`: it must not read as
 * a number, a boolean or null. Transfer full. */
char *write_scalar(const char *text, ScalarStyle style, bool in_flow, bool as_text);
/* Appends the inside of such a scalar, without the quotes. */
void write_inside(GString *out, const char *text, ScalarStyle style);
/* Whether it is neither null, a boolean nor a number by what stands there; its tag does not count. */
bool write_reads_as_text(const YamlNode *scalar);
/* Whether every character may stand in YAML as itself, on one line. */
bool write_is_printable(const char *text);
