/* A run's jobs and steps as a tree, and the frames that are drawn of it. Pure but for memory: time and size are passed in. Private to
 * this folder. One thread at a time. */
#pragma once

#include "runner/events.h"

#include <stdbool.h>

typedef struct RunTree RunTree;

RunTree *run_tree_new(void);
void run_tree_free(RunTree *tree);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RunTree, run_tree_free)

void run_tree_event(RunTree *tree, const RunEvent *event);

typedef struct {
  unsigned columns, rows; /* of the terminal; rows 0: as many as it takes */
  bool colour;
  bool unicode;
  int64_t now_us; /* since the epoch, as in the events */
} RunTreeFrame;

/* Lines, each cut to the width and ending in a newline. Where there are too few rows, jobs that have ended are left out first, then steps
 * that have; what is left out is counted in a last line. Transfer full. */
char *run_tree_render(const RunTree *tree, const RunTreeFrame *frame);

/* At the end: the last lines of the steps that failed, the annotations, the summaries. "" when there is nothing. Transfer full. */
char *run_tree_epilogue(const RunTree *tree, bool colour, bool with_output);
