/* Where the program `node` of JavaScript actions comes from: DATA/node/MAJOR (bin/node), programs called node20 or node24 in PATH, `node` in
 * PATH when it is of that major or newer; else it is fetched from npm, once, unless nothing may be fetched; and last an older one. */
#pragma once

#include "runner/run.h"

#include <glib.h>
#include <jansson.h>
#include <stdbool.h>

/* `using` says what is asked for: "node24"; older ones run with node20, as at GitHub, so its major is 20. 0 when it is none. */
unsigned node_major(const char *using);

/* The program as sandboxes (`inside`) or this machine see it; transfer full. `note` (transfer full, may become NULL): what to warn of.
 * MISSING says how to get it. Thread-safe; asks a program for its version once a run. */
char *node_find(Run *run, unsigned major, bool inside, char **note, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Adds the folders (SandboxBind) that sandboxes need for it: read-only below /opt/drover. What is returned owns their texts. */
GPtrArray *node_binds(const char *data_dir, GArray *binds);
