#include "workflow/lockfile.h"

#include "base/error.h"
#include "base/yaml.h"

#include <string.h>

struct Lockfile {
  GHashTable *entries; /* "owner/repo@ref", the first two in lower case -> LockfileEntry */
  GHashTable *covered; /* a workflow's path -> a set of those keys */
};

static bool refuse(const YamlNode *node, GError **error, const char *expected) {
  return error_set(error, DROVER_ERROR_INPUT, "%s:%u:%u: expected %s", node->location.file, node->location.line, node->location.column, expected);
}

static const char *text_of(const YamlNode *node) {
  return node != NULL && node->kind == YAML_SCALAR && strlen(node->text) == node->length ? node->text : NULL;
}

/* "owner/repo@ref" as the table has it, NULL where `pin` is none. v0.0.1 adds ":sha1-...", which a ref cannot hold. */
static char *read_pin(const char *pin) {
  g_auto(GStrv) halves = g_strsplit(pin != NULL ? pin : "", "@", 2);
  g_auto(GStrv) names = g_strsplit(halves[0] != NULL ? halves[0] : "", "/", -1);
  if (g_strv_length(names) != 2 || *names[0] == '\0' || *names[1] == '\0' || halves[1] == NULL)
    return NULL;
  halves[1][strcspn(halves[1], ":")] = '\0';
  g_autofree char *name = g_ascii_strdown(halves[0], -1);
  return *halves[1] != '\0' ? g_strconcat(name, "@", halves[1], NULL) : NULL;
}

/* "sha1-" and 40 digits or "sha256-" and 64. */
static char *read_commit(const char *text) {
  if (text == NULL)
    return NULL;
  size_t length = g_str_has_prefix(text, "sha1-") ? 40 : g_str_has_prefix(text, "sha256-") ? 64 : 0;
  const char *digits = text + strcspn(text, "-") + (length > 0);
  bool good = length > 0 && strlen(digits) == length && strspn(digits, "0123456789abcdefABCDEF") == length;
  return good ? g_ascii_strdown(digits, -1) : NULL;
}

static void entry_free(gpointer data) {
  LockfileEntry *entry = data;
  g_free(entry->commit);
  g_free(entry->ref);
  g_free(entry);
}

static bool read_dependency(Lockfile *lockfile, const YamlNode *key, const YamlNode *value, GError **error) {
  g_autofree char *pin = read_pin(text_of(key));
  g_autofree char *commit = read_commit(text_of(yaml_get(value, "commit")));
  if (pin == NULL)
    return refuse(key, error, "an action as owner/repo@ref");
  if (commit == NULL)
    return refuse(value, error, "a mapping with \"commit\", as sha1-... with all its digits");
  if (g_hash_table_contains(lockfile->entries, pin))
    return refuse(key, error, "each action once; this one stands above already");
  LockfileEntry *entry = g_new0(LockfileEntry, 1);
  entry->commit = g_steal_pointer(&commit);
  entry->ref = g_strdup(text_of(yaml_get(value, "ref")));
  g_hash_table_insert(lockfile->entries, g_steal_pointer(&pin), entry);
  return true;
}

static bool read_workflow(Lockfile *lockfile, const YamlNode *key, const YamlNode *value, GError **error) {
  bool empty = yaml_is_null(value);
  if (text_of(key) == NULL || (value->kind != YAML_SEQUENCE && !empty))
    return refuse(value, error, "a workflow's path with a list of actions");
  GHashTable *listed = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  g_hash_table_insert(lockfile->covered, g_strdup(key->text), listed);
  for (guint i = 0; !empty && i < value->count; i++) {
    char *pin = read_pin(text_of(value->items[i]));
    if (pin == NULL)
      return refuse(value->items[i], error, "an action as owner/repo@ref");
    g_hash_table_add(listed, pin);
  }
  return true;
}

/* A mapping that may be missing or empty. */
static bool read_pairs(Lockfile *lockfile, const YamlNode *node,
                       bool (*read)(Lockfile *lockfile, const YamlNode *key, const YamlNode *value, GError **error), GError **error) {
  if (node == NULL || yaml_is_null(node))
    return true;
  if (node->kind != YAML_MAPPING)
    return refuse(node, error, "a mapping");
  for (guint i = 0; i < node->count; i++)
    if (!read(lockfile, yaml_key(node, i), yaml_value(node, i), error))
      return false;
  return true;
}

Lockfile *lockfile_parse(const char *name, const char *text, size_t size, GError **error) {
  g_autoptr(YamlDocument) document = yaml_parse(name, text, size, NULL, error);
  if (document == NULL)
    return NULL;
  const YamlNode *root = yaml_root(document);
  const char *version = text_of(yaml_get(root, "version"));
  if (version == NULL || !g_str_has_prefix(version, "v0.")) {
    refuse(root, error, "a lock file of \"version\" v0, the one that is known");
    return NULL;
  }
  g_autoptr(Lockfile) lockfile = g_new0(Lockfile, 1);
  lockfile->entries = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, entry_free);
  lockfile->covered = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_hash_table_unref);
  bool good = read_pairs(lockfile, yaml_get(root, "dependencies"), read_dependency, error) &&
              read_pairs(lockfile, yaml_get(root, "workflows"), read_workflow, error);
  return good ? g_steal_pointer(&lockfile) : NULL;
}

void lockfile_free(Lockfile *lockfile) {
  g_hash_table_unref(lockfile->entries);
  g_hash_table_unref(lockfile->covered);
  g_free(lockfile);
}

bool lockfile_covers(const Lockfile *lockfile, const char *workflow) {
  return g_hash_table_contains(lockfile->covered, workflow);
}

const LockfileEntry *lockfile_find(const Lockfile *lockfile, const char *workflow, const char *owner, const char *repo, const char *ref) {
  g_autofree char *text = g_strconcat(owner, "/", repo, "@", ref, NULL);
  g_autofree char *pin = read_pin(text);
  GHashTable *listed = workflow != NULL ? g_hash_table_lookup(lockfile->covered, workflow) : lockfile->entries;
  return pin != NULL && listed != NULL && g_hash_table_contains(listed, pin) ? g_hash_table_lookup(lockfile->entries, pin) : NULL;
}
