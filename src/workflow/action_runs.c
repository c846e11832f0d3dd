#include "workflow/action.h"
#include "workflow/schema.h"

#include <string.h>

/* `runs.using` says what an action is, and that says which keys it takes. */

static const struct {
  const char *name;
  ActionKind kind;
  bool outdated; /* GitHub runs it with a newer one, and says so each time */
} runtimes[] = {
  {"composite", ACTION_COMPOSITE, false}, {"docker", ACTION_DOCKER, false},    {"node24", ACTION_JAVASCRIPT, false},
  {"node20", ACTION_JAVASCRIPT, false},   {"node16", ACTION_JAVASCRIPT, true}, {"node12", ACTION_JAVASCRIPT, true},
};

enum { OF_JAVASCRIPT = 1 << ACTION_JAVASCRIPT, OF_COMPOSITE = 1 << ACTION_COMPOSITE, OF_DOCKER = 1 << ACTION_DOCKER };

static const struct {
  const char *key;
  unsigned kinds; /* bits: those that take it */
  bool required;  /* they cannot do without */
  const char *of; /* what it is about: without that key it does nothing; NULL: nothing else */
} rows[] = {
  {"main", OF_JAVASCRIPT, true, NULL},
  {"pre", OF_JAVASCRIPT, false, NULL},
  {"post", OF_JAVASCRIPT, false, NULL},
  {"pre-if", OF_JAVASCRIPT | OF_DOCKER, false, "pre"},
  {"post-if", OF_JAVASCRIPT | OF_DOCKER, false, "post"},
  {"steps", OF_COMPOSITE, true, NULL},
  {"image", OF_DOCKER, true, NULL},
  {"entrypoint", OF_DOCKER, false, NULL},
  {"pre-entrypoint", OF_DOCKER, false, NULL},
  {"post-entrypoint", OF_DOCKER, false, NULL},
  {"args", OF_DOCKER, false, NULL},
  {"env", OF_DOCKER, false, NULL},
};

static const char *const kind_names[] = {
  [ACTION_JAVASCRIPT] = "a JavaScript action", [ACTION_COMPOSITE] = "a composite action", [ACTION_DOCKER] = "a container action"};

ActionKind action_kind(const char *using) {
  for (size_t i = 0; using != NULL && i < G_N_ELEMENTS(runtimes); i++)
    if (g_ascii_strcasecmp(using, runtimes[i].name) == 0)
      return runtimes[i].kind;
  return using != NULL && g_str_has_prefix(using, "node") ? ACTION_JAVASCRIPT : ACTION_UNKNOWN;
}

static const char *using_of(const YamlNode *runs) {
  const YamlNode *using = yaml_get(runs, "using");
  return using != NULL && using->kind == YAML_SCALAR ? using->text : NULL;
}

static void check_using(Check *check, const YamlNode *using) {
  for (size_t i = 0; i < G_N_ELEMENTS(runtimes); i++) {
    if (g_ascii_strcasecmp(using->text, runtimes[i].name) != 0)
      continue;
    if (runtimes[i].outdated)
      check_advise(check, using->location, check->rule, "using: GitHub has no %s any more; write %s", runtimes[i].name, "node24");
    return;
  }
  g_autofree char *name = check_excerpt(using->text);
  check_report(check, using->location, "using: expected composite, docker, node20 or node24, found \"%s\"", name);
}

/* `pre-if` is about `pre`, in a container action about `pre-entrypoint`. */
static bool has_subject(const YamlNode *runs, const char *of) {
  g_autofree char *entrypoint = g_strconcat(of, "-entrypoint", NULL);
  return yaml_get(runs, of) != NULL || yaml_get(runs, entrypoint) != NULL;
}

static void check_key(Check *check, const YamlNode *runs, const YamlNode *key, ActionKind kind) {
  for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
    if (strcmp(key->text, rows[i].key) != 0)
      continue;
    if (!(rows[i].kinds & (1U << kind)))
      check_report(check, key->location, "\"%s\" has no meaning in %s", rows[i].key, kind_names[kind]);
    else if (rows[i].of != NULL && !has_subject(runs, rows[i].of))
      check_advise(check, key->location, check->rule, "\"%s\" does nothing without \"%s\"", rows[i].key, rows[i].of);
    return;
  }
}

void check_action_runs(Check *check, const YamlNode *runs) {
  const char *using = using_of(runs);
  if (using == NULL || *using == '\0')
    return;
  check_using(check, yaml_get(runs, "using"));
  ActionKind kind = action_kind(using);
  if (kind == ACTION_UNKNOWN)
    return;
  for (guint i = 0; i < runs->count; i++)
    check_key(check, runs, yaml_key(runs, i), kind);
  for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
    if (rows[i].required && (rows[i].kinds & (1U << kind)) && yaml_get(runs, rows[i].key) == NULL)
      check_report(check, check_place(check, runs), "%s needs \"%s\"", kind_names[kind], rows[i].key);
}

void check_action_outputs(Check *check, const YamlNode *action) {
  const YamlNode *outputs = yaml_get(action, "outputs");
  ActionKind kind = action_kind(using_of(yaml_get(action, "runs")));
  if (kind == ACTION_UNKNOWN || outputs == NULL || outputs->kind != YAML_MAPPING)
    return;
  for (guint i = 0; i < outputs->count; i++) {
    const YamlNode *key = yaml_key(outputs, i);
    bool has_value = yaml_get(yaml_value(outputs, i), "value") != NULL;
    g_autofree char *name = check_excerpt(key->text);
    if (kind == ACTION_COMPOSITE && !has_value)
      check_advise(check, key->location, check->rule, "the output \"%s\" stays empty: a composite action's needs \"value\"", name);
    else if (kind != ACTION_COMPOSITE && has_value)
      check_advise(check, key->location, check->rule, "the output \"%s\": \"value\" has no meaning in %s, whose program sets it", name,
                   kind_names[kind]);
  }
}
