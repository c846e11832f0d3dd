/* Keeps secret values out of what people read: container output, error messages, news of a rollout. */
#pragma once

#include "release/secrets.h"

#include <glib.h>

/* The values to hide: each secret, each line of one that has several, and the password inside one that is an address.
 * Values shorter than REDACT_MIN bytes are left alone, they would tear ordinary words apart. Immutable; any thread. */
#define REDACT_MIN 4
typedef struct Redactor Redactor;

Redactor *redactor_new(const SecretSet *secrets); /* NULL: hides nothing */
void redactor_free(Redactor *redactor);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Redactor, redactor_free)

/* Hides one more value. Before the redactor is shared. */
void redactor_add(Redactor *redactor, const char *value);

/* `text` with every value replaced by "***"; transfer full. */
char *redact(const Redactor *redactor, const char *text);

/* The same for the message of an error; `error` may point to NULL. */
void redact_error(const Redactor *redactor, GError **error);
