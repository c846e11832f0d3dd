/* strategy.matrix, as GitHub's documentation expands it. */
#include "workflow/matrix.h"

#include "base/error.h"

#include <string.h>

typedef struct {
  const char *claim;
  const char *matrix; /* YAML */
  const char *want;   /* JSON; NULL: an error */
  const char *message;
} Case;

static const Case cases[] = {
  {"one-vector", "v: [a, b]", "[{'v': 'a'}, {'v': 'b'}]"},
  {"the-last-vector-turns-fastest", "a: [1, 2]\nb: [x, y]", "[{'a':1,'b':'x'},{'a':1,'b':'y'},{'a':2,'b':'x'},{'a':2,'b':'y'}]"},
  {"scalars-keep-their-type", "v: [1, 1.5, true, null, '1', 0x10, ~]", "[{'v':1},{'v':1.5},{'v':true},{'v':null},{'v':'1'},{'v':16},{'v':null}]"},
  {"objects-are-values", "v: [{k: 1}, [2]]", "[{'v':{'k':1}},{'v':[2]}]"},
  {"exclude-one", "a: [1, 2]\nb: [x, y]\nexclude: [{a: 1, b: x}]", "[{'a':1,'b':'y'},{'a':2,'b':'x'},{'a':2,'b':'y'}]"},
  {"exclude-by-a-part", "a: [1, 2]\nb: [x, y]\nexclude: [{a: 1}]", "[{'a':2,'b':'x'},{'a':2,'b':'y'}]"},
  {"exclude-by-a-part-of-an-object", "o: [{n: u, m: 1}, {n: w, m: 2}]\nexclude: [{o: {m: 2}}]", "[{'o':{'n':'u','m':1}}]"},
  {"exclude-without-a-match", "a: [1]\nexclude: [{a: 2}]", "[{'a':1}]"},
  {"exclude-compares-as-the-language-does", "v: ['1', A, ~]\nexclude: [{v: 1}, {v: a}, {v: ''}]", "[{}]"},
  {"exclude-by-the-first-items-of-a-list", "v: [[1, 2], [2]]\nexclude: [{v: [1]}]", "[{'v':[2]}]"},
  {"exclude-knows-keys-in-any-case", "V: [1, 2]\nexclude: [{v: 1}]", "[{'V':2}]"},
  {"exclude-knows-keys-of-objects-in-any-case", "o: [{Ab: 1}, {Ab: 2}]\nexclude: [{o: {aB: 1}}]", "[{'o':{'Ab':2}}]"},
  {"include-knows-keys-of-objects-in-any-case", "o: [{Ab: 1}]\ninclude: [{o: {aB: 1}, x: 2}]", "[{'o':{'Ab':1},'x':2}]"},
  {"what-is-not-there-is-null", "o: [{a: 1}, {b: 1}]\nexclude: [{o: {a: null}}]", "[{'o':{'a':1}}]"},
  {"include-alone", "include: [{a: 1}, {a: 2, b: x}]", "[{'a':1},{'a':2,'b':'x'}]"},
  {"include-extends-a-match", "os: [l, w]\ninclude: [{os: w, extra: 1}]", "[{'os':'l'},{'os':'w','extra':1}]"},
  {"include-extends-all", "os: [l, w]\ninclude: [{extra: 1}]", "[{'os':'l','extra':1},{'os':'w','extra':1}]"},
  {"include-adds-what-does-not-match", "os: [l]\ninclude: [{os: m, extra: 1}]", "[{'os':'l'},{'os':'m','extra':1}]"},
  /* the example of "Expanding or adding matrix configurations" */
  {"include-as-documented",
   "fruit: [apple, pear]\nanimal: [cat, dog]\ninclude:\n  - color: green\n  - {color: pink, animal: cat}\n  - {fruit: apple, shape: circle}\n  - "
   "{fruit: banana}\n  - {fruit: banana, animal: cat}",
   "[{'fruit':'apple','animal':'cat','color':'pink','shape':'circle'},{'fruit':'apple','animal':'dog','color':'green','shape':'circle'},"
   "{'fruit':'pear','animal':'cat','color':'pink'},{'fruit':'pear','animal':'dog','color':'green'},{'fruit':'banana'},{'fruit':'banana','animal':'"
   "cat'}]"},
  {"include-knows-keys-in-any-case", "V: [1]\ninclude: [{v: 1, x: 2}, {v: 3}]", "[{'V':1,'x':2},{'V':3}]"},
  {"include-overwrites-what-include-added", "a: [1]\ninclude: [{x: 1}, {x: 2}]", "[{'a':1,'x':2}]"},
  {"include-does-not-extend-an-added-one", "a: [1]\ninclude: [{a: 2}, {a: 2, x: 1}]", "[{'a':1},{'a':2},{'a':2,'x':1}]"},
  {"vectors-come-first-in-an-added-one", "a: [1]\ninclude: [{x: 1, a: 2}]", "[{'a':1},{'a':2,'x':1}]"},
  {"include-after-exclude", "a: [1, 2]\nexclude: [{a: 1}]\ninclude: [{a: 1, b: 2}]", "[{'a':2},{'a':1,'b':2}]"},
  {"all-from-an-expression", "\"${{ fromJSON('{\\\"v\\\": [1, 2]}') }}\"", "[{'v':1},{'v':2}]"},
  {"a-vector-from-an-expression", "v: ${{ fromJSON(needs.x.outputs.y) }}", "[{'v':'from'},{'v':'needs'}]"},
  {"an-item-from-an-expression", "v: ['${{ github.sha }}', 'x${{ 1 }}']", "[{'v':'abc'},{'v':'x1'}]"},
  {"include-from-an-expression", "include: \"${{ fromJSON('[{\\\"a\\\": 1}]') }}\"", "[{'a':1}]"},
  {"a-vector-without-values", "v: []", NULL, "m.yml:1:1: matrix: \"v\" has no values"},
  {"a-vector-that-is-text", "v: ${{ 'x' }}", NULL, "matrix: \"v\": expected a list of values"},
  {"all-excluded-runs-once", "v: [1]\nexclude: [{v: 1}]", "[{}]"},
  {"no-vector", "exclude: []", NULL, "m.yml:1:1: the matrix gives no job"},
  {"no-vector-and-nothing-included", "include: []", NULL, "the matrix gives no job"},
  {"exclude-of-an-unknown-key", "a: [1]\nexclude: [{z: 1}]", NULL, "exclude: \"z\" is no key of the matrix"},
  {"exclude-of-what-include-adds", "a: [1]\nexclude: [{z: 1}]\ninclude: [{z: 1}]", NULL, "exclude: \"z\" is no key of the matrix"},
  {"exclude-of-nothing", "a: [1]\nexclude: [{}]", NULL, "exclude: expected a list of mappings that are not empty"},
  {"include-of-nothing", "a: [1]\ninclude: [{}]", NULL, "include: expected a list of mappings that are not empty"},
  {"text-for-a-matrix", "${{ 'x' }}", NULL, "matrix: expected a mapping of keys to lists"},
  {"include-of-text", "include: ${{ fromJSON('[1]') }}", NULL, "matrix: include: expected a list of mappings"},
  {"an-expression-without-a-value", "v: ['${{ fromJSON(''{'') }}']", NULL, "m.yml:1:5: "},
  {"too-many", "a: &t [1,2,3,4,5,6,7,8,9]\nb: *t\nc: *t", NULL, "more than 256 jobs"},
  {"expression-in-a-key", "\"${{ github.sha }}\": [1]", "[{'abc': 1}]", NULL},
  {"inserted-members", "o: [{a: 1, \"${{ insert }}\": {b: 2}}]", "[{'o': {'a': 1, 'b': 2}}]", NULL},
  {"inserted-by-an-expression", "o: [{\"${{insert}}\": \"${{ fromJSON('{\\\"c\\\": 3}') }}\"}]", "[{'o': {'c': 3}}]", NULL},
  {"insert-of-no-mapping", "o: [{\"${{ insert }}\": 1}]", NULL, "insert needs a mapping"},
  {"list-in-a-list", "o: [x, \"${{ fromJSON(needs.x.outputs.y) }}\"]", "[{'o': 'x'}, {'o': 'from'}, {'o': 'needs'}]", NULL},
  {"far-too-many", "a: &t [1,2,3,4,5,6,7,8,9]\nb: *t\nc: *t\nd: *t\ne: *t\nf: *t\ng: *t\nh: *t", NULL, "more than 256 jobs"},
};

