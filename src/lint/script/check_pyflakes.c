#include "lint/script/check_internal.h"

#include "base/error.h"

#include <stdlib.h>
#include <string.h>

static const char *first_line(ScriptShell shell) {
  return shell == SCRIPT_PYTHON ? "" : NULL;
}

static void add_arguments(G_GNUC_UNUSED GPtrArray *arguments, G_GNUC_UNUSED const ScriptCheckSpec *spec) {
}

/* A name that only a hidden expression can be: `${{a}}` is six characters. */
static bool names_hidden(const char *message) {
  for (const char *quote = strchr(message, '\''); quote != NULL; quote = strchr(quote + 1, '\'')) {
    size_t length = strspn(quote + 1, "_");
    if (length >= strlen("${{a}}") && quote[1 + length] == '\'')
      return true;
  }
  return false;
}

/* pyflakes counts a column in bytes, but that of a syntax error in characters. */
static unsigned characters(const CheckScript *script, unsigned line, unsigned column_bytes) {
  size_t length = strlen(script->text);
  const char *start = script->text + script_offset(script->text, length, line, 1);
  size_t bytes = MIN(column_bytes - 1, strcspn(start, "\n"));
  return (unsigned)g_utf8_strlen(start, (gssize)bytes) + 1;
}

/* "FILE:LINE:COLUMN: MESSAGE"; old versions write no column, or no colon behind it. Other lines, such as the source of a syntax error,
 * are passed over. */
static void line_read(CheckBatch *batch, const char *text, size_t length, bool in_bytes) {
  const char *colon = memchr(text, ':', length);
  int index = colon != NULL ? check_batch_index(batch, text, (size_t)(colon - text)) : -1;
  if (index < 0)
    return;
  g_autofree char *rest = g_strndup(colon + 1, length - (size_t)(colon + 1 - text));
  char *at;
  unsigned long line = strtoul(rest, &at, 10), column = 1;
  if (*at != ':' || line < 1 || line > INT32_MAX)
    return;
  if (g_ascii_isdigit(at[1]))
    column = strtoul(at + 1, &at, 10);
  const char *message = at + strspn(at, ": ");
  if (column < 1 || column > INT32_MAX || names_hidden(message))
    return;
  unsigned place = (unsigned)column;
  if (in_bytes)
    place = characters(g_ptr_array_index(batch->scripts, index), (unsigned)line, place);
  check_batch_add(batch, index, (unsigned)line, place, in_bytes ? "warning" : "error", message);
}

static void stream_read(CheckBatch *batch, const char *text, size_t size, bool in_bytes) {
  for (size_t at = 0; at < size;) {
    const char *newline = memchr(text + at, '\n', size - at);
    size_t length = newline != NULL ? (size_t)(newline - text) - at : size - at;
    line_read(batch, text + at, length, in_bytes);
    at += length + 1;
  }
}

/* pyflakes ends with 1 when there are findings, and Python, too, when it fails. */
static bool read_result(CheckBatch *batch, const ProcessResult *result, GError **error) {
  if (result->truncated)
    return error_set(error, DROVER_ERROR_FAILED, "pyflakes wrote too many findings");
  stream_read(batch, result->out, result->out_size, true);
  stream_read(batch, result->err, result->err_size, false);
  if (result->exit_status > 1 || (result->exit_status == 1 && result->out_size == 0 && batch->findings->len == 0))
    return check_failed("pyflakes", result, error);
  return true;
}

const CheckProgram check_pyflakes = {{"pyflakes", "pyflakes3"}, first_line, add_arguments, NULL, read_result};
