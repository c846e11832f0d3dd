/* The gate of an environment: policy over a release's evidence. A pure function: the same release always gets the same answer. */
#pragma once

#include "release/project.h"
#include "store/store.h"

#include <stdbool.h>

/* Whether `release` may go to `environment` of `project`: every workflow of `checks:` has evidence that it succeeded. REFUSED
 * names each piece of evidence that is missing or bad. */
bool gate_allows(const Project *project, const ProjectEnvironment *environment, const Release *release, GError **error) G_GNUC_WARN_UNUSED_RESULT;
