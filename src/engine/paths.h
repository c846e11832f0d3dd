/* Which path of this machine is which inside a container. Pure. Private to this folder. */
#pragma once

#include "engine/scope.h"

typedef struct ContainerPaths ContainerPaths;

/* Copies the table. NULL is fine for container_paths_free(). */
ContainerPaths *container_paths_new(const ContainerBind *binds, size_t count);
void container_paths_free(ContainerPaths *paths);

/* By the bind whose folder is the longest, as mounts inside mounts behave; NULL where no bind shows the path. Transfer full. */
char *container_paths_inside(const ContainerPaths *paths, const char *path);
char *container_paths_outside(const ContainerPaths *paths, const char *path);
