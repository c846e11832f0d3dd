/* GITHUB_ARTIFACTS, through which steps say what they made, as GitHub's runner reads it: a line each, a file's path or an image's
 * reference with its digest. The job keeps the names with their digests and shows them to later steps in GITHUB_ARTIFACTS_LIST.
 *
 *     dist/app.tar.gz
 *     file://dist/app.tar.gz
 *     ghcr.io/owner/app@sha256:<64 hexadecimal digits>
 *     oci://ghcr.io/owner/app@sha512:<128 hexadecimal digits>
 *
 * Empty lines and those with "#" in front are nothing. */
#pragma once

#include <glib.h>
#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#define ARTIFACTS_MAX_BYTES ((size_t)1 << 20) /* of a step's file */
#define ARTIFACTS_MAX 500                     /* of a job */

typedef struct {
  unsigned line;
  char *path;   /* as written, relative to the workspace or absolute as the step sees it; NULL: an image */
  char *name;   /* the reference, or the last part of the path */
  char *digest; /* "sha256:<digits>", also sha384 and sha512; NULL: of a file, not read yet */
} Artifact;

/* A step's file: a GPtrArray of Artifact (transfer full). INPUT names the line: a URI of another kind, a digest that is none, or "=",
 * which is kept for later. */
GPtrArray *artifacts_parse(const char *text, size_t size, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Sets a file's digest; `file` is where this machine has it. INPUT when it is not there or no regular file. */
bool artifact_read(Artifact *artifact, const char *file, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Adds artifacts, each with its digest, to `declared`, the job's object of name -> {"name", "digest", "kind"}: all, or on an error
 * none. The same again is fine; INPUT for another digest of a name, or more than ARTIFACTS_MAX. */
bool artifacts_declare(json_t *declared, const GPtrArray *artifacts, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* What GITHUB_ARTIFACTS_LIST holds: {"version": 1, "subjects": [{"name", "digest", "kind": "file" or "oci"}]}, sorted by name.
 * Transfer full. */
json_t *artifacts_list(const json_t *declared);
