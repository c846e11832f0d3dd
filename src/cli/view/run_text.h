/* Lines of a step's log as people read them. Private to this folder. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

/* Appends the lines of `text` (whole lines, valid UTF-8), each behind `prefix`: "##[error]" and its like become words, colours of the
 * text are dropped, other control characters shown as U+FFFD. */
void run_text_append(GString *out, const char *prefix, const char *text, size_t size, bool colour);

/* Markdown of a step's summary, as far as a terminal can show it: headings, lists, quotes, code, tables as they are; links as text
 * (address). Transfer full. */
char *run_text_markdown(const char *markdown, bool colour);

/* "0.4 s", "12 s", "3 min 5 s", "1 h 2 min". Transfer full. */
char *run_text_duration(int64_t duration_ms);
