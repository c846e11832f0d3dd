#include "lint/filter_pattern.h"
#include "lint/rule.h"

#include <string.h>

typedef struct {
  LintFile *file;
  const YamlNode *scalar;
} Pattern;

static void report_fault(size_t start, size_t end, const char *why, void *user) {
  const Pattern *pattern = user;
  bool whole = start == 0 && end == pattern->scalar->length; /* of a text in a block, where its block starts */
  LintReport report = whole ? (LintReport){.node = pattern->scalar} : lint_report_at(pattern->file, pattern->scalar, start, end);
  report.help = g_strdup("GitHub's \"filter pattern cheat sheet\" lists what a pattern may hold");
  lint_report(pattern->file, report, "wrong filter pattern: %s", why);
}

static void check_pattern(LintFile *file, const WorkflowText *text, FilterPatternKind kind) {
  Pattern pattern = {file, text->node};
  if (text->text != NULL && strstr(text->text, "${{") == NULL)
    filter_pattern_check(text->text, kind, report_fault, &pattern);
}

/* Filters that hold patterns, with those of an event of image versions. */
static const struct {
  const char *name;
  FilterPatternKind kind;
  bool takes; /* it says what is taken, so that it has to name something */
} filters[] = {
  {"branches", PATTERN_REF, true}, {"branches-ignore", PATTERN_REF, false}, {"tags", PATTERN_REF, true},     {"tags-ignore", PATTERN_REF, false},
  {"paths", PATTERN_PATH, true},   {"paths-ignore", PATTERN_PATH, false},   {"versions", PATTERN_REF, true},
};

/* Who writes "!**" and no more means that nothing fits. */
static bool wants_nothing(const WorkflowFilter *filter) {
  return filter->values.count == 1 && strcmp(filter->values.items[0].text, "!**") == 0;
}

/* Patterns with `!` take away from what those before them took. */
static void check_takes(LintFile *file, const WorkflowFilter *filter) {
  for (guint i = 0; i < filter->values.count; i++)
    if (filter->values.items[i].text == NULL || filter->values.items[i].text[0] != '!')
      return;
  if (filter->values.count > 0 && !wants_nothing(filter))
    lint_report(file,
                (LintReport){.node = filter->key, .help = g_strdup_printf("add a pattern without \"!\" before them, or use %s-ignore", filter->name)},
                "\"%s\" has nothing but patterns with \"!\": they take away from nothing, so nothing fits", filter->name);
}

static void check_filter(LintFile *file, const WorkflowFilter *filter) {
  for (size_t i = 0; i < G_N_ELEMENTS(filters); i++) {
    if (strcmp(filters[i].name, filter->name) != 0)
      continue;
    for (guint n = 0; n < filter->values.count; n++)
      check_pattern(file, &filter->values.items[n], filters[i].kind);
    if (filters[i].takes)
      check_takes(file, filter);
  }
}

static void check_workflow(LintFile *file, const Workflow *workflow) {
  for (guint i = 0; i < workflow->event_count; i++)
    for (guint n = 0; n < workflow->events[i].filter_count; n++)
      check_filter(file, &workflow->events[i].filters[n]);
}

static void check_job(LintFile *file, const WorkflowJob *job) {
  const YamlNode *version = yaml_get(job->snapshot, "version");
  if (version != NULL && version->kind == YAML_SCALAR)
    check_pattern(file, &(WorkflowText){version->text, version, version->location}, PATTERN_REF);
}

const Rule rule_glob = {
  .id = "glob",
  .family = FAMILY_CORRECTNESS,
  .summary = "patterns of branches, tags and paths that fit nothing",
  .severity = SEVERITY_ERROR,
  .confidence = CONFIDENCE_HIGH,
  .workflow = check_workflow,
  .job = check_job,
};