static bool expand(const char *text, MatrixLegs *legs, GError **error) {
  g_autoptr(YamlDocument) document = yaml_parse("m.yml", text, strlen(text), NULL, error);
  g_assert_no_error(*error);
  json_auto_t *contexts = json_pack("{s:{s:s}, s:{s:{s:{s:s}}}}", "github", "sha", "abc", "needs", "x", "outputs", "y", "[\"from\", \"needs\"]");
  ExpressionScope scope = {.contexts = contexts};
  json_auto_t *matrix = matrix_evaluate(yaml_root(document), &scope, error);
  return matrix != NULL && matrix_expand(matrix, yaml_root(document)->location, legs, error);
}

static void test_case(const void *data) {
  const Case *row = data;
  g_autoptr(GError) error = NULL;
  g_auto(MatrixLegs) legs = {0};
  bool good = expand(row->matrix, &legs, &error);
  if (row->want == NULL) {
    g_assert_false(good);
    g_assert_error(error, DROVER_ERROR, DROVER_ERROR_INPUT);
    g_assert_nonnull(strstr(error->message, row->message));
    return;
  }
  g_assert_no_error(error);
  g_autofree char *quoted = g_strdelimit(g_strdup(row->want), "'", '"');
  json_auto_t *want = json_loads(quoted, 0, NULL);
  g_assert_nonnull(want);
  char *shown = json_dumps(legs.combinations, JSON_COMPACT);
  if (!json_equal(legs.combinations, want))
    g_error("expected %s, found %s", quoted, shown);
  free(shown);
}

