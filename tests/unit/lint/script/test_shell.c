/* The commands of shell scripts, and what rules ask about them. */
#include "lint/script/shell.h"

#include <string.h>

/* A script as text: "DEPTH: ASSIGNMENTS WORDS REDIRECTIONS OPERATOR" of each command, words as text and, behind a `^`, the letters of
 * their flags. */
static const char flag_letters[] = "esdvcx";
static const char *const operators[] = {"", "\\n", ";", "&&", "||", "|", "&"};

static void add_word(GString *out, const ShellWord *word) {
  g_string_append(out, word->text);
  for (unsigned i = 0; i < 6; i++)
    if ((word->flags & (1u << i)) != 0)
      g_string_append_printf(out, "%s%c", (word->flags & ((1u << i) - 1)) == 0 ? "^" : "", flag_letters[i]);
  g_string_append_c(out, ' ');
}

static char *describe(const char *text, const ShellScript *script) {
  GString *out = g_string_new(NULL);
  for (guint i = 0; i < script->commands->len; i++) {
    const ShellCommand *command = shell_command(script, i);
    if (i > 0)
      g_string_append(out, " / ");
    if (command->depth > 0)
      g_string_append_printf(out, "%u: ", command->depth);
    if (command->compound)
      g_string_append_printf(out, "@%zu ", command->start);
    for (guint n = 0; n < command->assignments->len; n++)
      add_word(out, &g_array_index(command->assignments, ShellWord, n));
    for (guint n = 0; n < command->words->len; n++)
      add_word(out, shell_word(command, n));
    for (guint n = 0; n < command->redirections->len; n++) {
      const ShellRedirection *redirection = shell_redirection(command, n);
      if (redirection->fd >= 0)
        g_string_append_printf(out, "%d", redirection->fd);
      g_string_append(out, redirection->operation);
      add_word(out, &redirection->target);
      if (redirection->body_end > redirection->body_start)
        g_string_append_printf(out, "{%.*s} ", (int)(redirection->body_end - redirection->body_start), text + redirection->body_start);
    }
    g_string_append(out, operators[command->next]);
    g_strchomp(out->str);
    out->len = strlen(out->str);
  }
  return g_string_free(out, FALSE);
}

typedef struct {
  const char *claim;
  const char *script;
  const char *commands;
} ParseCase;

