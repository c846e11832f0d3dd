/* The two keys of a results folder, each made once, by whichever process needs it first, and kept with mode 0600: a secret that signs
 * tokens and links, and an RSA key that signs what a job says of itself to others. Private to results/. */
#pragma once

#include <glib.h>
#include <openssl/evp.h>
#include <stdbool.h>
#include <stdint.h>

#define SECRET_BYTES 32

/* The secret of the folder `dir`. CORRUPT when the file is not one. */
bool keys_secret(const char *dir, uint8_t secret[SECRET_BYTES], GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The private key of the folder `dir`; EVP_PKEY_free() it. Making it takes some 100 ms. */
EVP_PKEY *keys_identity(const char *dir, GError **error) G_GNUC_WARN_UNUSED_RESULT;
