/* Steps in the background: each has a thread; others wait for them, cancel them, or see to them at the job's end. What such a step
 * set (outputs, environment, outcome) is seen by others when it was waited for, as at GitHub. Private to the runner. */
#pragma once

#include "runner/step/step.h"

Background *background_new(Job *job);
void background_free(Background *background);

/* Starts a step that was chosen; takes it over. */
void background_start(Background *background, Step *step);
/* What a step does that waits, cancels, or ends a parallel group: fails when one that it waited for failed. */
void background_control(Step *step);
/* Whether one still runs, or has done what others do not see yet. */
bool background_running(Background *background);
/* Those that nobody waited for: waits; the job's status follows. */
void background_wait_rest(Background *background);
