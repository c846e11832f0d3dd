/* What the expression language promises: a row a claim. */
#include "workflow/expression/ast.h"
#include "workflow/expression/batch.h"

#include <math.h>
#include <string.h>

/* Texts of a row may hold NUL bytes, so a row knows its length. */
#define TEXT(literal) (literal), sizeof(literal) - 1

static const char context_text[] = "{'github': {'ref': 'refs/heads/main', 'run_id': 12345678901, 'event': {'labels': [{'name': 'bug'}, {'x': 1}, "
                                   "            {'name': 'p1'}]}},"
                                   " 'env': {'PATH': '/bin', 'path': 'lower'},"
                                   " 'steps': {'build': {'outputs': {'json': '[1, {\\'a\\': \\'b\\'}]'}}},"
                                   " 'list': [null, true, 1.5, 'Text', [7, 8], {'k': 'v'}],"
                                   " 'empty': {'list': [], 'object': {}},"
                                   " 'deep': [[[1, 2], [3]], [[4]], {'k': [5]}]}";

static json_t *new_contexts(void) {
  g_autofree char *quoted = g_strdup(context_text);
  for (char *c = quoted; *c != '\0'; c++)
    *c = *c == '\'' ? '"' : *c;
  json_error_t problem = {0};
  json_t *contexts = json_loads(quoted, 0, &problem);
  g_assert_nonnull(contexts);
  return contexts;
}

/* The run the scope's functions speak of. */
typedef struct {
  bool success;
  unsigned calls;
} Run;

static bool answer_call(const char *name, const ExpressionValue *arguments, size_t count, ExpressionValue *result, void *user, GError **error) {
  Run *run = user;
  run->calls++;
  if (g_ascii_strcasecmp(name, "hashFiles") == 0) {
    g_autofree char *pattern = expression_value_to_string(&arguments[count - 1], NULL);
    g_autofree char *hash = g_strdup_printf("hash-of-%s", pattern);
    *result = expression_value_string(hash, strlen(hash));
    return true;
  }
  if (g_ascii_strcasecmp(name, "broken") == 0) {
    g_set_error(error, G_MARKUP_ERROR, 0, "the disk is gone");
    return false;
  }
  bool wanted = g_ascii_strcasecmp(name, "failure") != 0;
  *result = expression_value_boolean(g_ascii_strcasecmp(name, "always") == 0 || run->success == wanted);
  return true;
}

static const char *const exact_contexts[] = {"env", NULL};

static ExpressionScope new_scope(json_t *contexts, Run *run) {
  return (ExpressionScope){.contexts = contexts, .call = answer_call, .user = run, .exact = exact_contexts};
}

static char *dump(const ExpressionValue *value) {
  json_auto_t *json = expression_value_to_json(value);
  g_autofree char *text = json_dumps(json, JSON_ENCODE_ANY | JSON_COMPACT);
  return g_strdup_printf("%s %s", expression_kind_name(value->kind), text);
}

/* --- values --- */

typedef struct {
  const char *claim;
  const char *text;
  size_t length;
  const char *value; /* kind and JSON */
} ValueRow;

