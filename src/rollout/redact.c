#include "rollout/redact.h"

#include <string.h>

struct Redactor {
  GPtrArray *values; /* longest first, so that a value inside another does not leave half of it */
};

static void free_value(void *value) {
  explicit_bzero(value, strlen(value));
  g_free(value);
}

static int by_length(const void *left, const void *right) {
  size_t a = strlen(*(const char *const *)left), b = strlen(*(const char *const *)right);
  return a < b ? 1 : a > b ? -1 : 0;
}

static void add_plain(Redactor *redactor, const char *value, size_t length) {
  if (length >= REDACT_MIN)
    g_ptr_array_add(redactor->values, g_strndup(value, length));
}

static void add_lines(Redactor *redactor, const char *value) {
  for (const char *line = value; *line != '\0';) {
    size_t length = strcspn(line, "\r\n");
    add_plain(redactor, line, length);
    line += length;
    line += strspn(line, "\r\n");
  }
}

/* scheme://user:password@host: the password, as written and decoded. */
static void add_password(Redactor *redactor, const char *value) {
  const char *rest = strstr(value, "://");
  if (rest == NULL)
    return;
  rest += 3;
  size_t authority = strcspn(rest, "/?#");
  const char *at = memrchr(rest, '@', authority);
  const char *colon = at != NULL ? memchr(rest, ':', (size_t)(at - rest)) : NULL;
  if (colon == NULL)
    return;
  add_plain(redactor, colon + 1, (size_t)(at - colon - 1));
  g_autofree char *decoded = g_uri_unescape_segment(colon + 1, at, NULL);
  if (decoded != NULL)
    add_plain(redactor, decoded, strlen(decoded));
}

void redactor_add(Redactor *redactor, const char *value) {
  add_plain(redactor, value, strlen(value));
  if (strpbrk(value, "\r\n") != NULL)
    add_lines(redactor, value);
  add_password(redactor, value);
  g_ptr_array_sort(redactor->values, by_length);
}

Redactor *redactor_new(const SecretSet *secrets) {
  Redactor *redactor = g_new0(Redactor, 1);
  redactor->values = g_ptr_array_new_with_free_func(free_value);
  g_auto(GStrv) names = secrets != NULL ? secret_set_names(secrets) : NULL;
  for (char **name = names; name != NULL && *name != NULL; name++) {
    const Secret *secret = secret_set_get(secrets, *name);
    if (secret != NULL)
      redactor_add(redactor, secret_reveal(secret));
  }
  return redactor;
}

void redactor_free(Redactor *redactor) {
  g_ptr_array_unref(redactor->values);
  g_free(redactor);
}

char *redact(const Redactor *redactor, const char *text) {
  GString *clean = g_string_new(text);
  for (guint i = 0; i < redactor->values->len; i++)
    g_string_replace(clean, g_ptr_array_index(redactor->values, i), "***", 0);
  return g_string_free(clean, FALSE);
}

void redact_error(const Redactor *redactor, GError **error) {
  if (error == NULL || *error == NULL)
    return;
  char *clean = redact(redactor, (*error)->message);
  g_free((*error)->message);
  (*error)->message = clean;
}