static const ParseCase parse_cases[] = {
  {"nothing", "", ""},
  {"blank-lines-and-comments", "\n  \n# echo a\n\n", ""},
  {"words", "echo a  b", "echo a b"},
  {"operators", "a && b || c | d; e & f\ng", "a && / b || / c | / d ; / e & / f \\n / g"},
  {"both-streams-into-a-pipe", "a |& b", "a | / b"},
  {"a-comment-behind-a-command", "a # b\nc#d", "a \\n / c#d"},
  {"a-line-that-goes-on", "docker \\\n  pull \\\n  a\\\nb", "docker pull ab"},
  {"windows-line-ends", "a\r\nb\r\n", "a \\n / b \\n"},
  {"single-quotes", "echo 'a $b' x'y'z", "echo a $b^s xyz^s"},
  {"ansi-quotes", "echo $'a\\n\\'b'", "echo a\n'b^s"},
  {"double-quotes", "echo \"a \\\"b\\\" \\c\"", "echo a \"b\" \\c^ed"},
  {"an-escape", "echo \\$a \\;", "echo $a^e ;^e"},
  {"variables", "echo $a ${b} \"$c\" $1 $? $", "echo $a^v ${b}^v $c^dv $1^v $?^v $"},
  {"a-default-value", "echo ${a:-\"x } y\"} z", "echo ${a:-\"x } y\"}^v z"},
  {"a-command-in-a-default-value", "echo ${a:-$(b)}", "echo ${a:-$(b)}^vc / 1: b"},
  {"a-substitution", "echo $(cat a; b) c", "echo $(cat a; b)^c c / 1: cat a ; / 1: b"},
  {"a-substitution-in-quotes", "echo \"x$(echo \"y\")z\" w", "echo x$(echo \"y\")z^dc w / 1: echo y^d"},
  {"backticks", "echo `a b` c", "echo `a b`^c c / 1: a b"},
  {"nested-substitutions", "a $(b $(c))", "a $(b $(c))^c / 1: b $(c)^c / 2: c"},
  {"a-process-substitution", "diff <(a) >(b)", "diff <(a)^c >(b)^c / 1: a / 1: b"},
  {"arithmetic-is-a-variable", "echo $((1 + (2))) $((a<b)) x", "echo $((1 + (2)))^v $((a<b))^v x"},
  {"an-arithmetic-command-is-none", "((i++)) && a", "a"},
  {"an-expression-is-opaque", "echo ${{ github.event['a b'] }}x y", "echo ${{ github.event['a b'] }}x^x y"},
  {"an-expression-in-double-quotes", "echo \"${{ format('{0}\"', a) }}\" y", "echo ${{ format('{0}\"', a) }}^dx y"},
  {"an-expression-in-single-quotes", "echo '${{ join('a', b) }}' y", "echo ${{ join('a', b) }}^sx y"},
  {"an-expression-with-its-end-in-a-text", "echo ${{ '}}' }} y", "echo ${{ '}}' }}^x y"},
  {"an-expression-without-an-end", "echo ${{ a", "echo ${{ a^v"},
  {"assignments", "A=1 B+=2 c D=3", "A=1 B+=2 c D=3"},
  {"an-assignment-alone", "A=\"$(b)\"\nc", "A=$(b)^dc \\n / 1: b / c"},
  {"an-array", "a=(x 'y z' $(b)) c", "a=(x 'y z' $(b))^c c / 1: b"},
  {"redirections", "a >b 2>&1 < c >> \"$GITHUB_ENV\" &>d", "a >b 2>&1 <c >>$GITHUB_ENV^dv &>d"},
  {"a-redirection-without-blanks", "echo $foo>>$GITHUB_ENV", "echo $foo^v >>$GITHUB_ENV^v"},
  {"a-number-in-a-word-is-no-descriptor", "echo a2>b 2 >c", "echo a2 2 >b >c"},
  {"a-here-document", "cat <<EOF >f\na $b\nEOF\nc", "cat <<EOF {a $b\n} >f \\n / c"},
  {"a-quoted-delimiter", "cat <<'E F'\n$(x)\nE F\nc", "cat <<E F^s {$(x)\n} \\n / c"},
  {"a-here-document-with-tabs", "cat <<-E\n\ta\n\tE\nc", "cat <<-E {\ta\n} \\n / c"},
  {"a-delimiter-must-stand-alone", "cat <<E\n E\nE x\nE\nc", "cat <<E { E\nE x\n} \\n / c"},
  {"two-here-documents", "a <<X <<Y\n1\nX\n2\nY\nb", "a <<X {1\n} <<Y {2\n} \\n / b"},
  {"a-here-document-without-an-end", "a <<X\n1\n2", "a <<X {1\n2} \\n"},
  {"a-here-document-in-a-substitution", "a \"$(cat <<X\n)\nX\n)\" b", "a $(cat <<X\n)\nX\n)^dc b / 1: cat <<X {)\n} \\n"},
  {"a-here-string", "a <<< \"b c\"", "a <<<b c^d"},
  {"if", "if a; then b; elif c; then d; else e; fi; f", "a ; / b ; / c ; / d ; / e ; / f"},
  {"a-loop-over-words", "for x in a $(b); do c; done", "1: b / c ;"},
  {"a-loop-over-arguments", "for x do c; done", "c ;"},
  {"a-loop-that-counts", "for ((i=0; i<3; i++)); do a; done\nfor ((;;)) do b; done", "a ; / b ;"},
  {"while-reads", "a | while read -r x; do b; done > c", "a | / read -r x ; / b ; / @4 >c"},
  {"a-pipe-behind-blanks", "{ a; }  | b", "a ; / @0 | / b"},
  {"a-loop-into-a-pipe", "until a; do b; done | c", "a ; / b ; / @0 | / c"},
  {"keywords-as-arguments", "echo if then { done", "echo if then { done"},
  {"a-quoted-keyword-is-a-command", "\"if\" a", "if^d a"},
  {"a-negation-and-a-time", "! a; time -p b", "a ; / b"},
  {"case", "case $x in a|b) c;; (d) e ;; *) f; esac; g", "c ; / e ; / f ; / g"},
  {"a-case-in-a-substitution", "x $(case a in a) b;; esac) y", "x $(case a in a) b;; esac)^c y / 1: b ;"},
  {"a-case-in-a-case", "case a in b) case c in d) e;; esac;; f) g;; esac\nh", "e ; / g ; / h"},
  {"an-empty-case", "case a in esac\nb", "b"},
  {"a-subshell", "(a; b) > c", "1: a ; / 1: b ; / @0 >c"},
  {"a-group", "{ a; b; } >> \"$F\" 2>&1 && c", "a ; / b ; / @0 >>$F^dv 2>&1 && / c"},
  {"a-brace-word-is-no-group", "echo {a,b} }", "echo {a,b} }"},
  {"a-function", "f() { a; }\nf", "1: a ; / f"},
  {"a-function-by-keyword", "function f { a; }; g () ( b ); c", "1: a ; / 1: b ; / c"},
  {"a-test", "[[ $a =~ ^(x|y)$ && -n b ]] && c", "[[ $a^v =~ ^ ( x | y ) $ && -n b ]] && / c"},
  {"a-test-over-lines", "[[ a ||\n b ]]\nc", "[[ a || b ]] \\n / c"},
  {"a-pattern-with-parentheses", "rm @(a|b) x!(c|d)", "rm @(a|b) x!(c|d)"},
  {"a-quote-without-an-end", "echo 'a b", "echo a b^s"},
  {"a-substitution-without-an-end", "echo $(a b", "echo $(a b^c / 1: a b"},
  {"stray-ends", "); fi; done } a", "fi ; / done } a"},
};

