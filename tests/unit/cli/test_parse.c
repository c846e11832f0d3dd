#include "cli/command.h"
#include "cli/commands.h"

#include <string.h>

/* ---- a table of its own, with every kind of row ----------------------------------------------------------------------- */

static const char *const colours[] = {"red", "green", NULL};

static const OptionRow globals[] = {
  {"data", {VALUE_PATH, "DIR"}, .says = "x"},
  {"directory", {VALUE_PATH, "DIR"}, .alias = 'C', .says = "x"},
  {"json", {VALUE_FLAG}, .says = "x"},
  {"quiet", {VALUE_FLAG}, .alias = 'q', .says = "x"},
  {"verbose", {VALUE_FLAG}, .alias = 'v', .says = "x"},
  {"help", {VALUE_FLAG}, .alias = 'h', .says = "x"},
  {"version", {VALUE_FLAG}, .alias = 'V', .says = "x"},
  {0},
};
static const OptionRow go_options[] = {
  {"env", {VALUE_TEXT, "NAME"}, .alias = 'e', .says = "x"},
  {"wait", {VALUE_FLAG}, .alias = 'w', .says = "x"},
  {"count", {VALUE_INTEGER, "COUNT", .min = 1, .max = 9}, .alias = 'n', .fallback = "3", .says = "x"},
  {"grace", {VALUE_DURATION, "TIME"}, .fallback = "10s", .says = "x"},
  {"colour", {VALUE_CHOICE, "COLOUR", .choices = colours}, .says = "x"},
  {"file", {VALUE_PATH, "FILE"}, .alias = 'f', .repeatable = true, .says = "x"},
  {0},
};
static const OptionRow need_options[] = {{"env", {VALUE_TEXT, "NAME"}, .alias = 'e', .required = true, .says = "where"}, {0}};
static const ArgumentRow go_arguments[] = {{{VALUE_TEXT, "REF"}, ARITY_OPTIONAL, "x"}, {{0}}};
static const ArgumentRow two_arguments[] = {{{VALUE_TEXT, "FROM"}, ARITY_ONE, "whence"},
                                            {{VALUE_CHOICE, "COLOUR", .choices = colours}, ARITY_ONE, "x"},
                                            {{0}}};
static const ArgumentRow some_arguments[] = {{{VALUE_TEXT, "FIRST"}, ARITY_ONE, "x"}, {{VALUE_PATH, "FILE"}, ARITY_SOME, "x"}, {{0}}};
static const ArgumentRow any_arguments[] = {{{VALUE_PATH, "FILE"}, ARITY_ANY, "x"}, {{0}}};

static const Command go = {.name = "go", .arguments = go_arguments, .options = go_options, .has_json = true};
static const Command two = {.name = "two", .arguments = two_arguments};
static const Command some = {.name = "some", .arguments = some_arguments};
static const Command any = {.name = "any", .arguments = any_arguments};
static const Command need = {.name = "need", .options = need_options};
static const Command secretly = {.name = "secretly", .hidden = true};
static const Command *const below[] = {&need, &two, NULL};
static const Command group = {.name = "group", .commands = below};
static const Command *const all[] = {&go, &two, &some, &any, &group, &secretly, NULL};
static const Command root = {.name = "drover", .options = globals, .commands = all, .has_json = true};

/* ---- lines ------------------------------------------------------------------------------------------------------------ */

typedef struct {
  const char *claim;
  const char *line; /* as a shell splits it */
  const char *read; /* what command_line_parse() made of it, or, behind "! ", a part of the error */
} Case;

