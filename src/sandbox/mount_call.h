/* Single mounts through descriptors (fsopen(2), open_tree(2), openat2(2)): sandbox/mounts.c puts them together. All give -1 or false with
 * errno on failure; what is made takes no devices but those of mount_call_devices(), and descriptors are closed on exec.
 */
#pragma once

#include <stdbool.h>

typedef struct {
  const char *name;
  const char *value; /* NULL: a flag */
} MountOption;

/* A file system, attached nowhere yet. `options` end with an empty row. */
int mount_call_new(const char *type, const MountOption *options);
int mount_call_overlay(int lower, int upper, int work, bool privileged);

/* What lies at `path`, with all that is mounted below, attached nowhere yet. */
int mount_call_bind(const char *path, bool read_only);

/* Opens `path` as it is when `root` is "/". */
int mount_call_open(int root, const char *path, int flags);

/* The same with O_PATH; the folder, or the empty file, and its parents are made when they are missing. */
int mount_call_target(int root, const char *path, bool is_folder);

/* The usual harmless devices, at `target` below `root`: made when privileged, otherwise this machine's. */
bool mount_call_devices(int root, const char *target, bool privileged);
