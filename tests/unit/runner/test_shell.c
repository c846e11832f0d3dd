/* GitHub's command lines of shells. */
#include "runner/shell.h"

#include "base/error.h"

#include <string.h>

static const struct {
  const char *claim;
  const char *shell;
  const char *programs;  /* what is installed */
  const char *argv;      /* joined by "|"; NULL: an error */
  const char *extension; /* of the script's file */
  DroverError code;
} rows[] = {
  {"the-default-is-bash-without-pipefail", NULL, "bash sh", "bash|-e|/t/S", ".sh", 0},
  {"nothing-is-the-default", "", "bash sh", "bash|-e|/t/S", ".sh", 0},
  {"the-default-without-bash", NULL, "sh", "sh|-e|/t/S", ".sh", 0},
  {"the-default-without-any-shell", NULL, "perl", NULL, ".sh", DROVER_ERROR_MISSING},
  {"bash", "bash", "bash sh", "bash|--noprofile|--norc|-e|-o|pipefail|/t/S", ".sh", 0},
  {"bash-in-capitals", "BASH", "bash sh", "bash|--noprofile|--norc|-e|-o|pipefail|/t/S", ".sh", 0},
  {"bash-is-not-sh", "bash", "sh", NULL, ".sh", DROVER_ERROR_MISSING},
  {"sh", "sh", "sh", "sh|-e|/t/S", ".sh", 0},
  {"python", "python", "python python3", "python|/t/S", ".py", 0},
  {"python-of-debian", "python", "python3", "python3|/t/S", ".py", 0},
  {"no-python", "python", "sh", NULL, ".py", DROVER_ERROR_MISSING},
  {"powershell-core", "pwsh", "pwsh", "pwsh|-command|. '/t/S'", ".ps1", 0},
  {"powershell-core-is-not-there", "pwsh", "sh", NULL, ".ps1", DROVER_ERROR_MISSING},
  {"powershell-of-windows", "powershell", "powershell", NULL, "", DROVER_ERROR_INPUT},
  {"cmd-of-windows", "cmd", "cmd", NULL, "", DROVER_ERROR_INPUT},
  {"a-template-of-a-known-shell", "bash -l {0}", "bash", "bash|-l|/t/S", ".sh", 0},
  {"a-template-of-another-program", "perl {0}", "perl", "perl|/t/S", "", 0},
  {"the-script-twice-and-inside-a-word", "perl {0} --file={0}", "perl", "perl|/t/S|--file=/t/S", "", 0},
  {"quotes-keep-words-together", "perl \"a  b\" {0}", "perl", "perl|a  b|/t/S", "", 0},
  {"two-quotes-inside-quotes-are-one", "perl \"a\"\"b\" {0}", "perl", "perl|a\"b|/t/S", "", 0},
  {"a-backslash-counts-before-a-quote-only", "perl a\\\"b c\\\\d e\\\\\"f g\" {0}", "perl", "perl|a\"b|c\\\\d|e\\f g|/t/S", "", 0},
  {"a-single-quote-is-a-letter", "perl -x'a b' {0}", "perl", "perl|-x'a|b'|/t/S", "", 0},
  {"a-name-that-is-no-shell", "zsh", "zsh", NULL, "", DROVER_ERROR_INPUT},
  {"a-template-without-the-script", "bash -x", "bash", NULL, ".sh", DROVER_ERROR_INPUT},
};

static bool has(const char *program, void *programs) {
  g_auto(GStrv) known = g_strsplit(programs, " ", -1);
  return g_strv_contains((const char *const *)known, program);
}

static void test_argv(gconstpointer data) {
  size_t i = GPOINTER_TO_SIZE(data);
  g_autoptr(GError) error = NULL;
  g_auto(GStrv) argv = shell_argv(rows[i].shell, "/t/S", has, (void *)rows[i].programs, &error);
  g_autofree char *joined = argv != NULL ? g_strjoinv("|", argv) : NULL;
  g_assert_cmpstr(joined, ==, rows[i].argv);
  g_assert_cmpstr(shell_extension(rows[i].shell), ==, rows[i].extension);
  if (argv == NULL)
    g_assert_error(error, DROVER_ERROR, (int)rows[i].code);
}

static void test_scripts(void) {
  g_autofree char *plain = shell_script("bash", "a\r\nb\n"), *none = shell_script(NULL, "a");
  g_autofree char *power = shell_script("pwsh", "a\nb\n"), *template = shell_script("pwsh -File {0}", "x");
  g_assert_cmpstr(plain, ==, "a\r\nb\n");
  g_assert_cmpstr(none, ==, "a");
  g_assert_cmpstr(power, ==,
                  "$ErrorActionPreference = 'stop'\na\nb\n\n"
                  "if ((Test-Path -LiteralPath variable:\\LASTEXITCODE)) { exit $LASTEXITCODE }");
  g_assert_true(g_str_has_prefix(template, "$ErrorActionPreference = 'stop'\nx\n"));
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autofree char *path = g_strconcat("/runner/shell/argv/", rows[i].claim, NULL);
    g_test_add_data_func(path, GSIZE_TO_POINTER(i), test_argv);
  }
  g_test_add_func("/runner/shell/scripts", test_scripts);
  return g_test_run();
}
