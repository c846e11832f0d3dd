/* Runs what was asked for, with what a person, a script and the log see of it. */
#pragma once

#include "cli/run/request.h"
#include "cli/view/run_view.h"

/* What standard output gets: the tree on a terminal, lines, or JSON. */
RunView *run_view_for(const Invocation *invocation);

/* Runs `setup` as the run `id`, with DATA/logs/ID.log beside `view`. `setup->spec` has what only the caller knows: resume, replay. Where
 * the request does not say no-record, the run is recorded. With `breaks`, a person at a terminal gets a shell where a step fails. */
bool run_execute(const Invocation *invocation, RunSetup *setup, const char *id, RunView *view, bool breaks, GError **error) G_GNUC_WARN_UNUSED_RESULT;
