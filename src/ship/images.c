#include "ship/line.h"

#include "base/diagnostics.h"
#include "base/error.h"

#include <stdlib.h>
#include <string.h>

typedef struct {
  const Line *line;
  const ProjectImage *image;
  const char *source; /* the commit's files */
  char *digest;
  GError *error;
} Build;

static char *tag_of(const Line *line, const char *commit) {
  return g_strdup_printf("%s-%s", line->environment->name, commit);
}

/* "shop/backend" */
static char *path_of(const Line *line, const char *image) {
  return g_strdup_printf("%s/%s", line->project->name, image);
}

/* The embedded registry's copy goes to every other registry too: an image is everywhere or the release does not exist. */
static bool copy_to_others(const Build *build, const char *repository, const char *tag, GError **error) {
  const Line *line = build->line;
  g_autofree char *from = g_strdup_printf("%s@%s", repository, build->digest);
  for (char **registry = line->project->registries; *registry != NULL; registry++) {
    if (g_str_equal(*registry, "drover"))
      continue;
    g_autofree char *to = g_strdup_printf("%s/%s:%s", *registry, build->image->name, tag);
    if (!image_copy(line->tools, from, to, line->spec->cancellable, error))
      return false;
  }
  return true;
}

/* Whether `path`, with all links followed, still lies below the checkout. */
static bool stays_inside(const char *source, const char *path) {
  g_autofree char *top = realpath(source, NULL);
  g_autofree char *real = realpath(path, NULL);
  return top != NULL && real != NULL && g_str_has_prefix(real, top) && (real[strlen(top)] == '/' || real[strlen(top)] == '\0');
}

static gpointer build_thread(gpointer data) {
  Build *build = data;
  const Line *line = build->line;
  g_autofree char *path = path_of(line, build->image->name);
  g_autofree char *repository = g_strconcat(IMAGE_REGISTRY_NAME "/", path, NULL);
  g_autofree char *tag = tag_of(line, line->commit->commit);
  g_autofree char *context = g_build_filename(build->source, build->image->context, NULL);
  ImageBuild spec = {
    .name = build->image->name,
    .context = context,
    .dockerfile = build->image->dockerfile,
    .time_s = line->commit->time_s,
    .commit = line->commit->commit,
    .repository = repository,
    .tag = tag,
    .progress = line->spec->progress,
    .cancellable = line->spec->cancellable,
  };
  g_autofree char *dockerfile = g_build_filename(context, build->image->dockerfile, NULL);
  if (!stays_inside(build->source, context) || !stays_inside(build->source, dockerfile)) {
    error_set(&build->error, DROVER_ERROR_INPUT, "image %s: its context or Dockerfile leads out of the commit", build->image->name);
    return NULL;
  }
  build->digest = image_build_and_push(line->tools, &spec, &build->error);
  if (build->digest != NULL && !copy_to_others(build, repository, tag, &build->error))
    g_clear_pointer(&build->digest, g_free);
  return NULL;
}

/* Every image in a thread of its own; waits for all of them, and gives the first error. */
static json_t *build_all(const Line *line, const char *source, GError **error) {
  guint count = line->project->images->len;
  g_autofree Build *builds = g_new0(Build, count);
  g_autofree GThread **threads = g_new0(GThread *, count);
  for (guint i = 0; i < count; i++) {
    builds[i] = (Build){.line = line, .image = g_ptr_array_index(line->project->images, i), .source = source};
    threads[i] = g_thread_new("build", build_thread, &builds[i]);
  }
  json_auto_t *digests = json_object();
  GError *first = NULL;
  for (guint i = 0; i < count; i++) {
    g_thread_join(threads[i]);
    if (builds[i].error != NULL && first == NULL)
      first = g_steal_pointer(&builds[i].error);
    g_clear_error(&builds[i].error);
    if (builds[i].digest != NULL)
      json_object_set_new(digests, builds[i].image->name, json_string(builds[i].digest));
    g_free(builds[i].digest);
  }
  if (first == NULL)
    return g_steal_pointer(&digests);
  g_propagate_error(error, first);
  return NULL;
}

/* Read as a checkout would be, so that neither a context nor a Dockerfile can lead to a file of this machine outside the commit. */
bool images_check(const Line *line, GError **error) {
  g_autoptr(Diagnostics) diagnostics = diagnostics_new();
  for (guint i = 0; i < line->project->images->len; i++) {
    const ProjectImage *image = g_ptr_array_index(line->project->images, i);
    g_autofree char *path = g_build_filename(image->context, image->dockerfile, NULL);
    g_autoptr(GError) failure = NULL;
    g_autofree char *text = commit_read_file(line->commit, path, NULL, &failure);
    if (text == NULL)
      diagnostics_add(diagnostics, image->location, "image %s: %s", image->name, failure->message);
  }
  return diagnostics_to_error(diagnostics, error);
}

json_t *images_build(const Line *line, GError **error) {
  g_autofree char *prefix = scratch_owner_prefix(line->scratch);
  image_sweep(line->tools, prefix, scratch_owner_is_alive, line->scratch);
  g_autofree char *source = fs_temp_dir(scratch_path(line->scratch), "source", error);
  if (source == NULL)
    return NULL;
  json_t *digests = commit_checkout(line->commit, source, line->spec->cancellable, error) ? build_all(line, source, error) : NULL;
  fs_remove_tree(source, NULL);
  return digests;
}

bool images_tag(const Line *line, const Release *release, GError **error) {
  g_autofree char *tag = tag_of(line, release->commit);
  const char *name;
  json_t *digest;
  json_object_foreach (release->images, name, digest) {
    g_autofree char *path = path_of(line, name);
    if (!registry_add_tag(line->registry, path, tag, json_string_value(digest), error)) {
      g_prefix_error(error, "image %s: ", name);
      return false;
    }
  }
  return true;
}
