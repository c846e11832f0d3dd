/* Images: built by buildah from a commit's tree alone, pushed by digest, the same bits each time.
 *
 * The embedded registry has one stable name, IMAGE_REGISTRY_NAME, whatever port it listens on: buildah, podman and skopeo
 * find it through a registries.conf that drover writes and names in CONTAINERS_REGISTRIES_CONF. FROM lines, pushes and runs
 * all use "drover.localhost/NAME@sha256:...".
 */
#pragma once

#include "base/progress.h"

#include <gio/gio.h>
#include <stdbool.h>
#include <stdint.h>

#define IMAGE_REGISTRY_NAME "drover.localhost"

/* How the container tools reach registries. */
typedef struct ImageTools ImageTools;

/* Writes the registries.conf for an embedded registry at `address` ("127.0.0.1:43121", plain HTTP) into `dir`, which
 * builds use for their files too, and finds buildah: MISSING when it is not installed. `owner` (letters, digits and "-") names
 * this drover in what its builds make in the machine's container storage. Immutable, any thread. */
ImageTools *image_tools_new(const char *dir, const char *address, const char *owner, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void image_tools_free(ImageTools *tools);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ImageTools, image_tools_free)

/* The environment for a container tool: drover's own plus CONTAINERS_REGISTRIES_CONF; transfer none. */
const char *const *image_tools_env(const ImageTools *tools);

/* The name to push `repository` to: the container tools follow a stable name to its location when they pull, not when they
 * push. Transfer full. */
char *image_push_name(const ImageTools *tools, const char *repository);

typedef struct {
  const char *name;       /* for progress: "backend" */
  const char *context;    /* a folder with the commit's files */
  const char *dockerfile; /* relative to it */
  int64_t time_s;         /* the commit's: every time in the image */
  const char *commit;     /* label org.opencontainers.image.revision */
  const char *repository; /* "drover.localhost/shop/backend" */
  const char *tag;        /* "dev-<sha>" */
  Progress *progress;     /* may be NULL */
  GCancellable *cancellable;
} ImageBuild;

/* Builds, pushes to `repository` under `tag`, removes the local image, and gives the manifest's digest (transfer full). When
 * the tag exists with the same digest, that is success; with another one, CONFLICT. FAILED carries the build's last words. */
char *image_build_and_push(const ImageTools *tools, const ImageBuild *build, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Whether the drover that called itself `owner` is still at work; false too for one of its own that has ended. */
typedef bool (*ImageOwnerFunc)(const char *owner, void *data);

/* Removes what builds left in the machine's container storage when their drover was killed: working containers and unnamed
 * results of owners that begin with `prefix` and are not alive. What cannot be removed is left for the next time. */
void image_sweep(const ImageTools *tools, const char *prefix, ImageOwnerFunc is_alive, void *data);

/* Copies an image by digest from one repository to another registry (skopeo), with a tag. */
bool image_copy(const ImageTools *tools, const char *from, const char *to, GCancellable *cancellable, GError **error) G_GNUC_WARN_UNUSED_RESULT;