static void test_parse(const void *data) {
  const ParseCase *row = data;
  g_autofree char *copy = g_memdup2(row->script, MAX(strlen(row->script), 1)); /* without a NUL behind it */
  g_autoptr(ShellScript) script = shell_parse(copy, strlen(row->script));
  g_autofree char *found = describe(copy, script);
  g_assert_cmpstr(found, ==, row->commands);
}

static void test_ranges(void) {
  const char *text = "x; A=1 echo \"a b\" >>\"$F\" # c\n";
  g_autoptr(ShellScript) script = shell_parse(text, strlen(text));
  const ShellCommand *command = shell_command(script, 1);
  g_autofree char *whole = g_strndup(text + command->start, command->end - command->start);
  g_assert_cmpstr(whole, ==, "A=1 echo \"a b\" >>\"$F\"");
  const ShellWord *word = shell_word(command, 1);
  g_autofree char *quoted = g_strndup(text + word->start, word->end - word->start);
  g_assert_cmpstr(quoted, ==, "\"a b\"");
  g_assert_cmpuint(shell_redirection(command, 0)->target.end, ==, command->end);
}

/* Nesting and size: each would take minutes or the whole stack if it were not linear and bounded. */
static void test_hostile(const void *data) {
  const char *piece = data;
  GString *text = g_string_new("echo ");
  while (text->len < 300000)
    g_string_append(text, piece);
  g_autoptr(GTimer) timer = g_timer_new();
  g_autoptr(ShellScript) script = shell_parse(text->str, text->len);
  g_assert_cmpfloat(g_timer_elapsed(timer, NULL), <, 5);
  for (guint i = 0; i < script->commands->len; i++)
    g_assert_cmpuint(shell_command(script, i)->end, <=, text->len);
  g_string_free(text, TRUE);
}

static const char *const hostile[] = {"$(",  "\"$(", "${a:-",      "`",   "${{ ", "$((",  "(",  "{ ",     "<<A ",  "'",        "${{ ' }}",
                                      "a=(", "[[ ",  "case x in ", "if ", ";;",   "<(",   "\\", "f() { ", "$'",    "\"`$(",    "<<A\n",
                                      "{ (", ")",    "fi;",        "((",  "@(",   "[[ <", "a[", "`\\`",   "${{}}", "\"${x:-\""};

