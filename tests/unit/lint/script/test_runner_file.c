/* Writes to the runner's files, in each family of shells. */
#include "lint/script/runner_file.h"

#include <string.h>

typedef struct {
  const char *claim;
  ScriptShell shell;
  const char *script;
  const char *writes; /* "VARIABLE COMMAND TARGET [VALUE] [VALUE] fixed", one behind the other, with "; " between */
} Case;

static const Case cases[] = {
  {"no-write", SCRIPT_BASH, "echo a >> b", ""},
  {"append", SCRIPT_BASH, "echo $foo >> $GITHUB_ENV", "GITHUB_ENV - $GITHUB_ENV [$foo]"},
  {"fixed", SCRIPT_BASH, "echo 'a=b' \"c\" >>\"${GITHUB_OUTPUT}\"", "GITHUB_OUTPUT - \"${GITHUB_OUTPUT}\" ['a=b'] [\"c\"] fixed"},
  {"an-expression-counts-as-fixed", SCRIPT_SH, "echo \"a=${{ b }}\" >> $GITHUB_PATH", "GITHUB_PATH - $GITHUB_PATH [\"a=${{ b }}\"] fixed"},
  {"options-are-not-written", SCRIPT_BASH, "echo -e a > $GITHUB_ENV", "GITHUB_ENV - $GITHUB_ENV [a] fixed"},
  {"what-a-program-prints-is-not-known", SCRIPT_BASH, "tool 'a' >> $GITHUB_ENV", "GITHUB_ENV - $GITHUB_ENV"},
  {"a-substitution", SCRIPT_BASH, "echo a=$(b) >> $GITHUB_ENV", "GITHUB_ENV - $GITHUB_ENV [a=$(b)]"},
  {"tee", SCRIPT_BASH, "echo $x | sudo tee -a \"$GITHUB_ENV\" >/dev/null", "GITHUB_ENV - \"$GITHUB_ENV\" [$x]"},
  {"tee-behind-a-substitution", SCRIPT_BASH, "echo a$(b) | tee $GITHUB_ENV", "GITHUB_ENV - $GITHUB_ENV [a$(b)]"},
  {"tee-without-a-pipe", SCRIPT_BASH, "echo a; tee $GITHUB_ENV", "GITHUB_ENV - $GITHUB_ENV"},
  {"a-here-document", SCRIPT_BASH, "cat <<'E' >> $GITHUB_ENV\na=$b\nE\n", "GITHUB_ENV - $GITHUB_ENV [a=$b\n] fixed"},
  {"a-here-document-that-expands", SCRIPT_BASH, "cat >> $GITHUB_ENV <<E\na=$b\nE\n", "GITHUB_ENV - $GITHUB_ENV [a=$b\n]"},
  {"a-group", SCRIPT_BASH, "x; { echo a; echo b; } >> $GITHUB_ENV", "GITHUB_ENV - $GITHUB_ENV [a] [b] fixed"},
  {"a-group-in-a-group", SCRIPT_BASH, "{ { echo a; } > x; echo b; } >> $GITHUB_ENV", "GITHUB_ENV - $GITHUB_ENV [b]"},
  {"a-group-with-a-program", SCRIPT_BASH, "{ echo a; tool; } >> $GITHUB_ENV", "GITHUB_ENV - $GITHUB_ENV [a]"},
  {"a-loop-into-tee", SCRIPT_BASH, "for i in 1; do echo $i; done | tee $GITHUB_ENV", "GITHUB_ENV - $GITHUB_ENV [$i]"},
  {"a-comment", SCRIPT_BASH, "echo $foo >> a # not $GITHUB_ENV", ""},
  {"not-the-variable", SCRIPT_BASH, "echo $foo >> GITHUB_ENV; echo $foo >> $GITHUB_ENVX; echo a >>'$GITHUB_ENV'", ""},
  {"reading", SCRIPT_BASH, "cat < $GITHUB_ENV", ""},
  {"set-output", SCRIPT_BASH, "echo \"::set-output name=x::$y\"",
   "GITHUB_OUTPUT set-output \"::set-output name=x::$y\" [\"::set-output name=x::$y\"]"},
  {"set-env-unquoted", SCRIPT_BASH, "echo ::set-env name=x::y", "GITHUB_ENV set-env ::set-env [::set-env] [name=x::y] fixed"},
  {"add-path", SCRIPT_BASH, "printf '::add-path::/x'", "GITHUB_PATH add-path '::add-path::/x' ['::add-path::/x'] fixed"},
  {"another-command", SCRIPT_BASH, "echo ::set-outputs::x; echo ::group::x; echo a ::set-env::", ""},
  {"python-is-not-known", SCRIPT_PYTHON, "echo a >> $GITHUB_ENV", ""},

  {"powershell-append", SCRIPT_POWERSHELL, "echo \"A=$a\" >> $env:GITHUB_ENV", "GITHUB_ENV - $env:GITHUB_ENV [\"A=$a\"]"},
  {"powershell-fixed", SCRIPT_POWERSHELL, "'a' > \"${ENV:github_env}\"", "GITHUB_ENV - \"${ENV:github_env}\" ['a'] fixed"},
  {"powershell-not-the-environment", SCRIPT_POWERSHELL, "a >> $GITHUB_ENV; a >> GITHUB_ENV; a >> '$env:GITHUB_ENV'", ""},
  {"powershell-a-program", SCRIPT_POWERSHELL, "foo >> $env:GITHUB_PATH", "GITHUB_PATH - $env:GITHUB_PATH [foo]"},
  {"powershell-a-comment", SCRIPT_POWERSHELL, "foo >> bar # >> $env:GITHUB_ENV\n<# a >> $env:GITHUB_ENV #>", ""},
  {"powershell-out-file", SCRIPT_POWERSHELL, "\"A=${{ b }}\" | Out-File -FilePath $env:GITHUB_ENV -Encoding utf8 -Append",
   "GITHUB_ENV - $env:GITHUB_ENV [\"A=${{ b }}\"] fixed"},
  {"powershell-out-file-on-the-next-line", SCRIPT_POWERSHELL, "Write-Output $a |\n  out-file `\n $Env:GitHub_Env",
   "GITHUB_ENV - $Env:GitHub_Env [$a]"},
  {"powershell-add-content", SCRIPT_POWERSHELL, "Add-Content -Path $env:GITHUB_ENV -Encoding utf8 -Value \"a=$b\"",
   "GITHUB_ENV - $env:GITHUB_ENV [\"a=$b\"]"},
  {"powershell-add-content-by-place", SCRIPT_POWERSHELL, "if ($x) { Add-Content $env:GITHUB_PATH 'a' }",
   "GITHUB_PATH - $env:GITHUB_PATH ['a'] fixed"},
  {"powershell-set-content-from-a-pipe", SCRIPT_POWERSHELL, "[Text]::Get(\"a`n$b\") |\nSet-Content -Path $Env:GITHUB_ENV -NoNewline",
   "GITHUB_ENV - $Env:GITHUB_ENV [[Text]::Get] [(] [\"a`n$b\"] [)]"},
  {"powershell-tee-object", SCRIPT_POWERSHELL, "echo a | Tee-Object -Append -FilePath \"${env:GITHUB_ENV}\"",
   "GITHUB_ENV - \"${env:GITHUB_ENV}\" [a] fixed"},
  {"powershell-two-lines", SCRIPT_POWERSHELL, "echo a >> $env:GITHUB_ENV\r\necho b >> $env:GITHUB_PATH\r\n",
   "GITHUB_ENV - $env:GITHUB_ENV [a] fixed; GITHUB_PATH - $env:GITHUB_PATH [b] fixed"},
  {"powershell-a-here-string", SCRIPT_POWERSHELL, "@\"\na \" $b\n\"@ >> $env:GITHUB_ENV", "GITHUB_ENV - $env:GITHUB_ENV [@\"\na \" $b\n\"@]"},
  {"powershell-quotes-in-a-subexpression", SCRIPT_POWERSHELL, "\"a$(f \"x y\")\" >> $env:GITHUB_ENV",
   "GITHUB_ENV - $env:GITHUB_ENV [\"a$(f \"x y\")\"]"},
  {"powershell-set-output", SCRIPT_POWERSHELL, "Write-Output \"::set-output name=x::$y\"",
   "GITHUB_OUTPUT set-output \"::set-output name=x::$y\" [\"::set-output name=x::$y\"]"},
  {"powershell-set-output-alone", SCRIPT_POWERSHELL, "'::save-state name=x::y'",
   "GITHUB_STATE save-state '::save-state name=x::y' ['::save-state name=x::y'] fixed"},

  {"batch-append", SCRIPT_CMD, "echo LIBRARY=%LIBRARY%>>%GITHUB_ENV%", "GITHUB_ENV - %GITHUB_ENV% [LIBRARY=%LIBRARY%]"},
  {"batch-quoted", SCRIPT_CMD, "@echo a=b >> \"%github_env%\"\r\n", "GITHUB_ENV - \"%github_env%\" [a=b] fixed"},
  {"batch-text-behind", SCRIPT_CMD, "echo>>\"%GITHUB_ENV%\" %%a=%%b", "GITHUB_ENV - \"%GITHUB_ENV%\" [%%a=%%b]"},
  {"batch-program", SCRIPT_CMD, "tool >> %GITHUB_PATH%", "GITHUB_PATH - %GITHUB_PATH%"},
  {"batch-comment", SCRIPT_CMD, "rem >> %GITHUB_ENV%\n:: echo >> %GITHUB_ENV%", ""},
  {"batch-two-commands", SCRIPT_CMD, "echo a>>%GITHUB_ENV% && echo b 2>&1 >>%GITHUB_PATH%",
   "GITHUB_ENV - %GITHUB_ENV% [a] fixed; GITHUB_PATH - %GITHUB_PATH% [b 2>&1] fixed"},
  {"batch-other-variable", SCRIPT_CMD, "echo a>>%GITHUB_ENVX% & echo a>>GITHUB_ENV & echo %GITHUB_ENV%", ""},
  {"batch-set-output", SCRIPT_CMD, "echo ::set-output name=x::%y%", "GITHUB_OUTPUT set-output ::set-output name=x::%y% [::set-output name=x::%y%]"},
};

