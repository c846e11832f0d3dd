/* Between the parts of one rule: floating_image.c looks at containers, floating_image_inputs.c at what actions are given, and
 * floating_image_scripts.c at scripts. */
#pragma once

#include "lint/rules/image_name.h"
#include "lint/view.h"

/* Reports an image that floats; `name` is what stands in the file, `does` says what is done with it: "run", "pushed". `report`
 * has no help yet. */
void floating_image_report(LintFile *file, LintReport report, ImageFloat floats, const char *name, const char *does);

/* Inputs of well-known actions that name images, and the tags that docker/metadata-action makes. */
void floating_image_check_inputs(LintFile *file, const WorkflowStep *step, const Uses *uses);

/* Commands in the step's script, and in scripts that an action is given. `uses` may be NULL. */
void floating_image_check_scripts(LintFile *file, const WorkflowStep *step, const Uses *uses);
