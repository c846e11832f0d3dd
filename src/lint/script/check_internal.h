/* What check.c (which scripts need a program), check_batch.c (one run), the programs and the cache share. Private to this folder. */
#pragma once

#include "base/digest.h"
#include "base/process.h"
#include "lint/script/check.h"

/* A script on its way to a program. */
typedef struct {
  guint source;
  char *text;             /* without expressions: what the program reads behind `first_line` */
  const char *first_line; /* static */
  Digest key;             /* of all that its findings depend on */
  guint findings;         /* how many there are by now */
} CheckScript;

/* Scripts for one process. Their files are named "PREFIX-INDEX"; the prefix cannot be guessed by whoever wrote a script. */
typedef struct {
  GPtrArray *scripts; /* of CheckScript, transfer none */
  char *prefix;
  GPtrArray *findings; /* of ScriptFinding, filled by the program's reader */
} CheckBatch;

typedef struct {
  const char *names[3];                                                     /* looked for in this order, NULL-terminated */
  const char *(*first_line)(ScriptShell shell);                             /* NULL: not a shell that it knows */
  void (*add_arguments)(GPtrArray *arguments, const ScriptCheckSpec *spec); /* allocated ones, before the files */
  bool (*has_nothing)(const char *text, size_t length);                     /* it is sure to find nothing; NULL: never */
  bool (*read)(CheckBatch *batch, const ProcessResult *result, GError **error);
} CheckProgram;

extern const CheckProgram check_shellcheck, check_pyflakes;

/* "error", "warning", "info" or "style", static; NULL for another text. */
const char *check_level(const char *level);

/* Runs the program on `scripts` (of CheckScript), which is empty afterwards; moves what it finds to `findings` and stores it in the
 * cache. */
bool check_batch_run(const CheckProgram *program, const char *path, const ScriptCheckSpec *spec, GPtrArray *scripts, GPtrArray *findings,
                     GError **error);

/* An empty list that owns its ScriptFindings. */
GPtrArray *check_findings_new(void);

/* The index in the batch that a file's name, of `length` bytes, stands for; -1 for a name that is not its, and for a script of which
 * enough is found already. */
int check_batch_index(const CheckBatch *batch, const char *name, size_t length);

/* Adds a finding (message copied) for the script at `index`; lines count from the script's own first one. */
ScriptFinding *check_batch_add(CheckBatch *batch, int index, unsigned line, unsigned column, const char *level, const char *message);

/* Sets `error` (FAILED) to how the program ended and what it said last; returns false. */
bool check_failed(const char *program, const ProcessResult *result, GError **error);

/* Whether an expression that was hidden stands at the place. */
bool check_is_hidden(const CheckScript *script, unsigned line, unsigned column, unsigned end_line, unsigned end_column);

/* Whether the script is nothing but commands of plain words, of which shellcheck never says anything (check_plain.c). */
bool check_is_plain(const char *text, size_t length);

/* The cache. A load returns whether there was an entry and adds its findings; entries that cannot be read are as if they were not
 * there. A store that fails is not told: the next run costs a process more. */
bool check_cache_load(const char *folder, const CheckScript *script, GPtrArray *findings);
void check_cache_store(const char *folder, const CheckScript *script, const GPtrArray *findings);
