/* hashFiles(): one digest over the files of a workspace that patterns choose, the same that GitHub's runner gives.
 *
 * Nothing outside the workspace is read: a symbolic link that leads out of it stands for a file there, which GitHub leaves out too.
 * https://docs.github.com/actions/reference/workflows-and-actions/expressions#hashfiles */
#pragma once

#include <glib.h>
#include <stdbool.h>

#define HASH_DEADLINE_MS 120000

typedef struct {
  const char *root;   /* the workspace's folder on this machine */
  const char *inside; /* as the job's programs call it, for absolute patterns; NULL: the same */
  const char *home;   /* their home folder, for "~"; NULL: "/root" */
} HashPlace;

/* 64 hexadecimal digits: SHA-256 over the SHA-256 of each file, folder by folder in the order of their names; "" when none is chosen.
 * `arguments` are those of the expression: patterns, one or more lines each, before them perhaps "--follow-symbolic-links". INPUT for a
 * bad pattern or option and for a chosen link to nothing, TIMEOUT after HASH_DEADLINE_MS. Transfer full. */
char *hash_files(const HashPlace *place, const char *const *arguments, GError **error) G_GNUC_WARN_UNUSED_RESULT;
