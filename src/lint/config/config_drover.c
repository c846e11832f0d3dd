#include "lint/config/config_read.h"

#include "base/nearest.h"
#include "lint/report/pages.h"
#include "lint/rule.h"

#include <string.h>

/* The `lint:` of drover.yaml. */

static void read_policy(ConfigReader *reader, const char *name, const YamlNode *value) {
  bool hardened = value->kind == YAML_SCALAR && strcmp(value->text, "hardened") == 0;
  if (hardened || (value->kind == YAML_SCALAR && strcmp(value->text, "standard") == 0))
    reader->config->hardened = hardened;
  else
    config_find(reader, value, "%s: expected standard or hardened", name);
}

static void read_persona(ConfigReader *reader, const char *name, const YamlNode *value) {
  if (value->kind != YAML_SCALAR || !lint_persona_read(value->text, &reader->config->persona))
    config_find(reader, value, "%s: expected regular, pedantic or auditor", name);
}

/* ---- rules ---- */

/* A rule may report findings under other names, which only its page knows. */
static bool is_known(const char *id) {
  return lint_rule_find(id) != NULL || lint_rule_page(id) != NULL;
}

static void find_unknown_rule(ConfigReader *reader, const YamlNode *id) {
  g_auto(GStrv) known = lint_rule_ids();
  const char *nearest = nearest_name(id->text, (const char *const *)known);
  config_find(reader, id, "there is no rule \"%.60s\"; %s%s%s", id->text, nearest != NULL ? "did you mean \"" : "drover lint --rules lists them",
              nearest != NULL ? nearest : "", nearest != NULL ? "\"?" : "");
}

static void read_required_actions(ConfigReader *reader, const char *what, const YamlNode *value) {
  static const ConfigKey keys[] = {{"actions", config_required_actions}, {0}};
  config_mapping(reader, what, keys, value, false);
}

/* Rules whose settings are known here; the others read theirs themselves. */
static const ConfigKey own_settings[] = {{"require-job-timeout", config_job_timeout}, {"required-actions", read_required_actions}, {0}};

static void read_settings(ConfigReader *reader, LintRuleConfig *rule, const YamlNode *value) {
  rule->is_on = true, rule->is_off = false;
  rule->config = value;
  for (const ConfigKey *key = own_settings; key->name != NULL; key++)
    if (strcmp(key->name, rule->rule) == 0)
      key->read(reader, key->name, value);
}

static void read_rule(ConfigReader *reader, const YamlNode *id, const YamlNode *value) {
  LintRuleConfig *rule = config_rule(reader->config, id->text);
  bool on = false;
  if (value->kind == YAML_MAPPING) {
    read_settings(reader, rule, value);
    return;
  }
  on = value->kind == YAML_SCALAR && strcmp(value->text, "on") == 0;
  bool off = value->kind == YAML_SCALAR && strcmp(value->text, "off") == 0;
  if (!on && !off && !yaml_to_bool(value, &on)) {
    config_find(reader, value, "rules: expected on, off or a mapping with the rule's own settings, found %s", yaml_describe(value));
    return;
  }
  rule->is_on = on, rule->is_off = !on;
}

static void read_rules(ConfigReader *reader, const char *name, const YamlNode *value) {
  if (yaml_is_null(value))
    return;
  if (value->kind != YAML_MAPPING) {
    config_find(reader, value, "%s: expected a mapping of rules to on or off, found %s", name, yaml_describe(value));
    return;
  }
  for (guint i = 0; i < value->count; i++) {
    if (is_known(yaml_key(value, i)->text))
      read_rule(reader, yaml_key(value, i), yaml_value(value, i));
    else
      find_unknown_rule(reader, yaml_key(value, i));
  }
}

/* ---- what is to be ignored ---- */

static void read_ignore(ConfigReader *reader, const YamlNode *item) {
  static const char *const known[] = {"path", "rule", "message", NULL};
  const YamlNode *path = yaml_get(item, "path"), *rule = yaml_get(item, "rule"), *message = yaml_get(item, "message");
  if (path == NULL && rule == NULL && message == NULL) {
    config_find(reader, item, "ignore: expected a mapping with path, rule or message, or several of them");
    return;
  }
  for (guint i = 0; i < item->count; i++)
    if (!g_strv_contains(known, yaml_key(item, i)->text))
      config_find(reader, yaml_key(item, i), "ignore: unknown key \"%.60s\"; expected path, rule or message", yaml_key(item, i)->text);
  const char *id = NULL;
  if (rule != NULL && config_text(reader, "rule", rule, &id) && !is_known(id))
    find_unknown_rule(reader, rule);
  g_autoptr(GRegex) glob = path != NULL ? config_glob(reader, path) : NULL;
  g_autoptr(GRegex) words = message != NULL ? config_regex(reader, message) : NULL;
  if ((path != NULL && glob == NULL) || (message != NULL && words == NULL) || (rule != NULL && id == NULL))
    return; /* an ignore that lost a part would ignore too much */
  config_add_ignore(reader->config, (ConfigIgnore){.path = g_steal_pointer(&glob), .rule = g_strdup(id), .message = g_steal_pointer(&words)});
}

static void read_ignores(ConfigReader *reader, const char *name, const YamlNode *value) {
  if (value->kind != YAML_SEQUENCE && !yaml_is_null(value))
    config_find(reader, value, "%s: expected a list of {path, rule, message}, found %s", name, yaml_describe(value));
  for (guint i = 0; value->kind == YAML_SEQUENCE && i < value->count; i++)
    read_ignore(reader, value->items[i]);
}

/* ---- the rest ---- */

static void read_labels(ConfigReader *reader, const char *name, const YamlNode *value) {
  config_globs(reader, name, value, &reader->config->runner_labels);
}

static void read_variables(ConfigReader *reader, const char *name, const YamlNode *value) {
  config_texts(reader, name, value, &reader->config->config_variables);
}

static void read_secrets(ConfigReader *reader, const char *name, const YamlNode *value) {
  config_texts(reader, name, value, &reader->config->config_secrets);
}

static void read_mirror(ConfigReader *reader, const char *name, const YamlNode *value) {
  const char *folder;
  if (!config_text(reader, name, value, &folder))
    return;
  g_free(reader->config->mirror);
  reader->config->mirror = g_strdup(folder);
}

static void read_scripts(ConfigReader *reader, const char *name, const YamlNode *value) {
  config_flag(reader, name, value, &reader->config->scripts);
}

void config_read_drover(ConfigReader *reader, const YamlNode *root) {
  static const ConfigKey keys[] = {
    {"policy", read_policy},       {"persona", read_persona}, {"rules", read_rules},   {"ignore", read_ignores},  {"runner-labels", read_labels},
    {"variables", read_variables}, {"secrets", read_secrets}, {"mirror", read_mirror}, {"scripts", read_scripts}, {0},
  };
  const YamlNode *lint = yaml_get(root, "lint");
  bool is_project = yaml_get(root, "version") != NULL || yaml_get(root, "project") != NULL;
  if (lint != NULL)
    config_mapping(reader, "lint", keys, lint, false);
  else if (!is_project && !yaml_is_null(root)) /* a project file need not say anything of the linter */
    config_find(reader, root, "expected the settings of drover lint under \"lint\", found no such key");
}
