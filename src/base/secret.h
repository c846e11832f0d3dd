/* A secret value: a type that no formatter accepts, wiped when it is freed. */
#pragma once

#include <glib.h>

typedef struct Secret Secret;

/* Copies `value`. Immutable; any thread. */
Secret *secret_new(const char *value);
Secret *secret_copy(const Secret *secret);
void secret_free(Secret *secret);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Secret, secret_free)

/* The value itself, transfer none: for the environment of a child or a file of mode 0600, never for a message. */
const char *secret_reveal(const Secret *secret);
