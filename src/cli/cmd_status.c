#include "cli/commands.h"
#include "cli/support.h"
#include "rollout/rollout.h"

#include <string.h>

static const ArgumentRow arguments[] = {
  {{VALUE_TEXT, "ENV"}, ARITY_OPTIONAL, "the environment; default: all"},
  {{0}},
};

static const OptionRow options[] = {
  OPTION_PROJECT,
  {0},
};

static const ExampleRow examples[] = {
  {"drover status", "what runs where: of the project here, or of all when there is none here"},
  {"drover status production --json", "one environment, for a script"},
  {0},
};

/* What is known of one environment. */
typedef struct {
  Environment *environment;
  Release *release;      /* NULL: nothing runs */
  Rollout *last;         /* NULL: there was none */
  json_t *observed;      /* NULL: nothing runs, or it could not be seen */
  GError *observe_error; /* why not */
} State;

static void state_free(void *data) {
  State *state = data;
  g_clear_pointer(&state->environment, environment_free);
  g_clear_pointer(&state->release, release_free);
  g_clear_pointer(&state->last, rollout_free);
  json_decref(state->observed);
  g_clear_error(&state->observe_error);
  g_free(state);
}

static bool read_state(const Invocation *invocation, Store *store, const char *project, const char *name, State *state, GError **error) {
  g_autoptr(GError) failure = NULL;
  state->environment = environment_get(store, project, name, error);
  if (state->environment == NULL)
    return false;
  const char *release = state->environment->release;
  if (release != NULL && (state->release = release_get(store, release, error)) == NULL)
    return false;
  state->last = rollout_find_last(store, project, name, &failure);
  if (failure != NULL) {
    g_propagate_error(error, g_steal_pointer(&failure));
    return false;
  }
  if (release != NULL)
    state->observed = rollout_observe(invocation->data_dir, project, name, &state->observe_error);
  return true;
}

/* ---- which ------------------------------------------------------------------------------------------------------------ */

static bool add_state(const Invocation *invocation, Store *store, GPtrArray *states, const char *project, const char *name, GError **error) {
  const char *only = invocation_argument(invocation, 0);
  if (only != NULL && strcmp(only, name) != 0)
    return true;
  for (guint i = 0; i < states->len; i++) {
    const Environment *known = ((const State *)g_ptr_array_index(states, i))->environment;
    if (strcmp(known->project, project) == 0 && strcmp(known->name, name) == 0)
      return true;
  }
  State *state = g_new0(State, 1);
  if (!read_state(invocation, store, project, name, state, error)) {
    state_free(state);
    return false;
  }
  g_ptr_array_add(states, state);
  return true;
}

/* The environments of the project file first, then those that the store alone remembers. */
static GPtrArray *read_states(const Invocation *invocation, Store *store, const Project *here, const char *project, GError **error) {
  g_autoptr(GPtrArray) states = g_ptr_array_new_with_free_func(state_free);
  for (guint i = 0; here != NULL && i < here->environments->len; i++) {
    const ProjectEnvironment *environment = g_ptr_array_index(here->environments, i);
    if (!add_state(invocation, store, states, here->name, environment->name, error))
      return NULL;
  }
  g_autoptr(GPtrArray) recorded = environment_list(store, project, error);
  for (guint i = 0; recorded != NULL && i < recorded->len; i++) {
    const Environment *environment = g_ptr_array_index(recorded, i);
    if (!add_state(invocation, store, states, environment->project, environment->name, error))
      return NULL;
  }
  return recorded != NULL ? g_steal_pointer(&states) : NULL;
}

/* ---- text ------------------------------------------------------------------------------------------------------------- */

typedef struct {
  unsigned serving, healthy;
} Health;

static Health health_of(json_t *observed) {
  Health health = {0};
  size_t index;
  json_t *row;
  json_array_foreach (observed, index, row) {
    if (!json_is_true(json_object_get(row, "serving")))
      continue;
    health.serving++;
    health.healthy += json_is_true(json_object_get(row, "healthy"));
  }
  return health;
}

static void health_cell(Table *table, const State *state) {
  Health health = health_of(state->observed);
  if (state->release == NULL)
    table_cell(table, COLOUR_FAINT, "-");
  else if (state->observe_error != NULL)
    table_cell(table, COLOUR_WARNING, "unknown");
  else if (health.serving == 0)
    table_cell(table, COLOUR_BAD, "down");
  else if (health.healthy < health.serving)
    table_cell(table, COLOUR_BAD, "%u of %u healthy", health.healthy, health.serving);
  else
    table_cell(table, COLOUR_GOOD, "healthy (%u)", health.healthy);
}

static void rollout_cell(Table *table, const Rollout *last) {
  if (last == NULL)
    table_cell(table, COLOUR_FAINT, "none");
  else if (last->outcome == NULL)
    table_cell(table, COLOUR_WARNING, "under way: %s", last->state);
  else
    table_cell(table, strcmp(last->outcome, "completed") == 0 ? COLOUR_GOOD : COLOUR_BAD, "%s", last->outcome);
}

