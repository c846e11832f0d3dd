/* From a YAML tree that fits the schema to the typed model. Private to this folder. */
#pragma once

#include "workflow/workflow.h"

/* Takes `document`, which schema_check() found nothing wrong with. Transfer full. */
Workflow *workflow_read(const char *file, YamlDocument *document);
