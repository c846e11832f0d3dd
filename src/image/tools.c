#include "image/tools.h"

#include "base/error.h"
#include "base/fs.h"
#include "base/process.h"

#include <string.h>

struct ImageTools {
  char *dir;
  char *address;
  char *owner;
  char **env;
};

ImageTools *image_tools_new(const char *dir, const char *address, const char *owner, GError **error) {
  g_autofree char *buildah = g_find_program_in_path("buildah");
  if (buildah == NULL) {
    error_set(error, DROVER_ERROR_MISSING, "buildah is not installed; install it with: apt-get install buildah");
    return NULL;
  }
  if (!fs_make_dirs(dir, 0755, error))
    return NULL;
  g_autofree char *path = g_build_filename(dir, "registries.conf", NULL);
  g_autofree char *text = g_strdup_printf("# Written by drover: the embedded registry's stable name, and where it listens now.\n"
                                          "unqualified-search-registries = []\n\n"
                                          "[[registry]]\nprefix = \"%s\"\nlocation = \"%s\"\ninsecure = true\n\n"
                                          "[[registry]]\nlocation = \"%s\"\ninsecure = true\n",
                                          IMAGE_REGISTRY_NAME, address, address);
  if (!fs_write(path, text, strlen(text), 0644, error))
    return NULL;
  ImageTools *tools = g_new0(ImageTools, 1);
  tools->dir = g_strdup(dir);
  tools->address = g_strdup(address);
  tools->owner = g_strdup(owner);
  tools->env = g_environ_setenv(g_get_environ(), "CONTAINERS_REGISTRIES_CONF", path, TRUE);
  return tools;
}

void image_tools_free(ImageTools *tools) {
  g_free(tools->dir);
  g_free(tools->address);
  g_free(tools->owner);
  g_strfreev(tools->env);
  g_free(tools);
}

const char *const *image_tools_env(const ImageTools *tools) {
  return (const char *const *)tools->env;
}

const char *image_tools_dir(const ImageTools *tools) {
  return tools->dir;
}

const char *image_tools_owner(const ImageTools *tools) {
  return tools->owner;
}

const char *image_tools_address(const ImageTools *tools) {
  return tools->address;
}

char *image_push_name(const ImageTools *tools, const char *repository) {
  const char *prefix = IMAGE_REGISTRY_NAME "/";
  if (!g_str_has_prefix(repository, prefix))
    return g_strdup(repository);
  return g_strconcat(tools->address, "/", repository + strlen(prefix), NULL);
}

bool image_copy(const ImageTools *tools, const char *from, const char *to, GCancellable *cancellable, GError **error) {
  g_autofree char *local = image_push_name(tools, from);
  g_autofree char *source = g_strconcat("docker://", local, NULL);
  g_autofree char *target = g_strconcat("docker://", to, NULL);
  /* skopeo does not read CONTAINERS_REGISTRIES_CONF: say that the embedded registry, on this machine, speaks plain HTTP */
  const char *argv[] = {"skopeo", "copy", "--quiet", "--all", "--preserve-digests", "--retry-times", "3", "--src-tls-verify=false",
                        source,   target, NULL};
  ProcessSpec spec = {.argv = argv, .env = image_tools_env(tools), .deadline_ms = 30 * 60 * 1000, .cancellable = cancellable};
  g_autoptr(GError) failure = NULL;
  if (process_check(&spec, &failure))
    return true;
  if (error_is(failure, DROVER_ERROR_FAILED))
    failure->code = DROVER_ERROR_UNAVAILABLE; /* not the input's fault: a registry did not take it */
  g_propagate_prefixed_error(error, g_steal_pointer(&failure), "%s cannot be copied to %s: ", from, to);
  return false;
}
