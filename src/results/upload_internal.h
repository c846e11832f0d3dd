/* What the two halves of an upload share: taking blocks in, and making one content of them. */
#pragma once

#include "results/upload.h"

#include <glib.h>

typedef struct {
  int64_t offset, size_bytes;
} Extent;

struct Upload {
  gatomicrefcount references;
  int64_t id;
  UploadTarget target;
  int64_t max_bytes;
  char *path; /* NULL: it became a blob */
  int fd;
  GMutex mutex;
  GHashTable *blocks; /* id -> Extent: those that are there whole */
  GHashTable *places; /* offset -> Extent: the same, and those that they took the place of */
  unsigned sent;      /* blocks that were begun */
  int64_t end_bytes;  /* where the next block goes */
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
int upload_make_file(const char *dir, char **path, GError **error);

/* Hashes a part of a file. */
bool upload_hash_file(int fd, int64_t from, int64_t to, DigestStream *stream, GError **error) G_GNUC_WARN_UNUSED_RESULT;
