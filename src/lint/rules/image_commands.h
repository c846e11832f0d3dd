/* Which images the commands of a script build, tag, push, pull or run. */
#pragma once

#include "lint/script/shell.h"

/* `name` is an image, or with `only_tag` a tag alone, and stands in the bytes [start, end) of the script. `does` is "built",
 * "pushed", ...: static. */
typedef void (*ImageFound)(const char *name, bool only_tag, size_t start, size_t end, const char *does, void *user);

/* Images that a command names: docker, podman, nerdctl, buildah, skopeo, crane, kubectl, helm. */
void command_images(const ShellCommand *command, ImageFound found, void *user);

/* Images in the bodies of a command's here-documents: `FROM` of a Dockerfile, `image:` of a compose or Kubernetes file. `text` is the
 * script. */
void heredoc_images(const ShellCommand *command, const char *text, ImageFound found, void *user);