static const Case cases[] = {
  {"a command alone", "drover go", "drover go"},
  {"an argument", "drover go main", "drover go [main]"},
  {"an option with its value behind", "drover go --env dev", "drover go env=dev"},
  {"an option with its value in the same word", "drover go --env=dev", "drover go env=dev"},
  {"a value may hold an equals sign", "drover go --env=a=b", "drover go env=a=b"},
  {"a short option with its value behind", "drover go -e dev", "drover go env=dev"},
  {"a short option with its value in the same word", "drover go -edev", "drover go env=dev"},
  {"a flag", "drover go --wait", "drover go wait"},
  {"short flags in one word", "drover go -wq", "drover go wait quiet"},
  {"short flags with a value at their end", "drover go -wn 4", "drover go wait count=4(4)"},
  {"a flag twice is as once", "drover go -w -w", "drover go wait wait"},
  {"options behind arguments", "drover go main --wait", "drover go wait [main]"},
  {"global options before the command", "drover -C /tmp --json go", "drover go directory=/tmp json"},
  {"global options behind the command", "drover go -C /tmp --json", "drover go directory=/tmp json"},
  {"a repeatable option", "drover go --file a -f b", "drover go file=a file=b"},
  {"an integer", "drover go --count 9", "drover go count=9(9)"},
  {"a duration in milliseconds", "drover go --grace 2m", "drover go grace=2m(120000)"},
  {"a choice", "drover go --colour red", "drover go colour=red"},
  {"two dashes end the options", "drover go -- --env", "drover go [--env]"},
  {"only the first two dashes do", "drover any -- -- -x", "drover any [--] [-x]"},
  {"one dash is an argument", "drover go -", "drover go [-]"},
  {"one dash is a value", "drover go --file -", "drover go file=-"},
  {"a value that looks like an option, in the same word", "drover go --env=--wait", "drover go env=--wait"},
  {"no argument where any may stand", "drover any", "drover any"},
  {"many arguments where any may stand", "drover any a b c", "drover any [a] [b] [c]"},
  {"several kinds of arguments", "drover two here red", "drover two [here] [red]"},
  {"the last argument repeats", "drover some a b c d", "drover some [a] [b] [c] [d]"},
  {"a command below a command", "drover group need --env x", "drover group need env=x"},
  {"a global option between command words", "drover group -q need -e x", "drover group need quiet env=x"},
  {"a hidden command runs", "drover secretly", "drover secretly"},
  {"help", "drover --help", "drover help HELP"},
  {"help of a command that lacks something", "drover group need --help", "drover group need help HELP"},
  {"help of a command that only holds others", "drover group -h", "drover group help HELP"},
  {"help before the command", "drover -h go", "drover go help HELP"},
  {"version", "drover --version", "drover version VERSION"},

  {"no command", "drover", "! drover needs a command: go, two, some, any, group\nusage: drover COMMAND"},
  {"a group alone names what is below", "drover group", "! drover group needs a command: need, two"},
  {"an unknown command", "drover xyzzy", "! drover has no command \"xyzzy\"\n"},
  {"a misspelt command", "drover gruop", "! did you mean \"group\"?"},
  {"a misspelt command below a command", "drover group ned", "! drover group has no command \"ned\"; did you mean \"need\"?"},
  {"a hidden command is not suggested", "drover secretlx", "! has no command \"secretlx\"\n"},
  {"an unknown option", "drover go --xyzzy", "! drover go has no option \"--xyzzy\"\nusage: drover go [REF] [--env NAME]"},
  {"a misspelt option", "drover go --evn x", "! did you mean \"--env\"?"},
  {"a misspelt global option", "drover go --quite", "! did you mean \"--quiet\"?"},
  {"a misspelt option with a value in the same word", "drover go --evn=x", "! no option \"--evn\"; did you mean \"--env\"?"},
  {"an option of another command", "drover two --env x", "! drover two has no option \"--env\""},
  {"an unknown short option", "drover go -x", "! drover go has no option \"-x\""},
  {"an unknown short option behind a known one", "drover go -wx", "! drover go has no option \"-x\""},
  {"a value that is missing", "drover go --env", "! --env needs a value: NAME"},
  {"a short option's value that is missing", "drover go -e", "! --env needs a value: NAME"},
  {"a value forgotten before the next option", "drover go --env --wait", "! write --env=--wait if"},
  {"a value forgotten before two dashes", "drover go --env -- x", "! --env needs a value"},
  {"an empty value", "drover go --env=", "! --env NAME: the value is empty"},
  {"a value for a flag", "drover go --wait=yes", "! --wait takes no value"},
  {"an option twice", "drover go --env a -e b", "! --env is given twice"},
  {"a wrong integer", "drover go --count 10", "! --count COUNT: \"10\" is not a whole number from 1 to 9"},
  {"a wrong duration", "drover go --grace 10", "! --grace TIME: \"10\" is no duration"},
  {"a wrong choice", "drover go --colour rde", "! is not one of red, green; did you mean \"red\"?"},
  {"a missing argument", "drover two", "! drover two needs FROM: whence"},
  {"the second argument is missing", "drover two a", "! drover two needs COLOUR"},
  {"the argument that repeats is missing", "drover some a", "! drover some needs FILE"},
  {"an argument too many", "drover go a b", "! the argument \"b\" is one too many"},
  {"an argument for a command without any", "drover group need -e x y", "! the argument \"y\" is one too many"},
  {"an empty argument", "drover go ''", "! REF: the value is empty"},
  {"a wrong argument", "drover two a blue", "! COLOUR: \"blue\" is not one of red, green"},
  {"a required option is missing", "drover group need", "! drover group need needs --env NAME: where"},
  {"--json where there is none", "drover --json two a red", "! drover two has no option \"--json\""},
  {"quiet and verbose at once", "drover go -qv", "! exclude each other"},
  {"an error before help is an error", "drover go --xyzzy --help", "! no option"},
};

static char *describe(const Invocation *invocation) {
  GString *text = g_string_new(invocation->path);
  for (guint i = 0; i < invocation->values->len; i++) {
    const InvocationValue *value = &g_array_index(invocation->values, InvocationValue, i);
    g_string_append_printf(text, " %s", value->option->name);
    if (value->text != NULL)
      g_string_append_printf(text, "=%s", value->text);
    if (value->option->value.kind == VALUE_INTEGER || value->option->value.kind == VALUE_DURATION)
      g_string_append_printf(text, "(%" G_GINT64_FORMAT ")", value->number);
  }
  for (guint i = 0; i < invocation->arguments->len; i++)
    g_string_append_printf(text, " [%s]", invocation_argument(invocation, i));
  g_string_append(text, invocation->wants_help ? " HELP" : invocation->wants_version ? " VERSION" : "");
  return g_string_free(text, FALSE);
}

