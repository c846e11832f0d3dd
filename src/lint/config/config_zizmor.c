#include "lint/config/config_read.h"

#include <stdlib.h>
#include <string.h>

/* zizmor.yml. Follows zizmor's docs/configuration.md: `rules.<id>` with disable, ignore, config and remap. */

/* ":12" -> 12 with `at` behind it; false when it is no number from 1. */
static bool read_number(const char **at, unsigned *number) {
  char *end;
  unsigned long value = g_ascii_isdigit((*at)[1]) ? strtoul(*at + 1, &end, 10) : 0;
  if (value == 0 || value > G_MAXINT || (*end != '\0' && *end != ':'))
    return false;
  *number = (unsigned)value;
  *at = end;
  return true;
}

/* FILE[:LINE[:COLUMN]] */
static void read_place(ConfigReader *reader, const char *rule, const YamlNode *item) {
  const char *text;
  if (!config_text(reader, "ignore", item, &text))
    return;
  ConfigIgnore ignore = {0};
  const char *at = text + strcspn(text, ":");
  g_autofree char *file = g_strndup(text, (gsize)(at - text));
  bool good = *file != '\0' && (*at == '\0' || read_number(&at, &ignore.line)) && (*at == '\0' || read_number(&at, &ignore.column)) && *at == '\0';
  if (!good) {
    config_find(reader, item, "ignore: expected FILE, FILE:LINE or FILE:LINE:COLUMN, found \"%.60s\"", text);
    return;
  }
  ignore.file = g_steal_pointer(&file);
  ignore.rule = g_strdup(rule);
  config_add_ignore(reader->config, ignore);
}

static void read_ignores(ConfigReader *reader, const char *rule, const YamlNode *list) {
  if (list->kind != YAML_SEQUENCE && !yaml_is_null(list))
    config_find(reader, list, "ignore: expected a list, found %s", yaml_describe(list));
  for (guint i = 0; list->kind == YAML_SEQUENCE && i < list->count; i++)
    read_place(reader, rule, list->items[i]);
}

static void read_remap(ConfigReader *reader, LintRuleConfig *rule, const YamlNode *remap) {
  const YamlNode *severity = yaml_get(remap, "severity");
  if (severity == NULL)
    return;
  if (severity->kind != YAML_SCALAR || !lint_severity_read(severity->text, &rule->severity))
    config_find(reader, severity, "severity: expected informational, low, medium or high");
}

static void read_rule(ConfigReader *reader, const char *id, const YamlNode *value) {
  LintRuleConfig *rule = config_rule(reader->config, id);
  const YamlNode *disable = yaml_get(value, "disable"), *ignore = yaml_get(value, "ignore");
  if (value->kind != YAML_MAPPING && !yaml_is_null(value))
    config_find(reader, value, "%s: expected a mapping, found %s", id, yaml_describe(value));
  if (disable != NULL)
    config_flag(reader, "disable", disable, &rule->is_off);
  if (ignore != NULL)
    read_ignores(reader, id, ignore);
  rule->config = yaml_get(value, "config");
  read_remap(reader, rule, yaml_get(value, "remap"));
}

static void read_rules(ConfigReader *reader, const char *name, const YamlNode *value) {
  if (value->kind != YAML_MAPPING && !yaml_is_null(value))
    config_find(reader, value, "%s: expected a mapping of rules to their settings, found %s", name, yaml_describe(value));
  for (guint i = 0; value->kind == YAML_MAPPING && i < value->count; i++)
    read_rule(reader, yaml_key(value, i)->text, yaml_value(value, i));
}

void config_read_zizmor(ConfigReader *reader, const YamlNode *root) {
  static const ConfigKey keys[] = {{"rules", read_rules}, {0}};
  config_mapping(reader, "zizmor's settings", keys, root, true);
}