static void state_row(Table *table, const State *state) {
  const Release *release = state->release;
  g_autofree char *age = release != NULL ? text_age(state->environment->since_us, g_get_real_time()) : g_strdup("-");
  table_cell(table, COLOUR_NONE, "%s", state->environment->project);
  table_cell(table, COLOUR_STRONG, "%s", state->environment->name);
  if (release != NULL)
    table_cell(table, COLOUR_STRONG, "%u", release->number);
  else
    table_cell(table, COLOUR_FAINT, "none");
  table_cell(table, COLOUR_WARNING, SHORT_COMMIT, release != NULL ? release->commit : "-");
  table_cell(table, COLOUR_NONE, "%s", age);
  health_cell(table, state);
  rollout_cell(table, state->last);
  table_cell(table, COLOUR_NONE, "%s", release != NULL && release->subject != NULL ? release->subject : "");
}

/* What a cell is too small for: why the last rollout was taken back, why health is not known. */
static void print_notes(const State *state) {
  const Rollout *last = state->last;
  if (last != NULL && last->error != NULL && g_strcmp0(last->outcome, "completed") != 0) {
    g_autofree char *why = text_harmless(last->error, true);
    printf("\n%s, last rollout %s (%s): %s\n  drover logs %s\n", state->environment->name, last->id,
           last->outcome != NULL ? last->outcome : "under way", g_strchomp(why), last->id);
  }
  if (state->observe_error != NULL) {
    g_autofree char *why = text_harmless(state->observe_error->message, true);
    printf("\n%s, health: %s\n", state->environment->name, why);
  }
}

static void print_text(GPtrArray *states) {
  static const char *const headings[] = {"PROJECT", "ENVIRONMENT", "RELEASE", "COMMIT", "SINCE", "HEALTH", "LAST ROLLOUT", "SUBJECT", NULL};
  g_autoptr(Table) table = table_new(headings);
  for (guint i = 0; i < states->len; i++)
    state_row(table, g_ptr_array_index(states, i));
  table_print(table, stdout);
  for (guint i = 0; i < states->len; i++)
    print_notes(g_ptr_array_index(states, i));
}

/* ---- JSON ------------------------------------------------------------------------------------------------------------- */

static json_t *state_json(const State *state) {
  const Release *release = state->release;
  const Rollout *last = state->last;
  Health health = health_of(state->observed);
  json_t *release_object = release == NULL ? json_null()
                                           : json_pack("{s:s, s:I, s:s, s:o}", "id", release->id, "number", (json_int_t)release->number, "commit",
                                                       release->commit, "subject", support_text_json(release->subject));
  json_t *rollout =
    last == NULL ? json_null()
                 : json_pack("{s:s, s:s, s:o, s:o, s:o, s:o, s:o}", "id", last->id, "release", last->release, "state", support_text_json(last->state),
                             "outcome", support_text_json(last->outcome), "error", support_text_json(last->error), "started",
                             support_time_json(last->started_us), "ended", support_time_json(last->ended_us));
  return json_pack("{s:s, s:s, s:o, s:o, s:o, s:o, s:O?, s:o}", "project", state->environment->project, "environment", state->environment->name,
                   "release", release_object, "since", release != NULL ? support_time_json(state->environment->since_us) : json_null(), "healthy",
                   state->observed != NULL ? json_boolean(health.serving > 0 && health.healthy == health.serving) : json_null(), "rollout", rollout,
                   "replicas", state->observed, "health_error",
                   support_text_json(state->observe_error != NULL ? state->observe_error->message : NULL));
}

static void print_json(Invocation *invocation, GPtrArray *states) {
  json_t *list = json_array();
  for (guint i = 0; i < states->len; i++)
    json_array_append_new(list, state_json(g_ptr_array_index(states, i)));
  support_answer_json(invocation, json_pack("{s:o}", "environments", list));
}

static bool run(Invocation *invocation, GError **error) {
  const char *given = invocation_text(invocation, "project"), *only = invocation_argument(invocation, 0);
  g_autoptr(Project) here = NULL;
  if (given == NULL && !support_project_here(invocation, &here, error))
    return false;
  const char *project = given != NULL ? given : here != NULL ? here->name : NULL;
  g_autoptr(Store) store = support_store(invocation, error);
  g_autoptr(GPtrArray) states = store != NULL ? read_states(invocation, store, here, project, error) : NULL;
  if (states == NULL)
    return false;
  if (states->len == 0 && only != NULL && !support_environment_exists(here, only, error))
    return false;
  if (states->len == 0 && (only != NULL || given != NULL))
    return error_set(error, DROVER_ERROR_NOT_FOUND, "%s%s%s: nothing is known of it; nothing was rolled out there yet", given != NULL ? given : "",
                     given != NULL && only != NULL ? " " : "", only != NULL ? only : "");
  if (invocation->json)
    print_json(invocation, states);
  else if (states->len == 0)
    puts("nothing was rolled out yet; \"drover ship\" does");
  else
    print_text(states);
  return true;
}

const Command command_status = {
  .name = "status",
  .group = GROUP_LOOK,
  .summary = "show what runs where, whether it is healthy, and how the last rollout ended",
  .description = "Health is looked at now, by asking the containers and the router, and not remembered. Shows the environments of the project "
                 "here, or those of all projects when there is no drover.yaml here.",
  .arguments = arguments,
  .options = options,
  .examples = examples,
  .has_json = true,
  .run = run,
};
