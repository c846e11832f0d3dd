/* What the linter found: a place, a rule, words, and perhaps a fix. */
#pragma once

#include "base/diagnostics.h"

#include <glib.h>
#include <stdbool.h>

typedef enum { FAMILY_CORRECTNESS = 1 << 0, FAMILY_SECURITY = 1 << 1, FAMILY_POLICY = 1 << 2, FAMILY_ALL = 7 } LintFamily;

/* How bad it is; 0 in a report means "as the rule says". As zizmor and SARIF grade. */
typedef enum { SEVERITY_UNSET, SEVERITY_INFORMATIONAL, SEVERITY_LOW, SEVERITY_MEDIUM, SEVERITY_HIGH, SEVERITY_ERROR } LintSeverity;
typedef enum { CONFIDENCE_UNSET, CONFIDENCE_LOW, CONFIDENCE_MEDIUM, CONFIDENCE_HIGH } LintConfidence;
/* Who wants to hear it: everybody, those who want code to be tidy, those who look at everything that could be a danger. */
typedef enum { PERSONA_REGULAR, PERSONA_PEDANTIC, PERSONA_AUDITOR } LintPersona;

typedef struct Fix Fix; /* edit.h */

typedef struct {
  const char *rule; /* static */
  LintFamily family;
  LintSeverity severity;
  LintConfidence confidence;
  LintPersona persona;
  char *path;
  unsigned line, column;         /* from 1; 0: the whole file */
  unsigned end_line, end_column; /* just behind it; 0: not known */
  char *message;                 /* one line: what is wrong, and why that matters */
  char *help;                    /* what to write instead; may be NULL */
  Fix *fix;                      /* may be NULL */
} Finding;

void finding_free(Finding *finding);

/* A growing list of them. One thread at a time. */
typedef struct Findings Findings;

Findings *findings_new(void);
void findings_free(Findings *findings);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Findings, findings_free)
void findings_add(Findings *findings, Finding *finding); /* transfer full */
guint findings_count(const Findings *findings);
Finding *findings_at(const Findings *findings, guint index); /* transfer none */
/* Orders by path, place and rule, and takes out those that say the same of the same place. */
void findings_sort(Findings *findings);
/* Takes out those that `keep` does not want. */
void findings_filter(Findings *findings, bool (*keep)(const Finding *finding, void *user), void *user);

/* "correctness", "medium", ...; static. */
const char *lint_family_name(LintFamily family);
const char *lint_severity_name(LintSeverity severity);
const char *lint_confidence_name(LintConfidence confidence);
const char *lint_persona_name(LintPersona persona);
