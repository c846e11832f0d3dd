#include "workflow/matrix.h"

#include "base/error.h"

#include <string.h>

#define NAME_MAX_CHARACTERS 100               /* GitHub's limit on the whole name */
#define CANDIDATES_MAX (64 * MATRIX_JOBS_MAX) /* before exclusion */
#define COMPARISONS_MAX 1000000               /* of candidates with filters */
#define VALUES_MAX 500000                     /* of all combinations together */

/* What is worked on. */
typedef struct {
  const json_t *matrix;
  Location where;
  GHashTable *vectors; /* key in lower case -> the key as it is written */
  GHashTable *indexes; /* an object among the values -> its members by key in lower case; made where one is asked for */
  size_t values;       /* that were put into combinations */
  GError **error;
} Expansion;

static bool refuse(const Expansion *expansion, const char *format, ...) G_GNUC_PRINTF(2, 3);
static bool refuse(const Expansion *expansion, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  g_autofree char *message = g_strdup_vprintf(format, arguments);
  va_end(arguments);
  Location where = expansion->where;
  return error_set(expansion->error, DROVER_ERROR_INPUT, "%s:%u:%u: %s", where.file, where.line, where.column, message);
}

static bool refuse_size(const Expansion *expansion) {
  return refuse(expansion, "the matrix gives more than %d jobs", MATRIX_JOBS_MAX);
}

/* ---- the product of the vectors ---- */

static bool is_vector(const char *key) {
  return strcmp(key, "include") != 0 && strcmp(key, "exclude") != 0;
}

/* Every combination of `so_far`, which it takes, with each value of one more vector. The first value goes into what is there, so
 * that many vectors of one value cost no copies. */
static json_t *multiply(json_t *so_far, const char *key, const json_t *values) {
  json_t *product = json_array();
  for (size_t i = 0; i < json_array_size(so_far); i++) {
    json_t *combination = json_array_get(so_far, i);
    json_object_set(combination, key, json_array_get(values, 0));
    json_array_append(product, combination);
    for (size_t j = 1; j < json_array_size(values); j++) {
      json_t *other = json_copy(combination);
      json_object_set(other, key, json_array_get(values, j));
      json_array_append_new(product, other);
    }
  }
  json_decref(so_far);
  return product;
}

static bool check_vector(const Expansion *expansion, const char *key, const json_t *values, size_t so_far) {
  if (!json_is_array(values))
    return refuse(expansion, "matrix: \"%s\": expected a list of values", key);
  if (json_array_size(values) == 0)
    return refuse(expansion, "matrix: \"%s\" has no values", key);
  return so_far * json_array_size(values) <= CANDIDATES_MAX || refuse_size(expansion);
}

static bool count_values(Expansion *expansion, size_t more) {
  expansion->values += more;
  return expansion->values <= VALUES_MAX || refuse(expansion, "the matrix gives more than %d values", VALUES_MAX);
}

/* A list without items when there is no vector. */
static json_t *expand_vectors(Expansion *expansion) {
  json_auto_t *product = json_pack("[{}]");
  const char *key;
  json_t *values;
  json_object_foreach ((json_t *)expansion->matrix, key, values) {
    if (!is_vector(key))
      continue;
    if (!check_vector(expansion, key, values, json_array_size(product)))
      return NULL;
    product = multiply(product, key, values);
    if (!count_values(expansion, json_array_size(product)))
      return NULL;
    g_hash_table_insert(expansion->vectors, g_ascii_strdown(key, -1), (gpointer)key);
  }
  return g_hash_table_size(expansion->vectors) > 0 ? json_incref(product) : json_array();
}

/* ---- filters ---- */

/* An item of include or exclude. */
typedef struct {
  json_t *known; /* values for vectors, under the vectors' own keys; case does not matter */
  json_t *extra; /* the others */
} Filter;

static void filter_clear(void *data) {
  Filter *filter = data;
  json_decref(filter->known), json_decref(filter->extra);
}

static Filter make_filter(const Expansion *expansion, const json_t *item) {
  Filter filter = {.known = json_object(), .extra = json_object()};
  const char *key;
  json_t *value;
  json_object_foreach ((json_t *)item, key, value) {
    g_autofree char *folded = g_ascii_strdown(key, -1);
    const char *vector = g_hash_table_lookup(expansion->vectors, folded);
    json_object_set(vector != NULL ? filter.known : filter.extra, vector != NULL ? vector : key, value);
  }
  return filter;
}