static const ValueRow value_rows[] = {
  {"blanks only are null", TEXT(" \t\n"), "Null null"},
  {"any Unicode blank separates",
   TEXT("\xC2\xA0"
        "1\v==\xE2\x80\x83"
        "1"),
   "Boolean true"},
  {"a doubled quote is one", TEXT("'it''s'''"), "String \"it's'\""},
  {"a string may hold braces and a NUL", TEXT("'}}\0'"), "String \"}}\\u0000\""},
  {"a keyword keeps its case", TEXT("true && github.true"), "Null null"},
  {"a name may hold dashes", TEXT("github.no-such_name1"), "Null null"},
  {"a number may start with a point", TEXT("list[.5]"), "Null null"},
  {"a number may end with a point", TEXT("1. == 1"), "Boolean true"},
  {"+Infinity is a number", TEXT("+Infinity"), "Number \"Infinity\""},
  {"a huge exponent is infinite", TEXT("1e999"), "Number \"Infinity\""},
  {"hexadecimal has 32 bits with a sign", TEXT("0xffffffff"), "Number -1"},
  {"octal", TEXT("0o17"), "Number 15"},
  {"15 digits are written", TEXT("format('{0}', 0.1234567890123456789)"), "String \"0.123456789012346\""},
  {"a large number has an exponent", TEXT("format('{0}', 1000000000000000)"), "String \"1E+15\""},
  {"a run id has none", TEXT("format('{0}', github.run_id)"), "String \"12345678901\""},
  {"a small number has an exponent", TEXT("format('{0}', 0.00001)"), "String \"1E-05\""},
  {"minus zero is written without its sign", TEXT("format('{0}', -0)"), "String \"0\""},

  {"a string reads as hexadecimal", TEXT("' 0x1F ' == 31"), "Boolean true"},
  {"not with a capital X", TEXT("'0X1F' == 31"), "Boolean false"},
  {"not with a sign", TEXT("'-0x1F' == -31"), "Boolean false"},
  {"an exponent needs digits", TEXT("'1e' == 1"), "Boolean false"},
  {"a lone point is no number", TEXT("'.' == 0"), "Boolean false"},
  {"nan in C's spelling is no number", TEXT("'inf' == Infinity || 'nan' == 0"), "Boolean false"},
  {"hex floats are no numbers", TEXT("'0x1p3' == 8"), "Boolean false"},
  {"null is 0", TEXT("null == 0 && null == '' && null == false"), "Boolean true"},
  {"null is at most null, not below it", TEXT("null <= null && !(null < null)"), "Boolean true"},
  {"an object equals itself", TEXT("github == github && github.event == GITHUB.EVENT"), "Boolean true"},
  {"not another of the same content", TEXT("fromJSON('{}') == fromJSON('{}')"), "Boolean false"},
  {"an array is no string", TEXT("list == 'Array' || list >= 0"), "Boolean false"},
  {"case does not matter, in any script", TEXT("'\xC3\xA4\xCE\xA3' == '\xC3\x84\xCF\x82'"), "Boolean true"},
  {"dotless i is not i", TEXT("'\xC4\xB1' == 'I'"), "Boolean false"},
  {"order is by UTF-16 unit", TEXT("'\xF0\x9F\x98\x80' < '\xEF\xBF\xBD'"), "Boolean true"},
  {"a prefix comes first", TEXT("'ab' < 'abc' && 'abc' > 'ab'"), "Boolean true"},
  {"a NUL is a character", TEXT("'a\0b' == 'a\0c'"), "Boolean false"},

  {"&& gives the operand", TEXT("1 && 'x' && 0 && 'y'"), "Number 0"},
  {"|| gives the operand", TEXT("'' || 0 || 'x' || 'y'"), "String \"x\""},
  {"the other operand is not evaluated", TEXT("false && fromJSON('')"), "Boolean false"},
  {"! binds tighter than ==", TEXT("!0 == true"), "Boolean true"},
  {"< binds tighter than ==", TEXT("1 < 2 == 3 > 2"), "Boolean true"},
  {"&& binds tighter than ||", TEXT("1 || 0 && 0"), "Number 1"},
  {"groups of && and || nest", TEXT("(0 || 1) && (2 && (3 && 0))"), "Number 0"},

  {"a missing member is null, however deep", TEXT("github.no.such['thing'][3].x"), "Null null"},
  {"keys do not keep their case", TEXT("GitHub.REF"), "String \"refs/heads/main\""},
  {"except where the scope says so", TEXT("format('{0} {1} [{2}]', env.PATH, env.path, env.Path)"), "String \"/bin lower []\""},
  {"an index into a plain value is not evaluated", TEXT("github.ref[fromJSON('')]"), "Null null"},
  {"an index is rounded down", TEXT("list[3.9]"), "String \"Text\""},
  {"a negative one finds nothing", TEXT("list[-0.5]"), "Null null"},
  {"a filter drops what lacks the member", TEXT("github.event.labels.*.name"), "Array [\"bug\",\"p1\"]"},
  {"filters flatten", TEXT("deep.*.*"), "Array [[1,2],[3],[4],[5]]"},
  {"filters flatten twice", TEXT("deep[*][*][*]"), "Array [1,2,3,4,5]"},
  {"an index applies to each item", TEXT("deep.*[0][0]"), "Array [1,4]"},
  {"a group keeps a filter", TEXT("(deep.* || 1)[0][0]"), "Array [1,4]"},
  {"a filter of a plain value is empty", TEXT("'x' && github.ref.*"), "Array []"},
  {"a filter of nothing stays a filter", TEXT("github.no.*.such"), "Array []"},
  {"a result of a call has members", TEXT("fromJSON(steps.build.outputs.json)[1].a"), "String \"b\""},

  {"contains: strings, without case", TEXT("contains('Hello', 'LL')"), "Boolean true"},
  {"contains: everything contains ''", TEXT("contains('', '')"), "Boolean true"},
  {"contains: items by ==", TEXT("contains(list, 'TEXT') && contains(list, '1.5')"), "Boolean true"},
  {"contains: an array is in no array but by identity", TEXT("contains(deep, fromJSON('[]'))"), "Boolean false"},
  {"contains: an object contains nothing", TEXT("contains(github, 'ref')"), "Boolean false"},
  {"startsWith casts", TEXT("startsWith(123, 12)"), "Boolean true"},
  {"startsWith an array is false", TEXT("startsWith(list, '')"), "Boolean false"},
  {"endsWith", TEXT("endsWith('Main.C', '.c') && !endsWith('c', 'main.c')"), "Boolean true"},
  {"format: braces are doubled", TEXT("format('{{{0}}} {{}}', 1)"), "String \"{1} {}\""},
  {"format: repeats and order", TEXT("format('{1}{0}{1}', 'a', 'b')"), "String \"bab\""},
  {"format: an empty specifier", TEXT("format('{0:}', 1)"), "String \"1\""},
  {"format: an argument without a placeholder is never evaluated", TEXT("format('x', fromJSON(''))"), "String \"x\""},
  {"format: kinds", TEXT("format('{0}|{1}|{2}|{3}', null, true, list, github)"), "String \"|true|Array|Object\""},
  {"join", TEXT("join(list, ' ')"), "String \" true 1.5 Text Array Object\""},
  {"join: a comma by default", TEXT("join(github.event.labels.*.name)"), "String \"bug,p1\""},
  {"join: a plain value", TEXT("join('x', 'y')"), "String \"x\""},
  {"toJSON indents by two", TEXT("toJSON(fromJSON('{\"a\":[1,{}],\"b\":[]}'))"),
   "String \"{\\n  \\\"a\\\": [\\n    1,\\n    {}\\n  ],\\n  \\\"b\\\": []\\n}\""},
  {"toJSON escapes", TEXT("toJSON('\x01\x1f\"\\/\x7f\xC2\x85\xC3\xA9')"),
   "String \"\\\"\\\\u0001\\\\u001f\\\\\\\"\\\\\\\\/\x7f\\\\u0085\xC3\xA9\\\"\""},
  {"toJSON and fromJSON give back", TEXT("toJSON(fromJSON(toJSON(list))) == toJSON(list)"), "Boolean true"},
  {"fromJSON keeps the order of keys", TEXT("fromJSON('{\"z\":1,\"a\":2}')"), "Object {\"z\":1,\"a\":2}"},
  {"fromJSON takes plain values", TEXT("fromJSON(' \"x\" ')"), "String \"x\""},
  {"fromJSON takes numbers beyond 64 bits", TEXT("fromJSON('98765432109876543210') > 1"), "Boolean true"},
  {"case takes the first true", TEXT("case(false, 1, true, 2, true, 3, 4)"), "Number 2"},
  {"case falls through to the last", TEXT("case(false, 1, 2)"), "Number 2"},
  {"join writes NaN", TEXT("join(NaN)"), "String \"NaN\""},
  {"contains folds what is not ASCII", TEXT("contains('x\xC3\xA4y', '\xC3\x84')"), "Boolean true"},
  {"letters beyond the first plane have an order", TEXT("'\xF0\x9F\x98\x80' < '\xF0\x9F\x98\x81'"), "Boolean true"},
  {"case evaluates no other value", TEXT("case(true, 1, fromJSON(''))"), "Number 1"},
  {"function names do not keep their case", TEXT("TOJSON(1) && FromJson('2')"), "Number 2"},
  {"blanks may stand before the arguments", TEXT("format ( 'x' )"), "String \"x\""},
  {"the scope answers the rest", TEXT("hashFiles('a', '**/b')"), "String \"hash-of-**/b\""},
  {"success and failure", TEXT("success() && !failure() && always()"), "Boolean true"},
};

static void test_value(gconstpointer data) {
  const ValueRow *row = data;
  g_autoptr(GError) error = NULL;
  json_auto_t *contexts = new_contexts();
  Run run = {.success = true};
  ExpressionScope scope = new_scope(contexts, &run);
  g_auto(ExpressionValue) value = {0};

  g_autoptr(Expression) expression = expression_parse(row->text, row->length, &error);
  g_assert_no_error(error);
  bool done = expression_evaluate(expression, &scope, &value, &error);
  g_assert_no_error(error);
  g_assert_true(done);
  g_autofree char *got = dump(&value);
  g_assert_cmpstr(got, ==, row->value);
}

/* --- errors --- */

