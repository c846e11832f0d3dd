#include "runner/step/step.h"

#include "runner/expand.h"

#include <string.h>

#define NAME_MAX_CHARACTERS 80
#define ACTION_NAME_MAX 100 /* GitHub's limit */

static const char *const stage_prefixes[] = {[STAGE_PRE] = "Pre ", [STAGE_MAIN] = "", [STAGE_POST] = "Post "};

/* As GitHub calls a step without a name: "Run" and the first line of the script, or the action. */
static char *default_name(const WorkflowStep *step) {
  static const char *const waiting[] = {
    [STEP_WAIT] = "Wait for background steps",
    [STEP_WAIT_ALL] = "Wait for all background steps",
    [STEP_CANCEL] = "Cancel background steps",
    [STEP_PARALLEL] = "Wait for parallel steps",
    [STEP_NONE] = "Do nothing",
  };
  const char *text = step->kind == STEP_RUN ? step->run.text : step->uses.text;
  if (text == NULL)
    return g_strdup(waiting[step->kind]);
  while (g_ascii_isspace(*text))
    text++;
  g_autofree char *line = g_strndup(text, strcspn(text, "\r\n"));
  g_autofree char *valid = g_utf8_make_valid(line, -1);
  if (g_utf8_strlen(valid, -1) <= NAME_MAX_CHARACTERS)
    return g_strdup_printf("Run %s", valid);
  g_autofree char *cut = g_utf8_substring(valid, 0, NAME_MAX_CHARACTERS);
  return g_strdup_printf("Run %s...", cut);
}

char *step_display_name(const Step *step) {
  const WorkflowText *name = &step->model->name;
  g_autofree char *text = NULL;
  if (name->text != NULL && *name->text != '\0') {
    text = expand_text(name, &step->scope.scope, NULL);
    if (text == NULL)
      text = g_strdup(name->text); /* the name alone must not fail a step */
  } else {
    text = default_name(step->model);
  }
  g_autofree char *staged = g_strconcat(stage_prefixes[step->stage], text, NULL);
  return job_mask(step->job, staged);
}

/* "__run", "__self", "__actions_checkout": GitHub leaves out the ref, and takes "_" for what an id cannot hold. */
static char *name_of_kind(const WorkflowStep *model) {
  const char *text = model->uses.text;
  if (text == NULL)
    return g_strdup(model->kind == STEP_RUN ? "__run" : "__wait");
  if (g_str_has_prefix(text, "./") || g_str_has_prefix(text, "$/"))
    return g_strdup("__self");
  const char *start = g_str_has_prefix(text, "docker://") ? text + strlen("docker://") : text;
  g_autofree char *without_ref = g_strndup(start, strcspn(start, start == text ? "@" : ""));
  char *name = g_strconcat("__", without_ref, NULL);
  for (char *c = name; *c != '\0'; c++)
    if (!g_ascii_isalnum(*c) && *c != '-')
      *c = '_';
  return name;
}

GPtrArray *step_action_names(const WorkflowJob *model) {
  GPtrArray *names = g_ptr_array_new_full(model->all_step_count, g_free);
  g_autoptr(GHashTable) counts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  for (guint i = 0; i < model->all_step_count; i++) {
    const WorkflowStep *step = model->all_steps[i];
    g_autofree char *plain = name_of_kind(step);
    guint count = 1;
    if (step->id == NULL) {
      count += GPOINTER_TO_UINT(g_hash_table_lookup(counts, plain));
      g_hash_table_insert(counts, g_strdup(plain), GUINT_TO_POINTER(count));
    }
    char *name = step->id != NULL ? g_strdup(step->id)
                 : count == 1     ? g_strndup(plain, ACTION_NAME_MAX)
                                  : g_strdup_printf("%.*s_%u", ACTION_NAME_MAX - 6, plain, count);
    g_ptr_array_add(names, name);
  }
  return names;
}

char *step_action_name(const Job *job, const Frame *frame, const WorkflowStep *model) {
  if (model->id != NULL)
    return g_strdup(model->id);
  return frame->outer == NULL ? g_strdup(g_ptr_array_index(job->names, model->index)) : name_of_kind(model);
}
