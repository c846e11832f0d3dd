#include "workflow/schema.h"

#include "base/facts.h"
#include "base/nearest.h"

/* `permissions:`. The scopes and their levels are facts: GitHub adds some every year. */

#define LEVELS_MAX 8

static void report_unknown(Check *check, const YamlNode *scope) {
  const char *near = nearest_name(scope->text, facts_keys(FACTS_SCOPES));
  g_autofree char *name = check_excerpt(scope->text);
  check_report(check, scope->location, "unknown permission \"%s\"", name);
  check_suggest(check, near);
}

static void check_level(Check *check, const json_t *scope, const YamlNode *level) {
  const json_t *levels = json_object_get(scope, "levels");
  const char *words[LEVELS_MAX + 1] = {NULL};
  for (size_t i = 0; i < MIN(json_array_size(levels), LEVELS_MAX); i++)
    words[i] = json_string_value(json_array_get(levels, i));
  schema_check(check, level, &(Shape){.name = "a permission", .kinds = KIND_WORD, .words = words}, AVAILABLE_NOTHING);
}

static void check_permissions(Check *check, const YamlNode *node) {
  for (guint i = 0; node->kind == YAML_MAPPING && i < node->count; i++) {
    const YamlNode *key = yaml_key(node, i);
    const json_t *scope = key->length > 0 ? facts_find(FACTS_SCOPES, key->text) : NULL;
    if (scope != NULL)
      check_level(check, scope, yaml_value(node, i));
    else if (key->length > 0 && !check_is_full(check))
      report_unknown(check, key);
  }
}

static const char *const shorthands[] = {"read-all", "write-all", NULL};
static const Shape level = {.name = "a permission", .opaque = true};
const Shape shape_permissions = {.name = "permissions",
                                 .rule = "permissions",
                                 .kinds = KIND_WORD | KIND_MAPPING,
                                 .words = shorthands,
                                 .value = &level,
                                 .may_be_empty = true,
                                 .check = check_permissions};
