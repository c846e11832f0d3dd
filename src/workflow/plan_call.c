#include "workflow/plan_build.h"

#include "workflow/schema.h"

#include <string.h>

#define RULE "workflow-call"

/* ---- types ---- */

static bool is_boolean(const YamlNode *node) {
  bool flag;
  return scalar_is_bool(node, &flag);
}

static bool is_number(const YamlNode *node) {
  double number;
  return scalar_is_number(node, &number);
}

/* Text takes any scalar. */
static const struct {
  const char *type;
  const char *expected;
  bool (*fits)(const YamlNode *node);
} types[] = {
  {"boolean", "true or false", is_boolean},
  {"number", "a number", is_number},
};

/* What an expression gives is known when the job starts. */
static void check_type(const WorkflowInput *input, const WorkflowPair *given, Diagnostics *diagnostics) {
  const WorkflowText *value = &given->value;
  if (value->text == NULL || *value->text == '\0' || strstr(value->text, "${{") != NULL)
    return;
  for (size_t i = 0; i < G_N_ELEMENTS(types); i++)
    if (g_strcmp0(input->type.text, types[i].type) == 0 && !types[i].fits(value->node))
      diagnostics_add_rule(diagnostics, value->location, RULE, "the input \"%s\": expected %s, found \"%s\"", input->name, types[i].expected,
                           value->text);
}

/* ---- names given and names wanted ---- */

typedef struct {
  const char *what; /* "input" */
  const char *key;  /* of the calling job: "with" */
  const WorkflowInputs *wanted;
  const WorkflowPairs *given;
} Exchange;

static GHashTable *new_index(void) {
  return g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
}

/* Case does not matter. */
static const void *find(GHashTable *index, const char *name) {
  g_autofree char *folded = g_ascii_strdown(name, -1);
  return g_hash_table_lookup(index, folded);
}

/* Whether every name is known; an expression may give any. */
static bool index_given(const WorkflowPairs *pairs, GHashTable *index) {
  bool complete = true;
  for (guint i = 0; i < pairs->count; i++)
    if (pairs->items[i].name != NULL)
      g_hash_table_insert(index, g_ascii_strdown(pairs->items[i].name, -1), &pairs->items[i]);
    else
      complete = false;
  return complete;
}

static void check_required(const Exchange *exchange, const WorkflowJob *job, const PlanFile *file, Diagnostics *diagnostics) {
  g_autoptr(GHashTable) given = new_index();
  if (!index_given(exchange->given, given))
    return;
  for (guint i = 0; i < exchange->wanted->count; i++) {
    const WorkflowInput *wanted = &exchange->wanted->items[i];
    if (wanted->is_required && find(given, wanted->name) == NULL)
      diagnostics_add_rule(diagnostics, job->uses.location, RULE, "%s wants the %s \"%s\": give it under \"%s\"", file->name, exchange->what,
                           wanted->name, exchange->key);
  }
}

static void check_given(const Exchange *exchange, const PlanFile *file, Diagnostics *diagnostics) {
  g_autoptr(GHashTable) wanted = new_index();
  for (guint i = 0; i < exchange->wanted->count; i++)
    g_hash_table_insert(wanted, g_ascii_strdown(exchange->wanted->items[i].name, -1), &exchange->wanted->items[i]);
  for (guint i = 0; i < exchange->given->count; i++) {
    const WorkflowPair *given = &exchange->given->items[i];
    const WorkflowInput *input = given->name != NULL ? find(wanted, given->name) : NULL;
    if (input != NULL)
      check_type(input, given, diagnostics);
    else if (given->name != NULL)
      diagnostics_add_rule(diagnostics, given->location, RULE, "%s knows no %s \"%s\"", file->name, exchange->what, given->name);
  }
}

/* ---- the call ---- */

bool plan_check_call(const WorkflowJob *job, const PlanFile *file, Diagnostics *diagnostics) {
  const WorkflowEvent *event = workflow_event(file->workflow, "workflow_call");
  if (event == NULL) {
    diagnostics_add_rule(diagnostics, job->uses.location, RULE, "%s cannot be called: there is no \"workflow_call\" under its \"on\"", file->name);
    return false;
  }
  Exchange exchanges[] = {
    {"input", "with", &event->inputs, &job->with},
    {"secret", "secrets", &event->secrets, &job->secrets},
  };
  for (size_t i = 0; i < (job->secrets_inherit ? 1 : G_N_ELEMENTS(exchanges)); i++) {
    check_required(&exchanges[i], job, file, diagnostics);
    check_given(&exchanges[i], file, diagnostics);
  }
  return true;
}
