#include "runner/context/facts.h"

#include "base/digest.h"
#include "base/error.h"

#include <string.h>

#define LOGIN_MAX 39
#define TIME_LETTERS 10 /* of a ULID: milliseconds since 1970 */
#define EPOCH_MS INT64_C(1577836800000)

void context_facts_free(ContextFacts *facts) {
  g_clear_pointer(&facts->details, commit_details_free);
  g_free(facts->ref);
  g_free(facts->branch);
  g_free(facts->tag);
  g_free(facts->default_branch);
  g_free(facts->owner);
  g_free(facts->name);
  g_free(facts->actor);
  g_free(facts);
}

static char *valid(const char *text) {
  return text != NULL ? g_utf8_make_valid(text, -1) : NULL;
}

static void read_names(ContextFacts *facts, const char *owner, const char *name) {
  const Commit *commit = facts->spec->commit;
  facts->owner = g_strdup(owner);
  facts->name = g_strdup(name);
  facts->branch = valid(commit->branch);
  facts->tag = valid(commit->tag);
  facts->ref = facts->branch != NULL ? g_strconcat("refs/heads/", facts->branch, NULL)
               : facts->tag != NULL  ? g_strconcat("refs/tags/", facts->tag, NULL)
                                     : g_strdup(commit->commit);
}

static bool read_default_branch(ContextFacts *facts, GError **error) {
  bool failed = false;
  facts->default_branch = repository_default_branch(facts->spec->commit->root, &failed, error);
  if (facts->default_branch == NULL)
    facts->default_branch = g_strdup(facts->branch != NULL ? facts->branch : "main");
  if (facts->branch == NULL)
    facts->branch = g_strdup(facts->default_branch);
  return !failed;
}

ContextFacts *context_facts(const ContextSpec *spec, bool whole, GError **error) {
  g_autoptr(ContextFacts) facts = g_new0(ContextFacts, 1);
  g_auto(GStrv) parts = g_strsplit(spec->repository, "/", -1);
  if (g_strv_length(parts) != 2 || *parts[0] == '\0' || *parts[1] == '\0') {
    error_set(error, DROVER_ERROR_INPUT, "\"%.60s\" cannot be a repository's name: expected OWNER/NAME", spec->repository);
    return NULL;
  }
  facts->spec = spec;
  read_names(facts, parts[0], parts[1]);
  if ((whole || spec->actor == NULL) && (facts->details = commit_details(spec->commit, error)) == NULL)
    return NULL;
  if (whole && !read_default_branch(facts, error))
    return NULL;
  facts->actor = context_login(spec->actor != NULL ? spec->actor : facts->details->author.mail);
  return g_steal_pointer(&facts);
}

/* ---- names and numbers ---- */

char *context_login(const char *name) {
  size_t length = strcspn(name, "@");
  const char *plus = memchr(name, '+', length);
  bool numbered = plus != NULL && strspn(name, G_CSET_DIGITS) == (size_t)(plus - name);
  GString *login = g_string_new(NULL);
  for (const char *c = numbered ? plus + 1 : name; c < name + length && login->len < LOGIN_MAX; c++) {
    if (g_ascii_isalnum(*c))
      g_string_append_c(login, *c);
    else if (login->len > 0 && login->str[login->len - 1] != '-')
      g_string_append_c(login, '-');
  }
  if (login->len > 0 && login->str[login->len - 1] == '-')
    g_string_truncate(login, login->len - 1);
  return g_string_free(login->len > 0 ? login : g_string_assign(login, "drover"), FALSE);
}

unsigned context_id(const char *name) {
  Digest digest = digest_bytes(name, strlen(name));
  g_autofree char *digits = g_strndup(digest_hex(digest.text), 7);
  return (unsigned)g_ascii_strtoull(digits, NULL, 16) + 1;
}

static uint64_t base32(const char *text, size_t count) {
  static const char letters[] = "0123456789abcdefghjkmnpqrstvwxyz";
  uint64_t number = 0;
  for (size_t i = 0; i < count && text[i] != '\0'; i++) {
    const char *letter = strchr(letters, g_ascii_tolower(text[i]));
    number = number << 5 | (letter != NULL ? (uint64_t)(letter - letters) : 0);
  }
  return number;
}

char *context_run_id(const char *ulid) {
  size_t length = strlen(ulid);
  uint64_t since_ms = base32(ulid, TIME_LETTERS) - EPOCH_MS;
  uint64_t random = length > TIME_LETTERS ? base32(ulid + TIME_LETTERS, 2) : 0;
  return g_strdup_printf("%" G_GUINT64_FORMAT, (since_ms << 10 | random) & ((UINT64_C(1) << 53) - 1));
}

/* ---- JSON ---- */

const json_t *context_at(const json_t *object, const char *path) {
  g_auto(GStrv) keys = g_strsplit(path, ".", -1);
  for (char **key = keys; *key != NULL && object != NULL; key++)
    object = json_object_get(object, *key);
  return object;
}

const char *context_text_at(const json_t *object, const char *path) {
  return json_string_value(context_at(object, path));
}

void context_set(json_t *object, const char *key, const char *value) {
  g_autofree char *valid = g_utf8_make_valid(value != NULL ? value : "", -1);
  json_object_set_new(object, key, json_string(valid));
}

void context_format(json_t *object, const char *key, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  g_autofree char *text = g_strdup_vprintf(format, arguments);
  va_end(arguments);
  context_set(object, key, text);
}
