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
  {"exclude-without-a-match", "a: [1]\nexclude: [{a: 2}, {z: 1}]", "[{'a':1}]"},
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
  {"include-after-exclude", "a: [1, 2]\nexclude: [{a: 1}]\ninclude: [{a: 1, b: 2}]", "[{'a':2},{'a':1,'b':2}]"},
  {"all-from-an-expression", "\"${{ fromJSON('{\\\"v\\\": [1, 2]}') }}\"", "[{'v':1},{'v':2}]"},
  {"a-vector-from-an-expression", "v: ${{ fromJSON(needs.x.outputs.y) }}", "[{'v':'from'},{'v':'needs'}]"},
  {"an-item-from-an-expression", "v: ['${{ github.sha }}', 'x${{ 1 }}']", "[{'v':'abc'},{'v':'x1'}]"},
  {"include-from-an-expression", "include: \"${{ fromJSON('[{\\\"a\\\": 1}]') }}\"", "[{'a':1}]"},
  {"a-vector-without-values", "v: []", NULL, "m.yml:1:1: matrix: \"v\" has no values"},
  {"a-vector-that-is-text", "v: ${{ 'x' }}", NULL, "matrix: \"v\": expected a list of values"},
  {"nothing-is-left", "v: [1]\nexclude: [{v: 1}]", NULL, "the matrix gives no job"},
  {"text-for-a-matrix", "${{ 'x' }}", NULL, "matrix: expected a mapping of keys to lists"},
  {"include-of-text", "include: ${{ fromJSON('[1]') }}", NULL, "matrix: include: expected a list of mappings"},
  {"an-expression-without-a-value", "v: ['${{ fromJSON(''{'') }}']", NULL, "m.yml:1:5: "},
  {"too-many", "a: &t [1,2,3,4,5,6,7,8,9]\nb: *t\nc: *t", NULL, "more than 256 jobs"},
  {"far-too-many", "a: &t [1,2,3,4,5,6,7,8,9]\nb: *t\nc: *t\nd: *t\ne: *t\nf: *t\ng: *t\nh: *t", NULL, "more than 256 jobs"},
};

static json_t *expand(const char *text, GError **error) {
  g_autoptr(YamlDocument) document = yaml_parse("m.yml", text, strlen(text), NULL, error);
  g_assert_no_error(*error);
  json_auto_t *contexts = json_pack("{s:{s:s}, s:{s:{s:{s:s}}}}", "github", "sha", "abc", "needs", "x", "outputs", "y", "[\"from\", \"needs\"]");
  ExpressionScope scope = {.contexts = contexts};
  json_auto_t *matrix = matrix_evaluate(yaml_root(document), &scope, error);
  return matrix != NULL ? matrix_expand(matrix, yaml_root(document)->location, error) : NULL;
}

static void test_case(const void *data) {
  const Case *row = data;
  g_autoptr(GError) error = NULL;
  json_auto_t *got = expand(row->matrix, &error);
  if (row->want == NULL) {
    g_assert_null(got);
    g_assert_error(error, DROVER_ERROR, DROVER_ERROR_INPUT);
    g_assert_nonnull(strstr(error->message, row->message));
    return;
  }
  g_assert_no_error(error);
  g_autofree char *quoted = g_strdelimit(g_strdup(row->want), "'", '"');
  json_auto_t *want = json_loads(quoted, 0, NULL);
  g_assert_nonnull(want);
  char *shown = json_dumps(got, JSON_COMPACT);
  if (!json_equal(got, want))
    g_error("expected %s, found %s", quoted, shown);
  free(shown);
}

static const struct {
  const char *claim, *name, *combination, *want;
} names[] = {
  {"no-matrix", "test", "{}", "test"},
  {"one-value", "test", "{'s': 'tenants'}", "test (tenants)"},
  {"several", "test", "{'a': 1, 'b': true, 'c': 1.5, 'd': null, 'e': ''}", "test (1, true, 1.5)"},
  {"nested", "t", "{'o': {'x': 1, 'y': [2, 3]}}", "t (1, 2, 3)"},
};

static void test_names(void) {
  for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
    g_autofree char *quoted = g_strdelimit(g_strdup(names[i].combination), "'", '"');
    json_auto_t *combination = json_loads(quoted, 0, NULL);
    g_autofree char *got = matrix_job_name(names[i].name, combination);
    g_assert_cmpstr(got, ==, names[i].want);
  }
  g_autofree char *long_value = g_strnfill(300, 'x');
  json_auto_t *combination = json_pack("{s:s}", "v", long_value);
  g_autofree char *got = matrix_job_name("t", combination);
  g_assert_cmpuint(strlen(got), ==, strlen("t ()") + 100);
  g_assert_true(g_str_has_suffix(got, "...)"));
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autofree char *path = g_strconcat("/workflow/matrix/", cases[i].claim, NULL);
    g_test_add_data_func(path, &cases[i], test_case);
  }
  g_test_add_func("/workflow/matrix/names", test_names);
  return g_test_run();
}
