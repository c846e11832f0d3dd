/* Text for messages: valid, short enough for the platform, without its markup. Private to notify/. Pure; any thread. */
#pragma once

#include <stddef.h>

/* At most `max` UTF-16 units (how both platforms count), cut at a character's border with "…" at the end; bytes that are not
 * UTF-8 and control characters other than newline and tab are replaced. NULL counts as "". Transfer full. */
char *text_limit(const char *text, size_t max);

/* The same with Slack's escapes for &, < and >, which count with their length and are never cut through. */
char *text_limit_slack(const char *text, size_t max);

/* `text` without any of the parts of `address` that could tell it: "***" in their place. Transfer full. */
char *text_redact(const char *text, const char *address);
