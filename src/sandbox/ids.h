/* The ids of a user namespace (user_namespaces(7)). */
#pragma once

#include <stdbool.h>

/* Whether this process is root of the machine itself, and not of a user namespace. */
bool ids_are_the_machines(void);

/* What to write into the file of a new user namespace, so that the ids there are those of this one: all that it has. `file` is this
 * one's uid_map or gid_map. Transfer full; NULL when it cannot be read. */
char *ids_same(const char *file);
