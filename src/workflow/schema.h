/* The shape of a workflow file as const tables, and the walk that holds a YAML tree against them. Private to this folder. */
#pragma once

#include "base/diagnostics.h"
#include "base/yaml.h"
#include "workflow/workflow.h"

#include <stdbool.h>

/* Which contexts and functions an expression may name; the rows are in availability.c. */
typedef enum {
  AVAILABLE_INHERIT, /* as around it */
  AVAILABLE_NOTHING, /* no expression may stand here */
  AVAILABLE_WORKFLOW,
  AVAILABLE_WORKFLOW_ENV,
  AVAILABLE_WORKFLOW_OUTPUT,
  AVAILABLE_NEEDS,
  AVAILABLE_JOB_IF,
  AVAILABLE_JOB,
  AVAILABLE_JOB_SECRETS,
  AVAILABLE_JOB_ENV_CONTEXT,
  AVAILABLE_CREDENTIALS,
  AVAILABLE_RUNNER,
  AVAILABLE_RUNNER_PUBLIC, /* no secrets */
  AVAILABLE_STEP,
  AVAILABLE_STEP_IF,
  AVAILABLE_ACTION_INPUT,
  AVAILABLE_ACTION_CONTAINER,
  AVAILABLE_ACTION_STEP,
  AVAILABLE_ACTION_IF,
  AVAILABLE_ACTION_AROUND, /* pre-if and post-if: there are no steps */
  AVAILABLE_DEPENDABOT,    /* Dependabot's secrets alone */
  AVAILABLE_COUNT
} Availability;

/* NULL for INHERIT and NOTHING. */
const ExpressionNames *availability_names(Availability availability);

typedef struct Shape Shape;
typedef struct Check Check;

typedef struct {
  const char *name;
  const Shape *shape;
  Availability availability;
  unsigned variants; /* bits of the parent's variants that take this key; 0: all */
  bool required;
  bool wanted; /* GitHub does without it, and it should be there */
} ShapeKey;

/* A mapping that comes in several forms, told apart by which of these keys it has (a step: run, uses, ...). */
typedef struct {
  const char *key;
  const char *name; /* "a step with \"run\"" */
} ShapeVariant;

typedef enum { SCOPE_SAME, SCOPE_SECTION, SCOPE_JOB, SCOPE_STEP } ShapeScope;

struct Shape {
  const char *name; /* what messages call it: "a step"; NULL: by its key */
  const char *rule; /* what findings in it break; NULL: as around it */
  ShapeScope scope; /* whose expressions those below it are */
  unsigned kinds;
  const ShapeKey *keys;                              /* a mapping of these keys, ended by a NULL name */
  const Shape *value;                                /* a mapping of any key */
  const Shape *item;                                 /* of a list; NULL: a scalar that is not empty */
  const char *const *words;                          /* NULL-terminated */
  const ShapeVariant *variants;                      /* ended by a NULL key */
  const char *needs;                                 /* what to say when no variant fits, or no mapping stands there at all */
  bool may_be_empty;                                 /* a collection without anything in it is meant */
  bool wants_text;                                   /* GitHub takes an empty text, and nobody means one */
  bool keys_are_expressions;                         /* keys may hold ${{ }}, one of them ${{ insert }} */
  bool anything;                                     /* any tree; only its expressions are checked */
  bool opaque;                                       /* any tree; somebody else's check looks at it */
  bool loose;                                        /* GitHub takes keys that are not among these, and ignores them */
  void (*check)(Check *check, const YamlNode *node); /* what a table cannot say */
};

extern const Shape shape_workflow;
extern const Shape shape_events; /* on: (events.c), and two of its events (event_inputs.c) */
extern const Shape shape_dispatch;
extern const Shape shape_call;
extern const Shape shape_permissions;
extern const Shape shape_action;
extern const Shape shape_branding;
extern const Shape shape_dependabot;

/* An expression that was found, with its job and step by number; G_MAXUINT: none. */
typedef struct {
  WorkflowExpression expression;
  guint job, step;
} FoundExpression;

