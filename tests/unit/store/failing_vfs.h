/* A VFS over SQLite's own, the default from failing_vfs_install() on, in which the n-th write, sync or truncation fails. */
#pragma once

#include <stdbool.h>

typedef struct {
  unsigned fail_at; /* count from 1; 0: nothing fails */
  bool for_good;    /* all after it fail as well: a full disk, and not one bad moment */
  int code;         /* SQLITE_FULL, SQLITE_IOERR_WRITE, ... */
  unsigned writes;  /* counted since failing_vfs_reset() */
} FailingVfs;

/* Static; one thread at a time. */
FailingVfs *failing_vfs_install(void);
void failing_vfs_reset(unsigned fail_at, bool for_good, int code);
