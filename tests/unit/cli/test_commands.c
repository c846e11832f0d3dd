#include "base/fs.h"
#include "base/process.h"
#include "cli/commands.h"
#include "cli/completion.h"
#include "cli/help.h"
#include "cli/reference.h"
#include "lint/report/pages.h"

#include <string.h>

/* ---- every row ---------------------------------------------------------------------------------------------------------- */

static void for_each_command(void (*check)(const CommandEntry *entry)) {
  g_autoptr(GPtrArray) entries = command_list(&command_root, true);
  g_assert_cmpuint(entries->len, >, 15);
  for (guint i = 0; i < entries->len; i++)
    check(g_ptr_array_index(entries, i));
}

static void check_sentence(const char *path, const char *says) {
  if (says == NULL || *says == '\0' || strchr(says, '\n') != NULL || g_str_has_suffix(says, ".") || g_ascii_isupper(says[0]))
    g_error("%s: \"%s\" should be one line, begin with a small letter and have no full stop", path, says);
}

static void check_words(const CommandEntry *entry) {
  const Command *command = entry->command;
  check_sentence(entry->path, command->summary);
  g_assert_null(strchr(command->summary, ':')); /* zsh's _describe splits there */
  g_assert_nonnull(command->examples);
  g_assert_nonnull(command->examples->line);
  for (const ExampleRow *example = command->examples; example->line != NULL; example++)
    check_sentence(entry->path, example->says);
  for (const ArgumentRow *argument = command->arguments; argument != NULL && argument->value.label != NULL; argument++)
    g_assert_true(*argument->says != '\0');
  for (const OptionRow *option = command->options; option != NULL && option->name != NULL; option++)
    g_assert_true(*option->says != '\0');
  g_assert_true((command->run != NULL) != (command->commands != NULL));
}

static void test_words(void) {
  for_each_command(check_words);
}

static void check_help(const CommandEntry *entry) {
  g_autofree char *text = help_text(&command_root, entry->command, entry->path, false);
  g_assert_nonnull(strstr(text, entry->command->summary));
  g_assert_nonnull(strstr(text, "Usage\n"));
  g_assert_nonnull(strstr(text, "Examples\n"));
  g_assert_nonnull(strstr(text, entry->command->examples->line));
  for (const OptionRow *option = entry->command->options; option != NULL && option->name != NULL; option++) {
    g_autofree char *name = help_option(option);
    g_assert_nonnull(strstr(text, name));
  }
  g_assert_null(strchr(text, '\033'));
}

static void test_help(void) {
  for_each_command(check_help);
}

static const OptionRow *find(const OptionRow *options, const OptionRow *before, const OptionRow *like) {
  for (const OptionRow *option = options; option != NULL && option->name != NULL && option != before; option++)
    if (strcmp(option->name, like->name) == 0 || (option->alias != 0 && option->alias == like->alias))
      return option;
  return NULL;
}

static void check_options(const CommandEntry *entry) {
  for (const OptionRow *option = entry->command->options; option != NULL && option->name != NULL; option++) {
    const ValueRow *value = &option->value;
    int64_t number;
    if (find(entry->command->options, option, option) != NULL)
      g_error("%s: --%s has the name or the letter of another option", entry->path, option->name);
    if (entry->command != &command_root && find(command_root.options, NULL, option) != NULL)
      g_error("%s: --%s hides a global option", entry->path, option->name);
    g_assert_true((value->kind == VALUE_FLAG) == (value->label == NULL));
    g_assert_true((value->kind == VALUE_CHOICE) == (value->choices != NULL));
    g_assert_false(option->required && option->fallback != NULL);
    if (option->fallback != NULL)
      g_assert_true(value_parse(value, option->fallback, &number, NULL));
  }
}

static void test_options(void) {
  for_each_command(check_options);
}

static void check_arguments(const CommandEntry *entry) {
  for (const ArgumentRow *argument = entry->command->arguments; argument != NULL && argument->value.label != NULL; argument++) {
    bool last = argument[1].value.label == NULL;
    g_assert_true(last || argument->arity == ARITY_ONE);
    g_assert_true((argument->value.kind == VALUE_CHOICE) == (argument->value.choices != NULL));
    g_assert_true(entry->command->commands == NULL);
  }
}

static void test_arguments(void) {
  for_each_command(check_arguments);
}

