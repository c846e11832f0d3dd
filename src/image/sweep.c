#include "image/tools.h"

#include "base/fs.h"
#include "base/process.h"

#include <glob.h>
#include <jansson.h>
#include <string.h>

#define QUICK_MS 60000
#define RECORD_MAX_BYTES ((size_t)1 << 20)

static char *ask(const ImageTools *tools, const char *const *argv) {
  ProcessSpec spec = {.argv = argv, .env = image_tools_env(tools), .deadline_ms = QUICK_MS};
  return process_output(&spec, NULL);
}

/* The lines of an answer; empty when there was none. */
static char **lines_of(const char *answer) {
  return answer != NULL && *answer != '\0' ? g_strsplit(answer, "\n", -1) : g_new0(char *, 1);
}

static bool is_dead(const char *owner, const char *prefix, ImageOwnerFunc is_alive, void *data) {
  return owner != NULL && g_str_has_prefix(owner, prefix) && !is_alive(owner, data);
}

/* The owner that a working container's record names; NULL for containers of other people's builds. buildah shows the record by no
 * command: it lies in the storage beside the container. */
static char *container_owner(const char *storage, const char *id) {
  g_autofree char *pattern = g_strdup_printf("%s/*-containers/%s/userdata/buildah.json", storage, id);
  glob_t found = {0};
  g_autofree char *text = glob(pattern, 0, NULL, &found) == 0 ? fs_read(found.gl_pathv[0], RECORD_MAX_BYTES, NULL, NULL) : NULL;
  globfree(&found);
  json_auto_t *record = text != NULL ? json_loads(text, 0, NULL) : NULL;
  const char *mark = json_string_value(json_object_get(json_object_get(record, "CommonBuildOpts"), "CgroupParent"));
  return mark != NULL && g_str_has_prefix(mark, IMAGE_MARK_PREFIX) ? g_strdup(mark + strlen(IMAGE_MARK_PREFIX)) : NULL;
}

static void sweep_containers(const ImageTools *tools, const char *prefix, ImageOwnerFunc is_alive, void *data) {
  g_autofree char *ids = ask(tools, (const char *const[]){"buildah", "containers", "--quiet", "--notruncate", NULL});
  g_auto(GStrv) list = lines_of(ids);
  g_autofree char *storage = list[0] != NULL ? ask(tools, (const char *const[]){"buildah", "info", "--format", "{{.store.GraphRoot}}", NULL}) : NULL;
  for (char **id = list; storage != NULL && *id != NULL; id++) {
    g_autofree char *owner = container_owner(storage, *id);
    if (is_dead(owner, prefix, is_alive, data))
      g_free(ask(tools, (const char *const[]){"buildah", "rm", *id, NULL}));
  }
}

/* "<owner>.<unique>" */
static void sweep_images(const ImageTools *tools, const char *prefix, ImageOwnerFunc is_alive, void *data) {
  static const char filter[] = "reference=" IMAGE_LOCAL_REPOSITORY;
  g_autofree char *tags = ask(tools, (const char *const[]){"buildah", "images", "--format", "{{.Tag}}", "--filter", filter, NULL});
  g_auto(GStrv) list = lines_of(tags);
  for (char **tag = list; *tag != NULL; tag++) {
    const char *dot = strchr(*tag, '.');
    g_autofree char *owner = dot != NULL ? g_strndup(*tag, (gsize)(dot - *tag)) : NULL;
    g_autofree char *name = g_strdup_printf(IMAGE_LOCAL_REPOSITORY ":%s", *tag);
    if (is_dead(owner, prefix, is_alive, data))
      g_free(ask(tools, (const char *const[]){"buildah", "rmi", "--force", name, NULL}));
  }
}

void image_sweep(const ImageTools *tools, const char *prefix, ImageOwnerFunc is_alive, void *data) {
  sweep_containers(tools, prefix, is_alive, data);
  sweep_images(tools, prefix, is_alive, data);
}
