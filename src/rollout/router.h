/* One environment's HAProxy: a process of its own in DATA/router/PROJECT.ENVIRONMENT/, which lives on without drover.
 *
 * router_apply() makes it run as a RouterState says, with the least change: through the runtime API where that is enough,
 * by a reload where backends, routes or the listener change, by a start where nothing runs. The configuration is written
 * first, so that a restart for whatever reason comes back with what was applied last. One thread at a time.
 */
#pragma once

#include "base/clock.h"
#include "rollout/router_config.h"
#include "rollout/runtime.h"

#include <gio/gio.h>
#include <stdbool.h>

typedef struct Router Router;

Router *router_new(const char *data_dir, const char *project, const char *environment);
void router_free(Router *router);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Router, router_free)

/* MISSING when HAProxy is not installed, or older than 2.6. */
bool router_check_program(GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Whether `listen` can be had: it is this router's already, or free. CONFLICT when another program has it, REFUSED when
 * this user may not, INPUT when it is no address. */
bool router_check_listen(const Router *router, const char *listen, GError **error) G_GNUC_WARN_UNUSED_RESULT;

bool router_is_alive(const Router *router);

/* Fills in `state->user`. True: the router runs as said. */
bool router_apply(const Router *router, RouterState *state, const Clock *clock, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The share of the green slot in force; UNAVAILABLE when the router does not run. */
bool router_share(const Router *router, int *share, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Whether requests to a slot, or workers of an earlier configuration, are still under way. */
bool router_is_busy(const Router *router, Slot slot, bool *busy, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* All backends and servers as they are; a GPtrArray of RuntimeRow. */
GPtrArray *router_rows(const Router *router, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Ends the process, if there is one, and removes its folder. */
bool router_stop(const Router *router, const Clock *clock, GError **error) G_GNUC_WARN_UNUSED_RESULT;
