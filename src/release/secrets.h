/* The values of a project's secrets and variables, a set for each environment and one for the whole repository:
 * DATA/secrets/PROJECT/ENVIRONMENT.json and DATA/variables/PROJECT/ENVIRONMENT.json, mode 0600; the repository's own are in
 * _repository.json, which no environment can be called. (Encryption at rest comes with the server.) One thread at a time. */
#pragma once

#include "base/secret.h"

#include <glib.h>
#include <jansson.h>
#include <stdbool.h>

typedef enum { VALUES_SECRETS, VALUES_VARIABLES } ValuesKind;

const char *values_noun(ValuesKind kind); /* "secret" */

/* Whether a project or an environment can have values here: its name becomes a part of a path. */
bool values_can_be_kept_for(const char *name);

typedef struct SecretSet SecretSet;

/* An environment that has none yet gives an empty set. A file that others may read is REFUSED; names that could leave the folder
 * are INPUT. */
SecretSet *secret_set_load(const char *data_dir, const char *project, const char *environment, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The same of either kind; `environment` NULL: the repository's own. */
SecretSet *values_load(const char *data_dir, ValuesKind kind, const char *project, const char *environment, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void secret_set_free(SecretSet *set);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SecretSet, secret_set_free)

const Secret *secret_set_get(const SecretSet *set, const char *name); /* NULL when it is not set; transfer none */
char **secret_set_names(const SecretSet *set);                        /* sorted; transfer full */

/* Names are [A-Z_][A-Z0-9_]* (case matters), values UTF-8 of at most 100 KiB: INPUT. put and remove lock the file against other
 * processes, read what is there now, and write it. No message ever holds a value. */
bool secret_set_put(SecretSet *set, const char *name, const Secret *value, GError **error) G_GNUC_WARN_UNUSED_RESULT;
bool secret_set_remove(SecretSet *set, const char *name, GError **error) G_GNUC_WARN_UNUSED_RESULT; /* NOT_FOUND */

/* INPUT when one of `names` is not set: the message names each, and the command that sets it. */
bool secret_set_require(const SecretSet *set, const char *const *names, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* What a run sees as its secrets or vars context: the repository's values with the environment's (NULL: none) over them, an object of
 * texts. Transfer full; it holds secrets in the clear. */
json_t *values_context(const char *data_dir, ValuesKind kind, const char *project, const char *environment, GError **error) G_GNUC_WARN_UNUSED_RESULT;
