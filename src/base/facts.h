/* Facts that change without us: events, actions, runner labels, advisories. They are in data/NAME.jsonl, built in, and replaceable without
 * a new release by a file of the same name in the user's data folder: $DROVER_FACTS, else $XDG_DATA_HOME/drover/facts.
 *
 * JSON Lines: each line is an object whose first member is "key", written without blanks or escapes, and lines are sorted by key bytewise. The
 * first line has the key "" and tells the "date" (YYYY-MM-DD) and the "source". A look-up is a binary search that parses one line,
 * so nothing is parsed that nobody asks for. data/README.md says what each file holds.
 *
 * A replacement is checked whole before its first use; one that is wrong is not used, and facts_check() says why. Any thread. */
#pragma once

#include <glib.h>
#include <jansson.h>
#include <stdbool.h>

typedef enum {
  FACTS_ACTIONS,       /* owner/repo[/path]@ref: inputs and outputs of well-known actions */
  FACTS_ADVISORIES,    /* owner/repo[/path], lower case: what is known to be vulnerable */
  FACTS_ARCHIVED,      /* owner/repo, lower case: nobody keeps these any more */
  FACTS_EVENTS,        /* what can stand in "on" */
  FACTS_KNOWN_ACTIONS, /* owner/repo, lower case: whose names others imitate */
  FACTS_PAYLOADS,      /* types that events share */
  FACTS_RUNNER_LABELS, /* lower case */
  FACTS_SCOPES,        /* permissions of the token */
  FACTS_TIMEZONES,     /* IANA names */
  FACTS_COUNT
} FactsFile;

/* "runner-labels": the file's name without its ending. Static. */
const char *facts_name(FactsFile file);

/* The line of `key`, or NULL; transfer none, lives as long as the process. The key is compared exactly; "" is the first line. */
const json_t *facts_find(FactsFile file, const char *key);

/* Every key but "", sorted bytewise and NULL-terminated; transfer none, lives as long as the process. */
const char *const *facts_keys(FactsFile file);

/* Whether every replacement in the data folder is in use. INPUT names the first that is wrong, and where. */
bool facts_check(GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Looks for replacements in `folder` from now on; NULL: in the user's data folder. What was handed out stays. */
void facts_use_folder(const char *folder);
