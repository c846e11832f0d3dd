/* What a person reads on a terminal: tables and errors. Text from outside is made harmless: no control character and no
 * escape sequence of it reaches the terminal. */
#pragma once

#include "base/text.h"

#include <glib.h>
#include <stdbool.h>
#include <stdio.h>

typedef enum { COLOUR_NONE, COLOUR_GOOD, COLOUR_BAD, COLOUR_WARNING, COLOUR_FAINT, COLOUR_STRONG } Colour;

/* Columns aligned by the width that their UTF-8 text has on a terminal. One thread at a time. */
typedef struct Table Table;

/* `headings` is NULL-terminated, static, and one for each column; all empty: no line of headings. */
Table *table_new(const char *const *headings);
void table_free(Table *table);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Table, table_free)

/* The next cell; a row is full when every column has one. */
void table_cell(Table *table, Colour colour, const char *format, ...) G_GNUC_PRINTF(3, 4);

/* How many full rows there are. */
guint table_rows(const Table *table);

/* Transfer full. */
char *table_render(const Table *table, bool colour);
/* With colours when `stream` is a terminal. */
void table_print(const Table *table, FILE *stream);

/* "error: ..."; further lines of the message are aligned under the first. Transfer full. */
char *error_render(const char *message, bool colour);

/* "just now", "5 min ago", "3 h ago", "12 days ago"; a time in the future is "just now". Transfer full. */
char *text_age(int64_t then_us, int64_t now_us);
