/* Paths that must stay inside a folder. Pure; any thread. */
#pragma once

/* `path` without "." parts, doubled or trailing slashes ("." when nothing is left); NULL when it is empty or absolute, has a
 * ".." part or a control character, is not UTF-8, or is longer than 4,095 bytes. Transfer full. */
char *path_inside(const char *path);