/* The words of the drover in an example, without what the shell does around it. */
static char **example_words(const char *line) {
  const char *begin = strstr(line, "drover");
  g_assert_nonnull(begin);
  g_auto(GStrv) words = NULL;
  if (!g_shell_parse_argv(begin, NULL, &words, NULL))
    g_error("the example \"%s\" is not what a shell takes", line);
  GPtrArray *own = g_ptr_array_new();
  for (char **word = words; *word != NULL && strcmp(*word, "|") != 0 && strcmp(*word, ">") != 0; word++) {
    if (strstr(line, "<(") != NULL && g_str_has_suffix(*word, ")"))
      (*word)[strlen(*word) - 1] = '\0';
    g_ptr_array_add(own, g_strdup(*word));
  }
  g_ptr_array_add(own, NULL);
  return (char **)g_ptr_array_free(own, FALSE);
}

static void check_examples(const CommandEntry *entry) {
  for (const ExampleRow *example = entry->command->examples; example->line != NULL; example++) {
    g_auto(GStrv) words = example_words(example->line);
    g_autoptr(GError) error = NULL;
    g_autoptr(Invocation) invocation = command_line_parse(&command_root, (const char *const *)words, &error);
    if (invocation == NULL)
      g_error("the example \"%s\" of %s is refused: %s", example->line, entry->path, error->message);
  }
}

static void test_examples(void) {
  for_each_command(check_examples);
}

static void test_hidden(void) {
  g_autofree char *help = help_text(&command_root, &command_root, "drover", false), *page = reference_commands(&command_root);
  g_autofree char *bash = completion_bash(&command_root), *zsh = completion_zsh(&command_root), *fish = completion_fish(&command_root);
  const char *const texts[] = {help, page, bash, zsh, fish};
  for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
    g_assert_null(strstr(texts[i], "exit-status")); /* a word that only the hidden command has */
}

/* ---- completion --------------------------------------------------------------------------------------------------------- */

static char *run_with_input(const char *const *argv, const char *input) {
  g_autoptr(GError) error = NULL;
  char *output = process_output(&(ProcessSpec){.argv = argv, .input = input, .input_size = strlen(input), .deadline_ms = 60000}, &error);
  g_assert_no_error(error);
  return output;
}

static void test_bash_parses(void) {
  g_autofree char *script = completion_bash(&command_root);
  g_autofree char *output = run_with_input((const char *const[]){"bash", "-n", NULL}, script);
  g_assert_cmpstr(output, ==, "");
}

typedef struct {
  const char *claim;
  const char *words; /* the last is the one being typed */
  const char *offers;
} BashCase;

static const BashCase bash_cases[] = {
  {"commands", "drover rollb", "rollback"},
  {"commands below a command", "drover secret ''", "set list remove"},
  {"behind a global option with a value", "drover --data ship secret s", "set"},
  {"behind a global option with an equals sign", "drover --data = ship secret s", "set"},
  {"options of the command", "drover ship --wa", "--wait"},
  {"global options", "drover ship --qui", "--quiet"},
  {"--json only where it is taken", "drover completion --js", ""},
  {"choices of an argument", "drover completion f", "fish"},
  {"commands for help", "drover help rollb", "rollback"},
  {"nothing for text", "drover ship --env ''", ""},
  {"a value that is a command's name is no command", "drover status --project secret ''", ""},
};

static void test_bash(gconstpointer data) {
  const BashCase *row = data;
  g_autofree char *script = completion_bash(&command_root);
  g_autofree char *input =
    g_strdup_printf("%s\nCOMP_WORDS=(%s)\nCOMP_CWORD=$((${#COMP_WORDS[@]} - 1))\n_drover\necho \"${COMPREPLY[*]}\"\n", script, row->words);
  g_autofree char *output = run_with_input((const char *const[]){"bash", "--norc", NULL}, input);
  g_assert_cmpstr(output, ==, row->offers);
}

/* No shell but bash is certain to be there: of the other two scripts every command and option must at least be told. */
static void check_scripts(const CommandEntry *entry) {
  if (entry->command->hidden)
    return;
  g_autofree char *zsh = completion_zsh(&command_root), *fish = completion_fish(&command_root);
  g_autofree char *rule = g_strdup_printf("__drover_at \"%s\"", completion_key(&command_root, entry)),
                  *function = g_strdup_printf("_%s() {", entry->path);
  g_strdelimit(function + 1, " -", '_');
  function[strlen(function) - 2] = ' ';
  g_assert_nonnull(strstr(zsh, function));
  g_assert_nonnull(strstr(fish, rule));
  for (const OptionRow *option = entry->command->options; option != NULL && option->name != NULL; option++) {
    g_autofree char *zsh_name = g_strdup_printf("--%s", option->name), *fish_name = g_strdup_printf("-l %s", option->name);
    g_assert_nonnull(strstr(zsh, zsh_name));
    g_assert_nonnull(strstr(fish, fish_name));
  }
}

