#include "runner/step/step.h"

#include "runner/context/context.h"

#include <string.h>

/* What a name may be: the kernel takes anything but "=". */
static bool usable(const char *name) {
  return *name != '\0' && strchr(name, '=') == NULL;
}

static char *path_of(Step *step, const char *after) {
  const json_t *paths = step_job_paths(step);
  g_autoptr(GString) path = g_string_new(NULL);
  for (size_t i = json_array_size(paths); i > 0; i--)
    g_string_append_printf(path, "%s:", json_string_value(json_array_get(paths, i - 1)));
  g_string_append(path, after);
  return g_strdup(path->str);
}

/* Containers have a PATH of their own, which drover does not know until it has asked: see job/place.c. */
static void put_path(Step *step, json_t *all) {
  const char *given = json_string_value(json_object_get(all, "PATH"));
  g_autofree char *path = path_of(step, given != NULL ? given : "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
  job_set_text(all, "PATH", path);
}

static char **flatten(const json_t *all) {
  GPtrArray *env = g_ptr_array_sized_new((guint)json_object_size(all) + 1);
  const char *name;
  json_t *value;
  json_object_foreach ((json_t *)all, name, value)
    if (usable(name))
      g_ptr_array_add(env, g_strconcat(name, "=", json_string_value(value), NULL));
  g_ptr_array_add(env, NULL);
  return (char **)g_ptr_array_free(env, FALSE);
}

char **step_environment(Step *step, const json_t *more) {
  json_auto_t *all = json_copy(step->job->base_env);
  json_auto_t *own = context_environment(step->github, json_object_get(step->contexts, "runner"));
  json_object_update(all, step->env);
  json_object_update_missing(all, step->job->identity);
  if (more != NULL)
    json_object_update(all, (json_t *)more);
  const char *ci = json_string_value(json_object_get(all, "CI")); /* the one default that a workflow may change */
  g_autofree char *kept = g_strdup(ci != NULL ? ci : "true");
  json_object_update(all, own);
  job_set_text(all, "CI", kept);
  put_path(step, all);
  return flatten(all);
}
