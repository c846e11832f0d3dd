/* The values of a project's secrets, one set an environment: DATA/secrets/PROJECT/ENVIRONMENT.json, mode 0600.
 * (Encryption at rest comes with the server.) One thread at a time. */
#pragma once

#include "base/secret.h"

#include <glib.h>
#include <stdbool.h>

typedef struct SecretSet SecretSet;

/* An environment that has none yet gives an empty set. A file that others may read is REFUSED; names that could leave the folder
 * are INPUT. */
SecretSet *secret_set_load(const char *data_dir, const char *project, const char *environment, GError **error) G_GNUC_WARN_UNUSED_RESULT;
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