/* The filters under `name`; NULL on error. */
static GArray *read_filters(const Expansion *expansion, const char *name) {
  const json_t *list = json_object_get(expansion->matrix, name);
  g_autoptr(GArray) filters = g_array_new(FALSE, FALSE, sizeof(Filter));
  g_array_set_clear_func(filters, filter_clear);
  if (list != NULL && !json_is_array(list)) {
    refuse(expansion, "matrix: %s: expected a list of mappings", name);
    return NULL;
  }
  for (size_t i = 0; i < json_array_size(list); i++) {
    const json_t *item = json_array_get(list, i);
    if (!json_is_object(item) || json_object_size(item) == 0) {
      refuse(expansion, "matrix: %s: expected a list of mappings that are not empty", name);
      return NULL;
    }
    Filter filter = make_filter(expansion, item);
    g_array_append_val(filters, filter);
  }
  return g_steal_pointer(&filters);
}

static GHashTable *index_of(Expansion *expansion, const json_t *object) {
  GHashTable *index = g_hash_table_lookup(expansion->indexes, object);
  if (index != NULL)
    return index;
  index = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  const char *key;
  json_t *value;
  json_object_foreach ((json_t *)object, key, value)
    g_hash_table_insert(index, g_ascii_strdown(key, -1), value);
  g_hash_table_insert(expansion->indexes, (gpointer)object, index);
  return index;
}

/* The member of that name in any case; NULL when there is none, or no object. */
static const json_t *member(Expansion *expansion, const json_t *object, const char *name) {
  const json_t *exact = json_object_get(object, name);
  if (exact != NULL || !json_is_object(object))
    return exact;
  g_autofree char *folded = g_ascii_strdown(name, -1);
  return g_hash_table_lookup(index_of(expansion, object), folded);
}

/* Only what the filter names counts: keys of objects, in any case, the first items of lists. Scalars are equal as `==` has it; what
 * is not there (NULL) is null. */
static bool matches(Expansion *expansion, const json_t *wanted, const json_t *value) {
  if (json_is_object(wanted)) {
    const char *key;
    json_t *part;
    json_object_foreach ((json_t *)wanted, key, part)
      if (!matches(expansion, part, member(expansion, value, key)))
        return false;
    return true;
  }
  if (json_is_array(wanted)) {
    for (size_t i = 0; i < json_array_size(wanted); i++)
      if (!matches(expansion, json_array_get(wanted, i), json_array_get(value, i)))
        return false;
    return true;
  }
  if (json_is_object(value) || json_is_array(value))
    return false;
  g_auto(ExpressionValue) left = expression_value_from_json((json_t *)wanted);
  g_auto(ExpressionValue) right = expression_value_from_json((json_t *)value);
  return expression_value_equals(&left, &right);
}

/* ---- exclude ---- */

static bool check_excludes(const Expansion *expansion, const GArray *filters, size_t candidates) {
  for (guint i = 0; i < filters->len; i++) {
    const Filter *filter = &g_array_index(filters, Filter, i);
    const char *key = json_object_iter_key(json_object_iter(filter->extra));
    if (key != NULL)
      return refuse(expansion, "matrix: exclude: \"%s\" is no key of the matrix", key);
  }
  return filters->len * candidates <= COMPARISONS_MAX || refuse(expansion, "matrix: exclude: too many items for so many combinations");
}

static bool is_excluded(Expansion *expansion, const json_t *combination, const GArray *filters) {
  for (guint i = 0; i < filters->len; i++)
    if (matches(expansion, g_array_index(filters, Filter, i).known, combination))
      return true;
  return false;
}

/* Takes `combinations`; NULL on error. */
static json_t *exclude(Expansion *expansion, json_t *combinations) {
  json_auto_t *all = combinations;
  g_autoptr(GArray) filters = read_filters(expansion, "exclude");
  if (filters == NULL || !check_excludes(expansion, filters, json_array_size(all)))
    return NULL;
  json_t *kept = json_array();
  for (size_t i = 0; i < json_array_size(all); i++)
    if (!is_excluded(expansion, json_array_get(all, i), filters))
      json_array_append(kept, json_array_get(all, i));
  return kept;
}

