/* The log of a step on its way to the sink: secrets are hidden, the bytes made valid UTF-8, and lines kept below 1 MiB. Private to
 * this folder. */
#pragma once

#include "runner/output/output.h"

#define OUTPUT_LINE_MAX_BYTES ((size_t)1 << 20)

typedef struct OutputLog OutputLog;

/* Borrows all. */
OutputLog *output_log_new(const Mask *mask, const OutputSink *sink, void *user);
/* Hands on what is left. */
void output_log_free(OutputLog *log);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(OutputLog, output_log_free)

/* Any bytes; nothing is handed on yet. */
void output_log_add(OutputLog *log, const char *text, size_t length);
/* Hands on all that was added, but for an unfinished line and what may be the beginning of a secret. What is added later to the mask no
 * longer changes what was handed on. */
void output_log_hand_on(OutputLog *log);