typedef struct {
  const char *claim;
  const char *text;
  size_t length;
  ExpressionError code;
  size_t offset;
  const char *says; /* a part of the message */
} ErrorRow;

#define BAD "fromJSON('')" /* what fails only when it is evaluated */

static const ErrorRow error_rows[] = {
  {"double quotes", TEXT("1 == \"x\""), EXPRESSION_ERROR_LEXING, 5, "single quotes"},
  {"an open string", TEXT("a && 'x''"), EXPRESSION_ERROR_LEXING, 5, "closing '"},
  {"one = sign", TEXT("a = 1"), EXPRESSION_ERROR_LEXING, 2, "=="},
  {"one & sign", TEXT("a &"), EXPRESSION_ERROR_LEXING, 2, "&&"},
  {"one | sign", TEXT("a|b"), EXPRESSION_ERROR_LEXING, 1, "||"},
  {"a character no name has", TEXT("github.a@b"), EXPRESSION_ERROR_LEXING, 8, "a@b"},
  {"arithmetic", TEXT("1 + 2"), EXPRESSION_ERROR_LEXING, 2, "number"},
  {"a number that runs on", TEXT("12ab"), EXPRESSION_ERROR_LEXING, 0, "12ab"},
  {"hexadecimal of 33 bits", TEXT("0x100000000"), EXPRESSION_ERROR_LEXING, 0, "number"},
  {"an octal 8", TEXT("0o8"), EXPRESSION_ERROR_LEXING, 0, "number"},
  {"two points in a number", TEXT("1.2.3"), EXPRESSION_ERROR_LEXING, 0, "1.2.3"},
  {"a NUL", TEXT("a\0b"), EXPRESSION_ERROR_LEXING, 1, "name"},
  {"a lone NUL", TEXT("\0"), EXPRESSION_ERROR_LEXING, 0, "name"},
  {"no UTF-8", TEXT("'\xC3\xA4' == '\xFF'"), EXPRESSION_ERROR_LEXING, 9, "0xff"},
  {"half a character at the end", TEXT("'\xE2\x82"), EXPRESSION_ERROR_LEXING, 1, "UTF-8"},
  {"a letter outside ASCII in a name", TEXT("\xC3\xA4"), EXPRESSION_ERROR_LEXING, 0, "\xC3\xA4"},
  {"a token error later in the text comes first", TEXT("a b 'c"), EXPRESSION_ERROR_LEXING, 4, "closing"},

  {"a missing operand", TEXT("a == "), EXPRESSION_ERROR_PARSING, 5, "found the end"},
  {"a missing operator", TEXT("a b"), EXPRESSION_ERROR_PARSING, 2, "found \"b\""},
  {"a lone operator", TEXT("&& a"), EXPRESSION_ERROR_PARSING, 0, "a value"},
  {"an open group", TEXT("(a"), EXPRESSION_ERROR_PARSING, 2, "\")\""},
  {"a stray group end", TEXT("a)"), EXPRESSION_ERROR_PARSING, 1, "the end"},
  {"an empty group", TEXT("()"), EXPRESSION_ERROR_PARSING, 1, "a value"},
  {"an open bracket", TEXT("a[1"), EXPRESSION_ERROR_PARSING, 3, "\"]\""},
  {"an empty bracket", TEXT("a[]"), EXPRESSION_ERROR_PARSING, 2, "a value"},
  {"brackets that cross", TEXT("(a[1)]"), EXPRESSION_ERROR_PARSING, 4, "\"]\""},
  {"a point at the end", TEXT("a."), EXPRESSION_ERROR_PARSING, 2, "a name"},
  {"a number after a point", TEXT("a.5"), EXPRESSION_ERROR_PARSING, 2, "a name"},
  {"a member of a literal", TEXT("'a'[0]"), EXPRESSION_ERROR_PARSING, 3, "found \"[\""},
  {"a star alone", TEXT("*"), EXPRESSION_ERROR_PARSING, 0, "a value"},
  {"a star as a factor", TEXT("a * b"), EXPRESSION_ERROR_PARSING, 2, "operator"},
  {"a comma outside a call", TEXT("a, b"), EXPRESSION_ERROR_PARSING, 1, "found \",\""},
  {"a comma at the end", TEXT("join(a,)"), EXPRESSION_ERROR_PARSING, 7, "a value"},
  {"an open call", TEXT("join(a, b"), EXPRESSION_ERROR_PARSING, 9, "\")\""},
  {"a call of a member", TEXT("a.b()"), EXPRESSION_ERROR_PARSING, 3, "operator"},
  {"a call of a literal", TEXT("true()"), EXPRESSION_ERROR_PARSING, 4, "operator"},
  {"too few arguments", TEXT("1 || contains('a')"), EXPRESSION_ERROR_PARSING, 5, "2 arguments"},
  {"too many arguments", TEXT("join(1, 2, 3)"), EXPRESSION_ERROR_PARSING, 0, "1 to 2"},
  {"always takes none", TEXT("always(1)"), EXPRESSION_ERROR_PARSING, 0, "0 arguments"},
  {"hashFiles takes some", TEXT("hashFiles()"), EXPRESSION_ERROR_PARSING, 0, "1 to 255"},
  {"case takes an odd number", TEXT("case(true, 1, false, 2)"), EXPRESSION_ERROR_PARSING, 0, "odd"},

  {"case takes booleans", TEXT("case(true && 1, 2, 3)"), EXPRESSION_ERROR_EVALUATION, 5, "Number"},
  {"format: too few arguments", TEXT("1 && format('{1}', 1)"), EXPRESSION_ERROR_EVALUATION, 5, "{1}"},
  {"format: no arguments", TEXT("format('{0}')"), EXPRESSION_ERROR_EVALUATION, 0, "{0}"},
  {"format: a lone {", TEXT("format('a{')"), EXPRESSION_ERROR_EVALUATION, 0, "placeholder"},
  {"format: a lone }", TEXT("format('}')"), EXPRESSION_ERROR_EVALUATION, 0, "}}"},
  {"format: no number", TEXT("format('{a}', 1)"), EXPRESSION_ERROR_EVALUATION, 0, "placeholder"},
  {"format: a huge number", TEXT("format('{99999999999999999999}', 1)"), EXPRESSION_ERROR_EVALUATION, 0, "placeholder"},
  {"format: a specifier", TEXT("format('{0:x}', 1)"), EXPRESSION_ERROR_EVALUATION, 0, "placeholder"},
  {"fromJSON of nothing", TEXT("fromJSON('')"), EXPRESSION_ERROR_EVALUATION, 0, "expected JSON"},
  {"fromJSON of more than one value", TEXT("fromJSON('1 2')"), EXPRESSION_ERROR_EVALUATION, 0, "expected JSON"},
  {"an error in an index", TEXT("list[fromJSON('x')]"), EXPRESSION_ERROR_EVALUATION, 5, "expected JSON"},
  {"an error under an operand", TEXT("1 < !" BAD), EXPRESSION_ERROR_EVALUATION, 5, "expected JSON"},
  {"an error in what is indexed", TEXT(BAD ".a.*"), EXPRESSION_ERROR_EVALUATION, 0, "expected JSON"},
  {"an error in a text", TEXT("contains(" BAD ", 1)"), EXPRESSION_ERROR_EVALUATION, 9, "expected JSON"},
  {"an error in a part", TEXT("endsWith('a', " BAD ")"), EXPRESSION_ERROR_EVALUATION, 14, "expected JSON"},
  {"an error in the start", TEXT("startsWith(" BAD ", 1)"), EXPRESSION_ERROR_EVALUATION, 11, "expected JSON"},
  {"an error in an item", TEXT("contains(list, " BAD ")"), EXPRESSION_ERROR_EVALUATION, 15, "expected JSON"},
  {"an error in a format", TEXT("format(" BAD ")"), EXPRESSION_ERROR_EVALUATION, 7, "expected JSON"},
  {"an error in a format's argument", TEXT("format('{0}', " BAD ")"), EXPRESSION_ERROR_EVALUATION, 14, "JSON"},
  {"an error in a list", TEXT("join(" BAD ")"), EXPRESSION_ERROR_EVALUATION, 5, "expected JSON"},
  {"an error in a separator", TEXT("join(list, " BAD ")"), EXPRESSION_ERROR_EVALUATION, 11, "expected JSON"},
  {"an error in toJSON", TEXT("toJSON(" BAD ")"), EXPRESSION_ERROR_EVALUATION, 7, "expected JSON"},
  {"an error in a condition", TEXT("case(" BAD ", 1, 2)"), EXPRESSION_ERROR_EVALUATION, 5, "expected JSON"},
  {"an error in the last value", TEXT("case(false, 1, " BAD ")"), EXPRESSION_ERROR_EVALUATION, 15, "JSON"},
  {"an error in the run's function", TEXT("broken(" BAD ")"), EXPRESSION_ERROR_EVALUATION, 7, "expected JSON"},
  {"a function nobody knows", TEXT("1 && nosuch()"), EXPRESSION_ERROR_EVALUATION, 5, "nosuch"},
  {"a function that fails", TEXT("!broken(1)"), EXPRESSION_ERROR_EVALUATION, 1, "the disk is gone"},
};

