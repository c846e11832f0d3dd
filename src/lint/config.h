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
  const YamlNode *config; /* zizmor's rules.<id>.config; NULL: none */
} LintRuleConfig;

typedef struct LintConfig {
  unsigned families; /* LintFamily, those that are looked for */
  LintPersona persona;
  bool hardened;                  /* policy: hardened */
  bool scripts;                   /* shellcheck and pyflakes look at scripts */
  char *mirror;                   /* the folder of the actions' repositories; NULL: none */
  GPtrArray *runner_labels;       /* char *, glob patterns of self-hosted runners' labels */
  GPtrArray *config_variables;    /* char *, those of vars that exist; NULL: any */
  GPtrArray *config_secrets;      /* char *; NULL: any */
  bool require_commit_hash;       /* actionlint's own */
  bool require_job_timeout;       /* actionlint's own */
  double job_timeout_max_minutes; /* 0: no limit */
  GPtrArray *required_actions;    /* char *, OWNER/REPO or OWNER/REPO@REF */
  struct LintConfigData *data;    /* the rest; private to config.c */
} LintConfig;

/* Everything that is on by itself, nothing of a repository's own. Transfer full. */
LintConfig *lint_config_new(void);
void lint_config_free(LintConfig *config);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LintConfig, lint_config_free)

/* Never NULL. */
LintRuleConfig lint_config_rule(const LintConfig *config, const char *rule);
