#include "lint/rule.h"

/* Reported by lint/lint.c: release/ reads the project file. */
const Rule rule_project_file = {
  .id = "project-file",
  .family = FAMILY_CORRECTNESS,
  .summary = "drover.yaml says what drover cannot do",
  .severity = SEVERITY_ERROR,
  .confidence = CONFIDENCE_HIGH,
};
