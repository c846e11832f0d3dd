/* A matcher file, read and checked: owners, each with its patterns. Private to this folder. Never changes once it is read, so that any
 * number of steps may match with it at once.
 */
#pragma once

#include "runner/output/matcher.h"

#define PCRE2_CODE_UNIT_WIDTH 8

#include <glib.h>
#include <pcre2.h>
#include <stdbool.h>
#include <stddef.h>

#define MATCHER_GROUPS_MAX 64 /* of a pattern, that a matcher may name */

typedef enum { MATCH_FILE, MATCH_FROM_PATH, MATCH_LINE, MATCH_COLUMN, MATCH_SEVERITY, MATCH_CODE, MATCH_MESSAGE, MATCH_FIELDS } MatchField;

typedef struct {
  pcre2_code *code;
  int groups[MATCH_FIELDS]; /* which group of the pattern tells a field; -1: none */
  bool loop;
  bool anchored; /* a match begins at the start of a line only */
} MatcherPattern;

typedef struct {
  char *owner;
  char *severity;   /* where no pattern tells it; "": none */
  char *from_path;  /* the same */
  GArray *patterns; /* MatcherPattern; one or more */
} Matcher;

/* A counted reference; matcher_unref() of the last frees it. */
Matcher *matcher_ref(Matcher *matcher);
void matcher_unref(void *matcher);

/* A list of Matcher, each with a reference of the list's; NULL with INPUT. Transfer full. `names_only`: only the owners are read. */
GPtrArray *matcher_file_read(const char *json, size_t size, bool names_only, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Those in force, Matcher, in the order in which they are tried; the list never changes. Transfer full. */
GPtrArray *matchers_list(Matchers *matchers);
int matchers_version(const Matchers *matchers); /* another number after each change */
