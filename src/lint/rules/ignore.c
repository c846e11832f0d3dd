#include "lint/rule.h"

/* Reported by lint/ignore.c when the other rules are through. */
const Rule rule_ignore = {
  .id = "ignore",
  .family = FAMILY_POLICY,
  .summary = "a comment that ignores findings without a reason, or without effect",
  .severity = SEVERITY_LOW,
  .confidence = CONFIDENCE_HIGH,
};
