/* What a repository asks of the linter: drover's own settings, and those that are there already for actionlint and zizmor.
 *
 * Read from drover.yaml's `lint:`, .github/actionlint.yaml and zizmor.yml; immutable afterwards. Any thread.
 */
#pragma once

#include "base/yaml.h"
#include "lint/finding.h"

typedef struct {
  const char *rule;
  bool is_off;
  bool is_on;             /* asked for, although it is off by itself */
  LintSeverity severity;  /* SEVERITY_UNSET: as the rule says */
  const YamlNode *config; /* zizmor's rules.<id>.config, drover's rules.<id>; NULL: none */
} LintRuleConfig;

typedef struct LintConfig {
  unsigned families; /* LintFamily, those that are looked for */
  LintPersona persona;
  LintSeverity min_severity;      /* SEVERITY_UNSET: all */
  bool hardened;                  /* policy: hardened */
  bool scripts;                   /* shellcheck and pyflakes look at scripts */
  char *mirror;                   /* the folder of the actions' repositories; NULL: none */
  GPtrArray *runner_labels;       /* char *, glob patterns of self-hosted runners' labels */
  GPtrArray *config_variables;    /* char *, those of vars that exist; NULL: any */
  GPtrArray *config_secrets;      /* char *; NULL: any */
  double job_timeout_max_minutes; /* of require-job-timeout; 0: no limit */
  GPtrArray *required_actions;    /* char *, globs of OWNER/REPO or OWNER/REPO@REF */
  struct LintConfigData *data;    /* the rest; private to config.c */
} LintConfig;

/* Everything that is on by itself, nothing of a repository's own. Transfer full. */
LintConfig *lint_config_new(void);
void lint_config_free(LintConfig *config);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LintConfig, lint_config_free)

/* Reads what the repository at `root` has: zizmor's file, then actionlint's, then drover's own, each overriding those before it.
 * `file`, where it is not NULL, is read instead of them all; its name says whose it is, else its keys. Transfer full. INPUT has
 * every fault with its place, NOT_FOUND is `file`'s. A drover.yaml that is no YAML at all is left to those who need it. */
LintConfig *lint_config_load(const char *root, const char *file, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Adds the settings of one file's text; `name` says whose it is, as above. INPUT. */
bool lint_config_read(LintConfig *config, const char *name, const char *text, size_t size, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Never NULL. */
LintRuleConfig lint_config_rule(const LintConfig *config, const char *rule);

/* Whether a finding is among those that the configuration lists as ignored. `path` is that of its file from the repository's top. */
bool lint_config_ignores(const LintConfig *config, const char *path, const Finding *finding);
