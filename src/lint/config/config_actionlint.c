#include "lint/config/config_read.h"

#include <string.h>

/* actionlint.yaml, with the policies of its fork. Follows docs/config.md of kjanat/actionlint. */

static void read_labels(ConfigReader *reader, const char *name, const YamlNode *value) {
  config_globs(reader, name, value, &reader->config->runner_labels);
}

static void read_runner(ConfigReader *reader, const char *name, const YamlNode *value) {
  static const ConfigKey keys[] = {{"labels", read_labels}, {0}};
  config_mapping(reader, name, keys, value, true);
}

static void read_variables(ConfigReader *reader, const char *name, const YamlNode *value) {
  config_texts(reader, name, value, &reader->config->config_variables);
}

static void read_secrets(ConfigReader *reader, const char *name, const YamlNode *value) {
  config_texts(reader, name, value, &reader->config->config_secrets);
}

/* ---- paths ---- */

static void read_path(ConfigReader *reader, const YamlNode *pattern, const YamlNode *value) {
  const YamlNode *ignore = yaml_get(value, "ignore");
  g_autoptr(GRegex) path = config_glob(reader, pattern);
  if (path == NULL || ignore == NULL || yaml_is_null(ignore))
    return;
  if (ignore->kind != YAML_SEQUENCE) {
    config_find(reader, ignore, "ignore: expected a list of regular expressions, found %s", yaml_describe(ignore));
    return;
  }
  for (guint i = 0; i < ignore->count; i++) {
    GRegex *message = config_regex(reader, ignore->items[i]);
    if (message != NULL)
      config_add_ignore(reader->config, (ConfigIgnore){.path = g_regex_ref(path), .message = message});
  }
}

static void read_paths(ConfigReader *reader, const char *name, const YamlNode *value) {
  if (value->kind != YAML_MAPPING && !yaml_is_null(value))
    config_find(reader, value, "%s: expected a mapping of patterns to settings, found %s", name, yaml_describe(value));
  for (guint i = 0; value->kind == YAML_MAPPING && i < value->count; i++)
    read_path(reader, yaml_key(value, i), yaml_value(value, i));
}

/* ---- policy ---- */

/* Null says nothing either way. */
static void set_rule(ConfigReader *reader, const char *rule, bool on) {
  LintRuleConfig *config = config_rule(reader->config, rule);
  config->is_on = on, config->is_off = !on;
}

static void read_commit_hash(ConfigReader *reader, const char *name, const YamlNode *value) {
  bool on;
  if (!yaml_is_null(value) && config_flag(reader, name, value, &on))
    set_rule(reader, name, on);
}

static void read_job_timeout(ConfigReader *reader, const char *name, const YamlNode *value) {
  bool on = value->kind == YAML_MAPPING;
  if (yaml_is_null(value))
    return;
  if (on)
    config_job_timeout(reader, name, value);
  else if (!config_flag(reader, name, value, &on))
    return;
  set_rule(reader, name, on);
}

static void read_required_actions(ConfigReader *reader, const char *name, const YamlNode *value) {
  config_required_actions(reader, name, value);
  if (!yaml_is_null(value))
    set_rule(reader, name, reader->config->required_actions->len > 0);
}

static void read_policy(ConfigReader *reader, const char *name, const YamlNode *value) {
  static const ConfigKey keys[] = {{"require-commit-hash", read_commit_hash},
                                   {"require-job-timeout", read_job_timeout},
                                   {"required-actions", read_required_actions},
                                   {0}};
  config_mapping(reader, name, keys, value, false);
}

void config_read_actionlint(ConfigReader *reader, const YamlNode *root) {
  static const ConfigKey keys[] = {
    {"self-hosted-runner", read_runner},
    {"config-variables", read_variables},
    {"config-secrets", read_secrets},
    {"paths", read_paths},
    {"policy", read_policy},
    {0},
  };
  config_mapping(reader, "actionlint's settings", keys, root, true);
}
