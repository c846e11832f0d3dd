/* One reader a family of shells, and what they share. Private to this folder. */
#pragma once

#include "lint/script/runner_file.h"

/* The readers add what they find to `writes`. */
void runner_file_read_posix(const char *text, size_t length, GPtrArray *writes);
void runner_file_read_powershell(const char *text, size_t length, GPtrArray *writes);
void runner_file_read_batch(const char *text, size_t length, GPtrArray *writes);

/* The row of the table, static, that a name (without regard to case) or a text that begins with a command of old leads to; NULL when
 * there is none. */
typedef struct {
  const char *variable;
  const char *command; /* NULL where there never was one */
} RunnerFile;

const RunnerFile *runner_file_named(const char *name, size_t length);
const RunnerFile *runner_file_of_command(const char *text, size_t length);

/* A new write, owned by `writes`, without values. */
RunnerWrite *runner_write_add(GPtrArray *writes, const RunnerFile *file, bool by_command, ScriptRange range, ScriptRange target);
void runner_write_value(RunnerWrite *write, size_t start, size_t end, bool fixed);
