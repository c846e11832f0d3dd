/* A run's events as tasks and lines of a Progress: what checks show while a commit is shipped. */
#pragma once

#include "runner/events.h"

/* A RunEventFunc; `progress` is a Progress, perhaps NULL. */
void run_progress_event(const RunEvent *event, void *progress);
