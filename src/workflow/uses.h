/* What `uses:` names: an action or a workflow in a folder, in a repository, or in an image. Pure; any thread.
 *
 * Reading follows what GitHub refuses before a run starts. Blanks around the text do not count, as at GitHub; expressions are
 * not allowed in `uses:` and are refused. Every part knows its place in the text, for findings and fixes.
 */
#pragma once

#include "base/image_reference.h"

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

typedef enum {
  USES_LOCAL,      /* ./path: in the working folder */
  USES_SELF,       /* $/path: in the repository, and at the commit, of the file that says so */
  USES_REPOSITORY, /* owner/repo@ref or owner/repo/path@ref */
  USES_DOCKER,     /* docker://image */
} UsesKind;

typedef enum {
  USES_REF_NAME,    /* a branch, or a tag that is no version */
  USES_REF_VERSION, /* as base/version.h reads them: "v4", "4.2.1" */
  USES_REF_COMMIT,  /* 40 or 64 hexadecimal digits */
} UsesRefKind;

typedef struct {
  UsesKind kind;
  TextPart owner;
  TextPart repo;
  TextPart path; /* without "./", "$/" or the slash in front; of USES_LOCAL perhaps empty, then it is the top folder */
  TextPart ref;
  UsesRefKind ref_kind;
  ImageReference image; /* of USES_DOCKER; offsets count from the start of the whole text */
} Uses;

/* INPUT says what was expected; `offset` (may be NULL) is then set to the byte of `text` that it is about. */
Uses *uses_parse(const char *text, size_t *offset, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void uses_free(Uses *uses);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Uses, uses_free)

/* What kind of name `ref` is, going by its looks. */
UsesRefKind uses_ref_kind(const char *ref);

/* Whether both name the same repository at GitHub, where case does not matter. False for other kinds. */
bool uses_same_repository(const Uses *a, const Uses *b);

/* How much a pattern for repositories demands, from the least: where several match, the highest decides. */
typedef enum {
  USES_PATTERN_INVALID,
  USES_PATTERN_ANY,        /* * */
  USES_PATTERN_OWNER,      /* owner / * */
  USES_PATTERN_BELOW,      /* owner/repo / *: the repository's own action and all below it */
  USES_PATTERN_REPOSITORY, /* owner/repo: none of the actions below it */
  USES_PATTERN_PATH,       /* owner/repo/path */
  USES_PATTERN_REF,        /* owner/repo@ref or owner/repo/path@ref */
} UsesPattern;

UsesPattern uses_pattern_kind(const char *pattern);

/* Whether a repository's action or workflow matches. False for other kinds, and for a pattern that is invalid. */
bool uses_matches(const Uses *uses, const char *pattern);
