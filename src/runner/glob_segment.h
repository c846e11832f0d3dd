/* One part of a path against one part of a pattern, by the rules of the matcher in GitHub's own packages. Private to glob.c. */
#pragma once

#include <glib.h>
#include <stdbool.h>

typedef struct GlobSegment GlobSegment;

/* `literal`: every letter stands for itself. Any UTF-8 text without "/" is fine. */
GlobSegment *glob_segment_new(const char *text, bool literal);
void glob_segment_free(GlobSegment *segment);

/* "**", which stands for any parts. */
bool glob_segment_is_deep(const GlobSegment *segment);

/* The only text that it matches, or NULL when there may be several; transfer none. */
const char *glob_segment_literal(const GlobSegment *segment);

/* `name` is valid UTF-8. "?" stands for one UTF-16 unit, as there. */
bool glob_segment_matches(const GlobSegment *segment, const char *name);