static bool parse_and_evaluate(const char *text, size_t length, const ExpressionScope *scope, ExpressionValue *value, GError **error) {
  g_autoptr(Expression) expression = expression_parse(text, length, error);
  return expression != NULL && expression_evaluate(expression, scope, value, error);
}

static bool answer_broken_only(const char *name, const ExpressionValue *arguments, size_t count, ExpressionValue *result, void *user,
                               GError **error) {
  if (g_str_equal(name, "broken"))
    return answer_call(name, arguments, count, result, user, error);
  g_set_error(error, G_MARKUP_ERROR, 0, "unknown");
  return false;
}

static void test_error(gconstpointer data) {
  const ErrorRow *row = data;
  g_autoptr(GError) error = NULL;
  json_auto_t *contexts = new_contexts();
  Run run = {0};
  ExpressionScope scope = {.contexts = contexts, .call = answer_broken_only, .user = &run};
  ExpressionValue value = {.kind = EXPRESSION_NUMBER, .number = 42};

  g_assert_false(parse_and_evaluate(row->text, row->length, &scope, &value, &error));
  g_assert_error(error, EXPRESSION_ERROR, (int)row->code);
  g_assert_cmpuint(expression_error_offset(error), ==, row->offset);
  if (strstr(error->message, row->says) == NULL)
    g_error("\"%s\" does not say \"%s\"", error->message, row->says);
  g_assert_cmpfloat(value.number, ==, 42); /* untouched */
  g_assert_false(parse_and_evaluate(row->text, row->length, &scope, &value, NULL));

  g_autoptr(GError) copy = g_error_copy(error);
  g_prefix_error(&copy, "ci.yml: ");
  g_assert_cmpuint(expression_error_offset(copy), ==, row->offset);
}

/* --- templates --- */

static const ValueRow template_rows[] = {
  {"an empty text", TEXT(""), "String \"\""},
  {"no expression", TEXT("a } ${ { {{ }} $"), "String \"a } ${ { {{ }} $\""},
  {"one expression keeps its kind", TEXT("${{ 1 == 1 }}"), "Boolean true"},
  {"an array too", TEXT("${{ fromJSON('[1]') }}"), "Array [1]"},
  {"a blank beside it makes a string", TEXT("${{ true }} "), "String \"true \""},
  {"two make a string", TEXT("${{1}}${{2}}"), "String \"12\""},
  {"null is empty, the rest has its name", TEXT("[${{null}}|${{list}}|${{github}}|${{1.50}}]"), "String \"[|Array|Object|1.5]\""},
  {"braces in a string close nothing", TEXT("${{ 'a }} b' }}"), "String \"a }} b\""},
  {"nor after an escaped quote", TEXT("x${{ 'it''s }}' }}"), "String \"xit's }}\""},
  {"no blanks are needed", TEXT("${{github.ref}}"), "String \"refs/heads/main\""},
  {"lines may break", TEXT("${{\n  1 &&\n  2\n}}"), "Number 2"},
  {"a quote outside means nothing", TEXT("it's ${{ 1 }} isn't"), "String \"it's 1 isn't\""},
  {"a third brace is text", TEXT("${{ 1 }}}"), "String \"1}\""},
  {"braces of a value are no placeholders", TEXT("{0}${{ '{1}' }}"), "String \"{0}{1}\""},
  {"a NUL outside is kept", TEXT("a\0${{ 1 }}"), "String \"a\\u00001\""},
};

static void test_template(gconstpointer data) {
  const ValueRow *row = data;
  g_autoptr(GError) error = NULL;
  json_auto_t *contexts = new_contexts();
  ExpressionScope scope = {.contexts = contexts};
  g_auto(ExpressionValue) value = {0};

  g_autoptr(ExpressionTemplate) template = expression_template_parse(row->text, row->length, NULL, &error);
  g_assert_no_error(error);
  g_assert_true(expression_template_evaluate(template, &scope, &value, &error));
  g_autofree char *got = dump(&value);
  g_assert_cmpstr(got, ==, row->value);

  size_t expanded_length = 0;
  size_t value_length = 0;
  g_autofree char *expanded = expression_template_expand(template, &scope, &expanded_length, &error);
  g_autofree char *as_string = expression_value_to_string(&value, &value_length);
  g_assert_cmpmem(expanded, expanded_length, as_string, value_length);
}