static void test_case(const void *data) {
  const Case *row = data;
  g_autofree char *text = g_memdup2(row->script, strlen(row->script));
  g_autoptr(GPtrArray) writes = script_writes_runner_file(row->shell, text, strlen(row->script));
  g_autoptr(GString) found = g_string_new(NULL);
  for (guint i = 0; i < writes->len; i++) {
    const RunnerWrite *write = g_ptr_array_index(writes, i);
    g_string_append_printf(found, "%s%s %s %.*s", i > 0 ? "; " : "", write->variable, write->command != NULL ? write->command : "-",
                           (int)(write->target.end - write->target.start), text + write->target.start);
    for (guint n = 0; n < write->values->len; n++) {
      ScriptRange value = g_array_index(write->values, ScriptRange, n);
      g_string_append_printf(found, " [%.*s]", (int)(value.end - value.start), text + value.start);
    }
    g_string_append(found, write->fixed ? " fixed" : "");
    g_assert_cmpuint(write->range.start, <=, write->target.start);
    g_assert_cmpuint(write->range.end, >=, write->target.end);
  }
  g_assert_cmpstr(found->str, ==, row->writes);
}

static void test_hostile(void) {
  static const char *const pieces[] = {"echo a >>%GITHUB_ENV% ",
                                       "> ",
                                       ">%",
                                       "{ ",
                                       "{ echo a;} >>$GITHUB_ENV;",
                                       "tee $GITHUB_ENV ",
                                       ">>$env:GITHUB_ENV ",
                                       "\"$(",
                                       "@\"\n",
                                       "<#",
                                       "${{",
                                       "a | tee $GITHUB_ENV |",
                                       "echo ::set-env::a \"$(",
                                       "(ac $env:GITHUB_ENV ",
                                       "'",
                                       "`"};
  static const ScriptShell shells[] = {SCRIPT_BASH, SCRIPT_POWERSHELL, SCRIPT_CMD};
  for (size_t i = 0; i < G_N_ELEMENTS(pieces); i++) {
    g_autoptr(GString) text = g_string_new(NULL);
    while (text->len < 300000)
      g_string_append(text, pieces[i]);
    for (size_t shell = 0; shell < G_N_ELEMENTS(shells); shell++) {
      g_autoptr(GTimer) timer = g_timer_new();
      g_autoptr(GPtrArray) writes = script_writes_runner_file(shells[shell], text->str, text->len);
      g_assert_cmpuint(writes->len, <=, text->len);
      g_assert_cmpfloat(g_timer_elapsed(timer, NULL), <, 5);
    }
  }
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autofree char *path = g_strconcat("/lint/script/runner-file/", cases[i].claim, NULL);
    g_test_add_data_func(path, &cases[i], test_case);
  }
  g_test_add_func("/lint/script/runner-file/hostile", test_hostile);
  return g_test_run();
}
