/* The typed model of a GitHub Actions workflow: what lint, plan, run and server share.
 *
 * workflow_parse() reads the whole language and reports what is wrong with a file as located diagnostics; what drover cannot
 * run yet it keeps as a WorkflowGap, which workflow_check_runnable() turns into "not supported yet" diagnostics: a file that
 * is valid at GitHub parses, and nothing is ever skipped silently. Strings that may hold ${{ }} are kept as text with their
 * location. Immutable; any thread. Follows GitHub's workflow syntax reference; where it is silent, the schema of GitHub's
 * own parser (actions/languageservices).
 */
#pragma once

#include "base/diagnostics.h"
#include "base/yaml.h"

#include <glib.h>
#include <stdbool.h>

/* Text that may hold expressions. `text` NULL: absent. */
typedef struct {
  char *text;
  Location location;
} WorkflowText;

/* An ordered list of names with text (env, outputs, with). `name` may hold ${{ }} too. `name` NULL: `value` is one
 * expression that gives a mapping, whose pairs stand here (`env: ${{ ... }}` or the key `${{ insert }}`). */
typedef struct {
  char *name;
  Location location; /* of the name */
  WorkflowText value;
} WorkflowPair;

typedef struct {
  WorkflowText shell;
  WorkflowText working_directory;
} WorkflowDefaults;

/* Something of the language that is well written and that drover does not run yet. */
typedef struct {
  char *what; /* "service containers" */
  char *job;  /* the job's id, NULL: the whole file's */
  Location location;
} WorkflowGap;

typedef struct {
  char *id; /* NULL: none */
  WorkflowText name;
  WorkflowText condition; /* if: */
  WorkflowText run;       /* exactly one of run and uses is set; neither in a step that is a gap */
  WorkflowText uses;
  WorkflowText shell;
  WorkflowText working_directory;
  WorkflowText continue_on_error;
  WorkflowText timeout_minutes;
  GPtrArray *env;  /* WorkflowPair */
  GPtrArray *with; /* WorkflowPair */
  Location location;
} WorkflowStep;

typedef struct {
  char *id;
  WorkflowText name;
  char **needs; /* NULL-terminated, as written; compare without regard to case */
  Location *needs_locations;
  WorkflowText condition;
  GPtrArray *runs_on; /* WorkflowText; one that is an expression may give a list */
  GPtrArray *env;
  GPtrArray *outputs;
  WorkflowDefaults defaults;
  WorkflowText environment; /* its name; drover gives it no meaning in a local run */
  WorkflowText uses;        /* the workflow that the job calls; such a job has no steps */
  const YamlNode *matrix;   /* strategy.matrix, or NULL; expanded by matrix.h */
  WorkflowText fail_fast;
  WorkflowText max_parallel;
  WorkflowText continue_on_error;
  WorkflowText timeout_minutes;
  GPtrArray *steps;  /* WorkflowStep; may be empty */
  Location location; /* of the id */
} WorkflowJob;

typedef struct {
  char *file;
  WorkflowText name;
  WorkflowText run_name;
  GPtrArray *events; /* char *, the events' names */
  GPtrArray *env;
  WorkflowDefaults defaults;
  GPtrArray *jobs; /* WorkflowJob, in the file's order */
  GPtrArray *gaps; /* WorkflowGap */
  YamlDocument *document;
} Workflow;

/* Reads a workflow. `file` is what locations call it. NULL exactly when a finding was added to `diagnostics`. */
Workflow *workflow_parse(const char *file, const char *text, size_t size, Diagnostics *diagnostics) G_GNUC_WARN_UNUSED_RESULT;
void workflow_free(Workflow *workflow);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Workflow, workflow_free)

const WorkflowJob *workflow_job(const Workflow *workflow, const char *id); /* NULL when there is none; case does not matter */

/* Adds a diagnostic for everything that a run on this machine cannot do: gaps ("not supported yet"), other actions than
 * actions/checkout, shells, runner labels that this machine does not have. `jobs` are the ids of the jobs that are to run,
 * NULL-terminated; NULL: all. Returns whether there is nothing. */
bool workflow_check_runnable(const Workflow *workflow, const char *const *jobs, Diagnostics *diagnostics) G_GNUC_WARN_UNUSED_RESULT;

/* Whether this machine serves the runner label `label` in a job that asks for `self_hosted` runners; when not, `why` (transfer
 * full) says what to use. Labels that expressions give are checked with it when the job starts. */
bool workflow_label_served(const char *label, bool self_hosted, char **why);

/* Whether `shell` is a shell that can be run, a template with {0} included; when not, `why` (transfer full) says it. */
bool workflow_shell_known(const char *shell, char **why);
