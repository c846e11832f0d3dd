#include "cli/values.h"

#include "base/fs.h"
#include "base/log.h"
#include "base/text.h"
#include "cli/support.h"

#include <string.h>
#include <unistd.h>

#define VALUE_MAX_BYTES ((size_t)96 << 10) /* an environment variable may be 128 KiB, with its name */

/* ---- what the three share ---- */

typedef struct {
  ValuesKind kind;
  char *name;              /* the project's */
  const char *environment; /* NULL: the repository's own */
  Project *project;        /* NULL when it was named by --project, or has no file here */
  SecretSet *set;
} Place;

static void place_clear(Place *place) {
  g_free(place->name);
  g_clear_pointer(&place->project, project_free);
  g_clear_pointer(&place->set, secret_set_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Place, place_clear)

static bool open_place(const Invocation *invocation, ValuesKind kind, Place *place, GError **error) {
  const char *given = invocation_text(invocation, "project");
  place->kind = kind;
  place->environment = invocation_text(invocation, "env");
  if (given == NULL && !support_project_here(invocation, &place->project, error))
    return false;
  place->name = place->project != NULL ? g_strdup(place->project->name) : support_project_required(invocation, error);
  if (place->name == NULL || (place->environment != NULL && !support_environment_exists(place->project, place->environment, error)))
    return false;
  place->set = values_load(invocation->data_dir, kind, place->name, place->environment, error);
  return place->set != NULL;
}

static bool answer(Invocation *invocation, const Place *place, const char *outcome, GError **error) {
  return support_answer(invocation,
                        json_pack("{s:s, s:o, s:s, s:s}", "project", place->name, "environment", support_text_json(place->environment), "name",
                                  invocation_argument(invocation, 0), "outcome", outcome),
                        NULL, error);
}

/* ---- set ---- */

static char *read_value(const Invocation *invocation, ValuesKind kind, const char *name, size_t *size, GError **error) {
  const char *file = invocation_text(invocation, "from-file"), *given = kind == VALUES_VARIABLES ? invocation_argument(invocation, 1) : NULL;
  if (file != NULL && given != NULL) {
    invocation_misuse(invocation, error, "the value stands on the command line and in a file: give one of them");
    return NULL;
  }
  if (given != NULL) {
    *size = strlen(given);
    return g_strdup(given);
  }
  if (file != NULL)
    return fs_read(file, VALUE_MAX_BYTES, size, error);
  if (!support_is_interactive())
    return support_read_input(invocation, VALUE_MAX_BYTES, size, error);
  g_autofree char *question = g_strdup_printf("%s:", name);
  char *value = support_ask(invocation, question, kind == VALUES_SECRETS, error);
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

/* What the project file and the place say against each other. */
static void warn_unused(const Place *place, const char *name) {
  if (place->kind != VALUES_SECRETS || place->project == NULL)
    return;
  bool needed = is_needed(place->project, name);
  if (needed && place->environment == NULL)
    log_warning("%s is set for the repository's runs only; services read the secrets of their environment: add --env", name);
  else if (!needed && place->environment != NULL)
    log_warning("%s is set, but nothing in " PROJECT_FILE " asks for it", name);
}

bool values_set_run(Invocation *invocation, ValuesKind kind, GError **error) {
  const char *name = invocation_argument(invocation, 0);
  g_auto(Place) place = {0};
  size_t size = 0;
  if (!open_place(invocation, kind, &place, error))
    return false;
  char *value = read_value(invocation, kind, name, &size, error);
  if (value == NULL)
    return false;
  bool good = check_value(value, &size, name, error);
  g_autoptr(Secret) secret = good ? secret_new(value) : NULL;
  explicit_bzero(value, size);
  g_free(value);
  if (!good || !secret_set_put(place.set, name, secret, error))
    return false;
  warn_unused(&place, name);
  return answer(invocation, &place, "set", error);
}

/* ---- list ---- */

static int compare_names(const void *left, const void *right) {
  return strcmp(*(const char *const *)left, *(const char *const *)right);
}

/* The names that are set and those that the project asks for, sorted; GPtrArray of char *. */
static GPtrArray *all_names(const Place *place) {
  GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
  g_auto(GStrv) set = secret_set_names(place->set), needed = NULL;
  if (place->project != NULL && place->kind == VALUES_SECRETS && place->environment != NULL)
    needed = project_secret_names(place->project, true);
  for (char **name = set; *name != NULL; name++)
    g_ptr_array_add(names, g_strdup(*name));
  for (char **name = needed; name != NULL && *name != NULL; name++)
    if (!g_ptr_array_find_with_equal_func(names, *name, g_str_equal, NULL))
      g_ptr_array_add(names, g_strdup(*name));
  qsort(names->pdata, names->len, sizeof *names->pdata, compare_names);
  return names;
}

static void print_secrets(const Place *place, GPtrArray *names) {
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

static json_t *secrets_json(const Place *place, GPtrArray *names) {
  json_t *list = json_array();
  for (guint i = 0; i < names->len; i++) {
    const char *name = g_ptr_array_index(names, i);
    json_t *needed = place->project != NULL ? json_boolean(is_needed(place->project, name)) : json_null();
    json_array_append_new(list, json_pack("{s:s, s:b, s:o}", "name", name, "set", secret_set_get(place->set, name) != NULL, "needed", needed));
  }
  return list;
}

/* Variables are no secret: their values are shown, on one line each. */
static void print_variables(const Place *place, GPtrArray *names) {
  static const char *const headings[] = {"NAME", "VALUE", NULL};
  g_autoptr(Table) table = table_new(headings);
  for (guint i = 0; i < names->len; i++) {
    const char *name = g_ptr_array_index(names, i);
    g_autofree char *shown = text_harmless(secret_reveal(secret_set_get(place->set, name)), false);
    table_cell(table, COLOUR_STRONG, "%s", name);
    table_cell(table, COLOUR_NONE, "%s", shown);
  }
  table_print(table, stdout);
}

static json_t *variables_json(const Place *place, GPtrArray *names) {
  json_t *list = json_array();
  for (guint i = 0; i < names->len; i++) {
    const char *name = g_ptr_array_index(names, i);
    json_array_append_new(list, json_pack("{s:s, s:s}", "name", name, "value", secret_reveal(secret_set_get(place->set, name))));
  }
  return list;
}

static const struct {
  const char *member; /* of the answer */
  void (*print)(const Place *place, GPtrArray *names);
  json_t *(*json)(const Place *place, GPtrArray *names);
} lists[] = {[VALUES_SECRETS] = {"secrets", print_secrets, secrets_json}, [VALUES_VARIABLES] = {"variables", print_variables, variables_json}};

bool values_list_run(Invocation *invocation, ValuesKind kind, GError **error) {
  g_auto(Place) place = {0};
  if (!open_place(invocation, kind, &place, error))
    return false;
  g_autoptr(GPtrArray) names = all_names(&place);
  if (invocation->json)
    support_answer_json(invocation, json_pack("{s:s, s:o, s:o}", "project", place.name, "environment", support_text_json(place.environment),
                                              lists[kind].member, lists[kind].json(&place, names)));
  else if (names->len == 0)
    printf("%s has no %ss\n", place.environment != NULL ? place.environment : "the repository", values_noun(kind));
  else
    lists[kind].print(&place, names);
  return true;
}

/* ---- remove ---- */

bool values_remove_run(Invocation *invocation, ValuesKind kind, GError **error) {
  g_auto(Place) place = {0};
  return open_place(invocation, kind, &place, error) && secret_set_remove(place.set, invocation_argument(invocation, 0), error) &&
         answer(invocation, &place, "removed", error);
}
