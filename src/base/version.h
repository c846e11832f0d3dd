/* Versions as tags and advisories write them: "v4", "1.2", "v1.2.3-rc1", "2.0.0+build.5". Pure; any thread.
 *
 * Semantic Versioning 2.0.0 decides the order, with two liberties that tags take: a "v" in front, and numbers left out at the
 * end, which count as 0 when versions are compared. What follows "+" never counts.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct {
  uint64_t numbers[3]; /* major, minor, patch */
  unsigned count;      /* how many of them are written, 1 to 3 */
  bool prefixed;       /* "v" stands in front */
  const char *pre;     /* the pre-release without its "-"; points into the text that was parsed, not NUL-terminated */
  size_t pre_length;   /* 0: a release */
} Semver;

/* False, and `version` left alone, when `text` (NULL too) is no version. `version` lives as long as `text`. */
bool semver_parse(const char *text, Semver *version);

/* Below, at or above 0 as `a` is older than, equal to or newer than `b`. */
int semver_compare(const Semver *a, const Semver *b);

/* Whether `full` is one of the releases that the tag `moving` stands for: 4.2.1 is one of v4, of v4.2 and of v4.2.1. A
 * pre-release is none but its own. */
bool semver_is_within(const Semver *full, const Semver *moving);

/* A span of versions as advisories give it. Each may be NULL; one that is no version bounds nothing, so that a span that
 * cannot be read warns too often and not too seldom. */
typedef struct {
  const char *introduced;    /* the first one affected; "0" means from the beginning */
  const char *fixed;         /* the first one no longer affected */
  const char *last_affected; /* the last one affected */
} SemverRange;

/* Whether `version` lies in the range. A moving tag ("v4") counts as 4.0.0: ask for the version it stands for. */
bool semver_in_range(const Semver *version, const SemverRange *range);
