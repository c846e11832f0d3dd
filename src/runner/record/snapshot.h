/* Pictures of a folder over time, each step of a job one: what changed since the last is copied, the rest is shared.
 *
 * A snapshot is a list of all entries (path, kind, mode, owner, times, size, and where the bytes lie); a file whose size, times and inode
 * are as in the snapshot before is not read again. Extended attributes and the device nodes by which overlayfs marks what was removed are
 * kept, so that a sandbox's layer can be put back. Files come from a job and are not trusted: no link is followed. One thread at a time a
 * Snapshots.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct Snapshots Snapshots;

/* `dir` keeps lists and bytes; `folder` is what is pictured. */
Snapshots *snapshots_open(const char *dir, const char *folder, int64_t max_bytes, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void snapshots_free(Snapshots *snapshots);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Snapshots, snapshots_free)

/* Takes a picture called `name` (one that exists is replaced). REFUSED when all would be larger than `max_bytes`. */
bool snapshot_take(Snapshots *snapshots, const char *name, GError **error) G_GNUC_WARN_UNUSED_RESULT;
bool snapshot_has(const Snapshots *snapshots, const char *name);
/* Makes the folder what it was: what is not in the picture is removed, what changed is put back. NOT_FOUND, CORRUPT. */
bool snapshot_restore(Snapshots *snapshots, const char *name, GError **error) G_GNUC_WARN_UNUSED_RESULT;