static const ErrorRow template_error_rows[] = {
  {"never closed", TEXT("a ${{ 1 } }"), EXPRESSION_ERROR_PARSING, 2, "}}"},
  {"closed within a string only", TEXT("${{ 'a }}"), EXPRESSION_ERROR_PARSING, 0, "}}"},
  {"nothing after the braces", TEXT("${{"), EXPRESSION_ERROR_PARSING, 0, "}}"},
  {"nothing between the braces", TEXT("ab${{  }}"), EXPRESSION_ERROR_PARSING, 7, "an expression"},
  {"the second is never closed", TEXT("${{ 1 }}${{ 2"), EXPRESSION_ERROR_PARSING, 8, "}}"},
  {"offsets count from the start of the text", TEXT("ab ${{ 1 }} ${{ a b }}"), EXPRESSION_ERROR_PARSING, 18, "\"b\""},
  {"the end of an expression is its braces", TEXT("x ${{ a ==  }}"), EXPRESSION_ERROR_PARSING, 12, "the end"},
  {"lexing too", TEXT("x ${{ \"a\" }}"), EXPRESSION_ERROR_LEXING, 6, "quotes"},
  {"evaluation too", TEXT("x ${{ 1 && fromJSON('') }}"), EXPRESSION_ERROR_EVALUATION, 11, "JSON"},
};

static void test_template_error(gconstpointer data) {
  const ErrorRow *row = data;
  g_autoptr(GError) error = NULL;
  g_auto(ExpressionValue) value = {0};

  g_autoptr(ExpressionTemplate) template = expression_template_parse(row->text, row->length, NULL, &error);
  g_assert_true(template == NULL || !expression_template_evaluate(template, NULL, &value, &error));
  g_assert_error(error, EXPRESSION_ERROR, (int)row->code);
  g_assert_cmpuint(expression_error_offset(error), ==, row->offset);
  g_assert_nonnull(strstr(error->message, row->says));
}

static void test_segments(void) {
  const char text[] = "a${{ b }}c";
  size_t count = 0;
  g_autoptr(ExpressionTemplate) template = expression_template_parse(TEXT(text), NULL, NULL);
  const ExpressionSegment *segments = expression_template_segments(template, &count);

  g_assert_cmpuint(count, ==, 3);
  g_assert_cmpstr(segments[0].literal, ==, "a");
  g_assert_cmpuint(segments[1].span.start, ==, 1);
  g_assert_cmpuint(segments[1].span.inner, ==, 4);
  g_assert_cmpuint(segments[1].span.inner_end, ==, 7);
  g_assert_cmpuint(segments[1].span.end, ==, 9);
  g_assert_cmpuint(expression_root(segments[1].expression)->at, ==, 1);
  g_assert_cmpstr(segments[2].literal, ==, "c");
  g_assert_null(expression_template_single(template));
}

/* --- conditions --- */

typedef struct {
  const char *claim;
  const char *text;
  bool success; /* of what ran before */
  bool met;
  bool is_string;
} ConditionRow;

static const ConditionRow condition_rows[] = {
  {"nothing means success()", "", true, true, false},
  {"nothing after a failure", "  ", false, false, false},
  {"a bare expression", "github.ref == 'refs/heads/main'", true, true, false},
  {"needs success too", "github.ref == 'refs/heads/main'", false, false, false},
  {"in braces as well", "${{ 1 == 1 }}", false, false, false},
  {"a status function stands for itself", "always()", false, true, false},
  {"in any case and depth", "${{ 0 || !(CANCELLED() && Failure()) }}", false, true, false},
  {"failure after a failure", "failure()", false, true, false},
  {"failure after a success", "failure()", true, false, false},
  {"its name in a string is no call", "'always()' == 'always()'", false, false, false},
  {"nor as a member", "github.always || true", false, false, false},
  {"|| inside is held together", "true || true", false, false, false},
  {"text around braces is a string, and true", "${{ false }} && false", true, true, true},
  {"be it a line break", "${{ false }}\n", true, true, true},
  {"a call in such a string counts", "${{ always() }} ", false, true, true},
  {"false", "false", true, false, false},
  {"0 is false", "${{ 0 }}", true, false, false},
  {"'false' is true", "'false'", true, true, false},
};

static void test_condition(gconstpointer data) {
  const ConditionRow *row = data;
  g_autoptr(GError) error = NULL;
  json_auto_t *contexts = new_contexts();
  Run run = {.success = row->success};
  ExpressionScope scope = new_scope(contexts, &run);
  bool met = !row->met;

  g_autoptr(ExpressionCondition) condition = expression_condition_parse(row->text, strlen(row->text), NULL, &error);
  g_assert_no_error(error);
  g_assert_true(expression_condition_is_string(condition) == row->is_string);
  g_assert_true((expression_condition_expression(condition, NULL) == NULL) == row->is_string);
  g_assert_true(expression_condition_evaluate(condition, &scope, &met, &error));
  g_assert_no_error(error);
  g_assert_true(met == row->met);
}

static void test_condition_edges(void) {
  g_autoptr(GError) error = NULL;
  size_t offset = 99;
  bool met = true;

  g_autoptr(ExpressionCondition) condition = expression_condition_parse(TEXT("${{ a }}"), NULL, NULL);
  g_assert_nonnull(expression_condition_expression(condition, &offset));
  g_assert_cmpuint(offset, ==, 3);
  g_assert_false(expression_condition_evaluate(condition, NULL, &met, &error));
  g_assert_error(error, EXPRESSION_ERROR, EXPRESSION_ERROR_EVALUATION);
  g_clear_error(&error);

  g_assert_null(expression_condition_parse(TEXT("a == ${{ b"), NULL, &error));
  g_assert_error(error, EXPRESSION_ERROR, EXPRESSION_ERROR_PARSING);
  g_assert_cmpuint(expression_error_offset(error), ==, 5);
}

/* --- names --- */

static void test_names(void) {
  static const char *const contexts[] = {"github", "env", NULL};
  static const ExpressionFunction functions[] = {{"success", 0, 0}, {0}};
  static const ExpressionNames names = {contexts, functions};
  static const struct {
    const char *text;
    bool parses;
    size_t offset;
  } rows[] = {
    {"GITHUB.ref && Env.x", true, 0}, {"github.a && secrets.b", false, 12}, {"Success()", true, 0},
    {"success('job')", false, 0},     {"1 && always()", false, 5},          {"toJSON(github)", true, 0},
    {"github[secrets]", false, 7},    {"env['secrets'].secrets", true, 0},  {"", true, 0},
  };

  for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autoptr(GError) error = NULL;
    g_autoptr(Expression) expression = expression_parse_named(rows[i].text, strlen(rows[i].text), &names, &error);
    g_assert_true((expression != NULL) == rows[i].parses);
    if (rows[i].parses)
      continue;
    g_assert_error(error, EXPRESSION_ERROR, EXPRESSION_ERROR_PARSING);
    g_assert_cmpuint(expression_error_offset(error), ==, rows[i].offset);
  }
}

