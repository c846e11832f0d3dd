/* A hash of all files in a folder, by which two copies of an action are known to be the same.
 *
 * It is the SHA-256 of one record a file, in the order of the paths' bytes: the mode as git has it ("100644", "100755" or "120000" for a
 * symbolic link), a space, the SHA-256 of the bytes (of a link: of where it leads) in hexadecimal, a space, the path from the folder
 * with slashes, a NUL. A file is "100755" where its owner may execute it. Folders count only by what is in them; anything called .git is
 * left out. So a folder of plain files and a checkout of the commit have the same hash.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>

/* `digest` is transfer full: "sha256:" and 64 digits. INPUT for what is neither file, folder nor link, and beyond 100,000 files or
 * 4 GiB. */
bool action_digest(const char *dir, char **digest, GError **error) G_GNUC_WARN_UNUSED_RESULT;
