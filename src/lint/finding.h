/* What the linter found: a place, a rule, words, and perhaps a fix. */
#pragma once

#include "base/diagnostics.h"

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

typedef enum { FAMILY_CORRECTNESS = 1 << 0, FAMILY_SECURITY = 1 << 1, FAMILY_POLICY = 1 << 2, FAMILY_ALL = 7 } LintFamily;

/* How bad it is; 0 in a report means "as the rule says". As zizmor and SARIF grade. */
typedef enum { SEVERITY_UNSET, SEVERITY_INFORMATIONAL, SEVERITY_LOW, SEVERITY_MEDIUM, SEVERITY_HIGH, SEVERITY_ERROR } LintSeverity;
typedef enum { CONFIDENCE_UNSET, CONFIDENCE_LOW, CONFIDENCE_MEDIUM, CONFIDENCE_HIGH } LintConfidence;
/* Who wants to hear it: everybody, those who want code to be tidy, those who look at everything that could be a danger. */
typedef enum { PERSONA_REGULAR, PERSONA_PEDANTIC, PERSONA_AUDITOR } LintPersona;

typedef struct Fix Fix; /* edit.h */

typedef struct {
  const char *rule; /* static */
  unsigned family;  /* LintFamily */
  LintSeverity severity;
  LintConfidence confidence;
  LintPersona persona;
  char *path;
  unsigned line, column;         /* from 1; 0: the whole file */
  unsigned end_line, end_column; /* just behind it; 0: not known */
  unsigned around, around_end;   /* the lines of all that it is about, its own among them; 0: no more than its own */
  char *message;                 /* one line: what is wrong, and why that matters */
  char *help;                    /* what to write instead; may be NULL */
  Fix *fix;                      /* may be NULL */
} Finding;

void finding_free(Finding *finding);

/* A growing list of them, with what a report needs beside them: the text of the files that they are in, and notes on what was not
 * looked at. One thread at a time. */
typedef struct Findings Findings;

Findings *findings_new(void);
void findings_free(Findings *findings);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Findings, findings_free)
void findings_add(Findings *findings, Finding *finding); /* transfer full */
/* Moves everything that `from` holds, which is freed, to the end. */
void findings_take(Findings *findings, Findings *from);
guint findings_count(const Findings *findings);
Finding *findings_at(const Findings *findings, guint index); /* transfer none */
/* Orders by path, place and rule, and takes out those that say the same of the same place. */
void findings_sort(Findings *findings);
/* Takes out those that `keep` does not want, of all from number `first` on. */
void findings_filter(Findings *findings, guint first, bool (*keep)(const Finding *finding, void *user), void *user);

/* Keeps a copy of a file's text; of a path that has one already it stays. */
void findings_keep_text(Findings *findings, const char *path, const char *text, size_t size);
/* NULL: it was not kept. Transfer none. */
const char *findings_text(const Findings *findings, const char *path, size_t *size);

/* Something that was not looked at, and why: "scripts: shellcheck is not installed". Said once, however often it is noted. */
void findings_note(Findings *findings, const char *format, ...) G_GNUC_PRINTF(2, 3);
guint findings_note_count(const Findings *findings);
const char *findings_note_at(const Findings *findings, guint index); /* transfer none */

/* "correctness", "medium", ...; static. A rule that is of two families is called by the last of them. */
const char *lint_family_name(unsigned families);
const char *lint_severity_name(LintSeverity severity);
const char *lint_confidence_name(LintConfidence confidence);
const char *lint_persona_name(LintPersona persona);

/* The other way round; false leaves the value alone. */
bool lint_family_read(const char *name, unsigned *families); /* "all" too */
bool lint_severity_read(const char *name, LintSeverity *severity);
bool lint_persona_read(const char *name, LintPersona *persona);