static void test_signatures(void) {
  g_assert_cmpuint(expression_function_find("FORMAT")->most, ==, EXPRESSION_MAX_ARGUMENTS);
  g_assert_cmpuint(expression_function_find("hashfiles")->least, ==, 1);
  g_assert_null(expression_function_find("nosuch"));
}

static json_t *give_context(const char *name, void *user) {
  json_t *contexts = user;
  return json_object_get(contexts, name);
}

static void test_context_callback(void) {
  json_auto_t *contexts = json_pack("{s:s}", "a", "x");
  ExpressionScope scope = {.context = give_context, .user = contexts};
  g_auto(ExpressionValue) value = {0};

  g_assert_true(parse_and_evaluate(TEXT("format('{0}{1}', a, b)"), &scope, &value, NULL));
  g_assert_cmpstr(json_string_value(value.json), ==, "x");
}

/* --- the tree --- */

static bool print_node(const ExpressionNode *node, const ExpressionNode *parent, void *user) {
  g_string_append_printf(user, "%d@%zu[%zu,%zu)%s ", node->kind, node->at, node->start, node->end, parent == NULL ? "!" : "");
  return true;
}

static bool stop_at_call(const ExpressionNode *node, G_GNUC_UNUSED const ExpressionNode *parent, void *user) {
  ++*(unsigned *)user;
  return node->kind != EXPRESSION_NODE_CALL;
}

static void test_tree(void) {
  g_autoptr(GString) printed = g_string_new(NULL);
  g_autoptr(Expression) expression = expression_parse(TEXT("(a.b['c'] || !f(1)) || d.*"), NULL);
  g_autofree char *expected = g_strdup_printf("%d@10[0,26)! %d@4[1,9) %d@2[1,4) %d@1[1,2) %d@3[3,4) %d@5[5,8) %d@13[13,18) %d@14[14,18) %d@16[16,17) "
                                              "%d@24[23,26) %d@23[23,24) %d@25[25,26) ",
                                              EXPRESSION_NODE_OR, EXPRESSION_NODE_INDEX, EXPRESSION_NODE_INDEX, EXPRESSION_NODE_CONTEXT,
                                              EXPRESSION_NODE_LITERAL, EXPRESSION_NODE_LITERAL, EXPRESSION_NODE_NOT, EXPRESSION_NODE_CALL,
                                              EXPRESSION_NODE_LITERAL, EXPRESSION_NODE_INDEX, EXPRESSION_NODE_CONTEXT, EXPRESSION_NODE_WILDCARD);
  unsigned visited = 0;

  g_assert_true(expression_node_walk(expression_root(expression), print_node, printed));
  g_assert_cmpstr(printed->str, ==, expected);
  g_assert_false(expression_node_walk(expression_root(expression), stop_at_call, &visited));
  g_assert_cmpuint(visited, ==, 8);
  g_assert_true(expression_node_walk(NULL, stop_at_call, &visited));
}

/* --- limits --- */

static char *repeat(const char *before, const char *piece, size_t count, const char *after) {
  GString *text = g_string_new(before);
  for (size_t i = 0; i < count; i++)
    g_string_append(text, piece);
  g_string_append(text, after);
  return g_string_free(text, FALSE);
}

static void test_limits(void) {
  static const struct {
    const char *claim;
    const char *before, *piece;
    size_t count;
    const char *after;
    int code; /* -1: fine */
  } rows[] = {
    {"the longest expression", "'", "x", EXPRESSION_MAX_LENGTH - 2, "'", -1},
    {"one more", "'", "x", EXPRESSION_MAX_LENGTH - 1, "'", EXPRESSION_ERROR_LEXING},
    {"length counts UTF-16 units", "'", "\xF0\x9F\x98\x80", EXPRESSION_MAX_LENGTH / 2 - 1, "'", -1},
    {"so that an emoji is two", "'", "\xF0\x9F\x98\x80", EXPRESSION_MAX_LENGTH / 2, "'", EXPRESSION_ERROR_LEXING},
    {"negations", "", "!", EXPRESSION_MAX_DEPTH - 1, "1", -1},
    {"one negation more", "", "!", EXPRESSION_MAX_DEPTH, "1", EXPRESSION_ERROR_PARSING},
    {"thousands of negations", "", "!", 20000, "1", EXPRESSION_ERROR_PARSING},
    {"thousands of groups", "", "(", 20000, "1", EXPRESSION_ERROR_PARSING},
    {"thousands of brackets", "", "a[", 10000, "1", EXPRESSION_ERROR_PARSING},
    {"thousands of calls", "", "join(", 4000, "1", EXPRESSION_ERROR_PARSING},
    {"members", "a", ".a", EXPRESSION_MAX_DEPTH - 1, "", -1},
    {"one member more", "a", ".a", EXPRESSION_MAX_DEPTH, "", EXPRESSION_ERROR_PARSING},
    {"comparisons", "1", "==1", EXPRESSION_MAX_DEPTH - 1, "", -1},
    {"one comparison more", "1", "==1", EXPRESSION_MAX_DEPTH, "", EXPRESSION_ERROR_PARSING},
    {"a chain is one level", "1", "&&1", 6000, "", -1},
    {"255 arguments", "format('{253}'", ",1", EXPRESSION_MAX_ARGUMENTS - 1, ")", -1},
    {"256 arguments", "format('{253}'", ",1", EXPRESSION_MAX_ARGUMENTS, ")", EXPRESSION_ERROR_PARSING},
  };

  for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autoptr(GError) error = NULL;
    g_auto(ExpressionValue) value = {0};
    g_autofree char *text = repeat(rows[i].before, rows[i].piece, rows[i].count, rows[i].after);
    bool done = parse_and_evaluate(text, strlen(text), NULL, &value, &error);
    if (done != (rows[i].code < 0) || (error != NULL && error->code != rows[i].code))
      g_error("%s: %s", rows[i].claim, error == NULL ? "no error" : error->message);
  }
}

static void expect_value(const char *text, bool done) {
  g_autoptr(GError) error = NULL;
  g_auto(ExpressionValue) value = {0};

  g_assert_true(parse_and_evaluate(text, strlen(text), NULL, &value, &error) == done);
  if (!done)
    g_assert_error(error, EXPRESSION_ERROR, EXPRESSION_ERROR_EVALUATION);
}

