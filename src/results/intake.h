/* Bytes on their way into the store: a file beside the blobs that blocks are written into as they come, by several connections at once,
 * and hashed in the file's order behind them. The list of blocks says at the end which of them count, and in which order: when that is
 * the order they lie in, nothing is copied. An upload lives in the process that began it. Private to results/; thread-safe.
 */
#pragma once

#include "base/digest.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum { INTAKE_CACHE, INTAKE_ARTIFACT } IntakeKind;

/* What it is to become. */
typedef struct {
  IntakeKind kind;
  char *repository;
  char *run, *job; /* who uploads */
  char *scope;     /* of a cache: the ref */
  char *name;      /* the cache's key, or the artifact's name */
  char *version;   /* of a cache */
  char *type;      /* of an artifact: its media type */
  int64_t expires_us;
} IntakeTarget;

typedef struct Intake Intake;

/* One block while it comes in; its connection's own. */
typedef struct {
  char *id; /* NULL: not begun */
  int64_t offset, size_bytes, got_bytes;
} IntakeBlock;

/* A new file in the folder `dir`. Copies `target`. */
Intake *intake_new(const char *dir, int64_t id, const IntakeTarget *target, int64_t max_bytes, GError **error) G_GNUC_WARN_UNUSED_RESULT;
Intake *intake_ref(Intake *upload);
/* The last reference removes the file, unless it became a blob. */
void intake_unref(Intake *upload);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Intake, intake_unref)

int64_t intake_id(const Intake *upload);
const IntakeTarget *intake_target(const Intake *upload);
/* When it last took bytes, on the monotonic clock. */
int64_t intake_used_us(Intake *upload);

/* A block of exactly `size_bytes`: behind the others, or at `offset` when that is not negative. REFUSED when the upload would be larger
 * than it may be; CONFLICT when it is being stored. */
bool intake_begin_block(Intake *upload, const char *id, int64_t offset, int64_t size_bytes, IntakeBlock *block,
                        GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* INPUT when more comes than was promised. */
bool intake_write(Intake *upload, IntakeBlock *block, const char *bytes, size_t size, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The block is there whole, in the place of one with the same id; INPUT when it is not. */
bool intake_end_block(Intake *upload, IntakeBlock *block, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Drops a block that did not end. Does nothing for one that did, or never began. */
void intake_drop_block(Intake *upload, IntakeBlock *block);

/* Makes the upload's content of these blocks and flushes it to the disk; may be done again until it is stored. INPUT names a block that
 * is not there; CONFLICT when one is still coming in. */
bool intake_commit_list(Intake *upload, const char *const *ids, size_t count, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The same of the blocks with places of their own, which must follow each other without a gap. */
bool intake_commit_places(Intake *upload, int64_t size_bytes, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Takes no more bytes, and says what has been committed: INPUT when nothing has. */
bool intake_seal(Intake *upload, Digest *digest, int64_t *size_bytes, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Its file becomes `path`, in one step; in the place of an equal one. */
bool intake_move(Intake *upload, const char *path, GError **error) G_GNUC_WARN_UNUSED_RESULT;
