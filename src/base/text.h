/* Text from outside that people read on a terminal. */
#pragma once

#include <glib.h>
#include <stdbool.h>

/* `text` as valid UTF-8, control characters replaced; line ends and tabs stay when `lines`, else they become blanks. No control
 * character and no escape sequence of it reaches the terminal. Transfer full. */
char *text_harmless(const char *text, bool lines);

/* Whether a letter could steer a terminal: control characters, and those that turn the direction of text. */
bool text_letter_is_control(gunichar letter);

/* How many cells of a terminal a letter takes: 0, 1 or 2. */
unsigned text_letter_width(gunichar letter);

/* The same of UTF-8 text. */
size_t text_width(const char *text);
