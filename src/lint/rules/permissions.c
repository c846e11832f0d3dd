#include "lint/rule.h"

/* The reader finds all of it. */
const Rule rule_permissions = {
  .id = "permissions",
  .family = FAMILY_CORRECTNESS,
  .summary = "scopes and levels of permissions that do not exist",
  .severity = SEVERITY_ERROR,
  .confidence = CONFIDENCE_HIGH,
  .fixable = true,
};
