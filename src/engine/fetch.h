/* Images that a job's containers are made of: fetched where they are missing, or built from a Dockerfile. */
#pragma once

#include "engine/request.h"
#include "engine/scope.h"

/* The id of the request's image, transfer full. One that is on this machine is taken as it is, without a network; otherwise it is
 * fetched, three times at most. NOT_FOUND and REFUSED are the registry's word on the image and the credentials, UNAVAILABLE that it
 * did not give it now. Credentials lie in a private file while the engine fetches. */
char *container_image_fetch(const ContainerScope *scope, const ContainerRequest *request, GCancellable *cancellable,
                            GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The id of an image built from `dockerfile` (relative to `dir`) with its folder as context, transfer full. A folder with the same
 * content was built before: its image is taken. FAILED with the build's last line. */
char *container_image_build(const ContainerScope *scope, const char *dir, const char *dockerfile, GCancellable *cancellable,
                            GError **error) G_GNUC_WARN_UNUSED_RESULT;
