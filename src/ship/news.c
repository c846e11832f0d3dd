#include "ship/line.h"

#include <string.h>

static char *title_of(const Line *line, const Release *release, const Rollout *rollout, const GError *failure) {
  const char *project = line->project->name, *environment = line->environment->name;
  if (release == NULL)
    return g_strdup_printf("%s: commit %.12s was not released to %s", project, line->commit->commit, environment);
  if (failure == NULL)
    return g_strdup_printf("%s: release %u serves %s", project, release->number, environment);
  return g_strdup_printf("%s: release %u was taken back in %s%s", project, release->number, environment,
                         rollout != NULL && rollout->from_release != NULL ? "; the one before keeps serving" : "");
}

static char *component_names(const Project *project) {
  g_autoptr(GString) names = g_string_new(NULL);
  for (guint i = 0; i < project->services->len; i++) {
    const ProjectService *service = g_ptr_array_index(project->services, i);
    g_string_append_printf(names, "%s%s", i > 0 ? ", " : "", service->name);
  }
  return g_string_free(g_steal_pointer(&names), FALSE);
}

unsigned news_send(const Line *line, const Release *release, const Rollout *rollout, const GError *failure) {
  g_autofree char *title = title_of(line, release, rollout, failure);
  g_autofree char *components = component_names(line->project);
  g_autofree char *link = rollout != NULL ? g_strdup_printf("drover logs %s", rollout->id) : NULL;
  Notification notification = {
    .title = title,
    .outcome = failure == NULL   ? "completed"
               : rollout != NULL ? "rolled-back"
                                 : "failed",
    .project = line->project->name,
    .environment = line->environment->name,
    .component = components,
    .commit = release != NULL ? release->commit : line->commit->commit,
    .subject = release != NULL ? release->subject : line->commit->subject,
    .actor = line->spec->actor,
    .error = failure != NULL ? failure->message : NULL,
    .link = link,
  };
  g_autoptr(GPtrArray) failures = g_ptr_array_new_with_free_func(g_free);
  /* not the line's cancellable: news of an interrupted rollout is news too */
  unsigned delivered = notify_send(line->project, line->secrets, &notification, NULL, failures);
  for (guint i = 0; i < failures->len; i++)
    progress_note(line->spec->progress, "notification not delivered: %s", (const char *)g_ptr_array_index(failures, i));
  if (delivered > 0)
    progress_note(line->spec->progress, "%u notification%s sent", delivered, delivered > 1 ? "s" : "");
  return delivered;
}
