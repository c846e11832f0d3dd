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

/* Scripts on their way to one program. */
typedef struct {
  const CheckProgram *program;
  const ScriptCheckSpec *spec;
  char *path; /* NULL: it is not installed */
  Digest around;
  GPtrArray *batch; /* of CheckScript: what the next process gets */
  size_t batch_bytes;
  GHashTable *seen; /* a script's digest -> its source's index, plus one */
  guint *same;      /* of each source, the one before it that is the same script; itself where there is none */
  GPtrArray *findings;
} Round;

static bool run_batch(Round *round, GError **error) {
  round->batch_bytes = 0;
  return round->batch->len == 0 || check_batch_run(round->program, round->path, round->spec, round->batch, round->findings, error);
}

/* Takes `script` over. False when a process failed. */
static bool add_script(Round *round, CheckScript *script, GError **error) {
  guint first = GPOINTER_TO_UINT(g_hash_table_lookup(round->seen, script->key.text));
  if (first > 0)
    round->same[script->source] = first - 1;
  else
    g_hash_table_insert(round->seen, g_strdup(script->key.text), GUINT_TO_POINTER(script->source + 1));
  if (first > 0 || (round->spec->cache != NULL && check_cache_load(round->spec->cache, script, round->findings))) {
    script_free(script);
    return true;
  }
  g_ptr_array_add(round->batch, script);
  round->batch_bytes += strlen(script->text);
  return (round->batch->len < BATCH_MAX_SCRIPTS && round->batch_bytes < BATCH_MAX_BYTES) || run_batch(round, error);
}

/* `missing` becomes true when there are scripts for the program, but it is not installed. */
static bool add_scripts(Round *round, bool *missing, GError **error) {
  for (guint i = 0; i < round->spec->count; i++) {
    const ScriptSource *source = &round->spec->sources[i];
    const char *first_line = round->program->first_line(source->shell);
    if (first_line == NULL || source->length > SCRIPT_CHECK_MAX_BYTES)
      continue;
    if (round->program->has_nothing != NULL && round->program->has_nothing(source->text, source->length))
      continue;
    if (round->path == NULL) {
      *missing = true;
      return true;
    }
    if (!add_script(round, script_new(round->spec, i, first_line, &round->around), error))
      return false;
  }
  return run_batch(round, error);
}

/* Gives to `program` all scripts that it reads, each once, but those that the cache knows. */
static bool run_program(const CheckProgram *program, const char *wanted, const ScriptCheckSpec *spec, guint *same, GPtrArray *findings, bool *missing,
                        GError **error) {
  if (wanted != NULL && *wanted == '\0')
    return true;
  g_autofree char *path = find_program(program, wanted);
  g_autoptr(GPtrArray) batch = g_ptr_array_new_with_free_func(script_free);
  g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  Round round = {.program = program, .spec = spec, .path = path, .batch = batch, .seen = seen, .same = same, .findings = findings};
  if (path != NULL)
    round.around = circumstances(path, spec);
  return add_scripts(&round, missing, error);
}

static int by_place(const void *left, const void *right) {
  const ScriptFinding *a = *(const ScriptFinding *const *)left, *b = *(const ScriptFinding *const *)right;
  const unsigned pairs[][2] = {{a->source, b->source}, {a->line, b->line}, {a->column, b->column}, {(unsigned)a->code, (unsigned)b->code}};
  for (size_t i = 0; i < G_N_ELEMENTS(pairs); i++)
    if (pairs[i][0] != pairs[i][1])
      return pairs[i][0] < pairs[i][1] ? -1 : 1;
  return strcmp(a->message, b->message);
}

/* Gives what was found in a script to those that are the same. `findings` are ordered by source. */
static void spread(const ScriptCheckSpec *spec, const guint *same, GPtrArray *findings) {
  g_autofree guint *first = g_new0(guint, spec->count + 1); /* where the findings of a source begin */
  guint count = findings->len;
  for (guint i = 0; i < count; i++)
    first[((const ScriptFinding *)g_ptr_array_index(findings, i))->source + 1]++;
  for (guint source = 0; source < spec->count; source++)
    first[source + 1] += first[source];
  for (guint source = 0; source < spec->count; source++)
    for (guint i = first[same[source]]; same[source] != source && i < first[same[source] + 1]; i++) {
      ScriptFinding *finding = g_memdup2(g_ptr_array_index(findings, i), sizeof(ScriptFinding));
      finding->source = source;
      finding->message = g_strdup(finding->message);
      g_ptr_array_add(findings, finding);
    }
  if (findings->len > count)
    g_ptr_array_sort(findings, by_place);
}

GPtrArray *script_check(const ScriptCheckSpec *spec, ScriptCheckNotes *notes, GError **error) {
  ScriptCheckNotes found = {0};
  g_autoptr(GPtrArray) findings = check_findings_new();
  g_autofree guint *same = g_new(guint, spec->count);
  for (guint i = 0; i < spec->count; i++)
    same[i] = i;
  if (!run_program(&check_shellcheck, spec->shellcheck, spec, same, findings, &found.no_shellcheck, error) ||
      !run_program(&check_pyflakes, spec->pyflakes, spec, same, findings, &found.no_pyflakes, error))
    return NULL;
  for (guint i = 0; i < spec->count; i++)
    found.too_long += spec->sources[i].length > SCRIPT_CHECK_MAX_BYTES &&
                      (check_shellcheck.first_line(spec->sources[i].shell) != NULL || check_pyflakes.first_line(spec->sources[i].shell) != NULL);
  g_ptr_array_sort(findings, by_place);
  spread(spec, same, findings);
  if (notes != NULL)
    *notes = found;
  return g_steal_pointer(&findings);
}
