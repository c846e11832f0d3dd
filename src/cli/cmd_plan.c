#include "base/facts.h"
#include "base/fs.h"
#include "cli/commands.h"
#include "cli/support.h"
#include "workflow/plan.h"

#include <string.h>

static const ArgumentRow arguments[] = {
  {{VALUE_PATH, "FILE"}, ARITY_ONE, "the workflow"},
  {{0}},
};

static const OptionRow options[] = {
  {"root", {VALUE_PATH, "DIR"}, .says = "the repository's top folder; default: that of the working folder"},
  {"actions", {VALUE_PATH, "DIR"}, .says = "where other repositories lie: files at OWNER/REPO/REF/PATH, or git repositories OWNER/REPO"},
  {0},
};

static const ExampleRow examples[] = {
  {"drover plan .github/workflows/ci.yml", "the jobs, who waits for whom, and every combination of a matrix"},
  {"drover plan .github/workflows/ci.yml --json | jq -r '.checks[]'", "the names under which GitHub shows the jobs, as rules for branches want them"},
  {0},
};

/* ---- findings ---- */

static void print_findings(const Diagnostics *findings) {
  for (guint i = 0; i < diagnostics_count(findings); i++) {
    const Diagnostic *finding = diagnostics_at(findings, i);
    g_autofree char *place = finding->line > 0 ? g_strdup_printf(":%u:%u", finding->line, finding->column) : g_strdup("");
    g_autofree char *file = text_harmless(finding->file, false), *message = text_harmless(finding->message, false);
    printf("%s%s: %s\n", file, place, message);
  }
}

static json_t *findings_json(const Diagnostics *findings) {
  json_t *list = json_array();
  for (guint i = 0; i < diagnostics_count(findings); i++) {
    const Diagnostic *finding = diagnostics_at(findings, i);
    json_array_append_new(list, json_pack("{s:i, s:i, s:o, s:o}", "line", (int)finding->line, "column", (int)finding->column, "message",
                                          support_text_json(finding->message), "path", support_text_json(finding->file)));
  }
  return json_pack("{s:o}", "errors", list);
}

/* ---- the plan for people ---- */

static void append_texts(GString *line, const WorkflowTexts *texts) {
  for (guint i = 0; i < texts->count; i++)
    g_string_append_printf(line, "%s%s", i > 0 ? ", " : "", texts->items[i].text);
}

/* "ubuntu-latest, after build" or "calls ./.github/workflows/deploy.yml, after test". Transfer full. */
static char *job_facts(const PlanJob *job) {
  GString *line = g_string_new(NULL);
  if (job->job->uses.text != NULL)
    g_string_append_printf(line, "calls %s%s", job->job->uses.text, job->called == NULL ? " (not looked at)" : "");
  else if (job->job->runs_on.group.text != NULL)
    g_string_append_printf(line, "group %s", job->job->runs_on.group.text);
  append_texts(line, &job->job->runs_on.labels);
  for (guint i = 0; i < job->need_count; i++)
    g_string_append_printf(line, "%s%s", i > 0 ? ", " : ", after ", job->needs[i]->job->id);
  if (job->dynamic)
    g_string_append(line, ", a matrix that is known when it starts");
  return g_string_free(line, FALSE);
}

/* Whether a job is shown by another name than the one by which others wait for it. */
static bool has_names(const PlanWorkflow *planned) {
  for (guint i = 0; i < planned->job_count; i++)
    if (strcmp(planned->jobs[i].name, planned->jobs[i].job->id) != 0 || (planned->jobs[i].called != NULL && has_names(planned->jobs[i].called)))
      return true;
  return false;
}

static void add_row(Table *table, guint level, const char *name, const char *id, const char *facts) {
  table_cell(table, COLOUR_NONE, "%*s%s", (int)(2 * level), "", name);
  if (id != NULL)
    table_cell(table, COLOUR_NONE, "%s", id);
  table_cell(table, COLOUR_FAINT, "%s", facts);
}

static void add_jobs(Table *table, const PlanWorkflow *planned, bool ids, guint level) {
  for (guint i = 0; i < planned->job_count; i++) {
    const PlanJob *job = &planned->jobs[i];
    g_autofree char *facts = job_facts(job);
    add_row(table, level, job->name, ids ? job->job->id : NULL, facts);
    for (guint n = 0; n < job->leg_count && job->legs[n].matrix != NULL; n++)
      add_row(table, level + 1, job->legs[n].name, ids ? "" : NULL, "");
    if (job->called != NULL)
      add_jobs(table, job->called, ids, level + 1);
  }
}

static void print_plan(const Plan *plan) {
  static const char *const headings[] = {"JOB", "", NULL}, *const with_ids[] = {"JOB", "ID", "", NULL};
  bool ids = has_names(plan_top(plan));
  g_autoptr(Table) table = table_new(ids ? with_ids : headings);
  add_jobs(table, plan_top(plan), ids, 0);
  table_print(table, stdout);
}

/* ---- the command ---- */

static bool run(Invocation *invocation, GError **error) {
  const char *given = invocation_argument(invocation, 0), *wanted_root = invocation_text(invocation, "root");
  g_autofree char *root = wanted_root != NULL ? g_canonicalize_filename(wanted_root, invocation->dir) : support_repository_top(invocation);
  g_autofree char *path = g_canonicalize_filename(given, invocation->dir), *file = support_path_below(root, invocation->dir, given);
  const char *actions = invocation_text(invocation, "actions");
  g_autofree char *folder = actions != NULL ? g_canonicalize_filename(actions, invocation->dir) : NULL;
  g_autoptr(Mirror) mirror = folder != NULL ? mirror_open(folder, error) : NULL;
  if ((folder != NULL && mirror == NULL) || !facts_check(error))
    return false;
  size_t size;
  g_autofree char *text = fs_read(path, PLAN_FILE_MAX_BYTES, &size, error);
  if (text == NULL)
    return false;
  g_autoptr(Diagnostics) findings = diagnostics_new();
  g_autoptr(Plan) plan = plan_new(&(PlanSpec){.read = plan_read_below, .user = root, .mirror = mirror}, file, text, size, findings);
  if (invocation->json)
    support_answer_json(invocation, plan != NULL ? plan_json(plan) : findings_json(findings));
  else if (plan != NULL)
    print_plan(plan);
  else
    print_findings(findings);
  invocation->status = plan != NULL ? EXIT_OK : EXIT_INPUT;
  return true;
}

const Command command_plan = {
  .name = "plan",
  .group = GROUP_WORKFLOW,
  .summary = "show what a workflow is going to do",
  .description = "Reads a workflow, expands its matrices and prints its jobs; or prints a line \"file:line:column: message\" for everything that "
                 "GitHub would refuse, with exit status 1. What only a run can tell keeps its ${{ }}. With --json a plan is one object {\"file\", "
                 "\"name\", \"events\", \"jobs\", \"checks\"}, and what is wrong {\"errors\": [{\"line\", \"column\", \"message\", \"path\"}]}.",
  .arguments = arguments,
  .options = options,
  .examples = examples,
  .has_json = true,
  .run = run,
};