typedef struct {
  const char *claim;
  const char *script;
  const char *name; /* NULL: none */
  guint first_argument;
} NameCase;

static const NameCase name_cases[] = {
  {"a-program", "docker pull x", "docker", 1},
  {"a-program-with-its-folder", "/usr/bin/docker pull x", "docker", 1},
  {"nothing-but-an-assignment", "A=b", NULL, 0},
  {"out-of-a-variable", "$DOCKER pull x", NULL, 0},
  {"sudo", "sudo docker pull x", "docker", 2},
  {"sudo-with-options", "sudo -E -u root -- docker pull x", "docker", 6},
  {"sudo-with-an-assignment", "sudo A=b docker pull", "docker", 3},
  {"sudo-that-lists", "sudo -l docker", "sudo", 1},
  {"env", "env -u A B=c docker", "docker", 5},
  {"env-alone", "env", "env", 1},
  {"command", "command docker pull", "docker", 2},
  {"command-that-looks-up", "command -v docker", "command", 1},
  {"exec", "exec -a x docker", "docker", 4},
  {"the-program-time", "/usr/bin/time -v -o f docker", "docker", 5},
  {"xargs", "xargs -n 1 -I{} docker pull {}", "docker", 5},
  {"xargs-alone", "xargs", "xargs", 1},
  {"timeout", "timeout -k 5 60 docker", "docker", 5},
  {"several", "sudo env A=b nice -n 5 docker", "docker", 7},
  {"a-variable-behind-a-prefix", "sudo $X pull", NULL, 0},
};

static void test_name(const void *data) {
  const NameCase *row = data;
  g_autoptr(ShellScript) script = shell_parse(row->script, strlen(row->script));
  guint first = 0;
  g_assert_cmpstr(shell_command_name(shell_command(script, 0), &first), ==, row->name);
  g_assert_cmpuint(first, ==, row->first_argument);
}

typedef struct {
  const char *claim;
  const char *script;
  const char *value;
  guint at;
} OptionCase;

static const OptionCase option_cases[] = {
  {"absent", "docker build .", NULL, 0},
  {"short", "docker build -t a .", "a", 3},
  {"short-in-one-word", "docker build -ta .", "a", 2},
  {"long", "docker build --tag a .", "a", 3},
  {"long-in-one-word", "docker build --tag=a", "a", 2},
  {"longer-name", "docker build --tags a .", NULL, 0},
  {"without-a-value", "docker build -t", NULL, 0},
  {"behind-the-options", "docker build -- -t a", NULL, 0},
  {"empty", "docker build --tag=", "", 2},
};

static void test_option(const void *data) {
  const OptionCase *row = data;
  g_autoptr(ShellScript) script = shell_parse(row->script, strlen(row->script));
  guint at = 0;
  g_assert_cmpstr(shell_option(shell_command(script, 0), 2, "-t", "--tag", &at), ==, row->value);
  g_assert_cmpuint(at, ==, row->at);
}

static void test_repeated_option(void) {
  const char *text = "docker build -t a --tag=b -t c .";
  g_autoptr(ShellScript) script = shell_parse(text, strlen(text));
  const ShellCommand *command = shell_command(script, 0);
  g_autoptr(GString) all = g_string_new(NULL);
  const char *value;
  for (guint at = 1; (value = shell_option(command, at + 1, "-t", "--tag", &at)) != NULL;)
    g_string_append(all, value);
  g_assert_cmpstr(all->str, ==, "abc");
}

static void test_operand(void) {
  static const char *const valued[] = {"--platform", NULL};
  const char *text = "docker pull -q --platform linux/arm64 --x=y image; docker pull -q; docker pull -- image";
  g_autoptr(ShellScript) script = shell_parse(text, strlen(text));
  g_assert_cmpuint(shell_operand(shell_command(script, 0), 2, valued), ==, 6);
  g_assert_cmpuint(shell_operand(shell_command(script, 0), 2, NULL), ==, 4);
  g_assert_cmpuint(shell_operand(shell_command(script, 1), 2, valued), ==, 3);
  g_assert_cmpuint(shell_operand(shell_command(script, 2), 2, valued), ==, 3);
}

