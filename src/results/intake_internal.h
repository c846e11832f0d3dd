/* What the two halves of an upload share: taking blocks in, and making one content of them. */
#pragma once

#include "results/intake.h"

#include <glib.h>

typedef struct {
  int64_t offset, size_bytes;
} Extent;

struct Intake {
  gatomicrefcount references;
  int64_t id;
  IntakeTarget target;
  int64_t max_bytes;
  char *path; /* NULL: it became a blob */
  int fd;
  GMutex mutex;
  GHashTable *blocks;   /* id -> Extent: those that are there whole */
  GHashTable *places;   /* offset -> Extent: the same, and those that they took the place of */
  unsigned sent;        /* blocks that were begun */
  int64_t end_bytes;    /* where a block goes that has no place of its own */
  int64_t stride_bytes; /* the first block's size: that of the slots */
  GHashTable *slots;    /* offsets of slots that were given away */
  int64_t tail_bytes;   /* where blocks without a place begin; -1: there are none yet */
  int64_t used_us;
  unsigned writers; /* blocks that are coming in */
  bool sealed;
  bool committed;
  int64_t size_bytes; /* of what is committed */
  Digest digest;
  GMutex hash_mutex; /* taken without `mutex`, or before it */
  DigestStream *stream;
  int64_t hashed_bytes; /* the file's first bytes that `stream` has seen; -1: what it saw does not count */
};

/* A new empty file in `dir`, open for reading and writing; -1 and an error, or its path, transfer full. */
int intake_make_file(const char *dir, char **path, GError **error);

/* The place of a new block: `offset`, or a guess by its id when that is negative. `*is_fresh` says that no other block has touched it, so
 * that what the hash saw still counts. With the mutex held. */
int64_t intake_place(Intake *upload, const char *id, int64_t offset, int64_t size_bytes, bool *is_fresh);

/* Hashes a part of a file. */
bool intake_hash_file(int fd, int64_t from, int64_t to, DigestStream *stream, GError **error) G_GNUC_WARN_UNUSED_RESULT;
