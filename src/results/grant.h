/* What a job may do, as the claims of its tokens. Private to results/. */
#pragma once

#include "results/results.h"

typedef enum {
  GRANT_RUNTIME,  /* ACTIONS_RUNTIME_TOKEN: caches and artifacts */
  GRANT_IDENTITY, /* ACTIONS_ID_TOKEN_REQUEST_TOKEN: tokens of the job's identity */
} GrantUse;

/* A token's bearer. */
typedef struct {
  char *repository, *run, *job;
  char *write_scope; /* NULL: no cache may be written */
  GPtrArray *reads;  /* of char *, in the order they are asked */
  json_t *identity;  /* of an identity's token */
} Grant;

/* INPUT when an id cannot stand in a claim. Transfer full. */
json_t *grant_claims(const ResultsGrant *grant, GrantUse use, int64_t now_s, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* NULL when the claims are those of another use, or not complete. */
Grant *grant_read(const json_t *claims, GrantUse use);
void grant_free(Grant *grant);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Grant, grant_free)
