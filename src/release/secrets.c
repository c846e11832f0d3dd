#include "release/secrets.h"

#include "base/clock.h"
#include "base/error.h"
#include "base/fs.h"

#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define FILE_MAX_BYTES ((size_t)4 << 20)
#define VALUE_MAX_BYTES ((size_t)100 << 10) /* the kernel takes no environment variable above 128 KiB */
#define LOCK_ATTEMPTS 500
#define LOCK_WAIT_MS 10

#define REPOSITORY_FILE "_repository"

static const struct {
  const char *noun;
  const char *folder;
} kinds[] = {[VALUES_SECRETS] = {"secret", "secrets"}, [VALUES_VARIABLES] = {"variable", "variables"}};

struct SecretSet {
  ValuesKind kind;
  char *dir;
  char *path;
  char *environment;  /* "the repository" for its own */
  GHashTable *values; /* name -> Secret */
};

static bool is_name(const char *name) {
  return name != NULL && (g_ascii_isupper(*name) || *name == '_') && strspn(name, G_CSET_A_2_Z G_CSET_DIGITS "_") == strlen(name);
}

bool values_can_be_kept_for(const char *name) {
  return *name != '\0' && *name != '-' && strspn(name, G_CSET_a_2_z G_CSET_DIGITS "-") == strlen(name);
}

static bool check_part(const char *kind, const char *name, GError **error) {
  if (values_can_be_kept_for(name))
    return true;
  g_autofree char *shown = g_strescape(name, NULL);
  return error_set(error, DROVER_ERROR_INPUT, "\"%.60s\" cannot be the name of %s: expected small letters, digits and -", shown, kind);
}

static void wipe(char *text) {
  explicit_bzero(text, strlen(text));
  free(text);
}

static bool take_values(SecretSet *set, const json_t *object, GError **error) {
  const char *name;
  json_t *value;
  if (!json_is_object(object))
    return error_set(error, DROVER_ERROR_CORRUPT, "%s: expected a JSON object of names and texts", set->path);
  json_object_foreach ((json_t *)object, name, value) {
    if (!is_name(name) || !json_is_string(value))
      return error_set(error, DROVER_ERROR_CORRUPT, "%s: expected a JSON object of names and texts", set->path);
    g_hash_table_replace(set->values, g_strdup(name), secret_new(json_string_value(value)));
  }
  return true;
}

/* Reads the file anew; one that is not there gives an empty set. */
static bool read_values(SecretSet *set, GError **error) {
  struct stat facts;
  g_hash_table_remove_all(set->values);
  if (stat(set->path, &facts) < 0)
    return errno == ENOENT || error_set_errno(error, errno, "%s", set->path);
  if ((facts.st_mode & 077) != 0)
    return error_set(error, DROVER_ERROR_REFUSED, "%s: others may read or write it (mode %03o); keep it to yourself: chmod 600 %s", set->path,
                     (unsigned)facts.st_mode & 0777, set->path);
  size_t size = 0;
  char *text = fs_read(set->path, FILE_MAX_BYTES, &size, error);
  if (text == NULL)
    return false;
  /* jansson's own message would quote the text */
  json_auto_t *object = json_loadb(text, size, JSON_REJECT_DUPLICATES, NULL);
  explicit_bzero(text, size);
  g_free(text);
  return take_values(set, object, error);
}

const char *values_noun(ValuesKind kind) {
  return kinds[kind].noun;
}

SecretSet *values_load(const char *data_dir, ValuesKind kind, const char *project, const char *environment, GError **error) {
  if (!check_part("a project", project, error) || (environment != NULL && !check_part("an environment", environment, error)))
    return NULL;
  g_autoptr(SecretSet) set = g_new0(SecretSet, 1);
  g_autofree char *file = g_strconcat(environment != NULL ? environment : REPOSITORY_FILE, ".json", NULL);
  set->kind = kind;
  set->dir = g_build_filename(data_dir, kinds[kind].folder, project, NULL);
  set->path = g_build_filename(set->dir, file, NULL);
  set->environment = g_strdup(environment != NULL ? environment : "the repository");
  set->values = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)secret_free);
  return read_values(set, error) ? g_steal_pointer(&set) : NULL;
}

SecretSet *secret_set_load(const char *data_dir, const char *project, const char *environment, GError **error) {
  return values_load(data_dir, VALUES_SECRETS, project, environment, error);
}

void secret_set_free(SecretSet *set) {
  g_free(set->dir);
  g_free(set->path);
  g_free(set->environment);
  g_hash_table_unref(set->values);
  g_free(set);
}

const Secret *secret_set_get(const SecretSet *set, const char *name) {
  return g_hash_table_lookup(set->values, name);
}

static int compare_names(gconstpointer a, gconstpointer b) {
  return strcmp(*(char *const *)a, *(char *const *)b);
}

char **secret_set_names(const SecretSet *set) {
  guint count = 0;
  char **names = (char **)g_hash_table_get_keys_as_array(set->values, &count);
  for (guint i = 0; i < count; i++)
    names[i] = g_strdup(names[i]);
  qsort(names, count, sizeof *names, compare_names);
  return names;
}

