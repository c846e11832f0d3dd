#include "workflow/read.h"

#include <string.h>
#include <sys/utsname.h>

/* What a run on this machine can do, and what it says where it cannot. */

static bool has_expression(const char *text) {
  return strstr(text, "${{") != NULL;
}

/* ---- runner labels ---- */

typedef struct {
  const char *prefix;
  const char *why; /* NULL: served */
} LabelRow;

#define OTHER_SYSTEM "this machine runs Linux; use ubuntu-latest, or run this job elsewhere"
static const LabelRow labels[] = {
  {"windows", OTHER_SYSTEM}, {"macos", OTHER_SYSTEM}, {"ubuntu", NULL}, {"debian", NULL}, {"linux", NULL}, {"self-hosted", NULL},
};
static const LabelRow architectures[] = {{"x64", "x86_64"}, {"arm64", "aarch64"}, {"arm", "armv7l"}};

static const char *machine(void) {
  static struct utsname names;
  static gsize once;
  if (g_once_init_enter(&once)) {
    uname(&names);
    g_once_init_leave(&once, 1);
  }
  return names.machine;
}

/* GitHub's images for ARM are called ubuntu-24.04-arm. */
static const char *architecture_of(const char *folded) {
  for (size_t i = 0; i < G_N_ELEMENTS(architectures); i++)
    if (strcmp(folded, architectures[i].prefix) == 0)
      return architectures[i].why;
  if (g_str_has_prefix(folded, "ubuntu-"))
    return g_str_has_suffix(folded, "-arm") ? "aarch64" : "x86_64";
  return NULL;
}

bool workflow_label_served(const char *label, bool self_hosted, char **why) {
  g_autofree char *folded = g_ascii_strdown(label, -1);
  const char *wanted = architecture_of(folded);
  if (wanted != NULL && strcmp(wanted, machine()) != 0) {
    *why = g_strdup_printf("this machine is %s, not %s", machine(), wanted);
    return false;
  }
  for (size_t i = 0; i < G_N_ELEMENTS(labels); i++) {
    if (!g_str_has_prefix(folded, labels[i].prefix))
      continue;
    *why = g_strdup(labels[i].why);
    return labels[i].why == NULL;
  }
  if (self_hosted || wanted != NULL)
    return true;
  *why = g_strdup("no runner has this label; use ubuntu-latest, or add self-hosted to the list to take this machine for it");
  return false;
}

static bool wants_self_hosted(const WorkflowJob *job) {
  for (guint i = 0; i < job->runs_on.labels.count; i++) {
    const WorkflowText *label = &job->runs_on.labels.items[i];
    if (g_ascii_strcasecmp(label->text, "self-hosted") == 0 || has_expression(label->text))
      return true;
  }
  return false;
}

static void check_labels(const WorkflowJob *job, Diagnostics *diagnostics) {
  for (guint i = 0; i < job->runs_on.labels.count; i++) {
    const WorkflowText *label = &job->runs_on.labels.items[i];
    g_autofree char *why = NULL;
    if (!has_expression(label->text) && !workflow_label_served(label->text, wants_self_hosted(job), &why))
      diagnostics_add(diagnostics, label->location, "runs-on \"%s\": %s", label->text, why);
  }
}

/* ---- shells ---- */

bool workflow_shell_known(const char *shell, char **why) {
  static const char *const known[] = {"bash", "sh", "python", "pwsh", NULL};
  static const char *const foreign[] = {"powershell", "cmd", NULL};
  g_autofree char *folded = g_ascii_strdown(shell, -1);
  g_autofree char *first = g_strndup(folded, strcspn(folded, " "));
  if (g_strv_contains(known, folded))
    return true;
  if (g_strv_contains(foreign, first)) {
    *why = g_strdup_printf("shell \"%s\": is for Windows, and jobs run on Linux here; use pwsh, bash, sh, python or a command with {0}", shell);
    return false;
  }
  if (strstr(shell, "{0}") != NULL)
    return true;
  *why = g_strdup_printf("shell \"%s\": expected bash, sh, python, pwsh, or a command in which {0} stands for the script's file", shell);
  return false;
}

static void check_shell(const WorkflowText *shell, Diagnostics *diagnostics) {
  g_autofree char *why = NULL;
  if (shell->text != NULL && !has_expression(shell->text) && !workflow_shell_known(shell->text, &why))
    diagnostics_add(diagnostics, shell->location, "%s", why);
}

/* ---- everything ---- */

/* A snapshot makes an image of GitHub's own runners. */
static void check_snapshot(const WorkflowJob *job, Diagnostics *diagnostics) {
  const YamlNode *key = model_key_node(job->node, "snapshot");
  if (key != NULL)
    diagnostics_add(diagnostics, key->location, "a snapshot of the job's machine: not supported yet");
}

static void check_job(const WorkflowJob *job, Diagnostics *diagnostics) {
  check_labels(job, diagnostics);
  check_shell(&job->defaults.shell, diagnostics);
  check_snapshot(job, diagnostics);
  if (job->uses.text == NULL && job->step_count == 0)
    diagnostics_add(diagnostics, job->location, "the job \"%s\" has no steps", job->id);
  for (guint i = 0; i < job->all_step_count; i++)
    check_shell(&job->all_steps[i]->shell, diagnostics);
}

bool workflow_check_runnable(const Workflow *workflow, const char *const *jobs, Diagnostics *diagnostics) {
  guint before = diagnostics_count(diagnostics);
  check_shell(&workflow->defaults.shell, diagnostics);
  for (guint i = 0; i < workflow->job_count; i++) {
    const WorkflowJob *job = &workflow->jobs[i];
    if (jobs == NULL || g_strv_contains(jobs, job->id))
      check_job(job, diagnostics);
  }
  return diagnostics_count(diagnostics) == before;
}