/* ---- include ---- */

/* What one item adds: its extra values to each combination of the vectors that it matches, or itself where it matches none. */
static bool include_one(Expansion *expansion, const Filter *filter, MatrixLegs *legs) {
  size_t added = 0;
  for (size_t i = 0; i < legs->multiplied; i++) {
    json_t *combination = json_array_get(legs->combinations, i);
    if (!matches(expansion, filter->known, combination))
      continue;
    json_object_update(combination, filter->extra);
    added++;
  }
  if (added > 0)
    return count_values(expansion, added * json_object_size(filter->extra));
  json_t *own = json_copy(filter->known);
  json_object_update(own, filter->extra);
  json_array_append_new(legs->combinations, own);
  return json_array_size(legs->combinations) <= MATRIX_JOBS_MAX || refuse_size(expansion);
}

static bool include(Expansion *expansion, MatrixLegs *legs) {
  g_autoptr(GArray) filters = read_filters(expansion, "include");
  if (filters == NULL)
    return false;
  if (legs->vectors == 0 && filters->len == 0)
    return refuse(expansion, "the matrix gives no job: expected a key with a list of values, or include");
  for (guint i = 0; i < filters->len; i++)
    if (!include_one(expansion, &g_array_index(filters, Filter, i), legs))
      return false;
  return true;
}

/* ---- the matrix ---- */

void matrix_legs_clear(MatrixLegs *legs) {
  g_clear_pointer(&legs->combinations, json_decref);
}

bool matrix_expand(const json_t *matrix, Location where, MatrixLegs *legs, GError **error) {
  g_autoptr(GHashTable) vectors = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr(GHashTable) indexes = g_hash_table_new_full(NULL, NULL, NULL, (GDestroyNotify)g_hash_table_unref);
  Expansion expansion = {.matrix = matrix, .where = where, .vectors = vectors, .indexes = indexes, .error = error};
  if (!json_is_object(matrix))
    return refuse(&expansion, "matrix: expected a mapping of keys to lists");
  g_auto(MatrixLegs) made = {.combinations = expand_vectors(&expansion)};
  if (made.combinations != NULL)
    made.combinations = exclude(&expansion, made.combinations);
  if (made.combinations == NULL)
    return false;
  made.vectors = g_hash_table_size(vectors);
  made.multiplied = json_array_size(made.combinations);
  if (made.multiplied > MATRIX_JOBS_MAX)
    return refuse_size(&expansion);
  if (!include(&expansion, &made))
    return false;
  if (json_array_size(made.combinations) == 0)
    json_array_append_new(made.combinations, json_object());
  *legs = made;
  made.combinations = NULL;
  return true;
}

/* ---- names ---- */

/* No more than can be shown. */
static void append_scalars(GString *name, const json_t *value) {
  if (name->len > 4 * NAME_MAX_CHARACTERS)
    return;
  if (json_is_object(value)) {
    const char *key;
    json_t *part;
    json_object_foreach ((json_t *)value, key, part)
      append_scalars(name, part);
  } else if (json_is_array(value)) {
    for (size_t i = 0; i < json_array_size(value); i++)
      append_scalars(name, json_array_get(value, i));
  } else {
    g_auto(ExpressionValue) scalar = expression_value_from_json((json_t *)value);
    g_autofree char *text = expression_value_to_string(&scalar, NULL);
    if (*text != '\0')
      g_string_append_printf(name, "%s%s", name->len > 0 ? ", " : "", text);
  }
}

char *matrix_job_name(const char *name, const MatrixLegs *legs, size_t index) {
  g_autoptr(GString) values = g_string_new(NULL);
  size_t shown = index < legs->multiplied ? legs->vectors : G_MAXSIZE;
  const char *key;
  json_t *value;
  json_object_foreach (json_array_get(legs->combinations, index), key, value)
    if (shown > 0 && shown-- > 0)
      append_scalars(values, value);
  g_autofree char *whole = values->len > 0 ? g_strdup_printf("%s (%s)", name, values->str) : g_strdup(name);
  if (g_utf8_strlen(whole, -1) <= NAME_MAX_CHARACTERS)
    return g_steal_pointer(&whole);
  *g_utf8_offset_to_pointer(whole, NAME_MAX_CHARACTERS - 3) = '\0';
  return g_strconcat(whole, "...", NULL);
}
