#include "lint/config/config_read.h"

#include "base/error.h"
#include "base/fs.h"

#include <string.h>

#define FILE_MAX_BYTES ((size_t)1 << 20)

struct LintConfigData {
  GHashTable *rules;    /* id -> LintRuleConfig, whose `rule` is the key */
  GArray *ignores;      /* ConfigIgnore */
  GPtrArray *documents; /* YamlDocument: rules point into them */
};

/* ---- begin and end ---- */

static void rule_free(void *data) {
  LintRuleConfig *rule = data;
  g_free((char *)rule->rule);
  g_free(rule);
}

static void ignore_clear(void *data) {
  ConfigIgnore *ignore = data;
  g_clear_pointer(&ignore->path, g_regex_unref);
  g_clear_pointer(&ignore->message, g_regex_unref);
  g_free(ignore->file);
  g_free(ignore->rule);
}

LintConfig *lint_config_new(void) {
  LintConfig *config = g_new0(LintConfig, 1);
  config->families = FAMILY_ALL;
  config->scripts = true;
  config->runner_labels = g_ptr_array_new_with_free_func(g_free);
  config->required_actions = g_ptr_array_new_with_free_func(g_free);
  config->data = g_new0(struct LintConfigData, 1);
  config->data->rules = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, rule_free);
  config->data->ignores = g_array_new(FALSE, FALSE, sizeof(ConfigIgnore));
  g_array_set_clear_func(config->data->ignores, ignore_clear);
  config->data->documents = g_ptr_array_new_with_free_func((GDestroyNotify)yaml_document_free);
  return config;
}

void lint_config_free(LintConfig *config) {
  g_free(config->mirror);
  g_ptr_array_unref(config->runner_labels);
  g_ptr_array_unref(config->required_actions);
  g_clear_pointer(&config->config_variables, g_ptr_array_unref);
  g_clear_pointer(&config->config_secrets, g_ptr_array_unref);
  g_hash_table_unref(config->data->rules);
  g_array_unref(config->data->ignores);
  g_ptr_array_unref(config->data->documents);
  g_free(config->data);
  g_free(config);
}

/* ---- questions ---- */

LintRuleConfig *config_rule(LintConfig *config, const char *rule) {
  LintRuleConfig *known = g_hash_table_lookup(config->data->rules, rule);
  if (known == NULL) {
    known = g_new0(LintRuleConfig, 1);
    known->rule = g_strdup(rule);
    g_hash_table_insert(config->data->rules, (char *)known->rule, known);
  }
  return known;
}

LintRuleConfig lint_config_rule(const LintConfig *config, const char *rule) {
  const LintRuleConfig *known = g_hash_table_lookup(config->data->rules, rule);
  return known != NULL ? *known : (LintRuleConfig){.rule = rule};
}

void config_add_ignore(LintConfig *config, ConfigIgnore ignore) {
  g_array_append_val(config->data->ignores, ignore);
}

static bool fits(const ConfigIgnore *ignore, const char *path, const Finding *finding) {
  const char *slash = strrchr(path, '/');
  return (ignore->rule == NULL || strcmp(ignore->rule, finding->rule) == 0) && (ignore->line == 0 || ignore->line == finding->line) &&
         (ignore->column == 0 || ignore->column == finding->column) &&
         (ignore->file == NULL || strcmp(ignore->file, slash != NULL ? slash + 1 : path) == 0) &&
         (ignore->path == NULL || g_regex_match(ignore->path, path, 0, NULL)) &&
         (ignore->message == NULL || g_regex_match(ignore->message, finding->message, 0, NULL));
}

bool lint_config_ignores(const LintConfig *config, const char *path, const Finding *finding) {
  for (guint i = 0; i < config->data->ignores->len; i++)
    if (fits(&g_array_index(config->data->ignores, ConfigIgnore, i), path, finding))
      return true;
  return false;
}

/* ---- files ---- */

typedef enum { KIND_DROVER, KIND_ACTIONLINT, KIND_ZIZMOR } ConfigKind;

static const struct {
  const char *word; /* in the file's name */
  void (*read)(ConfigReader *reader, const YamlNode *root);
} kinds[] = {
  [KIND_DROVER] = {"drover", config_read_drover},
  [KIND_ACTIONLINT] = {"actionlint", config_read_actionlint},
  [KIND_ZIZMOR] = {"zizmor", config_read_zizmor},
};

/* Whose file it is. */
static ConfigKind kind_of(const char *path, const YamlNode *root) {
  static const char *const actionlints[] = {"self-hosted-runner", "config-variables", "config-secrets", "paths", "policy"};
  g_autofree char *name = g_path_get_basename(path);
  for (guint i = 0; i < G_N_ELEMENTS(kinds); i++)
    if (strstr(name, kinds[i].word) != NULL)
      return (ConfigKind)i;
  if (yaml_get(root, "lint") != NULL)
    return KIND_DROVER;
  for (size_t i = 0; i < G_N_ELEMENTS(actionlints); i++)
    if (yaml_get(root, actionlints[i]) != NULL)
      return KIND_ACTIONLINT;
  return yaml_get(root, "rules") != NULL ? KIND_ZIZMOR : KIND_DROVER;
}

bool lint_config_read(LintConfig *config, const char *name, const char *text, size_t size, GError **error) {
  YamlDocument *document = yaml_parse(name, text, size, NULL, error);
  if (document == NULL)
    return false;
  g_ptr_array_add(config->data->documents, document);
  g_autoptr(Diagnostics) diagnostics = diagnostics_new();
  ConfigReader reader = {.config = config, .diagnostics = diagnostics};
  kinds[kind_of(name, yaml_root(document))].read(&reader, yaml_root(document));
  diagnostics_sort(diagnostics);
  return diagnostics_to_error(diagnostics, error);
}

/* Reads a file below `root`; `found` tells whether it is there. */
static bool read_file(LintConfig *config, const char *root, const char *name, bool *found, GError **error) {
  g_autoptr(GError) inner = NULL;
  g_autofree char *path = g_path_is_absolute(name) || root == NULL ? g_strdup(name) : g_build_filename(root, name, NULL);
  size_t size = 0;
  g_autofree char *text = fs_read(path, FILE_MAX_BYTES, &size, &inner);
  *found = text != NULL;
  if (text != NULL)
    return lint_config_read(config, name, text, size, error);
  if (error_is(inner, DROVER_ERROR_NOT_FOUND))
    return true;
  g_propagate_error(error, g_steal_pointer(&inner));
  return false;
}

/* The repository's own, the first of each kind. drover.yaml is examined as the project file it is: what is no YAML is told there. */
static bool read_repository(LintConfig *config, const char *root, GError **error) {
  static const char *const names[][5] = {
    {".github/zizmor.yml", ".github/zizmor.yaml", "zizmor.yml", "zizmor.yaml"},
    {".github/actionlint.yaml", ".github/actionlint.yml"},
    {"drover.yaml"},
  };
  for (size_t kind = 0; kind < G_N_ELEMENTS(names); kind++) {
    bool found = false;
    for (const char *const *name = names[kind]; *name != NULL && !found; name++)
      if (!read_file(config, root, *name, &found, error))
        return false;
  }
  return true;
}

LintConfig *lint_config_load(const char *root, const char *file, GError **error) {
  g_autoptr(LintConfig) config = lint_config_new();
  bool found = true;
  if (file == NULL ? !read_repository(config, root, error) : !read_file(config, NULL, file, &found, error))
    return NULL;
  if (found || file == NULL)
    return g_steal_pointer(&config);
  error_set(error, DROVER_ERROR_NOT_FOUND, "there is no file %s", file);
  return NULL;
}
