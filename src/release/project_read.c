#include "release/project_reader.h"

#include "base/duration.h"
#include "base/nearest.h"

#include <string.h>

#define SHOWN_MAX 60
#define LIST_MAX 1000

void reader_find(Reader *reader, const YamlNode *node, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  g_autofree char *message = g_strdup_vprintf(format, arguments);
  va_end(arguments);
  diagnostics_add(reader->diagnostics, node->location, "%s", message);
  reader->findings++;
}

char *reader_show(const YamlNode *node) {
  if (node->kind != YAML_SCALAR)
    return g_strdup(yaml_describe(node));
  g_autofree char *text = g_utf8_substring(node->text, 0, MIN(g_utf8_strlen(node->text, -1), SHOWN_MAX));
  for (char *c = text; *c != '\0'; c++)
    if (g_ascii_iscntrl(*c))
      *c = '?';
  return g_strdup_printf("\"%s%s\"", text, strlen(text) < strlen(node->text) ? "..." : "");
}

/* ---- mappings by table ------------------------------------------------------------------------------------------------ */

static const Key *find_key(const Key *keys, const YamlNode *name) {
  for (; keys->name != NULL; keys++)
    if (strlen(keys->name) == name->length && memcmp(keys->name, name->text, name->length) == 0)
      return keys;
  return NULL;
}

/* The names that may be written; what is not supported yet is not offered. */
static char **known_names(const Key *keys) {
  g_autoptr(GStrvBuilder) names = g_strv_builder_new();
  for (; keys->name != NULL; keys++)
    if (keys->read != read_unsupported)
      g_strv_builder_add(names, keys->name);
  return g_strv_builder_end(names);
}

static void find_unknown(Reader *reader, const char *what, const Key *keys, const YamlNode *name) {
  g_auto(GStrv) known = known_names(keys);
  g_autofree char *shown = reader_show(name);
  g_autofree char *all = g_strjoinv(", ", known);
  const char *nearest = nearest_name(name->text, (const char *const *)known);
  if (nearest != NULL)
    reader_find(reader, name, "unknown key %s in %s; did you mean \"%s\"?", shown, what, nearest);
  else
    reader_find(reader, name, "unknown key %s in %s; expected one of: %s", shown, what, all);
}

void reader_read_mapping(Reader *reader, const char *what, const Key *keys, const YamlNode *node, void *target) {
  if (node->kind != YAML_MAPPING) {
    reader_find(reader, node, "%s: expected a mapping, found %s", what, yaml_describe(node));
    return;
  }
  for (guint i = 0; i < node->count; i++) {
    const YamlNode *name = yaml_key(node, i);
    const Key *key = find_key(keys, name);
    if (key == NULL)
      find_unknown(reader, what, keys, name);
    else
      key->read(reader, key, key->read == read_unsupported ? name : yaml_value(node, i), (char *)target + key->offset);
  }
  for (const Key *key = keys; key->name != NULL; key++)
    if (key->required && yaml_get(node, key->name) == NULL)
      reader_find(reader, node, "%s: the key \"%s\" is missing", what, key->name);
}

void read_mapping(Reader *reader, const Key *key, const YamlNode *node, void *field) {
  reader_read_mapping(reader, key->name, key->keys, node, field);
}

void read_unsupported(Reader *reader, const Key *key, const YamlNode *node, void *field) {
  (void)field;
  reader_find(reader, node, "\"%s\" is not supported yet", key->name);
}

void read_entries(Reader *reader, const Key *key, const YamlNode *node, void *field) {
  const EntryType *type = key->entry;
  GPtrArray *entries = *(GPtrArray **)field;
  if (node->kind != YAML_MAPPING || node->count == 0) {
    reader_find(reader, node, "%s: expected a mapping with one key for each %s, found %s", key->name, type->what,
                node->kind == YAML_MAPPING ? "an empty one" : yaml_describe(node));
    return;
  }
  for (guint i = 0; i < node->count; i++) {
    const YamlNode *name = yaml_key(node, i);
    char *checked = item_name(reader, name);
    if (checked == NULL)
      continue;
    void *entry = type->defaults != NULL ? g_memdup2(type->defaults, type->size) : g_malloc0(type->size);
    g_ptr_array_add(entries, entry);
    *(char **)entry = checked;
    *(Location *)((char *)entry + type->location) = name->location;
    g_autofree char *what = g_strdup_printf("%s \"%s\"", type->what, checked);
    reader_read_mapping(reader, what, type->keys, yaml_value(node, i), entry);
    if (type->finish != NULL)
      type->finish(entry);
  }
}

/* ---- single values ----------------------------------------------------------------------------------------------------- */

void read_text(Reader *reader, const Key *key, const YamlNode *node, void *field) {
  char *text = key->item(reader, node);
  if (text == NULL)
    return;
  g_free(*(char **)field);
  *(char **)field = text;
}

