/* Files, written so that a crash leaves the old content or the new, and never half of it. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* Makes `path` and its parents, like mkdir -p. */
bool fs_make_dirs(const char *path, mode_t mode, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Replaces `path` in one step: a temporary file beside it, fsync, rename, fsync of the folder. */
bool fs_write(const char *path, const void *bytes, size_t size, mode_t mode, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Reads a regular file of at most `max_bytes`; NUL-terminated (transfer full), `size` may be NULL. NOT_FOUND when it is not
 * there, INPUT when it is larger. */
char *fs_read(const char *path, size_t max_bytes, size_t *size, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The same for a file that a job wrote: `relative` is looked up below `dir` and may not leave it. INPUT for "..", an absolute path,
 * a symbolic link in any part of `relative`, and what is no regular file; waits for nothing, as a fifo would have it. */
char *fs_read_beneath(const char *dir, const char *relative, size_t max_bytes, size_t *size, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Removes a file or a folder with all below it, however deep, what may not be read or changed by its mode or flags too; follows no
 * symbolic link and enters nothing that is mounted there. What is not there is success. */
bool fs_remove_tree(const char *path, GError **error);

/* A new folder in `parent` (made when missing), mode 0700; transfer full. */
char *fs_temp_dir(const char *parent, const char *prefix, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Whether the disk that holds `path` has next to no room left (less than 16 MiB for ordinary users): what a program that only says
 * that it could not write may have met. */
bool fs_is_nearly_full(const char *path);

/* Flushes a folder's entries to the disk. */
bool fs_sync_dir(const char *path, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* An exclusive lock on a file, which the kernel drops with the process that holds it, so no lock is ever stale. */
typedef struct FileLock FileLock;

/* Takes the lock and writes `holder` (one line, who and what) into the file. When another process has it: CONFLICT, with
 * that process's line in the message. `path`'s folder must exist. */
FileLock *file_lock_try(const char *path, const char *holder, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void file_lock_free(FileLock *lock);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(FileLock, file_lock_free)
