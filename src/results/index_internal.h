/* What the files of the index share. */
#pragma once

#include "results/index.h"

struct Index {
  Store store; /* SQLite, with its mutex */
  char *blobs_dir, *uploads_dir;
};
