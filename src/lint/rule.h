/* A rule of the linter: a row of a table that says what it is called, and functions that look at pieces of one file.
 *
 * Rules live in rules/, one file a rule or a family of closely related ones, and are listed in rules/list.h. docs/rules/<id>.md
 * tells people why a rule is there, with an example that it finds and one that it does not; --explain shows it, and a test holds
 * both examples against the rule. A rule keeps nothing between files.
 */
#pragma once

#include "base/source.h"
#include "lint/config/config.h"
#include "lint/finding.h"
#include "lint/repository.h"
#include "workflow/action.h"
#include "workflow/dependabot.h"
#include "workflow/workflow.h"

typedef struct Rule Rule;
typedef struct LintContexts LintContexts;
typedef struct LintView LintView;

/* One file under examination. At most one of workflow, action and dependabot is set; other YAML has `document` alone. */
typedef struct {
  const char *path;
  const char *text;
  size_t size;
  const Source *source;
  const YamlDocument *document;
  const Workflow *workflow;
  const Action *action;
  const Dependabot *dependabot;
  const WorkflowExpressions *expressions; /* of workflow or action */
  bool fixing;                            /* somebody wants fixes: those that cost something are worth making */
  const LintConfig *config;
  LintRepository *repository;
  LintContexts *contexts; /* contexts.h; made when first asked for */
  LintView *view;         /* view.h */
  GArray *scripts;        /* of LintScript: those that wait for shellcheck or pyflakes (queue.h) */
  Arena *arena;           /* lives as long as the file is looked at */
  const Rule *rule;       /* that looks at it now */
  const YamlNode *step;   /* that it looks at; NULL: none */
  Findings *findings;
} LintFile;

/* Functions that are NULL are not called. A step is one of a workflow's job or of a composite action. */
struct Rule {
  const char *id;
  unsigned family;     /* LintFamily; one that people ask for by name may be of several */
  const char *summary; /* one line, for lists */
  LintSeverity severity;
  LintConfidence confidence;
  LintPersona persona;          /* who hears of it */
  bool fixable;                 /* some of its findings carry a fix */
  bool only_asked;              /* off unless the configuration turns it on, or policy is hardened */
  const char *said_by;          /* another rule that says the same and more: where that one looks, this one only does when it is asked for */
  void (*file)(LintFile *file); /* any file, once */
  void (*workflow)(LintFile *file, const Workflow *workflow);               /* once a workflow */
  void (*action)(LintFile *file, const Action *action);                     /* once an action */
  void (*job)(LintFile *file, const WorkflowJob *job);                      /* once a job */
  void (*step)(LintFile *file, const WorkflowStep *step);                   /* once a step, those in parallel groups included */
  void (*expression)(LintFile *file, const WorkflowExpression *expression); /* once an expression */
  void (*dependabot)(LintFile *file, const Dependabot *dependabot);         /* once a dependabot.yml */
};

/* How a finding differs from what its rule says; zeroed members mean "as the rule". */
typedef struct {
  const YamlNode *node; /* where: from its start to its end; or: */
  Location at, end;
  const YamlNode *around; /* all that it is about, where a comment for zizmor counts too; NULL: the step that is looked at */
  const char *rule;       /* another id than the rule's: static */
  LintSeverity severity;
  LintConfidence confidence;
  LintPersona persona;
  char *help; /* transfer full */
  Fix *fix;   /* transfer full */
} LintReport;

/* Adds a finding of file->rule, unless the configuration does not want it. The format gives its message: one line, no full stop at its end. */
void lint_report(LintFile *file, LintReport report, const char *format, ...) G_GNUC_PRINTF(3, 4);

/* The range of bytes [start, end) of a scalar's text, as a report's place. */
LintReport lint_report_at(const LintFile *file, const YamlNode *scalar, size_t start, size_t end);
/* The same of an expression's own text: what ast.h's offsets count in. */
LintReport lint_report_in(const LintFile *file, const WorkflowExpression *expression, size_t start, size_t end);

/* Something that could not be looked at, and why; see findings_note(). */
void lint_note(LintFile *file, const char *reason);

/* Every rule, ended by NULL. */
extern const Rule *const lint_rules[];
const Rule *lint_rule_find(const char *id); /* NULL: none */
/* Whether the configuration lets the rule look at all. */
bool lint_rule_is_wanted(const Rule *rule, const LintConfig *config);
