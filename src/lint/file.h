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
  struct LintFixes *fixes; /* applies what is found; NULL: nothing does */
  const RuleSet *rules;    /* what `config` wants; NULL: found out for this file alone */
} LintInput;

/* A file that the rules have looked at, and that may wait for what is found in its scripts. */
typedef struct OpenFile OpenFile;

/* Looks at a file under the rules that `config` wants; what is given must outlive it, but for the paths. Transfer full. */
OpenFile *lint_file_open(const LintInput *input, const LintConfig *config, LintRepository *repository);

/* For those who have more to report. Transfer none. */
LintFile *lint_file_model(OpenFile *file);

/* Adds what was found, without what the file's own comments and the configuration say is to be ignored, and keeps the text of a file
 * with findings. Frees the file. */
void lint_file_close(OpenFile *file, Findings *findings);

/* Both at once: nobody looks into its scripts. */
void lint_file(const LintInput *input, const LintConfig *config, LintRepository *repository, Findings *findings);

/* What the name of a file says it is: action.yml and action.yaml are actions, dependabot.yml is what it says, pre-commit's
 * configuration is other YAML. Everything else, and all of .github/workflows, is a workflow. */
LintFileKind lint_file_kind(const char *path);