static void test_scripts(void) {
  for_each_command(check_scripts);
}

static void test_quotes(void) {
  g_autoptr(GString) script = g_string_new("printf %s ");
  completion_quote(script, "it's $HOME `x` \\ \"y\"");
  g_autofree char *output = run_with_input((const char *const[]){"bash", "--norc", NULL}, script->str);
  g_assert_cmpstr(output, ==, "it's $HOME `x` \\ \"y\"");
}

/* ---- pages -------------------------------------------------------------------------------------------------------------- */

static void test_man(void) {
  g_autofree char *page = reference_man(&command_root), *groff = g_find_program_in_path("groff");
  g_auto(GStrv) lines = g_strsplit(page, "\n", -1);
  static const char *const requests[] = {".\\\"", ".TH ", ".SH ", ".SS ", ".PP", ".TP", ".B ", ".I "};
  for (char **line = lines; *line != NULL; line++) {
    bool known = (*line)[0] != '.' && (*line)[0] != '\'';
    for (size_t i = 0; i < G_N_ELEMENTS(requests); i++)
      known |= g_str_has_prefix(*line, requests[i]);
    if (!known)
      g_error("a line of the man page begins a request by accident: %s", *line);
  }
  if (groff == NULL)
    return;
  g_auto(ProcessResult) result = {0};
  ProcessSpec spec = {.argv = (const char *const[]){groff, "-man", "-ww", "-z", "-Tutf8", "-Kutf8", NULL}, .input = page, .input_size = strlen(page)};
  g_assert_true(process_run(&spec, &result, NULL));
  g_assert_cmpint(result.exit_status, ==, 0);
  g_assert_cmpstr(result.err, ==, "");
}

typedef struct {
  const char *claim;
  const char *file;
  const char *how;
  char *(*make)(void);
} PageCase;

static char *make_commands(void) {
  return reference_commands(&command_root);
}

static const PageCase pages[] = {
  {"commands.md is what the table makes", "commands.md", "markdown", make_commands},
  {"exit-status.md is what the table makes", "exit-status.md", "exit-status", reference_exit_status},
  {"rules.md is what the table makes", "rules.md", "rules", lint_rules_reference},
};

static void test_page(gconstpointer data) {
  const PageCase *row = data;
  g_autoptr(GError) error = NULL;
  g_autofree char *path = g_test_build_filename(G_TEST_DIST, "docs", "reference", row->file, NULL), *made = row->make();
  g_autofree char *kept = fs_read(path, (size_t)1 << 22, NULL, &error);
  g_assert_no_error(error);
  if (strcmp(made, kept) != 0)
    g_error("%s is out of date: drover docs %s > docs/reference/%s", row->file, row->how, row->file);
}

static void test_every_error_is_told(void) {
  for (DroverError code = 0; code < DROVER_ERROR_COUNT; code++)
    g_assert_nonnull(reference_error_says(code));
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/cli/commands/each has a summary, an example and words for its rows", test_words);
  g_test_add_func("/cli/commands/each has its help", test_help);
  g_test_add_func("/cli/commands/options have names, letters and defaults that fit", test_options);
  g_test_add_func("/cli/commands/only the last argument may be missing or repeat", test_arguments);
  g_test_add_func("/cli/commands/every example is accepted by the parser", test_examples);
  g_test_add_func("/cli/commands/hidden ones are shown nowhere", test_hidden);
  g_test_add_func("/cli/completion/bash reads the script", test_bash_parses);
  g_test_add_func("/cli/completion/zsh and fish know every command and option", test_scripts);
  g_test_add_func("/cli/completion/quoted text is what it was", test_quotes);
  g_test_add_func("/cli/reference/the man page has no accidental request and no warning", test_man);
  g_test_add_func("/cli/reference/every kind of error is told", test_every_error_is_told);
  for (size_t i = 0; i < G_N_ELEMENTS(bash_cases); i++) {
    g_autofree char *path = g_strdup_printf("/cli/completion/bash offers %s", bash_cases[i].claim);
    g_test_add_data_func(path, &bash_cases[i], test_bash);
  }
  for (size_t i = 0; i < G_N_ELEMENTS(pages); i++) {
    g_autofree char *path = g_strdup_printf("/cli/reference/%s", pages[i].claim);
    g_test_add_data_func(path, &pages[i], test_page);
  }
  return g_test_run();
}
