#include "cli/lint_rules.h"

#include "base/log.h"
#include "cli/support.h"
#include "lint/report/pages.h"
#include "lint/rule.h"

#include <unistd.h>

bool lint_rules_explain(Invocation *invocation, const char *id, GError **error) {
  const char *page = lint_rule_page(id);
  if (page == NULL) {
    g_auto(GStrv) known = lint_rule_ids();
    g_autofree char *nearest = suggest_text(id, (const char *const *)known);
    return invocation_misuse(invocation, error, "there is no rule \"%s\"%s", id, *nearest != '\0' ? nearest : "; drover lint --rules lists them");
  }
  if (invocation->json) {
    support_answer_json(invocation, json_pack("{s:s, s:s}", "rule", id, "page", page));
    return true;
  }
  g_autofree char *text = lint_page_render(page, log_fd_has_colour(STDOUT_FILENO));
  fputs(text, stdout);
  return true;
}

static json_t *rules_json(void) {
  json_t *rules = json_array();
  for (const Rule *const *rule = lint_rules; *rule != NULL; rule++)
    json_array_append_new(rules, json_pack("{s:s, s:s, s:s, s:s, s:b, s:b, s:s}", "rule", (*rule)->id, "family", lint_family_name((*rule)->family),
                                           "severity", lint_severity_name((*rule)->severity), "persona", lint_persona_name((*rule)->persona),
                                           "on_by_default", !(*rule)->only_asked, "fixable", (*rule)->fixable, "summary", (*rule)->summary));
  return rules;
}

void lint_rules_list(Invocation *invocation) {
  static const char *const headings[] = {"RULE", "FAMILY", "SEVERITY", "ON", "FIX", "FINDS", NULL};
  if (invocation->json) {
    support_answer_json(invocation, json_pack("{s:o}", "rules", rules_json()));
    return;
  }
  g_autoptr(Table) table = table_new(headings);
  for (const Rule *const *row = lint_rules; *row != NULL; row++) {
    const Rule *rule = *row;
    table_cell(table, COLOUR_STRONG, "%s", rule->id);
    table_cell(table, COLOUR_NONE, "%s", lint_family_name(rule->family));
    table_cell(table, COLOUR_NONE, "%s", lint_severity_name(rule->severity));
    table_cell(table, COLOUR_NONE, "%s", rule->only_asked ? "no" : rule->persona == PERSONA_REGULAR ? "yes" : lint_persona_name(rule->persona));
    table_cell(table, COLOUR_NONE, "%s", rule->fixable ? "yes" : "");
    table_cell(table, COLOUR_FAINT, "%s", rule->summary);
  }
  table_print(table, stdout);
}
