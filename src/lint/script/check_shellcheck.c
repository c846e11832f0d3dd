#include "lint/script/check_internal.h"

#include "base/error.h"

#include <jansson.h>
#include <string.h>

/* Never of use here: sourced files are not at hand (1091), variables come out of `env:` and other steps (2153, 2154), and a hidden
 * expression looks like a constant (2043, 2050, 2157, 2194). */
#define ALWAYS_EXCLUDED "SC1091,SC2043,SC2050,SC2153,SC2154,SC2157,SC2194"

/* Findings about constants that mean nothing where a hidden expression stands: a constant condition, a text where a number should be,
 * sides that are never equal. */
static const int about_constants[] = {2078, 2158, 2161, 2170, 2193, 2195, 2309};

/* As a first line, so that a directive in the script's own first line is still one for the whole file. */
static const char *first_line(ScriptShell shell) {
  static const char *const lines[] = {
    [SCRIPT_BASH] = "#!/bin/bash -eo pipefail\n",
    [SCRIPT_SH] = "#!/bin/sh -e\n",
    [SCRIPT_DASH] = "#!/bin/dash -e\n",
    [SCRIPT_KSH] = "#!/bin/ksh -e\n",
  };
  return (size_t)shell < G_N_ELEMENTS(lines) ? lines[shell] : NULL;
}

static void add_arguments(GPtrArray *arguments, const ScriptCheckSpec *spec) {
  bool more = spec->excluded != NULL && *spec->excluded != '\0';
  g_ptr_array_add(arguments, g_strdup("--norc"));
  g_ptr_array_add(arguments, g_strdup("--format=json1")); /* unlike `json`, it counts a tab as one column */
  g_ptr_array_add(arguments, g_strconcat("--exclude=" ALWAYS_EXCLUDED, more ? "," : NULL, spec->excluded, NULL));
}

static bool is_about_constant(int code) {
  for (size_t i = 0; i < G_N_ELEMENTS(about_constants); i++)
    if (about_constants[i] == code)
      return true;
  return false;
}

static bool comment_read(CheckBatch *batch, json_t *comment) {
  const char *file, *level, *message;
  int line, end_line, column, end_column, code;
  if (json_unpack(comment, "{s:s, s:i, s:i, s:i, s:i, s:s, s:i, s:s}", "file", &file, "line", &line, "endLine", &end_line, "column", &column,
                  "endColumn", &end_column, "level", &level, "code", &code, "message", &message) < 0)
    return false;
  int index = check_batch_index(batch, file, strlen(file));
  if (check_level(level) == NULL || column < 1 || end_column < 1)
    return false;
  line--, end_line--; /* without the line before the script */
  if (index < 0 || line < 1)
    return true;
  const CheckScript *script = g_ptr_array_index(batch->scripts, index);
  if (is_about_constant(code) && check_is_hidden(script, (unsigned)line, (unsigned)column, (unsigned)end_line, (unsigned)end_column))
    return true;
  ScriptFinding *finding = check_batch_add(batch, index, (unsigned)line, (unsigned)column, check_level(level), message);
  finding->code = code;
  finding->end_line = (unsigned)MAX(end_line, line);
  finding->end_column = (unsigned)end_column;
  return true;
}

/* shellcheck ends with 0 without findings, 1 with some. */
static bool read_result(CheckBatch *batch, const ProcessResult *result, GError **error) {
  if (result->exit_status > 1)
    return check_failed("shellcheck", result, error);
  json_error_t where;
  json_auto_t *root = json_loadb(result->out, result->out_size, 0, &where);
  json_t *comments = json_object_get(root, "comments"), *comment;
  size_t i;
  if (!json_is_array(comments))
    return error_set(error, DROVER_ERROR_FAILED, "shellcheck wrote no findings that can be read%s%s", result->truncated ? ": too many" : ": ",
                     result->truncated ? "" : where.text);
  json_array_foreach (comments, i, comment) {
    if (!comment_read(batch, comment))
      return error_set(error, DROVER_ERROR_FAILED, "shellcheck wrote a finding that cannot be read; version 0.7 or later is needed");
  }
  return true;
}

const CheckProgram check_shellcheck = {{"shellcheck"}, first_line, add_arguments, check_is_plain, read_result};
