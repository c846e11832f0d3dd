#include "workflow/schema.h"

#include <string.h>

/* What GitHub takes as the id of a job or a step. */

#define ID_MAX 100

static int by_folded_text(gconstpointer left, gconstpointer right) {
  return g_ascii_strcasecmp(((const YamlNode *)left)->text, ((const YamlNode *)right)->text);
}

GTree *schema_ids_new(void) {
  return g_tree_new(by_folded_text);
}

static bool is_valid(const YamlNode *id) {
  const char *c = id->text;
  if (!g_ascii_isalpha(*c) && *c != '_')
    return false;
  while (g_ascii_isalnum(*c) || *c == '_' || *c == '-')
    c++;
  return c == id->text + id->length;
}

void check_id(Check *check, const YamlNode *id, GTree *seen) {
  if (strstr(id->text, "${{") != NULL)
    return;
  const YamlNode *first = seen != NULL ? g_tree_lookup(seen, id) : NULL;
  if (!is_valid(id)) {
    g_autofree char *name = check_excerpt(id->text);
    check_report_rule(check, id->location, "id", "the id \"%s\" is not valid: letters, digits, _ and -, beginning with a letter or _", name);
  } else if (id->length >= ID_MAX)
    check_report_rule(check, id->location, "id", "the id is too long: %zu characters, at most %d", id->length, ID_MAX - 1);
  else if (g_str_has_prefix(id->text, "__"))
    check_report_rule(check, id->location, "id", "the id \"%s\" is not valid: those that begin with __ are GitHub's own", id->text);
  else if (first != NULL)
    check_report_rule(check, id->location, "id", "the id \"%s\" is used twice, first in line %u (case does not matter)", id->text,
                      first->location.line);
  else if (seen != NULL)
    g_tree_insert(seen, (gpointer)id, (gpointer)id);
}