/* format() of format() of ...: each level makes the text ten times as long. */
static char *grow(unsigned levels) {
  char *text = g_strdup("'0123456789'");
  for (unsigned i = 0; i < levels; i++) {
    char *longer = g_strdup_printf("format('{0}{0}{0}{0}{0}{0}{0}{0}{0}{0}', %s)", text);
    g_free(text);
    text = longer;
  }
  return text;
}

static void test_memory(void) {
  g_autofree char *million = grow(5);
  g_autofree char *ten_million = grow(6);
  g_autofree char *forever = grow(40);
  g_autofree char *twice = g_strdup_printf("contains(%s, '9') && contains(%s, '9')", million, million);
  g_autofree char *many = repeat("1", " && 'a' != format('{0}', fromJSON('[1,2,3]'))", 400, "");
  g_autofree char *joined = g_strdup_printf("join(fromJSON(format('[{0}0]', format('{0}{0}{0}{0}', "
                                            "'1,1,1,1,1,1,1,1,'))), %s)",
                                            million);
  g_autofree char *escaped = g_strdup_printf("toJSON(toJSON(%s))", million);

  expect_value(million, true);
  expect_value(ten_million, false);
  expect_value(forever, false);
  expect_value(twice, true); /* what is done with is not counted */
  expect_value(many, true);
  expect_value(joined, false);
  expect_value(escaped, true);
}

static void test_memory_of_scope(void) {
  g_autoptr(GError) error = NULL;
  g_auto(ExpressionValue) value = {0};
  ExpressionScope scope = {.memory_limit_bytes = 110};

  g_assert_true(parse_and_evaluate(TEXT("format('{0}', 'short')"), &scope, &value, &error));
  expression_value_clear(&value);
  g_assert_false(parse_and_evaluate(TEXT("fromJSON('[1,2,3,4,5,6]')"), &scope, &value, &error));
  g_assert_error(error, EXPRESSION_ERROR, EXPRESSION_ERROR_EVALUATION);
  g_clear_error(&error);

  g_autoptr(ExpressionTemplate) template = expression_template_parse(TEXT("${{ '12345678901234567890' }}${{ '12345678901234567890' }}"
                                                                          "${{ '12345678901234567890' }}"),
                                                                     NULL, &error);
  g_assert_false(expression_template_evaluate(template, &scope, &value, &error));
  g_assert_error(error, EXPRESSION_ERROR, EXPRESSION_ERROR_EVALUATION);
}

/* However small the limit, an evaluation ends with a value or an error, and with no leak. */
static void test_every_memory_limit(void) {
  static const char text[] = "format('{{{0}}}', join(deep.*.*, toJSON(github))) && startsWith(toJSON(list), "
                             "toJSON(fromJSON(steps.build.outputs.json))) && deep.*[0].*";
  json_auto_t *contexts = new_contexts();
  bool fitted = false;

  for (size_t limit = 1; limit < 5000; limit++) {
    g_autoptr(GError) error = NULL;
    g_auto(ExpressionValue) value = {0};
    ExpressionScope scope = {.contexts = contexts, .memory_limit_bytes = limit};
    bool done = parse_and_evaluate(TEXT(text), &scope, &value, &error);
    g_assert_true(done == (error == NULL));
    g_assert_true(done || !fitted);
    fitted = done;
  }
  g_assert_true(fitted);
}

static void test_json_depth(void) {
  for (size_t levels = EXPRESSION_MAX_JSON_DEPTH; levels <= EXPRESSION_MAX_JSON_DEPTH + 1; levels++) {
    g_autofree char *opened = repeat("fromJSON('", "[", levels, "");
    g_autofree char *text = repeat(opened, "]", levels, "')");
    expect_value(text, levels == EXPRESSION_MAX_JSON_DEPTH);
  }
}

static void test_deep_context(void) {
  g_autoptr(GError) error = NULL;
  g_auto(ExpressionValue) value = {0};
  json_auto_t *deep = json_array();
  for (unsigned i = 0; i < 3000; i++) {
    json_t *outer = json_array();
    json_array_append_new(outer, g_steal_pointer(&deep));
    deep = outer;
  }
  json_auto_t *contexts = json_pack("{s:O}", "deep", deep);
  ExpressionScope scope = {.contexts = contexts, .memory_limit_bytes = 1 << 30};

  g_assert_false(parse_and_evaluate(TEXT("toJSON(deep)"), &scope, &value, &error));
  g_assert_error(error, EXPRESSION_ERROR, EXPRESSION_ERROR_EVALUATION);
}

static void test_template_limits(void) {
  g_autofree char *literal = repeat("", "x", EXPRESSION_MAX_LENGTH * 2, "");
  g_autofree char *fits = repeat("${{ 1 }}", "x", EXPRESSION_MAX_LENGTH - 16, "");
  g_autofree char *script = repeat("${{ 1 }}", "x", EXPRESSION_MAX_LENGTH - 15, "");
  g_autofree char *quotes = repeat("${{ 1 }}", "'", EXPRESSION_MAX_LENGTH / 2, "");
  g_autofree char *most = repeat("", "${{1}}", EXPRESSION_MAX_ARGUMENTS - 1, "");
  g_autofree char *more = repeat("", "${{1}}", EXPRESSION_MAX_ARGUMENTS, "");
  const struct {
    const char *text;
    bool parses;
  } rows[] = {{literal, true}, {fits, true}, {script, false}, {quotes, false}, {most, true}, {more, false}};

  for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autoptr(GError) error = NULL;
    g_autoptr(ExpressionTemplate) template = expression_template_parse(rows[i].text, strlen(rows[i].text), NULL, &error);
    g_assert_true((template != NULL) == rows[i].parses);
    g_assert_true(rows[i].parses || g_error_matches(error, EXPRESSION_ERROR, EXPRESSION_ERROR_PARSING));
  }
}

/* --- garbage --- */

static void test_garbage(void) {
  static const char *const pieces[] = {"a",  ".", "*", "[", "]",  "(",  ")",   ",",  "'",     "''",        "!",    "==",           "&&",
                                       "||", "<", "1", "-", "0x", "\n", "${{", "}}", "join(", "fromJSON(", "\xC3", "\xE2\x82\xAC", "format('{0}',"};
  g_autoptr(GRand) random = g_rand_new_with_seed(20240229);

  for (unsigned round = 0; round < 20000; round++) {
    g_autoptr(GString) text = g_string_new(NULL);
    for (gint32 i = g_rand_int_range(random, 0, 12); i > 0; i--)
      g_string_append(text, pieces[g_rand_int_range(random, 0, G_N_ELEMENTS(pieces))]);
    if (g_rand_boolean(random) && text->len > 0)
      text->str[g_rand_int_range(random, 0, (gint32)text->len)] = (char)g_rand_int_range(random, 0, 256);

    g_autofree char *exact = g_memdup2(text->str, MAX(text->len, 1)); /* no NUL for a reader to rely on */
    g_autoptr(GError) error = NULL;
    g_auto(ExpressionValue) value = {0};
    bool done = parse_and_evaluate(exact, text->len, NULL, &value, &error);
    g_assert_true(done == (error == NULL));
    g_assert_true(done || expression_error_offset(error) <= text->len);
    expression_template_free(expression_template_parse(exact, text->len, NULL, NULL));
    expression_condition_free(expression_condition_parse(exact, text->len, NULL, NULL));
  }
}

