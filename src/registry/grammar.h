/* The grammars of OCI Distribution 1.1 beyond base/image_reference.h: upload ids and endpoints. Pure functions over
 * outside bytes: what passes here or there is safe to put into a path of the store. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/* An upload's id, as base/id.h makes them. `text` may be NULL. */
bool grammar_is_upload_id(const char *text);

typedef enum {
  TARGET_BASE,      /* /v2/ */
  TARGET_BLOB,      /* /v2/<name>/blobs/<digest> */
  TARGET_UPLOADS,   /* /v2/<name>/blobs/uploads/ */
  TARGET_UPLOAD,    /* /v2/<name>/blobs/uploads/<id> */
  TARGET_MANIFEST,  /* /v2/<name>/manifests/<tag-or-digest> */
  TARGET_TAGS,      /* /v2/<name>/tags/list */
  TARGET_REFERRERS, /* /v2/<name>/referrers/<digest> */
} TargetKind;

/* What a path names. The two texts are split off, not judged: the caller asks the grammar. */
typedef struct {
  TargetKind kind;
  char *repository; /* NULL for the base */
  char *reference;  /* digest, tag or upload id; NULL where there is none */
} Target;

/* Splits an unescaped path; false when it has the shape of no endpoint. */
bool target_parse(const char *path, Target *target);
void target_clear(Target *target);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Target, target_clear)
