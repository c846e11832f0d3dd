/* One digest over a folder: names, kinds, modes and content. Private to this folder. */
#pragma once

#include "base/digest.h"

#include <glib.h>
#include <stdbool.h>

/* Of all below `dir`, ".git" excepted; links are read, not followed. INPUT for a folder of more than 100,000 entries or 4 GiB. */
bool tree_digest(const char *dir, Digest *digest, GError **error) G_GNUC_WARN_UNUSED_RESULT;
