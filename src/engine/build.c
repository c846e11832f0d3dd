#include "engine/fetch.h"

#include "base/error.h"
#include "base/path.h"
#include "engine/call.h"
#include "engine/tree_digest.h"

#include <string.h>

#define BUILD_MS (60 * 60000)
#define LABEL ENGINE_LABEL "action=true"
#define REPOSITORY "localhost/drover/action"

static void add_words(GPtrArray *all, const char *const *words) {
  for (; *words != NULL; words++)
    g_ptr_array_add(all, g_strdup(*words));
}

/* podman takes the limits that containers run under here (engine/command.h), or its own are refused. */
static void add_limits(GPtrArray *all, const EngineTraits *traits) {
  if (traits->files_max > 0)
    g_ptr_array_add(all, g_strdup_printf("--ulimit=nofile=%" G_GINT64_FORMAT ":%" G_GINT64_FORMAT, traits->files_max, traits->files_max));
  if (traits->processes_max > 0)
    g_ptr_array_add(all, g_strdup_printf("--ulimit=nproc=%" G_GINT64_FORMAT ":%" G_GINT64_FORMAT, traits->processes_max, traits->processes_max));
}

/* Instructions run in containers of their own, as the job's do, not in a mere chroot of this machine. */
static char **build_arguments(const EngineTraits *traits, const char *tag, const char *dockerfile, const char *dir) {
  GPtrArray *all = g_ptr_array_new();
  add_words(all, (const char *const[]){"build", "--tag", tag, "--file", dockerfile, NULL});
  if (traits->kind == ENGINE_PODMAN) {
    add_words(all, (const char *const[]){"--isolation", "oci", NULL});
    g_ptr_array_add(all, g_strdup("--label=" LABEL));
    add_limits(all, traits);
  }
  add_words(all, (const char *const[]){dir, NULL});
  g_ptr_array_add(all, NULL);
  return (char **)g_ptr_array_free(all, FALSE);
}

/* What the image is made of: the folder, and which of its files is the recipe. */
static char *tag_of(const char *dir, const char *dockerfile, GError **error) {
  Digest digest;
  if (!tree_digest(dir, &digest, error))
    return NULL;
  g_autofree char *text = g_strconcat(digest.text, " ", dockerfile, NULL);
  Digest all = digest_bytes(text, strlen(text));
  return g_strconcat(REPOSITORY ":", digest_hex(all.text), NULL);
}

char *container_image_build(const ContainerScope *scope, const char *dir, const char *dockerfile, GCancellable *cancellable, GError **error) {
  g_autofree char *relative = path_inside(dockerfile);
  g_autofree char *path = relative != NULL ? g_build_filename(dir, relative, NULL) : NULL;
  if (path == NULL || !g_file_test(path, G_FILE_TEST_IS_REGULAR)) {
    error_set(error, DROVER_ERROR_NOT_FOUND, "the action has no file \"%s\" to build its image from", dockerfile);
    return NULL;
  }
  g_autofree char *context = g_path_get_dirname(path); /* as GitHub's runner: the Dockerfile's own folder */
  g_autofree char *name = g_path_get_basename(path);
  g_autofree char *tag = tag_of(context, name, error);
  if (tag == NULL)
    return NULL;
  char *id = engine_image_id(scope->engine, tag);
  if (id != NULL)
    return id;
  g_auto(GStrv) arguments = build_arguments(engine_traits(scope->engine), tag, path, context);
  ProcessSpec spec = {.deadline_ms = BUILD_MS, .on_line = scope->on_line, .data = scope->data, .cancellable = cancellable};
  if (!engine_check(scope->engine, spec, (const char *const *)arguments, DROVER_ERROR_FAILED, error))
    return NULL;
  id = engine_image_id(scope->engine, tag);
  if (id == NULL)
    error_set(error, DROVER_ERROR_UNAVAILABLE, "image %s: it was built and is gone already", tag);
  return id;
}
