/* Pictures of a folder over time, each step of a job one: what changed since the last is copied, the rest is shared.
 *
 *   DIR/objects/N     the bytes of a file at some time
 *   DIR/lists/NAME    a picture: all entries with kind, mode, owner, times, extended attributes, and the number of the object
 *   DIR/last          the name of the newest
 *
 * A file whose inode, size and times are as in the picture before is not read again, so a picture of what nobody touched costs one
 * stat a file. The device nodes and attributes by which overlayfs marks what was removed are kept, so that a sandbox's layer can be
 * put back. Files come from a job and are not trusted: no link is followed, special files are not opened. A Snapshots is used by one
 * thread at a time; a process that is killed leaves the pictures that were whole.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#define SNAPSHOT_ENTRIES_MAX 200000
#define SNAPSHOT_DEPTH_MAX 256

typedef struct Snapshots Snapshots;

/* `dir` (made when missing) keeps the pictures of `folder`; together they may hold `max_bytes`. CORRUPT when a list is not what was
 * written. */
Snapshots *snapshots_open(const char *dir, const char *folder, int64_t max_bytes, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void snapshots_free(Snapshots *snapshots);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Snapshots, snapshots_free)

/* Takes a picture called `name` (letters, digits, "-", "_"; one that exists is replaced). REFUSED, with nothing kept of it, when all
 * would be larger than `max_bytes`, or for more entries or deeper folders than the limits above. Programs may go on writing meanwhile:
 * a file that changes while it is copied is in the picture in one of its states or between two. */
bool snapshot_take(Snapshots *snapshots, const char *name, GError **error) G_GNUC_WARN_UNUSED_RESULT;
bool snapshot_has(const Snapshots *snapshots, const char *name);

/* Makes the folder what it was: what is not in the picture is removed, what differs is put back. May be killed and done again.
 * Nothing may run in the folder. NOT_FOUND, CORRUPT. */
bool snapshot_restore(Snapshots *snapshots, const char *name, GError **error) G_GNUC_WARN_UNUSED_RESULT;
