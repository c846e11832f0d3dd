#include "lint/config/config_read.h"

#include "base/nearest.h"
#include "lint/config/glob.h"

#include <math.h>
#include <string.h>

void config_find(ConfigReader *reader, const YamlNode *node, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  g_autofree char *message = g_strdup_vprintf(format, arguments);
  va_end(arguments);
  diagnostics_add(reader->diagnostics, node->location, "%s", message);
}

/* ---- mappings by table ---- */

static const ConfigKey *find_key(const ConfigKey *keys, const char *name) {
  for (; keys->name != NULL; keys++)
    if (strcmp(keys->name, name) == 0)
      return keys;
  return NULL;
}

static void find_unknown(ConfigReader *reader, const char *what, const ConfigKey *keys, const YamlNode *name) {
  g_autoptr(GPtrArray) known = g_ptr_array_new();
  for (; keys->name != NULL; keys++)
    g_ptr_array_add(known, (gpointer)keys->name);
  g_ptr_array_add(known, NULL);
  g_autofree char *all = g_strjoinv(", ", (char **)known->pdata);
  const char *nearest = nearest_name(name->text, (const char *const *)known->pdata);
  if (nearest != NULL)
    config_find(reader, name, "unknown key \"%.60s\" in %s; did you mean \"%s\"?", name->text, what, nearest);
  else
    config_find(reader, name, "unknown key \"%.60s\" in %s; expected one of: %s", name->text, what, all);
}

void config_mapping(ConfigReader *reader, const char *what, const ConfigKey *keys, const YamlNode *node, bool lax) {
  if (yaml_is_null(node))
    return;
  if (node->kind != YAML_MAPPING) {
    config_find(reader, node, "%s: expected a mapping, found %s", what, yaml_describe(node));
    return;
  }
  for (guint i = 0; i < node->count; i++) {
    const ConfigKey *key = find_key(keys, yaml_key(node, i)->text);
    if (key != NULL)
      key->read(reader, key->name, yaml_value(node, i));
    else if (!lax)
      find_unknown(reader, what, keys, yaml_key(node, i));
  }
}

/* ---- values ---- */

bool config_text(ConfigReader *reader, const char *what, const YamlNode *node, const char **text) {
  if (node->kind != YAML_SCALAR || node->length == 0 || strlen(node->text) != node->length) {
    config_find(reader, node, "%s: expected text, found %s", what, yaml_describe(node));
    return false;
  }
  *text = node->text;
  return true;
}

bool config_flag(ConfigReader *reader, const char *what, const YamlNode *node, bool *flag) {
  if (yaml_to_bool(node, flag))
    return true;
  config_find(reader, node, "%s: expected true or false, found %s", what, yaml_describe(node));
  return false;
}

static void read_texts(ConfigReader *reader, const char *what, const YamlNode *node, bool globs, GPtrArray **texts) {
  if (yaml_is_null(node))
    return;
  if (node->kind != YAML_SEQUENCE) {
    config_find(reader, node, "%s: expected a list, found %s", what, yaml_describe(node));
    return;
  }
  if (*texts == NULL)
    *texts = g_ptr_array_new_with_free_func(g_free);
  for (guint i = 0; i < node->count; i++) {
    const char *text;
    if (!config_text(reader, what, node->items[i], &text))
      continue;
    g_autoptr(GRegex) glob = globs ? config_glob(reader, node->items[i]) : NULL;
    if (glob != NULL || !globs)
      g_ptr_array_add(*texts, g_strdup(text));
  }
}

void config_texts(ConfigReader *reader, const char *what, const YamlNode *node, GPtrArray **texts) {
  read_texts(reader, what, node, false, texts);
}

void config_globs(ConfigReader *reader, const char *what, const YamlNode *node, GPtrArray **texts) {
  read_texts(reader, what, node, true, texts);
}

static GRegex *read_regex(ConfigReader *reader, const YamlNode *node, bool is_glob) {
  g_autoptr(GError) error = NULL;
  const char *text;
  if (!config_text(reader, is_glob ? "a pattern" : "a regular expression", node, &text))
    return NULL;
  GRegex *regex = is_glob ? lint_glob_new(text, false, &error) : lint_regex_new(text, &error);
  if (regex == NULL)
    config_find(reader, node, "\"%.60s\": %s", text, error->message);
  return regex;
}

GRegex *config_glob(ConfigReader *reader, const YamlNode *node) {
  return read_regex(reader, node, true);
}

GRegex *config_regex(ConfigReader *reader, const YamlNode *node) {
  return read_regex(reader, node, false);
}

/* ---- settings ---- */

static void read_max_minutes(ConfigReader *reader, const char *name, const YamlNode *value) {
  double minutes = 0;
  if (yaml_to_number(value, &minutes) && minutes > 0 && isfinite(minutes))
    reader->config->job_timeout_max_minutes = minutes;
  else
    config_find(reader, value, "%s: expected a number of minutes larger than 0, found %s", name, yaml_describe(value));
}

void config_job_timeout(ConfigReader *reader, const char *what, const YamlNode *node) {
  static const ConfigKey keys[] = {{"max-minutes", read_max_minutes}, {0}};
  config_mapping(reader, what, keys, node, false);
}

void config_required_actions(ConfigReader *reader, const char *what, const YamlNode *node) {
  g_ptr_array_set_size(reader->config->required_actions, 0);
  config_globs(reader, what, node, &reader->config->required_actions);
}
