#include "lint/queue.h"

#include "lint/script/check.h"

#include <string.h>

#define SCRIPTS_MAX 500
#define FILES_MAX_BYTES ((size_t)8 << 20)

struct LintQueue {
  const LintConfig *config;
  Findings *findings;
  GPtrArray *files; /* of OpenFile */
  GPtrArray *texts; /* what they were opened with */
  guint scripts;
  size_t bytes;
};

LintQueue *lint_queue_new(const LintConfig *config, Findings *findings) {
  LintQueue *queue = g_new0(LintQueue, 1);
  queue->config = config;
  queue->findings = findings;
  queue->files = g_ptr_array_new();
  queue->texts = g_ptr_array_new_with_free_func(g_free);
  return queue;
}

static void close_files(LintQueue *queue) {
  for (guint i = 0; i < queue->files->len; i++)
    lint_file_close(g_ptr_array_index(queue->files, i), queue->findings);
  g_ptr_array_set_size(queue->files, 0);
  g_ptr_array_set_size(queue->texts, 0);
  queue->scripts = 0;
  queue->bytes = 0;
}

void lint_queue_free(LintQueue *queue) {
  close_files(queue);
  g_ptr_array_unref(queue->files);
  g_ptr_array_unref(queue->texts);
  g_free(queue);
}

void lint_queue_add(LintQueue *queue, OpenFile *file, char *text) {
  const LintFile *model = lint_file_model(file);
  if (model->scripts->len == 0) {
    lint_file_close(file, queue->findings);
    g_free(text);
    return;
  }
  g_ptr_array_add(queue->files, file);
  g_ptr_array_add(queue->texts, text);
  queue->scripts += model->scripts->len;
  queue->bytes += model->size;
  if (queue->scripts >= SCRIPTS_MAX || queue->bytes >= FILES_MAX_BYTES)
    lint_queue_flush(queue);
}

/* ---- the check ---- */

/* A script of a file, as script_check() numbers them. */
typedef struct {
  LintFile *file;
  const LintScript *script;
} Waiting;

static GArray *list_waiting(const LintQueue *queue, GArray *sources) {
  GArray *all = g_array_new(FALSE, FALSE, sizeof(Waiting));
  for (guint i = 0; i < queue->files->len; i++) {
    LintFile *file = lint_file_model(g_ptr_array_index(queue->files, i));
    for (guint n = 0; n < file->scripts->len; n++) {
      Waiting waiting = {file, &g_array_index(file->scripts, LintScript, n)};
      ScriptSource source = {waiting.script->scalar->text, waiting.script->scalar->length, waiting.script->shell};
      g_array_append_val(all, waiting);
      g_array_append_val(sources, source);
    }
  }
  return all;
}

static LintSeverity severity_of(const char *level) {
  static const struct {
    const char *level;
    LintSeverity severity;
  } levels[] = {{"error", SEVERITY_ERROR}, {"warning", SEVERITY_MEDIUM}, {"info", SEVERITY_LOW}, {"style", SEVERITY_INFORMATIONAL}};
  for (size_t i = 0; i < G_N_ELEMENTS(levels); i++)
    if (strcmp(levels[i].level, level) == 0)
      return levels[i].severity;
  return SEVERITY_UNSET;
}

static void report(const Waiting *waiting, const ScriptFinding *found) {
  const YamlNode *scalar = waiting->script->scalar;
  size_t start = script_offset(scalar->text, scalar->length, found->line, found->column);
  size_t end = script_offset(scalar->text, scalar->length, found->end_line, found->end_column);
  LintReport place = lint_report_at(waiting->file, scalar, start, end);
  if (end <= start)
    place.end = (Location){0};
  place.severity = severity_of(found->level);
  size_t length = strlen(found->message);
  int shown = (int)(length > 0 && found->message[length - 1] == '.' ? length - 1 : length);
  waiting->file->rule = lint_rule_find(found->code != 0 ? "shellcheck" : "pyflakes");
  if (found->code == 0) {
    lint_report(waiting->file, place, "%.*s", shown, found->message);
    return;
  }
  place.help = g_strdup_printf("https://www.shellcheck.net/wiki/SC%04d", found->code);
  lint_report(waiting->file, place, "SC%04d: %.*s", found->code, shown, found->message);
}

static void note_gaps(Findings *findings, const ScriptCheckNotes *notes) {
  if (notes->no_shellcheck)
    findings_note(findings, "scripts of the shell were not looked into: shellcheck is not installed");
  if (notes->no_pyflakes)
    findings_note(findings, "scripts in Python were not looked into: pyflakes is not installed");
  if (notes->too_long > 0)
    findings_note(findings, "scripts of more than %zu KiB were not looked into", SCRIPT_CHECK_MAX_BYTES >> 10);
}

/* One program, so that a failure of it is none of the other. */
static void check_with(const LintQueue *queue, ScriptCheckSpec spec, const GArray *waiting) {
  g_autoptr(GError) error = NULL;
  ScriptCheckNotes notes = {0};
  g_autoptr(GPtrArray) found = script_check(&spec, &notes, &error);
  for (guint i = 0; found != NULL && i < found->len; i++) {
    const ScriptFinding *finding = g_ptr_array_index(found, i);
    report(&g_array_index(waiting, Waiting, finding->source), finding);
  }
  if (error != NULL)
    findings_note(queue->findings, "some scripts were not looked into: %s", error->message);
  note_gaps(queue->findings, &notes);
}

void lint_queue_flush(LintQueue *queue) {
  static const char unwanted[] = "";
  g_autoptr(GArray) sources = g_array_new(FALSE, FALSE, sizeof(ScriptSource));
  g_autoptr(GArray) waiting = list_waiting(queue, sources);
  g_autofree char *cache = g_build_filename(g_get_user_cache_dir(), "drover", "scripts", NULL);
  ScriptCheckSpec spec = {.sources = (const ScriptSource *)(void *)sources->data, .count = sources->len, .cache = cache};
  if (sources->len > 0) {
    spec.pyflakes = unwanted;
    check_with(queue, spec, waiting);
    spec.pyflakes = NULL;
    spec.shellcheck = unwanted;
    check_with(queue, spec, waiting);
  }
  close_files(queue);
}
