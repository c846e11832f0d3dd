#define _DEFAULT_SOURCE
#include "base/secret.h"

#include <string.h>

struct Secret {
  char *value;
};

Secret *secret_new(const char *value) {
  Secret *secret = g_new(Secret, 1);
  secret->value = g_strdup(value);
  return secret;
}

Secret *secret_copy(const Secret *secret) {
  return secret_new(secret->value);
}

void secret_free(Secret *secret) {
  explicit_bzero(secret->value, strlen(secret->value));
  g_free(secret->value);
  g_free(secret);
}

const char *secret_reveal(const Secret *secret) {
  return secret->value;
}
