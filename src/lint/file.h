/* One file under the rules. Private to this folder. */
#pragma once

#include "lint/rule.h"

typedef enum { LINT_WORKFLOW, LINT_ACTION, LINT_DEPENDABOT } LintFileKind;

typedef struct {
  const char *path; /* relative to the repository, as findings name it */
  const char *text;
  size_t size;
  LintFileKind kind;
  bool runs_here; /* it must also be runnable on this machine */
  bool fixing;
} LintInput;

/* Adds what the rules that `config` wants have to say of one file. */
void lint_file(const LintInput *input, const LintConfig *config, LintRepository *repository, Findings *findings);

/* What the name of a file says it is: action.yml and action.yaml are actions, dependabot.yml is what it says, others workflows. */
LintFileKind lint_file_kind(const char *path);
