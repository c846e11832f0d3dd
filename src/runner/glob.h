/* The patterns of hashFiles(), with the meaning that @actions/glob gives them: "**" stands for any folders, "*" and "?" stay within a
 * name, [] chooses letters, "\" takes a letter's meaning away, "!" takes files out again, "#" begins a comment, "~" is the home folder;
 * a pattern that chooses a folder chooses all below it; later lines win. Paths are absolute. Pure; immutable, any thread. */
#pragma once

#include <glib.h>
#include <stdbool.h>

typedef struct GlobSet GlobSet;

/* What a path is chosen as; bits. */
typedef enum { GLOB_FOLDER = 1 << 0, GLOB_FILE = 1 << 1 } GlobMatch;

#define GLOB_PATTERN_MAX_BYTES 65536

/* Reads patterns, one a line; relative ones begin at the folder `workspace`. INPUT for one with "." or ".." in it, an empty one
 * behind "!", or a long one. */
GlobSet *glob_set_new(const char *patterns, const char *workspace, const char *home, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void glob_set_free(GlobSet *set);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(GlobSet, glob_set_free)

/* GlobMatch bits; 0: not chosen. */
unsigned glob_set_match(const GlobSet *set, const char *path);

/* Whether something below the folder `path`, or itself, may be chosen. */
bool glob_set_reaches(const GlobSet *set, const char *path);

/* Where to look: what stands before the first letter with a meaning, in the patterns' order, none twice and none below another.
 * NULL-terminated, transfer full. */
char **glob_set_starts(const GlobSet *set);
