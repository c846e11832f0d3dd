#include "runner/context/facts.h"

#include <string.h>

/* What run-name gives; NULL where there is none, it is empty, or it has no value. */
static char *written_name(const ContextSpec *spec, const json_t *github, const json_t *inputs, const json_t *vars) {
  const char *text = spec->workflow->run_name.text;
  if (text == NULL)
    return NULL;
  g_autoptr(ExpressionTemplate) template = expression_template_parse(text, strlen(text), NULL, NULL);
  json_auto_t *contexts = json_object();
  json_object_set(contexts, "github", (json_t *)github);
  json_object_set(contexts, "inputs", (json_t *)inputs);
  json_object_set(contexts, "vars", (json_t *)vars);
  ExpressionScope scope = {.contexts = contexts};
  g_autofree char *name = template != NULL ? expression_template_expand(template, &scope, NULL, NULL) : NULL;
  return name != NULL && *g_strstrip(name) != '\0' ? g_steal_pointer(&name) : NULL;
}

char *context_run_name(const ContextSpec *spec, const json_t *github, const json_t *inputs, const json_t *vars) {
  static const struct {
    const char *event; /* a prefix: pull_request_target too */
    const char *title;
  } titles[] = {{"push", "event.head_commit.message"}, {"pull_request", "event.pull_request.title"}};
  char *name = written_name(spec, github, inputs, vars);
  for (size_t i = 0; i < G_N_ELEMENTS(titles) && name == NULL; i++) {
    const char *title = g_str_has_prefix(spec->event, titles[i].event) ? context_text_at(github, titles[i].title) : NULL;
    if (title != NULL && *title != '\0')
      name = g_strndup(title, strcspn(title, "\r\n"));
  }
  return name != NULL ? name : g_strdup(context_text_at(github, "workflow"));
}
