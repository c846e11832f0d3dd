/* A picture in memory: the entries of a folder, by path. Private to this folder. */
#pragma once

#include "runner/record/snapshot.h"

#include <sys/stat.h>

typedef struct {
  char *path; /* relative; parents come before what is in them */
  mode_t mode;
  uid_t uid;
  gid_t gid;
  dev_t device;   /* of a device node */
  uint64_t inode; /* hard links to one file have the same */
  uint64_t links; /* names of the inode; 0: not known any more, so the file counts as changed */
  int64_t mtime_ns;
  int64_t ctime_ns;
  uint64_t size;
  uint64_t object;    /* of a file; 0: empty */
  char *target;       /* of a symbolic link, or NULL */
  GBytes *attributes; /* names and values as picture_attributes() packs them, or NULL */
} Entry;

typedef struct {
  GPtrArray *entries;  /* Entry */
  GHashTable *by_path; /* char * -> Entry *, borrowed */
} Picture;

Picture *picture_new(void);
void picture_free(Picture *picture);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Picture, picture_free)

void picture_add(Picture *picture, Entry *entry); /* transfer full */
const Entry *picture_find(const Picture *picture, const char *path);

Entry *entry_new(const char *path, const struct stat *found);
/* Takes over the times, inode and size of a file that was put back. */
void entry_note(Entry *entry, const struct stat *found);
/* Whether a file is as it was, as far as its inode tells. */
bool entry_is_same(const Entry *old, const Entry *entry);

/* Extended attributes of what `path` names (a link itself, not what it points to): NULL when there are none. */
GBytes *picture_attributes(const char *path);
/* Puts them back in place of those that are there. */
bool picture_set_attributes(const char *path, GBytes *attributes, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* A list's file. Reading checks every entry: paths stay inside, parents come first. */
bool picture_write(const Picture *picture, const char *file, GError **error) G_GNUC_WARN_UNUSED_RESULT;
Picture *picture_read(const char *file, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Copies the bytes of one open file into another: shared blocks where the file system can, holes stay holes. */
bool picture_copy(int from, int to, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Where an object lies; transfer full. */
char *snapshot_object(const char *dir, uint64_t object);
/* Removes and puts back below `folder` until it is the picture; what was put back is noted in its entries. */
bool picture_restore(Picture *picture, const char *dir, const char *folder, GError **error) G_GNUC_WARN_UNUSED_RESULT;