/* --- values from outside --- */

static void test_value_conversions(void) {
  g_auto(ExpressionValue) broken = expression_value_string("a\xFF"
                                                           "b",
                                                           3);
  g_assert_cmpstr(json_string_value(broken.json), ==,
                  "a\xEF\xBF\xBD"
                  "b");

  g_auto(ExpressionValue) missing = expression_value_from_json(NULL);
  g_assert_cmpint(missing.kind, ==, EXPRESSION_NULL);

  ExpressionValue third = expression_value_number(1.0 / 3);
  json_auto_t *json = expression_value_to_json(&third);
  g_assert_cmpfloat(json_real_value(json), ==, 1.0 / 3);

  g_auto(ExpressionValue) copy = expression_value_copy(&broken);
  g_assert_true(expression_value_equals(&copy, &broken));
  g_assert_true(isnan(expression_value_to_number(&broken)));
  g_assert_true(expression_value_is_truthy(&broken));

  g_autoptr(GError) other = g_error_new(G_MARKUP_ERROR, 0, "x");
  g_assert_cmpuint(expression_error_offset(other), ==, 0);
}

/* --- threads --- */

typedef struct {
  const Expression *expression;
  ExpressionScope scope;
} Shared;

static void *evaluate_often(void *data) {
  const Shared *shared = data;
  for (unsigned i = 0; i < 2000; i++) {
    g_auto(ExpressionValue) value = {0};
    if (!expression_evaluate(shared->expression, &shared->scope, &value, NULL) || !g_str_equal(json_string_value(value.json), "bug-p1-x"))
      return GINT_TO_POINTER(1);
  }
  return NULL;
}

static void test_threads(void) {
  json_auto_t *contexts = new_contexts();
  g_autoptr(Expression) expression = expression_parse(TEXT("join(github.event.labels.*.name, '-') && "
                                                           "format('{0}-x', join(GITHUB.EVENT.labels.*.name, '-'))"),
                                                      NULL);
  Shared shared = {expression, {.contexts = contexts}};
  GThread *threads[4];

  for (size_t i = 0; i < G_N_ELEMENTS(threads); i++)
    threads[i] = g_thread_new("evaluate", evaluate_often, &shared);
  for (size_t i = 0; i < G_N_ELEMENTS(threads); i++)
    g_assert_null(g_thread_join(threads[i]));
}

/* --- batch --- */

static void test_batch(void) {
  static const struct {
    const char *line;
    const char *answer; /* the start of it */
  } rows[] = {
    {"{\"expr\": \"A.b\", \"contexts\": {\"a\": {\"B\": [1]}}}", "{\"kind\":\"Array\",\"value\":[1]}"},
    {"{\"expr\": \"\"}", "{\"kind\":\"Null\",\"value\":null}"},
    {"{\"expr\": \"-Infinity\"}", "{\"kind\":\"Number\",\"value\":\"-Infinity\"}"},
    {"{\"expr\": \"a\"}", "{\"error\":{\"kind\":\"parsing\",\"message\":"},
    {"{\"expr\": \"'\\u0000\"}", "{\"error\":{\"kind\":\"lexing\",\"message\":"},
    {"{\"expr\": \"fromJSON('')\"}", "{\"error\":{\"kind\":\"evaluation\",\"message\":"},
    {"{\"expr\": \"success()\"}", "{\"error\":{\"kind\":\"parsing\",\"message\":"},
    {"{\"expr\": 1}", "{\"error\":{\"kind\":\"protocol\",\"message\":"},
    {"{\"expr\": \"1\", \"contexts\": []}", "{\"error\":{\"kind\":\"protocol\",\"message\":"},
    {"[]", "{\"error\":{\"kind\":\"protocol\",\"message\":"},
    {"nonsense", "{\"error\":{\"kind\":\"protocol\",\"message\":"},
    {"", "{\"error\":{\"kind\":\"protocol\",\"message\":"},
  };

  for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
    json_auto_t *answer = expression_batch_line(rows[i].line);
    g_autofree char *text = json_dumps(answer, JSON_COMPACT);
    if (!g_str_has_prefix(text, rows[i].answer))
      g_error("%s: %s", rows[i].line, text);
  }
}

/* --- all of it --- */

#define ADD_ROWS(group, rows, function)                                                                                                              \
  for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {                                                                                                  \
    g_autofree char *path = test_path(group, (rows)[i].claim);                                                                                       \
    g_test_add_data_func(path, &(rows)[i], function);                                                                                                \
  }

/* GLib reads a slash as a level. */
static char *test_path(const char *group, const char *claim) {
  g_autofree char *flat = g_strdelimit(g_strdup(claim), "/", '|');
  return g_strdup_printf("/expression/%s/%s", group, flat);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);

  ADD_ROWS("value", value_rows, test_value)
  ADD_ROWS("error", error_rows, test_error)
  ADD_ROWS("template", template_rows, test_template)
  ADD_ROWS("template-error", template_error_rows, test_template_error)
  ADD_ROWS("condition", condition_rows, test_condition)
  g_test_add_func("/expression/condition-edges", test_condition_edges);
  g_test_add_func("/expression/segments", test_segments);
  g_test_add_func("/expression/names", test_names);
  g_test_add_func("/expression/signatures", test_signatures);
  g_test_add_func("/expression/context-callback", test_context_callback);
  g_test_add_func("/expression/tree", test_tree);
  g_test_add_func("/expression/limits", test_limits);
  g_test_add_func("/expression/memory", test_memory);
  g_test_add_func("/expression/memory-of-scope", test_memory_of_scope);
  g_test_add_func("/expression/every-memory-limit", test_every_memory_limit);
  g_test_add_func("/expression/json-depth", test_json_depth);
  g_test_add_func("/expression/deep-context", test_deep_context);
  g_test_add_func("/expression/template-limits", test_template_limits);
  g_test_add_func("/expression/garbage", test_garbage);
  g_test_add_func("/expression/value-conversions", test_value_conversions);
  g_test_add_func("/expression/threads", test_threads);
  g_test_add_func("/expression/batch", test_batch);
  return g_test_run();
}