void read_count(Reader *reader, const Key *key, const YamlNode *node, void *field) {
  gint64 value = 0;
  if (yaml_to_int(node, &value) && value >= key->min && value <= key->max) {
    *(unsigned *)field = (unsigned)value;
    return;
  }
  g_autofree char *shown = reader_show(node);
  reader_find(reader, node, "%s: expected a whole number from %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT ", found %s", key->name, key->min, key->max,
              shown);
}

void read_duration(Reader *reader, const Key *key, const YamlNode *node, void *field) {
  int64_t ms = 0;
  bool good = node->kind == YAML_SCALAR && strlen(node->text) == node->length && duration_parse(node->text, &ms);
  g_autofree char *shown = reader_show(node);
  double number = 0;
  if (yaml_to_number(node, &number))
    reader_find(reader, node, "%s: %s has no unit; write for example %.20sms, %.20ss or %.20sm", key->name, shown, node->text, node->text,
                node->text);
  else if (!good)
    reader_find(reader, node, "%s: expected a duration such as 500ms, 3s, 5m, 1h or 2d, found %s", key->name, shown);
  else if (ms < key->min || ms > key->max) {
    g_autofree char *min = duration_format(key->min), *max = duration_format(key->max);
    reader_find(reader, node, "%s: expected a duration from %s to %s, found %s", key->name, min, max, shown);
  } else
    *(int64_t *)field = ms;
}

/* ---- lists --------------------------------------------------------------------------------------------------------------- */

static bool check_list(Reader *reader, const char *name, const char *of, const YamlNode *node, bool may_be_empty) {
  if (node->kind != YAML_SEQUENCE)
    reader_find(reader, node, "%s: expected a list of %s, found %s", name, of, yaml_describe(node));
  else if (node->count == 0 && !may_be_empty)
    reader_find(reader, node, "%s: the list is empty", name);
  else if (node->count > LIST_MAX)
    reader_find(reader, node, "%s: the list has more than %d items", name, LIST_MAX);
  else
    return true;
  return false;
}

void read_list(Reader *reader, const Key *key, const YamlNode *node, void *field) {
  if (!check_list(reader, key->name, "texts", node, true))
    return;
  g_autoptr(GStrvBuilder) items = g_strv_builder_new();
  g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  for (guint i = 0; i < node->count; i++) {
    char *item = key->item(reader, node->items[i]);
    if (item == NULL)
      continue;
    g_strv_builder_add(items, item);
    if (!g_hash_table_add(seen, item)) {
      g_autofree char *shown = reader_show(node->items[i]);
      reader_find(reader, node->items[i], "%s: %s stands here twice", key->name, shown);
    }
  }
  g_strfreev(*(char ***)field);
  *(char ***)field = g_strv_builder_end(items);
}

void read_command(Reader *reader, const Key *key, const YamlNode *node, void *field) {
  if (!check_list(reader, key->name, "the program and its arguments", node, false))
    return;
  g_autoptr(GStrvBuilder) words = g_strv_builder_new();
  for (guint i = 0; i < node->count; i++) {
    g_autofree char *word = item_argument(reader, node->items[i]);
    if (word != NULL && i == 0 && *word == '\0')
      reader_find(reader, node->items[i], "%s: the program's name is empty", key->name);
    if (word != NULL)
      g_strv_builder_add(words, word);
  }
  g_strfreev(*(char ***)field);
  *(char ***)field = g_strv_builder_end(words);
}

void read_commands(Reader *reader, const Key *key, const YamlNode *node, void *field) {
  if (!check_list(reader, key->name, "commands, each a list", node, true))
    return;
  char ***commands = g_new0(char **, node->count + 1);
  guint count = 0;
  for (guint i = 0; i < node->count; i++) {
    read_command(reader, key, node->items[i], &commands[count]);
    count += commands[count] != NULL;
  }
  *(char ****)field = commands;
}

static bool is_variable(const char *name) {
  return (g_ascii_isalpha(*name) || *name == '_') && strspn(name, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "_") == strlen(name);
}

void read_variables(Reader *reader, const Key *key, const YamlNode *node, void *field) {
  if (node->kind != YAML_MAPPING) {
    reader_find(reader, node, "%s: expected a mapping of names to texts, found %s", key->name, yaml_describe(node));
    return;
  }
  g_autoptr(GStrvBuilder) pairs = g_strv_builder_new();
  for (guint i = 0; i < node->count; i++) {
    const YamlNode *name = yaml_key(node, i);
    g_autofree char *shown = reader_show(name);
    if (!is_variable(name->text) || strlen(name->text) != name->length) {
      reader_find(reader, name, "%s: %s is not a variable's name; expected letters, digits and _", key->name, shown);
      continue;
    }
    g_autofree char *value = item_argument(reader, yaml_value(node, i));
    g_autofree char *pair = value != NULL ? g_strconcat(name->text, "=", value, NULL) : NULL;
    if (pair != NULL)
      g_strv_builder_add(pairs, pair);
  }
  g_strfreev(*(char ***)field);
  *(char ***)field = g_strv_builder_end(pairs);
}
