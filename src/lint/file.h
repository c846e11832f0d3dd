/* One file under the rules. Private to this folder. */
#pragma once

#include "lint/rule_set.h"

typedef enum { LINT_WORKFLOW, LINT_ACTION, LINT_DEPENDABOT, LINT_OTHER } LintFileKind;

typedef struct {
  const char *path;      /* as findings name it */
  const char *root_path; /* from the repository's top, as its configuration names it; NULL: `path` */
  const char *text;
  size_t size;
  LintFileKind kind;
  bool runs_here; /* it must also be runnable on this machine */
  bool fixing;
  const RuleSet *rules; /* what `config` wants; NULL: found out for this file alone */
} LintInput;

/* Adds what the rules that `config` wants have to say of one file, without what the file's own comments and the configuration say
 * is to be ignored, and keeps the text of a file with findings. */
void lint_file(const LintInput *input, const LintConfig *config, LintRepository *repository, Findings *findings);

/* What the name of a file says it is: action.yml and action.yaml are actions, dependabot.yml is what it says, pre-commit's
 * configuration is other YAML. Everything else, and all of .github/workflows, is a workflow. */
LintFileKind lint_file_kind(const char *path);
