/* Durations as people write them: a whole number with its unit, "500ms", "3s", "5m", "1h", "2d". Pure; any thread. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* False, and `duration_ms` left alone, when `text` is none or too large. */
bool duration_parse(const char *text, int64_t *duration_ms);

/* In the largest unit that gives a whole number: 90000 is "90s". Transfer full. */
char *duration_format(int64_t duration_ms);
