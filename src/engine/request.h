/* What a workflow asks of a container: "container:" of a job and each of its "services:". Read and judged here, before an engine hears
 * of it. Pure: nothing runs.
 *
 * A workflow that must stay inside its container (the rule) may neither mount folders of this machine nor ask for an option that opens
 * it: only options of a fixed list pass. With `host_access` all that GitHub's runner takes passes.
 */
#pragma once

#include "base/secret.h"

#include <glib.h>
#include <stdbool.h>

/* All borrowed; every field but `image` may be NULL. Lists are NULL-terminated. */
typedef struct {
  const char *image;          /* "redis:7", "ghcr.io/owner/image@sha256:..." */
  const char *const *env;     /* "K=V" */
  const char *const *ports;   /* "6379", "8080:80", "53/udp", "127.0.0.1:8080:80" */
  const char *const *volumes; /* "name:/folder", "/folder", "/here:/folder:ro" */
  const char *options;        /* "--cpus 1 --health-cmd 'pg_isready -U app'" */
  const char *username;       /* of the registry; used when `password` is there too */
  const Secret *password;
} ContainerRequest;

/* `options` as words, by a shell's rules of quoting, without a shell; transfer full. REFUSED for those that drover sets itself
 * (--network, --entrypoint, ...) and those that open the machine; INPUT for what is no option. NULL gives an empty list. */
char **request_options(const char *options, bool host_access, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* A port as the argument of --publish: on 127.0.0.1, on a free port where none is named; transfer full. INPUT, or REFUSED for an address
 * that others can reach. */
char *request_port(const char *port, bool host_access, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* A volume as the argument of --volume; transfer full. A named one gets `prefix` before its name, and is the job's alone; REFUSED for a
 * folder of this machine. */
char *request_volume(const char *volume, const char *prefix, bool host_access, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The registry's host of an image, "docker.io" where it names none; transfer full. */
char *request_registry(const char *image);

/* The image with its registry and folder named in full, which podman needs to fetch it: "redis:7" is "docker.io/library/redis:7".
 * Transfer full; INPUT when it is no image's name. */
char *request_image(const char *image, GError **error) G_GNUC_WARN_UNUSED_RESULT;