typedef struct {
  const char *claim;
  const char *word;
  bool is_variable;
} VariableCase;

static const VariableCase variable_cases[] = {
  {"plain", "$GITHUB_ENV", true},
  {"braces", "${GITHUB_ENV}", true},
  {"quoted", "\"$GITHUB_ENV\"", true},
  {"quoted-braces", "\"${GITHUB_ENV}\"", true},
  {"with-a-default", "${GITHUB_ENV:-/dev/null}", true},
  {"single-quoted", "'$GITHUB_ENV'", false},
  {"escaped", "\\$GITHUB_ENV", false},
  {"longer", "$GITHUB_ENVX", false},
  {"longer-in-braces", "${GITHUB_ENVX}", false},
  {"shorter", "$GITHUB_", false},
  {"no-variable", "GITHUB_ENV", false},
  {"a-part", "$GITHUB_ENV.x", false},
  {"two", "${GITHUB_ENV}${X}", false},
};

static void test_variable(const void *data) {
  const VariableCase *row = data;
  g_autofree char *text = g_strconcat("echo ", row->word, NULL);
  g_autoptr(ShellScript) script = shell_parse(text, strlen(text));
  g_assert_cmpint(shell_word_is_variable(shell_word(shell_command(script, 0), 1), "GITHUB_ENV"), ==, row->is_variable);
}

static void test_words(void) {
  const char *text = "A=1 AB=2 A=$3 'echo' \"$x\" '$x'";
  g_autoptr(ShellScript) script = shell_parse(text, strlen(text));
  const ShellCommand *command = shell_command(script, 0);
  g_assert_true(shell_word_is(shell_word(command, 0), "echo"));
  g_assert_false(shell_word_is(shell_word(command, 1), "$x"));
  g_assert_true(shell_word_is(shell_word(command, 2), "$x"));
  g_assert_cmpstr(shell_assigned(command, "A"), ==, "$3");
  g_assert_cmpstr(shell_assigned(command, "AB"), ==, "2");
  g_assert_null(shell_assigned(command, "B"));
}

static void test_body_flags(void) {
  const char *text = "a <<X <<'Y' <<Z\n$a `b` \\$c\nX\n$(a) ${{ b }}\nY\n\\$x $(y)\nZ\n";
  g_autoptr(ShellScript) script = shell_parse(text, strlen(text));
  const ShellCommand *command = shell_command(script, 0);
  g_assert_cmpuint(shell_redirection(command, 0)->body_flags, ==, SHELL_VARIABLE | SHELL_COMMAND);
  g_assert_cmpuint(shell_redirection(command, 1)->body_flags, ==, SHELL_EXPRESSION);
  g_assert_cmpuint(shell_redirection(command, 2)->body_flags, ==, SHELL_COMMAND);
}

#define ADD_ROWS(folder, rows, test)                                                                                                                 \
  for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {                                                                                                  \
    g_autofree char *path = g_strconcat("/lint/script/shell/" folder "/", rows[i].claim, NULL);                                                      \
    g_test_add_data_func(path, &rows[i], test);                                                                                                      \
  }

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  ADD_ROWS("parse", parse_cases, test_parse);
  ADD_ROWS("name", name_cases, test_name);
  ADD_ROWS("option", option_cases, test_option);
  ADD_ROWS("variable", variable_cases, test_variable);
  for (size_t i = 0; i < G_N_ELEMENTS(hostile); i++) {
    g_autofree char *path = g_strdup_printf("/lint/script/shell/hostile/%zu", i);
    g_test_add_data_func(path, hostile[i], test_hostile);
  }
  g_test_add_func("/lint/script/shell/ranges", test_ranges);
  g_test_add_func("/lint/script/shell/option-repeated", test_repeated_option);
  g_test_add_func("/lint/script/shell/operand", test_operand);
  g_test_add_func("/lint/script/shell/words", test_words);
  g_test_add_func("/lint/script/shell/body-flags", test_body_flags);
  return g_test_run();
}
