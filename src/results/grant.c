#include "results/grant.h"

#include "base/error.h"

#include <stdlib.h>
#include <string.h>

#define SCOPE_PREFIX "Actions.Results:"
#define ID_LETTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_."

enum { MAY_READ = 1, MAY_WRITE = 2 };

static const char *const uses[] = {[GRANT_RUNTIME] = "runtime", [GRANT_IDENTITY] = "identity"};

static bool is_id(const char *text) {
  return text != NULL && *text != '\0' && text[strspn(text, ID_LETTERS)] == '\0';
}

static void add_access(json_t *list, const char *scope, int permission) {
  json_array_append_new(list, json_pack("{s:s, s:i}", "Scope", scope, "Permission", permission));
}

/* The claim `ac`: JSON as a text, which some clients read. */
static char *access_text(const ResultsGrant *grant) {
  json_auto_t *list = json_array();
  bool is_listed = false;
  for (const char *const *read = grant->cache_reads; read != NULL && *read != NULL; read++) {
    bool may_write = g_strcmp0(*read, grant->cache_write_scope) == 0;
    is_listed = is_listed || may_write;
    add_access(list, *read, may_write ? MAY_READ | MAY_WRITE : MAY_READ);
  }
  if (grant->cache_write_scope != NULL && !is_listed)
    add_access(list, grant->cache_write_scope, MAY_WRITE);
  return json_dumps(list, JSON_COMPACT);
}

json_t *grant_claims(const ResultsGrant *grant, GrantUse use, int64_t now_s, GError **error) {
  if (!is_id(grant->run) || !is_id(grant->job)) {
    error_set(error, DROVER_ERROR_INPUT, "a job's services need the ids of its run and job, of letters, digits and - _ .");
    return NULL;
  }
  g_autofree char *scope = g_strconcat(SCOPE_PREFIX, grant->run, ":", grant->job, NULL);
  char *access = access_text(grant);
  json_int_t from_s = now_s, until_s = now_s + grant->lifetime_s;
  json_t *claims = json_pack("{s:s, s:s, s:s, s:s, s:I, s:I, s:I}", "use", uses[use], "repository", grant->repository, "scp", scope, "ac", access,
                             "nbf", from_s, "iat", from_s, "exp", until_s);
  free(access);
  if (claims == NULL)
    error_set(error, DROVER_ERROR_INPUT, "a job's repository and refs must be UTF-8");
  else if (use == GRANT_IDENTITY)
    json_object_set(claims, "identity", (json_t *)grant->identity);
  return claims;
}

static const char *text_of(const json_t *object, const char *name) {
  const char *text = json_string_value(json_object_get(object, name));
  return text != NULL ? text : "";
}

static void read_access(Grant *grant, const char *text) {
  json_auto_t *list = json_loads(text, 0, NULL);
  size_t index = 0;
  const json_t *row = NULL;
  json_array_foreach (list, index, row) {
    const char *scope = text_of(row, "Scope");
    json_int_t permission = json_integer_value(json_object_get(row, "Permission"));
    if ((permission & MAY_READ) != 0)
      g_ptr_array_add(grant->reads, g_strdup(scope));
    if ((permission & MAY_WRITE) != 0 && grant->write_scope == NULL)
      grant->write_scope = g_strdup(scope);
  }
}

Grant *grant_read(const json_t *claims, GrantUse use) {
  const char *scope = text_of(claims, "scp");
  const char *ids = g_str_has_prefix(scope, SCOPE_PREFIX) ? scope + strlen(SCOPE_PREFIX) : "";
  const char *colon = strchr(ids, ':');
  if (colon == NULL || strcmp(text_of(claims, "use"), uses[use]) != 0)
    return NULL;
  Grant *grant = g_new0(Grant, 1);
  grant->repository = g_strdup(text_of(claims, "repository"));
  grant->run = g_strndup(ids, (gsize)(colon - ids));
  grant->job = g_strdup(colon + 1);
  grant->reads = g_ptr_array_new_with_free_func(g_free);
  grant->identity = json_incref(json_object_get(claims, "identity"));
  read_access(grant, text_of(claims, "ac"));
  return grant;
}

void grant_free(Grant *grant) {
  g_free(grant->repository);
  g_free(grant->run);
  g_free(grant->job);
  g_free(grant->write_scope);
  g_ptr_array_unref(grant->reads);
  json_decref(grant->identity);
  g_free(grant);
}
