#include "base/fs.h"
#include "cli/commands.h"
#include "cli/stored.h"
#include "cli/support.h"

#include <string.h>

static const ArgumentRow arguments[] = {
  {{VALUE_TEXT, "RUN-OR-NAME"}, ARITY_ANY, "a run's id, and then names of its artifacts; default: all"},
  {{0}},
};

static const OptionRow options[] = {
  {"download", {VALUE_PATH, "DIR"}, .says = "write them into DIR, each as NAME.zip, or NAME where it is no archive"},
  {0},
};

static const ExampleRow examples[] = {
  {"drover artifacts", "list what runs have uploaded, the newest first"},
  {"drover artifacts 01hq3v8 coverage --download out", "fetch one of them"},
  {0},
};

static void print_table(const json_t *artifacts) {
  static const char *const headings[] = {"RUN", "NAME", "SIZE", "CREATED", "EXPIRES", NULL};
  g_autoptr(Table) table = table_new(headings);
  size_t i = 0;
  const json_t *artifact = NULL;
  json_array_foreach (artifacts, i, artifact) {
    stored_text_cell(table, COLOUR_NONE, artifact, "run");
    stored_text_cell(table, COLOUR_STRONG, artifact, "name");
    stored_size_cell(table, artifact);
    stored_text_cell(table, COLOUR_NONE, artifact, "created");
    stored_text_cell(table, COLOUR_NONE, artifact, "expires");
  }
  table_print(table, stdout);
}

static const char *text_of(const json_t *artifact, const char *name) {
  return json_string_value(json_object_get(artifact, name));
}

static bool is_wanted(const Invocation *invocation, const json_t *artifact) {
  for (guint i = 1; i < invocation->arguments->len; i++)
    if (strcmp(g_ptr_array_index(invocation->arguments, i), text_of(artifact, "name")) == 0)
      return true;
  return invocation->arguments->len < 2;
}

static json_t *wanted_artifacts(const Invocation *invocation, Results *results, GError **error) {
  const char *run = invocation->arguments->len > 0 ? invocation_argument(invocation, 0) : NULL;
  json_auto_t *all = results_artifacts(results, run, error);
  json_t *some = all != NULL ? json_array() : NULL;
  size_t i = 0;
  json_t *artifact = NULL;
  json_array_foreach (all, i, artifact) {
    if (is_wanted(invocation, artifact))
      json_array_append(some, artifact);
  }
  return some;
}

static bool download(Results *results, const json_t *artifacts, const char *dir, GError **error) {
  size_t i = 0;
  const json_t *artifact = NULL;
  if (!fs_make_dirs(dir, 0755, error))
    return false;
  json_array_foreach (artifacts, i, artifact) {
    const char *name = text_of(artifact, "name");
    bool is_zip = strcmp(text_of(artifact, "type"), "application/zip") == 0 && !g_str_has_suffix(name, ".zip");
    g_autofree char *file = g_strconcat(name, is_zip ? ".zip" : "", NULL);
    g_autofree char *path = g_build_filename(dir, file, NULL);
    if (!results_save_artifact(results, text_of(artifact, "run"), name, path, error))
      return false;
  }
  return true;
}

static bool run(Invocation *invocation, GError **error) {
  const char *dir = invocation_text(invocation, "download");
  if (dir != NULL && invocation->arguments->len == 0)
    return invocation_misuse(invocation, error, "--download needs the id of a run");
  g_autoptr(Results) results = stored_open(invocation, error);
  json_auto_t *artifacts = results != NULL ? wanted_artifacts(invocation, results, error) : NULL;
  if (artifacts == NULL)
    return false;
  if (json_array_size(artifacts) == 0 && invocation->arguments->len > 0)
    return error_set(error, DROVER_ERROR_NOT_FOUND, "run %s has no such artifact; \"drover artifacts\" lists all",
                     invocation_argument(invocation, 0));
  g_autofree char *target = dir != NULL ? g_canonicalize_filename(dir, invocation->dir) : NULL;
  if (target != NULL && !download(results, artifacts, target, error))
    return false;
  if (invocation->json)
    support_answer_json(invocation, json_pack("{s:O}", "artifacts", artifacts));
  else if (json_array_size(artifacts) == 0)
    printf("no run has uploaded an artifact\n");
  else
    print_table(artifacts);
  return true;
}

const Command command_artifacts = {
  .name = "artifacts",
  .group = GROUP_WORKFLOW,
  .summary = "list or fetch what runs of workflows have uploaded",
  .description = "An artifact belongs to the run that uploaded it, and is kept for 90 days where the upload says nothing else.",
  .arguments = arguments,
  .options = options,
  .examples = examples,
  .has_json = true,
  .run = run,
};
