/* What the contexts of a run are made of: the commit's own facts, names made fit for GitHub's places. Private to this folder. */
#pragma once

#include "git/history.h"
#include "runner/context/context.h"

typedef struct {
  const ContextSpec *spec;
  CommitDetails *details;
  char *ref;    /* "refs/heads/main", "refs/tags/v1"; the commit itself where it has neither name */
  char *branch; /* the commit's own, else the default one */
  char *tag;    /* NULL: none */
  char *default_branch;
  char *owner; /* of "owner/name" */
  char *name;
  char *actor; /* a login */
} ContextFacts;

/* INPUT for a repository that is no "owner/name". Where `whole` is false, git is not asked, and `details` and `default_branch` may be
 * NULL. */
ContextFacts *context_facts(const ContextSpec *spec, bool whole, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void context_facts_free(ContextFacts *facts);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ContextFacts, context_facts_free)

/* A login as GitHub has them, letters, digits and hyphens, from a user's name or a mail address ("1+ada@users.noreply.github.com" is
 * ada's); "drover" where nothing is left. Transfer full. */
char *context_login(const char *name);

/* A number of up to nine digits that is the same for the same name, in place of GitHub's ids. */
unsigned context_id(const char *name);

/* run_id: a number below 2^53, in the order of the ULIDs but for those of one millisecond. Transfer full. */
char *context_run_id(const char *ulid);

/* A member of a member, "a.b.c"; NULL when there is none. Transfer none. */
const json_t *context_at(const json_t *object, const char *path);

/* The same where it is text, else NULL. */
const char *context_text_at(const json_t *object, const char *path);

/* Sets a member to text, which is made valid; NULL gives "". */
void context_set(json_t *object, const char *key, const char *value);

/* The same with a printf format. */
void context_format(json_t *object, const char *key, const char *format, ...) G_GNUC_PRINTF(3, 4);
