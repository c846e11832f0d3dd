#include "lint/rules/image_name.h"

#include "lint/script/script.h"

#include <glib.h>
#include <string.h>

#define UNKNOWN '\x01' /* stands for an expansion */
#define BRANCH '\x02'  /* stands for the branch's name */

/* ---- expansions ---- */

/* Contexts that give the name of a branch. */
static bool is_branch(const char *inner, size_t length) {
  static const char *const names[] = {"github.ref_name", "github.head_ref", "github.base_ref", NULL};
  g_autofree char *name = g_strstrip(g_strndup(inner, length));
  for (const char *const *branch = names; *branch != NULL; branch++)
    if (g_ascii_strcasecmp(name, *branch) == 0)
      return true;
  return false;
}

/* Behind the bracket that closes the one at `at`; the end of the text when none does. */
static size_t behind_bracket(const char *text, size_t at, char open, char close) {
  size_t depth = 0;
  for (; text[at] != '\0'; at++) {
    depth += text[at] == open;
    depth -= text[at] == close;
    if (depth == 0)
      return at + 1;
  }
  return at;
}

/* Behind the expansion at `at`, or `at` when none begins there. */
static size_t behind_expansion(const char *text, size_t length, size_t at) {
  size_t end;
  if (text[at] == '`') {
    const char *close = strchr(text + at + 1, '`');
    return close != NULL ? (size_t)(close - text) + 1 : length;
  }
  if (text[at] != '$')
    return at;
  if (script_expression_at(text, length, at, &end))
    return end;
  if (text[at + 1] == '{')
    return behind_bracket(text, at + 1, '{', '}');
  if (text[at + 1] == '(')
    return behind_bracket(text, at + 1, '(', ')');
  size_t name = at + 1;
  while (g_ascii_isalnum(text[name]) || text[name] == '_')
    name++;
  return name;
}

/* The text with one character for each expansion; transfer full. */
static char *without_expansions(const char *text) {
  size_t length = strlen(text);
  g_autoptr(GString) plain = g_string_sized_new(length);
  for (size_t at = 0; at < length;) {
    size_t end = behind_expansion(text, length, at);
    size_t last;
    bool is_expression = end > at && script_expression_at(text, length, at, &last);
    if (end == at)
      g_string_append_c(plain, text[at++]);
    else
      g_string_append_c(plain, is_expression && is_branch(text + at + 3, end - at - 5) ? BRANCH : UNKNOWN);
    at = MAX(at, end);
  }
  return g_string_free(g_steal_pointer(&plain), FALSE);
}

/* ---- tags ---- */

/* Names of what is newest, of branches and of environments. */
static const char *const floating[] = {"alpha",   "beta",    "canary",     "current", "dev",      "develop", "development", "edge",
                                       "head",    "latest",  "lts",        "main",    "mainline", "master",  "next",        "nightly",
                                       "preview", "prod",    "production", "qa",      "release",  "rolling", "stable",      "stage",
                                       "staging", "testing", "trunk",      "uat",     "unstable", NULL};

/* "stable-alpine" moves as "stable" does; "dev-4f2a91c" and "latest-$SHA" say which. */
static ImageFloat tag_floats(const char *tag) {
  if (strchr(tag, UNKNOWN) != NULL)
    return IMAGE_FIXED;
  if (strchr(tag, BRANCH) != NULL)
    return tag[1] == '\0' ? IMAGE_BRANCH : IMAGE_FIXED;
  g_autofree char *lower = g_ascii_strdown(tag, -1);
  size_t word = strcspn(lower, "-_.");
  bool has_digits = lower[word + strcspn(lower + word, G_CSET_DIGITS)] != '\0';
  lower[word] = '\0';
  return !has_digits && g_strv_contains(floating, lower) ? IMAGE_FLOATING : IMAGE_FIXED;
}

ImageFloat image_tag_floats(const char *tag) {
  g_autofree char *plain = without_expansions(tag);
  return tag_floats(plain);
}

/* The tag stands behind the last colon behind the last slash: one before it is a port. */
ImageFloat image_name_floats(const char *text) {
  g_autofree char *plain = without_expansions(text);
  const char *slash = strrchr(plain, '/'), *last = slash != NULL ? slash + 1 : plain;
  const char *colon = strchr(last, ':');
  if (*last == '\0' || strchr(last, '@') != NULL || strcmp(plain, "scratch") == 0)
    return IMAGE_FIXED;
  if (colon != NULL)
    return tag_floats(colon + 1);
  return strchr(last, UNKNOWN) != NULL || strchr(last, BRANCH) != NULL ? IMAGE_FIXED : IMAGE_UNTAGGED;
}
