#include "lint/script/check_internal.h"

#include <string.h>
#include <sys/stat.h>

#define BATCH_MAX_BYTES ((size_t)256 << 10) /* shellcheck reads some 30 KiB a second */
#define BATCH_MAX_SCRIPTS 200
#define CACHE_FORMAT "1" /* of entries and of what is done to scripts and findings: another number, other keys */

/* Variables that change what the programs find. */
static const char *const telling_variables[] = {"SHELLCHECK_OPTS", "PYFLAKES_BUILTINS", "PYFLAKES_DOCTEST"};

static void script_free(void *data) {
  CheckScript *script = data;
  g_free(script->text);
  g_free(script);
}

/* The absolute path of the program, since it runs in another folder; NULL when it is not installed. */
static char *find_program(const CheckProgram *program, const char *wanted) {
  g_autofree char *path = wanted != NULL ? g_find_program_in_path(wanted) : NULL;
  for (size_t i = 0; wanted == NULL && path == NULL && program->names[i] != NULL; i++)
    path = g_find_program_in_path(program->names[i]);
  return path != NULL ? g_canonicalize_filename(path, NULL) : NULL;
}

static void digest_text(DigestStream *stream, const char *text) {
  digest_stream_update(stream, text != NULL ? text : "", text != NULL ? strlen(text) + 1 : 1);
}

/* The digest of all that findings depend on beside the script. Which version a program is, its file's size and time tell without
 * running it. */
static Digest circumstances(const char *path, const ScriptCheckSpec *spec) {
  struct stat facts = {0};
  (void)!stat(path, &facts);
  g_autofree char *version =
    g_strdup_printf("%s %lld %lld.%09ld", path, (long long)facts.st_size, (long long)facts.st_mtim.tv_sec, facts.st_mtim.tv_nsec);
  DigestStream *stream = digest_stream_new();
  digest_text(stream, CACHE_FORMAT);
  digest_text(stream, version);
  digest_text(stream, spec->excluded);
  for (size_t i = 0; i < G_N_ELEMENTS(telling_variables); i++)
    digest_text(stream, g_getenv(telling_variables[i]));
  return digest_stream_end(stream);
}

static CheckScript *script_new(const ScriptCheckSpec *spec, guint source, const char *first_line, const Digest *around) {
  CheckScript *script = g_new(CheckScript, 1);
  script->source = source;
  script->first_line = first_line;
  script->findings = 0;
  script->text = script_without_expressions(spec->sources[source].text, spec->sources[source].length);
  DigestStream *stream = digest_stream_new();
  digest_text(stream, around->text);
  digest_text(stream, first_line);
  digest_text(stream, script->text);
  script->key = digest_stream_end(stream);
  return script;
}

/* Gives all scripts that it reads and the cache does not know to `program`. `missing` becomes true when there are some but it is not installed. */
static bool run_program(const CheckProgram *program, const char *wanted, const ScriptCheckSpec *spec, GPtrArray *findings, bool *missing,
                        GError **error) {
  if (wanted != NULL && *wanted == '\0')
    return true;
  g_autofree char *path = find_program(program, wanted);
  Digest around = path != NULL ? circumstances(path, spec) : (Digest){""};
  g_autoptr(GPtrArray) batch = g_ptr_array_new_with_free_func(script_free);
  size_t batch_bytes = 0;
  for (guint i = 0; i < spec->count; i++) {
    const char *first_line = program->first_line(spec->sources[i].shell);
    if (first_line == NULL || spec->sources[i].length > SCRIPT_CHECK_MAX_BYTES)
      continue;
    if (path == NULL) {
      *missing = true;
      return true;
    }
    CheckScript *script = script_new(spec, i, first_line, &around);
    if (spec->cache != NULL && check_cache_load(spec->cache, script, findings)) {
      script_free(script);
      continue;
    }
    g_ptr_array_add(batch, script);
    batch_bytes += strlen(script->text);
    if (batch->len < BATCH_MAX_SCRIPTS && batch_bytes < BATCH_MAX_BYTES)
      continue;
    if (!check_batch_run(program, path, spec, batch, findings, error))
      return false;
    batch_bytes = 0;
  }
  return batch->len == 0 || check_batch_run(program, path, spec, batch, findings, error);
}

static int by_place(const void *left, const void *right) {
  const ScriptFinding *a = *(const ScriptFinding *const *)left, *b = *(const ScriptFinding *const *)right;
  const unsigned pairs[][2] = {{a->source, b->source}, {a->line, b->line}, {a->column, b->column}, {(unsigned)a->code, (unsigned)b->code}};
  for (size_t i = 0; i < G_N_ELEMENTS(pairs); i++)
    if (pairs[i][0] != pairs[i][1])
      return pairs[i][0] < pairs[i][1] ? -1 : 1;
  return strcmp(a->message, b->message);
}

GPtrArray *script_check(const ScriptCheckSpec *spec, ScriptCheckNotes *notes, GError **error) {
  ScriptCheckNotes found = {0};
  g_autoptr(GPtrArray) findings = check_findings_new();
  if (!run_program(&check_shellcheck, spec->shellcheck, spec, findings, &found.no_shellcheck, error) ||
      !run_program(&check_pyflakes, spec->pyflakes, spec, findings, &found.no_pyflakes, error))
    return NULL;
  for (guint i = 0; i < spec->count; i++)
    found.too_long += spec->sources[i].length > SCRIPT_CHECK_MAX_BYTES &&
                      (check_shellcheck.first_line(spec->sources[i].shell) != NULL || check_pyflakes.first_line(spec->sources[i].shell) != NULL);
  g_ptr_array_sort(findings, by_place);
  if (notes != NULL)
    *notes = found;
  return g_steal_pointer(&findings);
}
