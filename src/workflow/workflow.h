/* The typed model of a GitHub Actions workflow: what lint, plan, run and server share.
 *
 * workflow_parse() reads the whole language and reports what GitHub refuses as located diagnostics, each with the rule that it
 * breaks. A file that is valid at GitHub parses; what this machine cannot run of it workflow_check_runnable() says, so that nothing is
 * ever skipped silently. Strings that may hold ${{ }} are kept as text with their node, and every expression of the file stands,
 * parsed, in Workflow.expressions.
 * The model lives in the arena of its document. Immutable; any thread. Follows GitHub's workflow syntax reference; where it is
 * silent, the schema of GitHub's own parser (actions/languageservices).
 */
#pragma once

#include "base/diagnostics.h"
#include "base/source.h"
#include "base/yaml.h"
#include "workflow/expression/expression.h"

#include <glib.h>
#include <stdbool.h>

typedef struct WorkflowJob WorkflowJob;
typedef struct WorkflowStep WorkflowStep;

/* ---- pieces ---- */

/* Text that may hold expressions. `text` NULL: absent, or not text in a file that is wrong. */
typedef struct {
  const char *text;     /* "" for null */
  const YamlNode *node; /* its scalar, NULL when absent */
  Location location;
} WorkflowText;

typedef struct {
  WorkflowText *items;
  guint count;
  const YamlNode *node; /* the list, or the one scalar; NULL when absent */
} WorkflowTexts;

/* A name with text (env, outputs, with). `name` may hold ${{ }} too. `name` NULL: `value` is one expression that gives a mapping,
 * whose pairs stand here (`env: ${{ ... }}` or the key `${{ insert }}`). */
typedef struct {
  const char *name;
  const YamlNode *key; /* the scalar of the name; for a whole mapping that of the expression */
  Location location;   /* of the name */
  WorkflowText value;
} WorkflowPair;

typedef struct {
  WorkflowPair *items;
  guint count;
  const YamlNode *node; /* NULL when absent */
} WorkflowPairs;

/* The pair called `name`, without regard to case, or NULL. */
const WorkflowPair *workflow_pair(const WorkflowPairs *pairs, const char *name);

typedef struct {
  const YamlNode *node; /* NULL when absent */
  WorkflowText shell;
  WorkflowText working_directory;
} WorkflowDefaults;

typedef struct {
  const YamlNode *node; /* NULL when absent: what the repository's settings give */
  WorkflowText all;     /* read-all or write-all; else: */
  WorkflowPairs scopes; /* scope -> read, write or none; none of them: `permissions: {}` */
} WorkflowPermissions;

typedef struct {
  const YamlNode *node; /* NULL when absent */
  WorkflowText group;
  WorkflowText cancel_in_progress;
  WorkflowText queue;
} WorkflowConcurrency;

/* ---- events ---- */

/* An input of workflow_dispatch, of workflow_call, or of an action (which has no type). */
typedef struct {
  const char *name;
  Location location; /* of the name */
  const YamlNode *key;
  const YamlNode *node; /* its mapping; may be null */
  WorkflowText description;
  WorkflowText type; /* absent: string */
  WorkflowText required;
  bool is_required;
  WorkflowText default_value;
  WorkflowTexts options; /* of a choice */
  WorkflowText deprecation;
} WorkflowInput;

typedef struct {
  WorkflowInput *items;
  guint count;
  const YamlNode *node; /* NULL when absent */
} WorkflowInputs;

/* What a called workflow, or an action, gives back. */
typedef struct {
  const char *name;
  Location location; /* of the name */
  const YamlNode *key;
  const YamlNode *node;
  WorkflowText description;
  WorkflowText value;
} WorkflowOutput;

typedef struct {
  WorkflowOutput *items;
  guint count;
  const YamlNode *node; /* NULL when absent */
} WorkflowOutputs;

typedef struct {
  WorkflowText cron;
  WorkflowText timezone; /* absent: UTC */
} WorkflowSchedule;

/* branches, tags-ignore, types, workflows, ...: a key of an event with one or several texts. */
typedef struct {
  const char *name;
  const YamlNode *key;
  WorkflowTexts values;
} WorkflowFilter;

