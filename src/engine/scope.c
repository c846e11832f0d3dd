#include "engine/scope.h"

#include "base/error.h"
#include "base/id.h"
#include "engine/call.h"

#include <string.h>

#define NAMES_MAX_BYTES ((size_t)8 << 20)

const char *container_scope_dir(const ContainerScope *scope) {
  return scope->dir != NULL ? scope->dir : g_get_tmp_dir();
}

char *job_network_make(const ContainerScope *scope, char **why) {
  g_autofree char *id = id_new();
  g_autofree char *name = g_strconcat("drover-", id, NULL);
  g_autofree char *run = g_strconcat(ENGINE_LABEL_RUN "=", scope->run, NULL);
  g_autofree char *job = g_strconcat(ENGINE_LABEL_JOB "=", scope->job, NULL);
  const char *arguments[] = {"network", "create", "--label", run, "--label", job, name, NULL};
  g_autoptr(GError) failure = NULL;
  if (engine_check(scope->engine, (ProcessSpec){0}, arguments, DROVER_ERROR_UNAVAILABLE, &failure))
    return g_steal_pointer(&name);
  if (why != NULL)
    *why = g_strdup_printf("%s; the job's containers share the machine's network, and find each other at localhost", failure->message);
  return g_strdup(JOB_NETWORK_HOST);
}

bool job_network_remove(Engine *engine, const char *network, GError **error) {
  if (network == NULL || strcmp(network, JOB_NETWORK_HOST) == 0)
    return true;
  g_autoptr(GError) failure = NULL;
  if (engine_check(engine, (ProcessSpec){0}, (const char *const[]){"network", "rm", network, NULL}, DROVER_ERROR_FAILED, &failure) ||
      strstr(failure->message, "not found") != NULL)
    return true;
  g_propagate_error(error, g_steal_pointer(&failure));
  return false;
}

/* ---- what is left of a run ---- */

/* The three kinds of thing that carry labels, in the order in which they can go. */
static const struct {
  const char *const *list;                   /* the filter follows */
  const char *const *podman, *const *docker; /* removing; the names follow */
} kinds[] = {
  {(const char *const[]){"ps", "--all", "--quiet", "--no-trunc", "--filter", NULL},
   (const char *const[]){"rm", "--force", "--volumes", "--time", "0", "--ignore", NULL}, (const char *const[]){"rm", "--force", "--volumes", NULL}},
  {(const char *const[]){"network", "ls", "--quiet", "--filter", NULL}, (const char *const[]){"network", "rm", NULL},
   (const char *const[]){"network", "rm", NULL}},
  {(const char *const[]){"volume", "ls", "--quiet", "--filter", NULL}, (const char *const[]){"volume", "rm", "--force", NULL},
   (const char *const[]){"volume", "rm", "--force", NULL}},
};

static void add_words(GPtrArray *all, const char *const *words) {
  for (; *words != NULL; words++)
    g_ptr_array_add(all, (char *)*words);
}

static char **list_labelled(Engine *engine, size_t kind, const char *filter, GError **error) {
  g_autoptr(GPtrArray) arguments = g_ptr_array_new();
  add_words(arguments, kinds[kind].list);
  add_words(arguments, (const char *const[]){filter, NULL});
  g_ptr_array_add(arguments, NULL);
  g_auto(ProcessResult) result = {0};
  if (!engine_call(engine, (ProcessSpec){.output_max_bytes = NAMES_MAX_BYTES}, (const char *const *)arguments->pdata, &result, error))
    return NULL;
  if (result.exit_status != 0) {
    g_autofree char *words = engine_last_line(result.err);
    error_set(error, DROVER_ERROR_UNAVAILABLE, "%s %s: %s", engine_program(engine_traits(engine)->kind), kinds[kind].list[0], words);
    return NULL;
  }
  g_strstrip(result.out);
  return *result.out != '\0' ? g_strsplit(result.out, "\n", -1) : g_new0(char *, 1);
}

static bool remove_named(Engine *engine, size_t kind, char **names, GError **error) {
  g_autoptr(GPtrArray) arguments = g_ptr_array_new();
  add_words(arguments, engine_traits(engine)->kind == ENGINE_PODMAN ? kinds[kind].podman : kinds[kind].docker);
  add_words(arguments, (const char *const *)names);
  g_ptr_array_add(arguments, NULL);
  return engine_check(engine, (ProcessSpec){0}, (const char *const *)arguments->pdata, DROVER_ERROR_FAILED, error);
}

bool engine_remove_labelled(Engine *engine, const char *label, unsigned *removed, GError **error) {
  g_autofree char *filter = g_strconcat("label=", label, NULL);
  for (size_t kind = 0; kind < G_N_ELEMENTS(kinds); kind++) {
    g_auto(GStrv) names = list_labelled(engine, kind, filter, error);
    if (names == NULL || (names[0] != NULL && !remove_named(engine, kind, names, error)))
      return false;
    if (kind == 0 && removed != NULL)
      *removed = g_strv_length(names);
  }
  return true;
}

bool engine_clean_run(Engine *engine, const char *run, unsigned *removed, GError **error) {
  g_autofree char *label = g_strconcat(ENGINE_LABEL_RUN "=", run, NULL);
  return engine_remove_labelled(engine, label, removed, error);
}
