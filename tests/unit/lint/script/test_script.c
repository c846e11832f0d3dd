/* Shells by name, expressions in scripts, and places. */
#include "lint/script/script.h"

#include <glib.h>
#include <string.h>

typedef struct {
  const char *shell;
  ScriptShell want;
} NameCase;

static const NameCase name_cases[] = {
  {"bash", SCRIPT_BASH},
  {"bash --noprofile -e {0}", SCRIPT_BASH},
  {"/usr/bin/bash", SCRIPT_BASH},
  {"C:\\git\\bash.exe {0}", SCRIPT_BASH},
  {"sh", SCRIPT_SH},
  {"pwsh", SCRIPT_POWERSHELL},
  {"powershell", SCRIPT_POWERSHELL},
  {"cmd", SCRIPT_CMD},
  {"python3 {0}", SCRIPT_PYTHON},
  {"perl {0}", SCRIPT_OTHER},
  {"bashful", SCRIPT_OTHER},
  {".exe", SCRIPT_OTHER},
  {"", SCRIPT_OTHER},
};

static void test_names(void) {
  for (size_t i = 0; i < G_N_ELEMENTS(name_cases); i++)
    g_assert_cmpint(script_shell_named(name_cases[i].shell), ==, name_cases[i].want);
  g_assert_true(script_shell_is_posix(SCRIPT_BASH) && script_shell_is_posix(SCRIPT_ZSH));
  g_assert_false(script_shell_is_posix(SCRIPT_OTHER) || script_shell_is_posix(SCRIPT_POWERSHELL));
}

typedef struct {
  const char *claim;
  const char *text;
  const char *plain;
} HideCase;

static const HideCase hide_cases[] = {
  {"nothing", "", ""},
  {"no-expression", "a $b {{ c }}", "a $b {{ c }}"},
  {"an-expression", "a ${{ b }} c", "a ________ c"},
  {"several", "${{a}}${{b}}", "____________"},
  {"characters-not-bytes", "${{ \303\251 }}", "________"},
  {"newlines-stay", "${{ a\n}}", "_____\n__"},
  {"the-end-in-a-text", "${{ '}}' }} a", "___________ a"},
  {"an-unpaired-quote", "${{ ' }} a", "________ a"},
  {"without-an-end", "${{ a } \303\251", "${{ a } \303\251"},
  {"not-utf-8", "a\377\303 b", "a?? b"},
};

static void test_hide(const void *data) {
  const HideCase *row = data;
  g_autofree char *copy = g_memdup2(row->text, MAX(strlen(row->text), 1));
  g_autofree char *plain = script_without_expressions(copy, strlen(row->text));
  g_assert_cmpstr(plain, ==, row->plain);
}

static void test_nul(void) {
  g_autofree char *plain = script_without_expressions("a\0b", 3);
  g_assert_cmpstr(plain, ==, "a?b");
}

typedef struct {
  unsigned line, column;
  size_t offset;
} PlaceCase;

static void test_offset(void) {
  const char *text = "ab\n\t\303\251c\n\nd";
  static const PlaceCase cases[] = {
    {1, 1, 0}, {1, 2, 1}, {1, 3, 2}, {1, 9, 2}, {2, 1, 3},  {2, 2, 4},  {2, 3, 6},    {2, 4, 7},
    {2, 9, 7}, {3, 1, 8}, {3, 2, 8}, {4, 1, 9}, {4, 5, 10}, {5, 1, 10}, {99, 99, 10},
  };
  for (size_t i = 0; i < G_N_ELEMENTS(cases); i++)
    g_assert_cmpuint(script_offset(text, strlen(text), cases[i].line, cases[i].column), ==, cases[i].offset);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/lint/script/script/names", test_names);
  for (size_t i = 0; i < G_N_ELEMENTS(hide_cases); i++) {
    g_autofree char *path = g_strconcat("/lint/script/script/hide/", hide_cases[i].claim, NULL);
    g_test_add_data_func(path, &hide_cases[i], test_hide);
  }
  g_test_add_func("/lint/script/script/hide/nul", test_nul);
  g_test_add_func("/lint/script/script/offset", test_offset);
  return g_test_run();
}
