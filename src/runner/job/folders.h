/* A job's folders below DATA/runs/RUN/N, where they show inside, and the few files that drover itself puts there and reads back.
 *
 * What lies in them belongs to the job and is hostile: it may replace any file by a link, a pipe or a terabyte. Folders that drover
 * writes to are held open from before the first step, so that no link leads anywhere else.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

typedef struct {
  char *path;   /* on this machine */
  char *inside; /* as the job's programs call it */
} JobFolder;

typedef struct {
  char *dir; /* all of them lie here */
  JobFolder work, temp, home, tools, actions;
  int temp_fd, commands_fd; /* of temp and temp/_runner_file_commands */
  char *event_path;         /* inside */
} JobFolders;

typedef enum {
  FOLDERS_HERE,      /* inside they are where they are */
  FOLDERS_SANDBOX,   /* GitHub's places on its machines: /home/runner/work/REPO/REPO, ... */
  FOLDERS_CONTAINER, /* GitHub's places in a job's container: /__w/REPO/REPO, ... */
} FoldersLayout;

/* Makes them in `dir`, and the event's file. `repository` is "owner/name". */
bool job_folders_make(JobFolders *folders, const char *dir, const char *repository, FoldersLayout layout, const char *event,
                      GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Removes them. */
bool job_folders_remove(JobFolders *folders, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void job_folders_clear(JobFolders *folders);

/* Writes a new file in a folder held open; fails when there is one. Not flushed to the disk. */
bool job_file_put(int folder_fd, const char *name, const char *text, size_t size, unsigned mode, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* A regular file of at most `max_bytes` and removes it: NUL-terminated, transfer full. NOT_FOUND when it is not there, INPUT when it is
 * larger or is no file. Never waits. */
char *job_file_take(int folder_fd, const char *name, size_t max_bytes, size_t *size, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* A path inside as one of this machine, NULL where it is in none of the folders. Transfer full. Whoever opens it follows the job's links. */
char *job_folders_outside(const JobFolders *folders, const char *inside);
/* Opens a file or a folder by its path inside, for reading; links that lead out of its folder are refused. -1 with errno. Never waits. */
int job_folders_open_file(const JobFolders *folders, const char *inside);
