/* Goes through a workspace as @actions/glob does, and finds the files that a set of patterns chooses. Private to hash.c. */
#pragma once

#include "runner/glob.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/* A chosen file, open for reading; `path` is relative to the root. */
typedef bool (*HashFileFunc)(int fd, const char *path, int64_t deadline_us, void *data, GError **error);

typedef struct {
  const char *root;
  const char *inside; /* what patterns call it */
  const GlobSet *set;
  bool follow; /* symbolic links to folders too; those to files always are */
  HashFileFunc on_file;
  void *data;
  int64_t deadline_us; /* monotonic */
} HashWalk;

/* Every file is opened beneath the root, whatever somebody does to the folders meanwhile. */
bool hash_walk(const HashWalk *walk, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Sets TIMEOUT; returns false. */
bool hash_fail_late(GError **error);
