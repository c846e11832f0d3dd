#include "base/fs.h"
#include "base/log.h"
#include "cli/commands.h"
#include "cli/support.h"
#include "release/secrets.h"

#include <string.h>
#include <unistd.h>

#define VALUE_MAX_BYTES ((size_t)96 << 10) /* an environment variable may be 128 KiB, with its name */

#define OPTION_ENVIRONMENT                                                                                                                           \
  { "env", {VALUE_TEXT, "NAME"}, .alias = 'e', .required = true, .says = "the environment" }

static const ArgumentRow name_argument[] = {
  {{VALUE_TEXT, "NAME"}, ARITY_ONE, "the secret's name, as drover.yaml lists it"},
  {{0}},
};

/* ---- what the three share --------------------------------------------------------------------------------------------- */

typedef struct {
  char *name;       /* the project's */
  Project *project; /* NULL when it was named by --project, or has no file here */
  SecretSet *set;
} Place;

static void place_clear(Place *place) {
  g_free(place->name);
  g_clear_pointer(&place->project, project_free);
  g_clear_pointer(&place->set, secret_set_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Place, place_clear)

static bool open_place(const Invocation *invocation, Place *place, GError **error) {
  const char *given = invocation_text(invocation, "project"), *environment = invocation_text(invocation, "env");
  if (given == NULL && !support_project_here(invocation, &place->project, error))
    return false;
  place->name = place->project != NULL ? g_strdup(place->project->name) : support_project_required(invocation, error);
  if (place->name == NULL || !support_environment_exists(place->project, environment, error))
    return false;
  place->set = secret_set_load(invocation->data_dir, place->name, environment, error);
  return place->set != NULL;
}

static bool answer(Invocation *invocation, const Place *place, const char *outcome, GError **error) {
  return support_answer(invocation,
                        json_pack("{s:s, s:s, s:s, s:s}", "project", place->name, "environment", invocation_text(invocation, "env"), "name",
                                  invocation_argument(invocation, 0), "outcome", outcome),
                        NULL, error);
}

/* ---- set -------------------------------------------------------------------------------------------------------------- */

static const OptionRow set_options[] = {
  OPTION_ENVIRONMENT,
  OPTION_PROJECT,
  {"from-file", {VALUE_PATH, "FILE"}, .alias = 'f', .says = "read the value from FILE instead of standard input"},
  {0},
};

static const ExampleRow set_examples[] = {
  {"drover secret set DATABASE_URL --env production", "type the value, which is not shown"},
  {"openssl rand -hex 32 | drover secret set DJANGO_SECRET_KEY --env dev", "take it from another program"},
  {0},
};

static char *read_value(const Invocation *invocation, const char *name, size_t *size, GError **error) {
  const char *file = invocation_text(invocation, "from-file");
  if (file != NULL)
    return fs_read(file, VALUE_MAX_BYTES, size, error);
  if (!support_is_interactive())
    return support_read_input(invocation, VALUE_MAX_BYTES, size, error);
  g_autofree char *question = g_strdup_printf("%s:", name);
  char *value = support_ask(invocation, question, true, error);
  *size = value != NULL ? strlen(value) : 0;
  return value;
}

/* One line end is what an editor or echo adds, and no part of the value. */
static bool check_value(char *value, size_t *size, const char *name, GError **error) {
  if (*size > 0 && value[*size - 1] == '\n')
    value[--*size] = '\0';
  if (*size == 0)
    return error_set(error, DROVER_ERROR_INPUT, "%s: the value is empty", name);
  if (!g_utf8_validate(value, (gssize)*size, NULL)) /* false for a NUL byte too */
    return error_set(error, DROVER_ERROR_INPUT, "%s: the value is not text in UTF-8; encode it, for example with base64", name);
  return true;
}

static bool is_needed(const Project *project, const char *name) {
  g_auto(GStrv) names = project_secret_names(project, true);
  return g_strv_contains((const gchar *const *)names, name);
}

static bool set_run(Invocation *invocation, GError **error) {
  const char *name = invocation_argument(invocation, 0);
  g_auto(Place) place = {0};
  size_t size = 0;
  if (!open_place(invocation, &place, error))
    return false;
  char *value = read_value(invocation, name, &size, error);
  if (value == NULL)
    return false;
  bool good = check_value(value, &size, name, error);
  g_autoptr(Secret) secret = good ? secret_new(value) : NULL;
  explicit_bzero(value, size);
  g_free(value);
  if (!good || !secret_set_put(place.set, name, secret, error))
    return false;
  if (place.project != NULL && !is_needed(place.project, name))
    log_warning("%s is set, but nothing in " PROJECT_FILE " asks for it", name);
  return answer(invocation, &place, "set", error);
}

static const Command command_set = {
  .name = "set",
  .summary = "set a secret's value",
  .description = "The value is typed at a terminal, without being shown, or read from standard input or a file; one line end behind it is left out. "
                 "It never stands on the command line, where others could read it.",
  .arguments = name_argument,
  .options = set_options,
  .examples = set_examples,
  .has_json = true,
  .run = set_run,
};

/* ---- list ------------------------------------------------------------------------------------------------------------- */

static const OptionRow place_options[] = {
  OPTION_ENVIRONMENT,
  OPTION_PROJECT,
  {0},
};

static const ExampleRow list_examples[] = {
  {"drover secret list --env production", "which are set, and which are missing"},
  {0},
};

static int compare_names(const void *left, const void *right) {
  return strcmp(*(const char *const *)left, *(const char *const *)right);
}

/* The names that are set and those that the project asks for, sorted; GPtrArray of char *. */
static GPtrArray *all_names(const Place *place) {
  GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
  g_auto(GStrv) set = secret_set_names(place->set), needed = place->project != NULL ? project_secret_names(place->project, true) : NULL;
  for (char **name = set; *name != NULL; name++)
    g_ptr_array_add(names, g_strdup(*name));
  for (char **name = needed; name != NULL && *name != NULL; name++)
    if (!g_ptr_array_find_with_equal_func(names, *name, g_str_equal, NULL))
      g_ptr_array_add(names, g_strdup(*name));
  qsort(names->pdata, names->len, sizeof *names->pdata, compare_names);
  return names;
}

static void print_names(const Place *place, GPtrArray *names) {
  static const char *const headings[] = {"NAME", "VALUE", "ASKED FOR", NULL};
  g_autoptr(Table) table = table_new(headings);
  for (guint i = 0; i < names->len; i++) {
    const char *name = g_ptr_array_index(names, i);
    bool set = secret_set_get(place->set, name) != NULL;
    table_cell(table, COLOUR_STRONG, "%s", name);
    table_cell(table, set ? COLOUR_GOOD : COLOUR_BAD, "%s", set ? "set" : "missing");
    table_cell(table, COLOUR_FAINT, "%s", place->project == NULL ? "unknown" : is_needed(place->project, name) ? "yes" : "no");
  }
  table_print(table, stdout);
}

static json_t *names_json(const Place *place, GPtrArray *names) {
  json_t *list = json_array();
  for (guint i = 0; i < names->len; i++) {
    const char *name = g_ptr_array_index(names, i);
    json_t *needed = place->project != NULL ? json_boolean(is_needed(place->project, name)) : json_null();
    json_array_append_new(list, json_pack("{s:s, s:b, s:o}", "name", name, "set", secret_set_get(place->set, name) != NULL, "needed", needed));
  }
  return list;
}

static bool list_run(Invocation *invocation, GError **error) {
  g_auto(Place) place = {0};
  if (!open_place(invocation, &place, error))
    return false;
  g_autoptr(GPtrArray) names = all_names(&place);
  if (invocation->json)
    support_answer_json(invocation, json_pack("{s:s, s:s, s:o}", "project", place.name, "environment", invocation_text(invocation, "env"), "secrets",
                                              names_json(&place, names)));
  else if (names->len == 0)
    printf("%s has no secrets\n", invocation_text(invocation, "env"));
  else
    print_names(&place, names);
  return true;
}

static const Command command_list_names = {
  .name = "list",
  .summary = "list the secrets that are set or asked for, without their values",
  .options = place_options,
  .examples = list_examples,
  .has_json = true,
  .run = list_run,
};

/* ---- remove ----------------------------------------------------------------------------------------------------------- */

static const ExampleRow remove_examples[] = {
  {"drover secret remove OLD_TOKEN --env production", "forget a value"},
  {0},
};

static bool remove_run(Invocation *invocation, GError **error) {
  g_auto(Place) place = {0};
  return open_place(invocation, &place, error) && secret_set_remove(place.set, invocation_argument(invocation, 0), error) &&
         answer(invocation, &place, "removed", error);
}

static const Command command_remove = {
  .name = "remove",
  .summary = "forget a secret's value",
  .arguments = name_argument,
  .options = place_options,
  .examples = remove_examples,
  .has_json = true,
  .run = remove_run,
};

/* ---- secret ----------------------------------------------------------------------------------------------------------- */

static const Command *const commands[] = {&command_set, &command_list_names, &command_remove, NULL};

static const ExampleRow examples[] = {
  {"drover secret set DATABASE_URL --env production", "set a value"},
  {"drover secret list --env production", "see what is missing"},
  {0},
};

const Command command_secret = {
  .name = "secret",
  .group = GROUP_OPERATE,
  .summary = "set, list and remove the values that services get as secrets",
  .description = "Secrets are named in drover.yaml and never written there. Each environment has its own values.",
  .examples = examples,
  .commands = commands,
  .has_json = true,
};
