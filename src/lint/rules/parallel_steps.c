#include "lint/rule.h"

/* The reader finds all of it. */
const Rule rule_parallel_steps = {
  .id = "parallel-steps",
  .family = FAMILY_CORRECTNESS,
  .summary = "waiting for steps that do not run in the background, and steps that no parallel group takes",
  .severity = SEVERITY_ERROR,
  .confidence = CONFIDENCE_HIGH,
};