static const struct {
  const char *claim, *matrix, *want; /* `want`: the names of all legs of the job "t" */
} names[] = {
  {"one-value", "s: [tenants]", "t (tenants)"},
  {"several-values-of-any-kind", "include: [{a: 1, b: true, c: 1.5, d: null, e: ''}]", "t (1, true, 1.5)"},
  {"nested-values", "o: [{x: 1, y: [2, 3]}]", "t (1, 2, 3)"},
  {"what-include-adds-is-not-shown", "os: [l, w]\ninclude: [{os: w, extra: 1}]", "t (l)|t (w)"},
  {"all-of-an-added-one-is-shown", "os: [l]\ninclude: [{extra: 1, os: m}]", "t (l)|t (m, 1)"},
  {"nothing-to-show", "a: [null]", "t"},
  {"nothing-left", "a: [1]\nexclude: [{a: 1}]", "t"},
};

static void test_names(void) {
  for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
    g_autoptr(GError) error = NULL;
    g_auto(MatrixLegs) legs = {0};
    g_assert_true(expand(names[i].matrix, &legs, &error));
    g_autoptr(GString) got = g_string_new(NULL);
    for (size_t n = 0; n < json_array_size(legs.combinations); n++) {
      g_autofree char *name = matrix_job_name("t", &legs, n);
      g_string_append_printf(got, "%s%s", n > 0 ? "|" : "", name);
    }
    g_assert_cmpstr(got->str, ==, names[i].want);
  }
}

static void test_long_name(void) {
  g_autoptr(GError) error = NULL;
  g_auto(MatrixLegs) legs = {0};
  g_autofree char *value = g_strnfill(300, 'x'), *matrix = g_strdup_printf("v: [%s]", value);
  g_assert_true(expand(matrix, &legs, &error));
  g_autofree char *got = matrix_job_name("t", &legs, 0);
  g_assert_cmpuint(strlen(got), ==, 100);
  g_assert_true(g_str_has_prefix(got, "t (x") && g_str_has_suffix(got, "x..."));
}

/* 128 x 128 combinations, and as many filters as a file may hold: the work has an end. */
static void test_many_filters(void) {
  g_autoptr(GError) error = NULL;
  g_auto(MatrixLegs) legs = {0};
  json_auto_t *matrix = json_pack("{s:[], s:[], s:[]}", "a", "b", "exclude");
  for (int i = 0; i < 128; i++) {
    json_array_append_new(json_object_get(matrix, "a"), json_integer(i));
    json_array_append_new(json_object_get(matrix, "b"), json_integer(i));
  }
  for (int i = 0; i < 30000; i++)
    json_array_append_new(json_object_get(matrix, "exclude"), json_pack("{s:i}", "a", -1));
  g_assert_false(matrix_expand(matrix, (Location){"m.yml", 1, 1}, &legs, &error));
  g_assert_nonnull(strstr(error->message, "exclude: too many items"));
}

/* Each of so many items adds a value to each combination. */
static void test_many_values(void) {
  g_autoptr(GError) error = NULL;
  g_auto(MatrixLegs) legs = {0};
  json_auto_t *matrix = json_pack("{s:[], s:[]}", "a", "include");
  for (int i = 0; i < MATRIX_JOBS_MAX; i++)
    json_array_append_new(json_object_get(matrix, "a"), json_integer(i));
  for (int i = 0; i < 30000; i++) {
    g_autofree char *key = g_strdup_printf("k%d", i);
    json_array_append_new(json_object_get(matrix, "include"), json_pack("{s:i}", key, i));
  }
  g_assert_false(matrix_expand(matrix, (Location){"m.yml", 1, 1}, &legs, &error));
  g_assert_nonnull(strstr(error->message, "more than 500000 values"));
}

static const struct {
  const char *matrix;
  bool constant;
} constants[] = {
  {"a: [1, x]", true},
  {"a: \"${{ fromJSON('[1]') }}\"", true},
  {"a: ['${{ github.sha }}']", false},
  {"\"${{ github.sha }}\": [1]", false},
  {"a: [{\"${{ insert }}\": {b: 1}}]", true},
  {"${{ inputs.matrix }}", false},
  {"include: [{a: {b: '${{ vars.X }}'}}]", false},
  {"a: [\"${{ hashFiles('x') }}\"]", false},
};

static void test_constant(void) {
  for (size_t i = 0; i < G_N_ELEMENTS(constants); i++) {
    g_autoptr(YamlDocument) document = yaml_parse("m.yml", constants[i].matrix, strlen(constants[i].matrix), NULL, NULL);
    g_assert_cmpint(matrix_is_constant(yaml_root(document)), ==, constants[i].constant);
  }
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autofree char *path = g_strconcat("/workflow/matrix/", cases[i].claim, NULL);
    g_test_add_data_func(path, &cases[i], test_case);
  }
  g_test_add_func("/workflow/matrix/names", test_names);
  g_test_add_func("/workflow/matrix/a-long-name-is-cut", test_long_name);
  g_test_add_func("/workflow/matrix/many-filters", test_many_filters);
  g_test_add_func("/workflow/matrix/many-values", test_many_values);
  g_test_add_func("/workflow/matrix/constant", test_constant);
  return g_test_run();
}
