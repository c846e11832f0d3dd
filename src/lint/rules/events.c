#include "lint/rule.h"

/* The reader finds all of it. */
const Rule rule_events = {
  .id = "events",
  .family = FAMILY_CORRECTNESS,
  .summary = "events that do not exist, and settings that they do not have",
  .severity = SEVERITY_ERROR,
  .confidence = CONFIDENCE_HIGH,
  .fixable = true,
};
