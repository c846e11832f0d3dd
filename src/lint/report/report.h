/* Findings as people and programs read them: text as compilers write it, JSON, SARIF 2.1.0 for code scanning, and workflow commands
 * with which a job on GitHub marks lines.
 *
 * Text from files is made harmless: nothing in it can steer a terminal or give GitHub a command of its own. Pure; any thread.
 */
#pragma once

#include "lint/fix.h"

#include <jansson.h>

typedef struct {
  const Findings *findings; /* sorted */
  const LintFixes *fixes;   /* what was mended; NULL: nobody asked for it */
  bool not_written;         /* what was mended stays in memory */
  guint files;              /* that were looked at */
  const char *root;         /* the repository's top: paths below it are named from there in SARIF and commands; may be NULL */
  bool colour;
  unsigned width; /* of the terminal in cells; 0: none, 120 is taken */
} Report;

/* With the source line, a mark under the place, and a summary. Transfer full. */
char *report_text(const Report *report);
/* The last lines of report_text(): what there is in numbers, and what was not looked at. Transfer full. */
char *report_summary(const Report *report);
/* Transfer full. */
char *report_github(const Report *report);
/* An array of objects. Transfer full. */
json_t *report_json(const Report *report);
/* One log with one run. Transfer full. */
json_t *report_sarif(const Report *report);