struct Check {
  const Source *source;
  Diagnostics *diagnostics;
  guint findings_max; /* a hostile file gets no endless answer */
  size_t size_bytes;  /* of what was looked at so far, with repetition through aliases */
  guint refused;      /* findings for which GitHub refuses the file */
  bool linting;       /* people read them: advice is welcome, and what is missing is said at the name of what misses it */
  bool is_kept;       /* the last finding was added, and not dropped */
  const char *rule;
  const YamlNode *name; /* the key whose value is looked at; NULL: an item of a list, or the root */
  const char *key;      /* the innermost key around the node */
  bool in_key;          /* the scalar that is looked at is a key */
  const char *section;  /* see WorkflowExpression */
  guint job, step;      /* numbers of those around the node */
  guint next_step;      /* of the job */
  GArray *expressions;  /* FoundExpression, owned by it; NULL: they are not kept */
};

/* Holds `node` against `shape`; findings go to check->diagnostics. */
void schema_check(Check *check, const YamlNode *node, const Shape *shape, Availability availability);

void check_report(Check *check, Location location, const char *format, ...) G_GNUC_PRINTF(3, 4);
/* The same of another rule than that of the shape. */
void check_report_rule(Check *check, Location location, const char *rule, const char *format, ...) G_GNUC_PRINTF(4, 5);
/* What GitHub takes although it is surely not meant; only those who lint hear it. */
void check_advise(Check *check, Location location, const char *rule, const char *format, ...) G_GNUC_PRINTF(4, 5);
/* Asks of the finding that was just made whether `name` was meant; NULL: nothing comes near. */
void check_suggest(Check *check, const char *name);
/* GitHub's limit on what a file becomes when its aliases are written out. It bounds the work here, too. */
#define CHECK_SIZE_MAX_BYTES ((size_t)10 << 20)
/* Counts what is about to be looked at; false, reported once, where that is too much. */
bool check_charge(Check *check, size_t size_bytes);
/* Whether there are so many findings that no more are kept: nothing that costs time is worth finding. */
bool check_is_full(const Check *check);
/* Where to say that `node`, which is being looked at, misses something. */
Location check_place(const Check *check, const YamlNode *node);
/* "a step", "env": what messages call a node of this shape. */
const char *check_name(const Check *check, const Shape *shape);
/* A scalar's text for a message: one line, not long. Transfer full. */
char *check_excerpt(const char *text);

/* Checks every ${{ }} of a scalar; a condition is one without them too (check_expression.c). */
void check_expressions(Check *check, const YamlNode *scalar, Availability availability, unsigned kinds);
/* A mapping's keys, and its values by their shapes (check_mapping.c). */
void check_mapping(Check *check, const YamlNode *node, const Shape *shape, Availability availability);
/* Keys that differ by case alone are one key to GitHub. */
void check_doubles(Check *check, const YamlNode *mapping);

/* `on:`, whose form depends on the event's name. */
void check_events(Check *check, const YamlNode *node);
/* Ids and needs, which no table can say (graph.c), and what steps say of each other (steps.c). */
void check_jobs(Check *check, const YamlNode *jobs);
void check_steps(Check *check, const YamlNode *steps);
void check_parallel(Check *check, const YamlNode *steps);
/* What `runs.using` decides: which keys `runs` takes, and whether outputs have a value (action_runs.c). */
void check_action_runs(Check *check, const YamlNode *runs);
void check_action_outputs(Check *check, const YamlNode *action);
/* Reports an id that GitHub refuses, and one that stands in `seen` (schema_ids_new()), without regard to case; else it goes there.
 * `seen` NULL: somebody else looks for those. */
void check_id(Check *check, const YamlNode *id, GTree *seen);
/* Scalars by their text, without regard to case: keys and values are nodes. A tree, as keys chosen to collide make a hash table slow. */
GTree *schema_ids_new(void);

/* ---- scalars ---- */

/* Whether a scalar is exactly one ${{ }}. */
bool scalar_is_expression(const YamlNode *node);
/* Like yaml_to_bool() and friends, and an explicit tag counts: `!!str true` is text. */
bool scalar_is_null(const YamlNode *node);
bool scalar_is_bool(const YamlNode *node, bool *value);
bool scalar_is_number(const YamlNode *node, double *value);
/* Whether an explicit tag is unknown, or does not fit the text (`!!int abc`); `why` is static. */
bool scalar_tag_wrong(const YamlNode *node, const char **why);