static void test_case(gconstpointer data) {
  const Case *row = data;
  g_auto(GStrv) argv = NULL;
  g_autoptr(GError) error = NULL;
  g_assert_true(g_shell_parse_argv(row->line, NULL, &argv, NULL));
  g_autoptr(Invocation) invocation = command_line_parse(&root, (const char *const *)argv, &error);
  if (row->read[0] != '!') {
    g_assert_no_error(error);
    g_autofree char *read = describe(invocation);
    g_assert_cmpstr(read, ==, row->read);
    return;
  }
  g_assert_null(invocation);
  g_assert_error(error, DROVER_ERROR, DROVER_ERROR_USAGE);
  g_assert_nonnull(strstr(error->message, "\nusage: drover"));
  if (strstr(error->message, row->read + 2) == NULL)
    g_error("\"%s\" does not say \"%s\"", error->message, row->read + 2);
}

static void test_fallbacks(void) {
  const char *const argv[] = {"drover", "go", "--file", "a", "--file", "b", NULL};
  g_autoptr(Invocation) invocation = command_line_parse(&root, argv, NULL);
  g_assert_cmpint(invocation_number(invocation, "count"), ==, 3);
  g_assert_cmpint(invocation_number(invocation, "grace"), ==, 10000);
  g_assert_cmpstr(invocation_text(invocation, "grace"), ==, "10s");
  g_assert_null(invocation_text(invocation, "env"));
  g_assert_false(invocation_flag(invocation, "json"));
  g_assert_null(invocation_argument(invocation, 0));
  g_autofree char **files = invocation_texts(invocation, "file");
  g_autofree char *joined = g_strjoinv(",", files);
  g_assert_cmpstr(joined, ==, "a,b");
}

static void test_no_words(void) {
  const char *const argv[] = {NULL};
  g_autoptr(GError) error = NULL;
  g_assert_null(command_line_parse(&root, argv, &error));
  g_assert_error(error, DROVER_ERROR, DROVER_ERROR_USAGE);
}

/* ---- anything at all -------------------------------------------------------------------------------------------------- */

static const char *const vocabulary[] = {
  "ship",     "secret",    "set",       "list",
  "run",      "help",      "logs",      "completion",
  "bash",     "--",        "-",         "--env",
  "--env=",   "--env=x",   "-e",        "-ex",
  "-q",       "-qv",       "-h",        "--json",
  "--json=1", "--data",    "-C",        "-C.",
  "--limit",  "5",         "-n5",       "--grace",
  "10s",      "",          "=",         "--=",
  "---",      "--\xff",    "-\xff",     "\xf0\x9f\x90\x91",
  "NAME",     "--follow",  "-f",        "--secret-file=a",
  "--help",   "--version", "--subject", "%s%n",
  "-\xc3",    "--after=0",
};

static char *random_word(GRand *random) {
  if (g_rand_int_range(random, 0, 4) > 0)
    return g_strdup(vocabulary[g_rand_int_range(random, 0, G_N_ELEMENTS(vocabulary))]);
  gsize length = (gsize)g_rand_int_range(random, 0, 100);
  char *word = g_malloc0(length + 1);
  for (gsize i = 0; i < length; i++)
    word[i] = (char)g_rand_int_range(random, 1, 256);
  return word;
}

/* Whatever the words are: an invocation or a USAGE error, never both and never neither. */
static void check_anything(const Command *table, GRand *random) {
  char *argv[12] = {0};
  int count = g_rand_int_range(random, 0, G_N_ELEMENTS(argv) - 1);
  for (int i = 0; i < count; i++)
    argv[i] = i == 0 ? g_strdup("drover") : random_word(random);
  g_autoptr(GError) error = NULL;
  g_autoptr(Invocation) invocation = command_line_parse(table, (const char *const *)argv, &error);
  g_assert_true((invocation == NULL) == (error != NULL));
  if (error != NULL)
    g_assert_error(error, DROVER_ERROR, DROVER_ERROR_USAGE);
  else
    g_assert_true(invocation->wants_help || invocation->wants_version || invocation->command->run != NULL || table == &root);
  for (int i = 0; i < count; i++)
    g_free(argv[i]);
}

static void test_anything(void) {
  g_autoptr(GRand) random = g_rand_new_with_seed((guint32)g_test_rand_int()); /* the seed is printed, and taken with --seed */
  for (int i = 0; i < 20000; i++) {
    check_anything(&command_root, random);
    check_anything(&root, random);
  }
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autofree char *path = g_strdup_printf("/cli/parse/%s", cases[i].claim);
    g_test_add_data_func(path, &cases[i], test_case);
  }
  g_test_add_func("/cli/parse/what is not given has its fallback", test_fallbacks);
  g_test_add_func("/cli/parse/an empty argv is wrong use", test_no_words);
  g_test_add_func("/cli/parse/any words are read or refused", test_anything);
  return g_test_run();
}
