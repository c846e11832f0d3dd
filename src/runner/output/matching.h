/* The lines of one step against the matchers in force: where each matcher of several patterns stands. Private to this folder. */
#pragma once

#include "runner/output/matcher_file.h"

typedef struct Matching Matching;

/* What a matcher tells of one line, or of several; absent texts are NULL. */
typedef struct {
  char *texts[MATCH_FIELDS];
} Match;

void match_clear(Match *match);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Match, match_clear)

typedef enum {
  MATCHING_NONE,     /* all were tried */
  MATCHING_FOUND,    /* `match` says what */
  MATCHING_TOO_SLOW, /* a pattern took too long on three lines: its matcher, `owner` (transfer full), is no longer used in this step */
} MatchingResult;

/* Borrows `matchers`. */
Matching *matching_new(Matchers *matchers);
void matching_free(Matching *matching);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Matching, matching_free)

/* Tries a line, without its end and its colours, on one matcher after the other, from number `*at` (first 0) on; `*at` then says
 * where to go on, so that a match that is of no use can be passed over. `match` is empty before. Lines of more than 16 KiB are not
 * tried. The time that a line can take is bounded, whatever the pattern. */
MatchingResult matching_try(Matching *matching, const char *line, size_t length, size_t *at, Match *match, char **owner);
