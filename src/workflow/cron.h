/* Cron expressions as `on: schedule` has them. Pure; any thread. */
#pragma once

#include <glib.h>
#include <stdbool.h>

#define CRON_LENGTH_MAX 400

/* Reads five fields: minute, hour, day of the month, month, day of the week. Sets how many minutes lie between two runs that follow each
 * other within a day, at the least (60: an hour, or more). False with `why` (transfer full), which names the field. */
bool cron_read(const char *text, unsigned *gap_minutes, char **why) G_GNUC_WARN_UNUSED_RESULT;
