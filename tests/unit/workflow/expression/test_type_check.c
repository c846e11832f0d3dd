/* What the checker finds in an expression, and what type it gives: a row a claim. */
#include "type_workflow.h"

typedef struct {
  const char *claim;
  const char *text;
  const char *type;
  const char *findings; /* NULL: none */
} CheckRow;

static const CheckRow check_rows[] = {
  {"blanks only are null", " ", "null", NULL},
  {"literals have their own types", "case(true, 1, 2)", "number", NULL},
  {"a context that nobody knows is any", "nobody.anything[3].*", "array<any>", NULL},
  {"members keep no case", "GitHub.REF_name", "string", NULL},
  {"nor do they in brackets", "github['Ref']", "string", NULL},
  {"a mistyped member has a suggestion", "runner.nam", "any", "0-10 member: runner has no \"nam\", so this is empty: did you mean \"name\"?\n"},
  {"without a close one the names are listed", "runner.foooooo", "any",
   "0-14 member: runner has no \"foooooo\", so this is empty: it has arch, debug, environment, name, os, temp, tool_cache\n"},
  {"an empty object says so", "steps.build.outputs", "any", "0-11 member: steps has no \"build\", so this is empty: it has nothing\n"},
  {"only the first missing member of a path is reported", "matrix.nope.nope.nope", "any",
   "0-11 member: matrix has no \"nope\", so this is empty: did you mean \"node\"?\n"},
  {"a member of what has no name", "fromJSON('{\"win\":1,\"linux\":\"x\"}')['mac']", "any",
   "0-40 member: the object has no \"mac\", so this is empty: it has linux, win\n"},
  {"a member of a number", "matrix.node.foo", "any", "0-15 member: expected matrix.node to be an object, found number\n"},
  {"a member of a string in brackets", "github.ref['x']", "any", "0-15 member: expected github.ref to be an object, found string\n"},
  {"a member of an array wants a filter", "list.numbers.foo", "any",
   "0-16 member: expected list.numbers to be an object, found array<number>: \".*\" before the name looks into its items\n"},
  {"a map has any member", "env.A_B.c || secrets.x", "any", "0-9 member: expected env.A_B to be an object, found string\n"},
  {"a map with known members", "secrets.GITHUB_TOKEN", "string", NULL},
  {"an open object has any member", "strategy.foo.bar", "any", NULL},
  {"services have any name, and fixed members", "job.services.db.ports['5432'] && job.services.db.port", "any",
   "33-53 member: job.services.db has no \"port\", so this is empty: did you mean \"ports\"?\n"},

  {"an array by a number", "list.deep[0][1]", "number", NULL},
  {"an array by a string", "list.numbers['x']", "any", "13-16 member: expected a number within the brackets, found string\n"},
  {"an array by a computed string", "list.numbers[github.ref]", "any", "13-23 member: expected a number within the brackets, found string\n"},
  {"an object by a number", "matrix.package[matrix.node]", "any", "15-26 member: expected a string within the brackets, found number\n"},
  {"an object by a bool", "matrix.package[inputs.flag]", "any", "15-26 member: expected a string within the brackets, found bool\n"},
  {"an object by null", "matrix.package[null]", "any", "15-19 member: expected a string within the brackets, found null\n"},
  {"an object by a computed string", "matrix[github.ref]", "any", NULL},
  {"a map by a computed string", "env[github.ref]", "string", NULL},
  {"anything by any", "matrix[inputs.what] || list.numbers[inputs.what]", "any", NULL},
  {"a string by a number", "github.ref[0]", "any", "0-13 member: expected github.ref to be an object or array, found string\n"},
  {"a finding within the brackets is its own", "env[runner.nam]", "any",
   "4-14 member: runner has no \"nam\", so this is empty: did you mean \"name\"?\n"},

  {"a filter of an array", "github.event.issue.labels.*.name", "array<string>", NULL},
  {"a filter of an object merges its members", "needs.*", "array<{outputs: object; result: string}>", NULL},
  {"a filter in the middle", "needs.*.outputs.sha", "array<string>", NULL},
  {"in brackets", "needs[*]['result']", "array<string>", NULL},
  {"of values of different types", "matrix.*", "array<any>", NULL},
  {"of a map", "env.*", "array<string>", NULL},
  {"of nothing", "steps.*.outcome", "any", "0-7 member: expected members of steps for \"*\", found none\n"},
  {"of a string", "github.ref.*", "any", "0-12 member: expected github.ref to be an array or object, found string\n"},
  {"a member that no item has", "needs.*.nope", "array<any>", "0-12 member: needs.* has no \"nope\", so this is empty: it has outputs, result\n"},
  {"a member of items that have none", "list.numbers.*.nope", "any", "0-19 member: expected list.numbers.* to be objects, found number\n"},
  {"a filter of a filter takes items", "list.deep.*.*", "array<number>", NULL},
  {"an index after a filter applies to items, and is not known", "needs.*.result[0]", "any", NULL},

  {"a payload's member", "github.event.repository.full_name", "string", NULL},
  {"of one event only", "github.event.issue.title", "string", NULL},
  {"of different types", "github.event.size", "string", NULL},
  {"arrays of different items", "github.event.commits.*.name", "array<string>", NULL},
  {"a member that no event has", "github.event.isue", "any",
   "0-17 member: github.event has no \"isue\", so this is empty: did you mean \"issue\"?\n"},
  {"a member with others of a type", "github.event.repository.custom.other", "string", NULL},
  {"a payload that contains itself", "github.event.team.parent.parent.parent.slg", "any",
   "0-42 member: github.event.team.parent.parent.parent has no \"slg\", so this is empty: did you mean \"slug\"?\n"},
  {"an array that contains itself", "github.event.tree[0][0][0]", "array<array<array<array>>>", NULL},
  {"a payload compared to itself", "github.event.tree == github.event.tree", "bool", NULL},
  {"a payload in a list of texts", "join(github.event.tree)", "string",
   "5-22 argument: join(): expected array<string> as argument 1, found array<array>\n"},
  {"a payload merged with another object", "(github.event.team || matrix.package).anything", "any", NULL},

  {"&& merges what may be false with the last", "inputs.flag && 'x'", "string", NULL},
  {"a condition and two values have the values' type", "inputs.flag && 60 || 20", "number", NULL},
  {"so with a string condition", "'...' && 60 || 20", "number", NULL},
  {"and the other way around", "('...' || 60) && 20", "number", NULL},
  {"a longer chain", "inputs.flag && github.ref && 60 || 20", "number", NULL},
  {"an unclear one is any", "inputs.flag && 60 && true", "any", NULL},
  {"! is a bool", "!github.event && !1", "bool", NULL},
  {"operands are checked once", "runner.nam && runner.nam || !runner.nam", "any",
   "0-10 member: runner has no \"nam\", so this is empty: did you mean \"name\"?\n"
   "14-24 member: runner has no \"nam\", so this is empty: did you mean \"name\"?\n"
   "29-39 member: runner has no \"nam\", so this is empty: did you mean \"name\"?\n"},

  {"plain values may be equal", "'42' == 42 && true == 1 && null == 0 && '1' == true", "bool", NULL},
  {"anything may be null", "null == matrix.package && list.numbers != null", "bool", NULL},
  {"objects may be the same", "matrix.package == matrix.package", "bool", NULL},
  {"an object is no string", "github.event == 'push'", "bool",
   "0-22 comparison: expected values that can be equal around \"==\", found object and string\n"},
  {"an array is no string", "'x' != list.numbers", "bool",
   "0-19 comparison: expected values that can be equal around \"!=\", found string and array<number>\n"},
  {"an array is no object", "list.numbers == matrix", "bool",
   "0-22 comparison: expected values that can be equal around \"==\", found array<number> and object\n"},
  {"arrays whose items cannot be equal", "list.numbers == list.deep", "bool",
   "0-25 comparison: expected values that can be equal around \"==\", found array<number> and array<array>\n"},
  {"strings and numbers have an order", "'41' < 42", "bool", NULL},
  {"bools have none", "inputs.flag > 60", "bool", "0-16 comparison: expected numbers or strings around \">\", found bool and number\n"},
  {"null has none", "1 <= null", "bool", "0-9 comparison: expected numbers or strings around \"<=\", found number and null\n"},
  {"objects have none", "matrix >= 1", "bool", "0-11 comparison: expected numbers or strings around \">=\", found object and number\n"},

  {"contains: a number is a string", "contains(github.ref, 1)", "bool", NULL},
  {"contains: an array holds anything", "contains(list.numbers, true)", "bool", NULL},
  {"contains: a bool is in no string", "contains(github.ref, true)", "bool",
   "21-25 argument: contains(): expected string as argument 2, found bool\n"},
  {"contains: an object holds nothing", "contains(matrix, 'os')", "bool",
   "9-15 argument: contains(): expected string or array as argument 1, found object\n"},
  {"contains: any may be an array", "contains(inputs.what, matrix)", "bool", NULL},
  {"startsWith: two strings", "startsWith(true, matrix)", "bool",
   "11-15 argument: startsWith(): expected string as argument 1, found bool\n"
   "17-23 argument: startsWith(): expected string as argument 2, found object\n"},
  {"endsWith: one of them", "ENDSWITH('x', null)", "bool", "14-18 argument: ENDSWITH(): expected string as argument 2, found null\n"},
  {"join: numbers are strings", "join(list.numbers, '-')", "string", NULL},
  {"join: a string is no array", "join('x')", "string", "5-8 argument: join(): expected array<string> as argument 1, found string\n"},
  {"join: arrays have no text", "join(list.deep, 1)", "string", "5-14 argument: join(): expected array<string> as argument 1, found array<array>\n"},
  {"join: the separator", "join(list.numbers, true)", "string", "19-23 argument: join(): expected string as argument 2, found bool\n"},
  {"toJSON takes anything", "toJSON(matrix)", "string", NULL},
  {"hashFiles: patterns", "hashFiles('a', 1, matrix.package)", "string",
   "18-32 argument: hashFiles(): expected string as argument 3, found object\n"},
  {"success is a bool", "success() && always()", "bool", NULL},
  {"a function that nobody knows", "nobody(runner.nam)", "any", "7-17 member: runner has no \"nam\", so this is empty: did you mean \"name\"?\n"},
  {"case gives one of its values", "case(inputs.flag, 'a', inputs.what == 1, 2, 'c')", "string", NULL},
  {"case wants bools", "case(github.ref, 1, inputs.what, 2, 3)", "number", "5-15 argument: case(): expected bool as argument 1, found string\n"},

  {"fromJSON of what is not known", "fromJSON(github.ref)", "any", NULL},
  {"fromJSON of an object", "fromJSON('[]')", "array<any>", NULL},
  {"fromJSON of a literal", "fromJSON('{\"b\":[1,\"x\"],\"A\":{\"c\":null},\"d\":true}')", "{A: {c: null}; b: array<string>; d: bool}", NULL},
  {"items of different members", "fromJSON('[{\"a\":1},{\"a\":\"x\",\"b\":2}]')[0]", "{a: string; b: number}", NULL},
  {"names that differ in case are one", "fromJSON('{\"a\":1,\"A\":\"x\"}').a", "string", NULL},
  {"names that need quotes", "fromJSON('{\"a b\":1,\"\\u0007\":2}')", "{\"\xEF\xBF\xBD\": number; \"a b\": number}", NULL},
  {"fromJSON of broken JSON", "contains(fromJSON('[\"main\",\"dev\"'), github.ref)", "bool",
   "18-33 json: fromJSON(): expected JSON: line 1, column 13 of it: ']' expected near end of file\n"},
  {"fromJSON of an object that is no text", "fromJSON(matrix)", "any", "9-15 argument: fromJSON(): expected string as argument 1, found object\n"},
  {"numbers may be long", "fromJSON('123456789012345678901234567890')", "number", NULL},

  {"format: as many placeholders as arguments", "format('{1} {{2}} {0:}{0}', 1, 2)", "string", NULL},
  {"format: an unused argument", "format('{0}{1}', 1, 2, 3)", "string",
   "23-24 format: format(): expected a placeholder for argument 4, found no {2} in \"{0}{1}\"\n"},
  {"format: a missing argument", "format('{0}{1}{2}', 1, 2)", "string",
   "0-25 format: format(): expected an argument for {2} in \"{0}{1}{2}\", found 2 after the format\n"},
  {"format: both", "format('{2}', 1)", "string",
   "14-15 format: format(): expected a placeholder for argument 2, found no {0} in \"{2}\"\n"
   "0-16 format: format(): expected an argument for {2} in \"{2}\", found 1 after the format\n"},
  {"format: a lone brace", "format('{0} }', 1)", "string",
   "7-14 format: format(): expected placeholders such as {0}, or {{ and }} for braces, in \"{0} }\"\n"},
  {"format: an empty placeholder", "format('{}', 1)", "string",
   "7-11 format: format(): expected placeholders such as {0}, or {{ and }} for braces, in \"{}\"\n"},
  {"format: a placeholder that is cut off", "format('{0', 1)", "string",
   "7-11 format: format(): expected placeholders such as {0}, or {{ and }} for braces, in \"{0\"\n"},
  {"format: a number that no call can reach", "format('{99999999999999999999}')", "string",
   "7-31 format: format(): expected placeholders such as {0}, or {{ and }} for braces, in \"{99999999999999999999}\"\n"},
  {"format: a computed format", "format(github.ref, 1, 2)", "string", NULL},
  {"format: an object is no format", "format(matrix, 1)", "string", "7-13 argument: format(): expected string as argument 1, found object\n"},
};

static void test_check(const void *data) {
  const CheckRow *row = data;
  g_auto(TypeWorkflow) workflow = {0};
  type_workflow_init(&workflow);

  g_autofree char *type = type_describe(type_workflow_check(&workflow, row->text));
  g_assert_cmpstr(workflow.findings->str, ==, row->findings == NULL ? "" : row->findings);
  g_assert_cmpstr(type, ==, row->type);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  for (size_t i = 0; i < G_N_ELEMENTS(check_rows); i++) {
    g_autofree char *path = g_strdup_printf("/type/check/%zu %s", i, check_rows[i].claim);
    g_test_add_data_func(path, &check_rows[i], test_check);
  }
  return g_test_run();
}
