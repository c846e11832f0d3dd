/* What several rules want to know of a file's steps and jobs, worked out once, and only when somebody asks.
 *
 * What it gives lives as long as the file is looked at. One thread, that of the file.
 */
#pragma once

#include "lint/edit/edit_tree.h"
#include "lint/runner.h"
#include "lint/script/script.h"
#include "lint/script/shell.h"
#include "workflow/uses.h"

LintView *lint_view_new(void);
void lint_view_free(LintView *view);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LintView, lint_view_free)

/* What `uses:` names; NULL when there is none, or none that can be read. */
const Uses *lint_step_uses(LintFile *file, const WorkflowStep *step);
const Uses *lint_job_uses(LintFile *file, const WorkflowJob *job);

/* What lint_runner_system() says of the job; SYSTEM_UNKNOWN for NULL. */
RunnerSystem lint_job_system(const LintFile *file, const WorkflowJob *job);

/* What the script of a step is given to: `shell:` of the step, of the job's or the workflow's defaults, else what the runner takes;
 * where nothing tells the runner, pwsh for a script that reads $env:NAME, and bash for others. NULL when an expression names it, or the step has no script. */
const char *lint_step_shell_name(const LintFile *file, const WorkflowStep *step);

/* The same as a kind of shell; SCRIPT_OTHER where the name is NULL. */
ScriptShell lint_step_shell(const LintFile *file, const WorkflowStep *step);

/* The script of a step as commands, with places that count in step->run; NULL when no POSIX shell reads it. */
const ShellScript *lint_step_script(LintFile *file, const WorkflowStep *step);

/* The place of a piece [start, end) of a step's script. */
LintReport lint_report_in_script(const LintFile *file, const WorkflowStep *step, size_t start, size_t end);

/* The scalar of a mapping's key, or NULL; and the number of its pair, or G_MAXUINT. */
const YamlNode *lint_key(const YamlNode *mapping, const char *key);
guint lint_key_index(const YamlNode *mapping, const char *key);

/* The place of a mapping's pair, from its key to the end of its value: a comment anywhere in it is about the finding. */
LintReport lint_report_pair(const YamlNode *mapping, const char *key);

/* The file's first key: where a finding about all of it stands. */
const YamlNode *lint_first_key(const LintFile *file);

/* Whether an expression stands in the text, and whether it is one expression and nothing else; false for one that is absent. */
bool lint_has_expression(const WorkflowText *text);
bool lint_is_expression(const WorkflowText *text);

/* Whether a number was meant as a version whose end the number does not keep: 3.10 without quotes is 3.1. */
bool lint_loses_zero(const YamlNode *scalar);

/* Whether a job's or a step's condition is plainly `false`: it is switched off. */
bool lint_never_runs(const WorkflowText *condition);

/* The comment behind a scalar on the line where it ends, without its `#` and the blanks around it; NULL when there is none, or an
 * empty one. Transfer full. */
char *lint_comment_behind(const LintFile *file, const YamlNode *scalar);

/* The scalar that starts at a place; NULL: none does. */
const YamlNode *lint_scalar_at(LintFile *file, Location place);

/* The file's tree for fixes, which share what may be spent on trying them. */
EditTree *lint_edit_tree(LintFile *file);