static bool write_values(const SecretSet *set, GError **error) {
  GHashTableIter each;
  gpointer name, value;
  json_auto_t *object = json_object();
  g_hash_table_iter_init(&each, set->values);
  while (g_hash_table_iter_next(&each, &name, &value))
    json_object_set_new(object, name, json_string(secret_reveal(value)));
  char *text = json_dumps(object, JSON_INDENT(2) | JSON_SORT_KEYS);
  if (text == NULL)
    return error_set(error, DROVER_ERROR_INTERNAL, "%s: the values cannot be written as JSON", set->path);
  bool written = fs_write(set->path, text, strlen(text), 0600, error);
  wipe(text);
  return written;
}

/* Other processes may change the same file: take the lock and read what is there now. */
static FileLock *begin_change(SecretSet *set, GError **error) {
  g_autofree char *lock_path = g_strconcat(set->path, ".lock", NULL);
  if (!fs_make_dirs(set->dir, 0700, error))
    return NULL;
  for (unsigned attempt = 1;; attempt++) {
    g_autoptr(GError) failure = NULL;
    g_autoptr(FileLock) lock = file_lock_try(lock_path, "another drover is changing it", &failure);
    if (lock != NULL)
      return read_values(set, error) ? g_steal_pointer(&lock) : NULL;
    if (!error_is(failure, DROVER_ERROR_CONFLICT) || attempt == LOCK_ATTEMPTS) {
      g_propagate_prefixed_error(error, g_steal_pointer(&failure), "%ss of %s: ", values_noun(set->kind), set->environment);
      return NULL;
    }
    clock_system()->sleep_ms(clock_system(), LOCK_WAIT_MS, NULL);
  }
}

static bool end_change(SecretSet *set, GError **error) {
  if (write_values(set, error))
    return true;
  (void)read_values(set, NULL); /* what the file says, not what was meant */
  return false;
}

bool secret_set_put(SecretSet *set, const char *name, const Secret *value, GError **error) {
  const char *text = secret_reveal(value);
  if (!is_name(name)) {
    g_autofree char *shown = g_strescape(name, NULL);
    return error_set(error, DROVER_ERROR_INPUT, "\"%.60s\" cannot be the name of a %s: expected capital letters, digits and _, such as DATABASE_URL",
                     shown, values_noun(set->kind));
  }
  if (!g_utf8_validate(text, -1, NULL) || strlen(text) > VALUE_MAX_BYTES)
    return error_set(error, DROVER_ERROR_INPUT, "the value of %s is not UTF-8 or larger than %zu bytes", name, VALUE_MAX_BYTES);
  g_autoptr(FileLock) lock = begin_change(set, error);
  if (lock == NULL)
    return false;
  g_hash_table_replace(set->values, g_strdup(name), secret_copy(value));
  return end_change(set, error);
}

bool secret_set_remove(SecretSet *set, const char *name, GError **error) {
  g_autoptr(FileLock) lock = begin_change(set, error);
  if (lock == NULL)
    return false;
  if (!g_hash_table_remove(set->values, name)) {
    g_autofree char *shown = g_strescape(name, NULL);
    return error_set(error, DROVER_ERROR_NOT_FOUND, "%s has no %s \"%.60s\"", set->environment, values_noun(set->kind), shown);
  }
  return end_change(set, error);
}

bool secret_set_require(const SecretSet *set, const char *const *names, GError **error) {
  g_autoptr(GString) missing = g_string_new(NULL);
  g_autoptr(GString) commands = g_string_new(NULL);
  for (; *names != NULL; names++) {
    if (secret_set_get(set, *names) != NULL)
      continue;
    g_string_append_printf(missing, "%s%s", missing->len > 0 ? ", " : "", *names);
    g_string_append_printf(commands, "\n  drover secret set %s --env %s", *names, set->environment);
  }
  return missing->len == 0 ||
         error_set(error, DROVER_ERROR_INPUT, "secrets of %s that are not set: %s; set each:%s", set->environment, missing->str, commands->str);
}

static bool add_values(json_t *context, const char *data_dir, ValuesKind kind, const char *project, const char *environment, GError **error) {
  g_autoptr(SecretSet) set = values_load(data_dir, kind, project, environment, error);
  g_auto(GStrv) names = set != NULL ? secret_set_names(set) : NULL;
  for (char **name = names; name != NULL && *name != NULL; name++)
    json_object_set_new(context, *name, json_string(secret_reveal(secret_set_get(set, *name))));
  return set != NULL;
}

json_t *values_context(const char *data_dir, ValuesKind kind, const char *project, const char *environment, GError **error) {
  json_auto_t *context = json_object();
  if (!add_values(context, data_dir, kind, project, NULL, error) ||
      (environment != NULL && !add_values(context, data_dir, kind, project, environment, error)))
    return NULL;
  return g_steal_pointer(&context);
}
