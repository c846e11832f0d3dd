#include "lint/rules/fix_parts.h"

#include <string.h>

/* Without a name people see the file's path, or the job's id, in lists of runs and checks. */

static Fix *name_fix(LintFile *file, const YamlNode *mapping, const char *name, bool safe, const char *description) {
  static const char *const in_front[] = {NULL};
  bool plain = g_ascii_isalpha(name[0]) && name[strspn(name, G_CSET_a_2_z G_CSET_A_2_Z G_CSET_DIGITS "-_")] == '\0';
  return plain ? fix_pair(file, mapping, &(FixPair){"name", name, in_front}, safe, description) : NULL;
}

/* What people see then is another name, and others may ask for the old one: `workflow_run`, concurrency groups. */
static Fix *workflow_fix(LintFile *file) {
  g_autofree char *name = g_path_get_basename(file->path);
  name[strcspn(name, ".")] = '\0';
  return name_fix(file, yaml_root(file->document), name, false, "name the workflow by its file");
}

/* The id is what people see already, and what required checks are called. */
static Fix *job_fix(LintFile *file, const WorkflowJob *job) {
  return name_fix(file, job->node, job->id, true, "name the job by its id");
}

static void check_workflow(LintFile *file, const Workflow *workflow) {
  if (workflow->name.text == NULL)
    lint_report(file,
                (LintReport){.node = lint_first_key(file),
                             .severity = SEVERITY_LOW,
                             .help = g_strdup("add \"name: ...\" at the top"),
                             .fix = workflow_fix(file)},
                "the workflow has no name: its runs are hard to find in lists");
}

static void check_job(LintFile *file, const WorkflowJob *job) {
  if (job->name.text == NULL && job->uses.text == NULL)
    lint_report(file, (LintReport){.node = job->key, .help = g_strdup("add \"name: ...\" to the job"), .fix = job_fix(file, job)},
                "the job \"%s\" has no name", job->id);
}

const Rule rule_anonymous_definition = {
  .id = "anonymous-definition",
  .family = FAMILY_SECURITY,
  .summary = "a workflow or a job without a name",
  .severity = SEVERITY_INFORMATIONAL,
  .confidence = CONFIDENCE_HIGH,
  .fixable = true,
  .persona = PERSONA_PEDANTIC,
  .workflow = check_workflow,
  .job = check_job,
};