typedef struct {
  const char *name;
  Location location;
  const YamlNode *key;  /* the scalar of its name */
  const YamlNode *node; /* its settings, NULL when it has none */
  WorkflowFilter *filters;
  guint filter_count;
  WorkflowSchedule *schedules; /* of schedule */
  guint schedule_count;
  WorkflowInputs inputs;   /* of workflow_dispatch and workflow_call */
  WorkflowInputs secrets;  /* of workflow_call: name, description, required */
  WorkflowOutputs outputs; /* of workflow_call */
} WorkflowEvent;

/* ---- jobs ---- */

typedef struct {
  const char *id; /* of a service, NULL: the job's container */
  const YamlNode *key;
  const YamlNode *node; /* NULL when absent; a scalar is the image, or one expression for all of it */
  WorkflowText image;
  WorkflowText options;
  WorkflowPairs env;
  WorkflowTexts ports;
  WorkflowTexts volumes;
  const YamlNode *credentials; /* NULL when absent */
  WorkflowText username;
  WorkflowText password;
  WorkflowText entrypoint; /* of a service */
  WorkflowText command;
} WorkflowContainer;

typedef struct {
  const YamlNode *node; /* NULL when absent */
  WorkflowText name;
  WorkflowText url;
  WorkflowText deployment;
} WorkflowEnvironment;

typedef struct {
  const YamlNode *node; /* NULL when absent */
  WorkflowText group;
  WorkflowTexts labels; /* one that is an expression may give a list */
} WorkflowRunsOn;

typedef struct {
  const YamlNode *node;   /* strategy:, NULL when absent; a scalar is one expression for all of it */
  const YamlNode *matrix; /* NULL when absent; expanded by matrix.h */
  WorkflowText fail_fast;
  WorkflowText max_parallel;
} WorkflowStrategy;

typedef enum { STEP_RUN, STEP_USES, STEP_WAIT, STEP_WAIT_ALL, STEP_CANCEL, STEP_PARALLEL, STEP_NONE } WorkflowStepKind;

struct WorkflowStep {
  WorkflowStepKind kind;  /* STEP_NONE only in a file that is wrong */
  guint index;            /* among all steps of the job, those of parallel groups included */
  const WorkflowJob *job; /* NULL: a step of an action */
  const char *id;         /* NULL: none */
  WorkflowText name;
  WorkflowText condition; /* if: */
  WorkflowText run;
  WorkflowText uses;
  WorkflowText shell;
  WorkflowText working_directory;
  WorkflowText continue_on_error;
  WorkflowText timeout_minutes;
  WorkflowText background;
  WorkflowTexts wait; /* ids of background steps; of wait and cancel */
  WorkflowPairs env;
  WorkflowPairs with;
  WorkflowStep **parallel; /* the steps of a parallel group */
  guint parallel_count;
  const WorkflowStep *group; /* the parallel group that it stands in, or NULL */
  const YamlNode *node;      /* its mapping */
  Location location;
};

struct WorkflowJob {
  const char *id;
  guint index;
  const YamlNode *key;  /* the scalar of the id */
  const YamlNode *node; /* its mapping */
  Location location;    /* of the id */
  WorkflowText name;
  WorkflowTexts needs; /* as written; compare without regard to case */
  WorkflowText condition;
  WorkflowRunsOn runs_on;
  WorkflowPermissions permissions;
  WorkflowPairs env;
  WorkflowPairs outputs;
  WorkflowDefaults defaults;
  WorkflowConcurrency concurrency;
  WorkflowEnvironment environment; /* drover gives it no meaning in a local run */
  WorkflowStrategy strategy;
  WorkflowContainer container;
  WorkflowContainer *services;
  guint service_count;
  const YamlNode *services_node; /* NULL when absent */
  const YamlNode *snapshot;      /* NULL when absent */
  WorkflowText continue_on_error;
  WorkflowText timeout_minutes;
  WorkflowText cancel_timeout_minutes;
  WorkflowText uses; /* the workflow that the job calls; such a job has no steps, but: */
  WorkflowPairs with;
  WorkflowPairs secrets;
  bool secrets_inherit;
  WorkflowStep **steps; /* may be empty; a parallel group holds steps of its own */
  guint step_count;
  WorkflowStep **all_steps; /* the same with those of parallel groups, in the file's order */
  guint all_step_count;
};

/* ---- expressions ---- */

