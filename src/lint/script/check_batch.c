#include "lint/script/check_internal.h"

#include "base/error.h"
#include "base/fs.h"
#include "base/id.h"

#include <string.h>

#define OUTPUT_MAX_BYTES ((size_t)32 << 20)
#define DEADLINE_MS 120000
#define SAID_MAX_BYTES 500
#define FINDINGS_MAX 1000 /* of one script; nobody reads more, and each costs time to place */

void script_finding_free(ScriptFinding *finding) {
  g_free(finding->message);
  g_free(finding);
}

static void finding_free(void *finding) {
  script_finding_free(finding);
}

GPtrArray *check_findings_new(void) {
  return g_ptr_array_new_with_free_func(finding_free);
}

const char *check_level(const char *level) {
  static const char *const levels[] = {"error", "warning", "info", "style"};
  for (size_t i = 0; i < G_N_ELEMENTS(levels); i++)
    if (strcmp(levels[i], level) == 0)
      return levels[i];
  return NULL;
}

int check_batch_index(const CheckBatch *batch, const char *name, size_t length) {
  size_t prefix = strlen(batch->prefix);
  if (length <= prefix + 1 || length > prefix + 6 || memcmp(name, batch->prefix, prefix) != 0 || name[prefix] != '-')
    return -1;
  guint index = 0;
  for (size_t i = prefix + 1; i < length; i++) {
    if (!g_ascii_isdigit(name[i]))
      return -1;
    index = index * 10 + (guint)(name[i] - '0');
  }
  bool wanted = index < batch->scripts->len && ((const CheckScript *)g_ptr_array_index(batch->scripts, index))->findings < FINDINGS_MAX;
  return wanted ? (int)index : -1;
}

ScriptFinding *check_batch_add(CheckBatch *batch, int index, unsigned line, unsigned column, const char *level, const char *message) {
  CheckScript *script = g_ptr_array_index(batch->scripts, index);
  script->findings++;
  ScriptFinding *finding = g_new(ScriptFinding, 1);
  *finding = (ScriptFinding){script->source, line, column, line, column, level, 0, g_utf8_make_valid(message, -1)};
  g_ptr_array_add(batch->findings, finding);
  return finding;
}

bool check_failed(const char *program, const ProcessResult *result, GError **error) {
  size_t skipped = result->err_size > SAID_MAX_BYTES ? result->err_size - SAID_MAX_BYTES : 0;
  g_autofree char *said = g_strstrip(g_utf8_make_valid(result->err + skipped, -1));
  return error_set(error, DROVER_ERROR_FAILED, "%s ended with status %d: %s", program, result->exit_status, *said != '\0' ? said : "it said nothing");
}

bool check_is_hidden(const CheckScript *script, unsigned line, unsigned column, unsigned end_line, unsigned end_column) {
  size_t length = strlen(script->text);
  size_t start = script_offset(script->text, length, line, column), end = script_offset(script->text, length, end_line, end_column);
  return end > start && memmem(script->text + start, end - start, "______", strlen("${{a}}")) != NULL;
}

static bool write_files(const CheckBatch *batch, const char *folder, GPtrArray *argv, GError **error) {
  for (guint i = 0; i < batch->scripts->len; i++) {
    const CheckScript *script = g_ptr_array_index(batch->scripts, i);
    char *name = g_strdup_printf("%s-%u", batch->prefix, i);
    g_ptr_array_add(argv, name);
    g_autofree char *path = g_build_filename(folder, name, NULL);
    g_autofree char *text = g_strconcat(script->first_line, script->text, NULL);
    if (!g_file_set_contents_full(path, text, (gssize)strlen(text), G_FILE_SET_CONTENTS_NONE, 0600, error))
      return false;
  }
  return true;
}

static bool run_in(const char *folder, const CheckProgram *program, const char *path, const ScriptCheckSpec *spec, CheckBatch *batch,
                   GError **error) {
  g_autoptr(GPtrArray) argv = g_ptr_array_new_with_free_func(g_free);
  g_ptr_array_add(argv, g_strdup(path));
  program->add_arguments(argv, spec);
  if (!write_files(batch, folder, argv, error))
    return false;
  g_ptr_array_add(argv, NULL);
  g_auto(GStrv) env = g_environ_setenv(g_get_environ(), "LC_ALL", "C.UTF-8", true); /* for the bytes of messages */
  g_auto(ProcessResult) result = {0};
  const ProcessSpec process = {
    .argv = (const char *const *)argv->pdata,
    .env = (const char *const *)env,
    .cwd = folder,
    .deadline_ms = spec->deadline_ms > 0 ? spec->deadline_ms : DEADLINE_MS,
    .output_max_bytes = OUTPUT_MAX_BYTES,
    .cancellable = spec->cancellable,
  };
  return process_run(&process, &result, error) && program->read(batch, &result, error);
}

bool check_batch_run(const CheckProgram *program, const char *path, const ScriptCheckSpec *spec, GPtrArray *scripts, GPtrArray *findings,
                     GError **error) {
  g_autofree char *folder = fs_temp_dir(g_get_tmp_dir(), "drover-scripts", error);
  if (folder == NULL)
    return false;
  g_autofree char *prefix = id_new();
  CheckBatch batch = {.scripts = scripts, .prefix = prefix, .findings = check_findings_new()};
  bool done = run_in(folder, program, path, spec, &batch, error);
  fs_remove_tree(folder, NULL);
  for (guint i = 0; done && spec->cache != NULL && i < scripts->len; i++)
    check_cache_store(spec->cache, g_ptr_array_index(scripts, i), batch.findings);
  if (done)
    g_ptr_array_extend_and_steal(findings, batch.findings);
  else
    g_ptr_array_unref(batch.findings);
  g_ptr_array_set_size(scripts, 0);
  return done;
}
