/* Which commit is checked out, and under what name it is fetched. Private to the checkout. */
#pragma once

#include "runner/checkout/git.h"
#include "runner/checkout/inputs.h"

typedef struct {
  char *object; /* the commit's full name, or an annotated tag's */
  char *ref;    /* "refs/heads/main", "refs/tags/v1", "refs/pull/1/merge"; "" for a bare commit */
} CheckoutRevision;

void checkout_revision_clear(CheckoutRevision *revision);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(CheckoutRevision, checkout_revision_clear)

/* `source` is the repository's path, inside. NOT_FOUND where it has no such ref. */
bool checkout_revision_find(CheckoutRevision *revision, const CheckoutGit *git, const CheckoutInputs *inputs, const char *source,
                            GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Fetches it with what the inputs want beside. `again`: into a repository that an earlier checkout left. */
bool checkout_revision_fetch(const CheckoutRevision *revision, const CheckoutGit *git, const CheckoutInputs *inputs, const char *source, bool again,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Checks it out: a branch as one that tracks origin's, all else detached. */
bool checkout_revision_switch(const CheckoutRevision *revision, const CheckoutGit *git, const CheckoutInputs *inputs,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;