/* What may stand at a place of the file; bits, so that a place may take several. */
typedef enum {
  KIND_TEXT = 1 << 0,   /* any scalar: numbers, booleans and null read as text too */
  KIND_FILLED = 1 << 1, /* the same, not empty */
  KIND_BOOLEAN = 1 << 2,
  KIND_NUMBER = 1 << 3,
  KIND_NOTHING = 1 << 4,
  KIND_LIST = 1 << 5,
  KIND_MAPPING = 1 << 6,
  KIND_WHOLE = 1 << 7,     /* one ${{ }} may stand for all of it */
  KIND_CONDITION = 1 << 8, /* the text is an expression with or without ${{ }} */
  KIND_WORD = 1 << 9,      /* one of several words */
} WorkflowKind;

/* One ${{ }}, or a condition without them, and where it stands. Of a scalar behind an alias there is one for each place. */
typedef struct {
  const YamlNode *scalar;
  ExpressionSpan span;          /* in the scalar's text; for a bare condition all of it */
  const Expression *expression; /* offsets in it count from span.inner */
  const ExpressionNames *names; /* what it may name */
  unsigned kinds;               /* WorkflowKind: what the place takes; 0: anything */
  const char *key;              /* the innermost mapping key around it: "run", "if", a variable's name in env */
  const char *section;          /* the key of the job, step or file that it stands under: "env", "with", "strategy", "on" */
  bool whole;                   /* the scalar is this one ${{ }} and nothing else */
  bool bare;                    /* a condition without ${{ }} */
  bool is_key;                  /* it stands in a key of a mapping */
  const WorkflowJob *job;       /* NULL: outside jobs */
  const WorkflowStep *step;     /* NULL: outside steps */
} WorkflowExpression;

typedef struct {
  WorkflowExpression *items;
  guint count;
} WorkflowExpressions;

/* Where byte `offset` of an expression's own text stands in the file. */
Location workflow_expression_place(const WorkflowExpression *expression, const Source *source, size_t offset);

/* ---- the file ---- */

typedef struct {
  const char *file;
  bool valid; /* nothing was found that GitHub refuses */
  WorkflowText name;
  WorkflowText run_name;
  const YamlNode *on; /* NULL when absent */
  WorkflowEvent *events;
  guint event_count;
  WorkflowPermissions permissions;
  WorkflowPairs env;
  WorkflowDefaults defaults;
  WorkflowConcurrency concurrency;
  WorkflowJob *jobs; /* in the file's order */
  guint job_count;
  WorkflowExpressions expressions;
  YamlDocument *document;
  Source *source; /* of the text it was read from; NULL unless read leniently */
} Workflow;

/* Reads a workflow. `file` is what locations call it. NULL exactly when a finding was added to `diagnostics`. */
Workflow *workflow_parse(const char *file, const char *text, size_t size, Diagnostics *diagnostics) G_GNUC_WARN_UNUSED_RESULT;

/* The same for a linter, which has more to say: findings tell, too, what GitHub takes although it is surely not meant, and what is
 * missing is said at the name of what misses it. A file with findings gives a model of what could be read (`valid` false where GitHub
 * refuses it); what is wrongly written is absent from it. NULL, with findings, only when the text is no YAML or no mapping, or too
 * large with its aliases. `text` is borrowed and must outlive the workflow. */
Workflow *workflow_parse_lenient(const char *file, const char *text, size_t size, Diagnostics *diagnostics) G_GNUC_WARN_UNUSED_RESULT;
void workflow_free(Workflow *workflow);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Workflow, workflow_free)

const WorkflowJob *workflow_job(const Workflow *workflow, const char *id);       /* NULL when there is none; case does not matter */
const WorkflowEvent *workflow_event(const Workflow *workflow, const char *name); /* NULL when it is not triggered by it */

/* Adds a diagnostic for everything that a run on this machine cannot do: shells and runner labels that it does not have, snapshots of
 * a runner. A runner group says nothing here, its labels do. `jobs` are the ids of the jobs that are to run, NULL-terminated; NULL: all.
 * Returns whether there is nothing. */
bool workflow_check_runnable(const Workflow *workflow, const char *const *jobs, Diagnostics *diagnostics) G_GNUC_WARN_UNUSED_RESULT;

/* Whether this machine serves the runner label `label` in a job that asks for `self_hosted` runners; when not, `why` (transfer
 * full) says what to use. Labels that expressions give are checked with it when the job starts. */
bool workflow_label_served(const char *label, bool self_hosted, char **why);

/* Whether `shell` is a shell that can be run, a template with {0} included; when not, `why` (transfer full) says it. */
bool workflow_shell_known(const char *shell, char **why);
