#include "runner/step/step.h"

#include "base/error.h"
#include "runner/expand.h"
#include "runner/shell.h"

#include <string.h>

/* The first of the texts that is there, filled in; NULL without an error when none is. */
static char *expand_first(const WorkflowText *const *texts, size_t count, const ExpressionScope *scope, GError **error) {
  for (size_t i = 0; i < count; i++)
    if (texts[i]->text != NULL && *texts[i]->text != '\0')
      return expand_text(texts[i], scope, error);
  return NULL;
}

/* Defaults of the job and the workflow count for their own steps only, not for those of actions. */
static bool expand_setting(Step *step, const WorkflowText *own, const WorkflowText *of_job, const WorkflowText *of_workflow, char **value,
                           GError **error) {
  const WorkflowText *const texts[] = {own, of_job, of_workflow};
  g_autoptr(GError) inner = NULL;
  *value = expand_first(texts, step->outer == NULL ? G_N_ELEMENTS(texts) : 1, &step->scope.scope, &inner);
  if (inner == NULL)
    return true;
  g_propagate_error(error, g_steal_pointer(&inner));
  return false;
}

static char *working_directory(Step *step, GError **error) {
  const Job *job = step->job;
  const char *work = job->folders.work.inside;
  g_autofree char *folder = NULL;
  if (!expand_setting(step, &step->model->working_directory, &job->model->defaults.working_directory, &job->workflow->defaults.working_directory,
                      &folder, error))
    return NULL;
  if (folder == NULL || *folder == '\0')
    return g_strdup(work);
  return g_path_is_absolute(folder) ? g_strdup(folder) : g_build_filename(work, folder, NULL);
}

/* As GitHub's log begins a script: the text, its shell, the variables that the workflow set. */
static void tell(Step *step, const char *script, char **argv) {
  g_autoptr(GString) text = g_string_new("##[group]Run ");
  const char *first = script + strspn(script, " \t\r\n");
  g_string_append_len(text, first, (gssize)strcspn(first, "\r\n"));
  g_string_append_printf(text, "\n%s", script);
  if (text->str[text->len - 1] != '\n')
    g_string_append_c(text, '\n');
  g_autofree char *command = g_strjoinv(" ", argv);
  g_string_append_printf(text, "shell: %s\n", command);
  const char *name;
  json_t *value;
  if (json_object_size(step->env) > 0)
    g_string_append(text, "env:\n");
  json_object_foreach (step->env, name, value)
    g_string_append_printf(text, "  %s: %s\n", name, json_string_value(value));
  step_say(step, "%s##[endgroup]", text->str);
}

static bool has_program(const char *program, void *data) {
  Step *step = data;
  return job_has_program(step->job, step_job_paths(step), program);
}

static char **command_of(Step *step, GError **error) {
  Job *job = step->job;
  g_autofree char *shell = NULL;
  if (!expand_setting(step, &step->model->shell, &job->model->defaults.shell, &job->workflow->defaults.shell, &shell, error))
    return NULL;
  g_autofree char *script = expand_text(&step->model->run, &step->scope.scope, error);
  if (script == NULL)
    return NULL;
  g_autofree char *place = g_strdelimit(g_strdup(step->key), "/", '-');
  g_autofree char *name = g_strdup_printf("script-%s%s", place, shell_extension(shell));
  g_autofree char *inside = g_build_filename(job->folders.temp.inside, name, NULL);
  g_auto(GStrv) argv = shell_argv(shell, inside, has_program, step, error);
  g_autofree char *text = argv != NULL ? shell_script(shell, script) : NULL;
  if (text == NULL || !job_file_put(job->folders.temp_fd, name, text, strlen(text), 0755, error))
    return NULL;
  tell(step, script, argv);
  return g_steal_pointer(&argv);
}

void step_run_script(Step *step) {
  g_autoptr(GError) error = NULL;
  g_auto(GStrv) argv = NULL;
  g_autofree char *folder = NULL;
  if (!step_files_open(step, &error) || (folder = working_directory(step, &error)) == NULL || (argv = command_of(step, &error)) == NULL) {
    step_fail(step, "could not be run: %s", error->message);
    return;
  }
  json_auto_t *more = NULL;
  g_auto(GStrv) env = step_environment(step, more);
  step_run_program(step, (const char *const *)argv, (const char *const *)env, folder);
  step_files_take(step);
}
