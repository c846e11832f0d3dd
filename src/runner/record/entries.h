/* A record in memory. Private to this folder. */
#pragma once

#include "runner/record/journal.h"
#include "runner/record/record.h"

struct RunRecord {
  char *dir;
  RunJournal *journal; /* NULL: only read */
  json_t *entries;     /* of earlier tries: a list */
};

const char *record_kind(const json_t *entry); /* "" where it says none */
json_t *record_now(void);                     /* {"at"}; transfer full */
