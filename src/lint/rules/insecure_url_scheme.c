#include "lint/view.h"

#include <string.h>

/* Whoever sits between reads and changes what these carry. */
static const struct {
  const char *scheme;
  const char *instead;
} schemes[] = {{"http://", "https://"}, {"git://", "https:// or ssh://"}, {"ftp://", "https:// or sftp://"}};

/* A machine talks to itself here; nobody sits between. */
static bool is_local(const char *host) {
  static const char *const hosts[] = {"localhost", "127.0.0.1", "[::1]", NULL};
  size_t length = strcspn(host, "/:?#");
  if (*host == '[')
    length = strcspn(host, "]") + 1;
  for (const char *const *local = hosts; *local != NULL; local++)
    if (strlen(*local) == length && g_ascii_strncasecmp(host, *local, length) == 0)
      return true;
  return false;
}

static void check_url(LintFile *file, const YamlNode *node) {
  if (node == NULL || node->kind != YAML_SCALAR)
    return;
  for (size_t i = 0; i < G_N_ELEMENTS(schemes); i++) {
    size_t length = strlen(schemes[i].scheme);
    if (g_ascii_strncasecmp(node->text, schemes[i].scheme, length) == 0 && !is_local(node->text + length))
      lint_report(file, (LintReport){.node = node, .help = g_strdup_printf("write %s", schemes[i].instead)},
                  "%s is neither encrypted nor authenticated: whoever sits between can change what comes", schemes[i].scheme);
  }
}

/* The repositories of .pre-commit-config.yaml, whose code every commit runs. */
static void check_file(LintFile *file) {
  g_autofree char *name = g_path_get_basename(file->path);
  const YamlNode *repos = g_str_has_prefix(name, ".pre-commit-config.") ? yaml_get(yaml_root(file->document), "repos") : NULL;
  for (guint i = 0; repos != NULL && repos->kind == YAML_SEQUENCE && i < repos->count; i++)
    check_url(file, yaml_get(repos->items[i], "repo"));
}

static void check_dependabot(LintFile *file, const Dependabot *dependabot) {
  for (guint i = 0; i < dependabot->registry_count; i++)
    check_url(file, dependabot->registries[i].url.node);
}

const Rule rule_insecure_url_scheme = {
  .id = "insecure-url-scheme",
  .family = FAMILY_SECURITY,
  .summary = "code comes over a connection that anybody can change",
  .severity = SEVERITY_HIGH,
  .confidence = CONFIDENCE_HIGH,
  .file = check_file,
  .dependabot = check_dependabot,
};
