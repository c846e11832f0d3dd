/* How a line is read as a workflow command, in both forms. */
#include "runner/output/command.h"

#include <string.h>

static const struct {
  const char *claim;
  const char *line;
  const char *name; /* NULL: no command */
  const char *data;
  const char *property, *value;
} commands[] = {
  {"no-properties", "::error::bad", "error", "bad", "file", ""},
  {"properties", "::error file=a.py,line=1::bad", "error", "bad", "line", "1"},
  {"escapes", "::error file=a%2Cb%3A%25,line=1::bad%0Aworse%25", "error", "bad\nworse%", "file", "a,b:%"},
  {"escapes-are-in-upper-case", "::error::a%0ab", "error", "a%0ab", "file", ""},
  {"an-escaped-escape", "::error::%250A%0D", "error", "%0A\r", "file", ""},
  {"colon-and-comma-only-in-properties", "::warning::%3A stays in data%2C", "warning", "%3A stays in data%2C", "file", ""},
  {"blanks-before", "   ::notice::led by blanks\r", "notice", "led by blanks", "file", ""},
  {"name-in-lower-case", "::SET-OUTPUT name=x::a::b", "set-output", "a::b", "name", "x"},
  {"key-in-lower-case", "::error endLine=7::x", "error", "x", "endline", "7"},
  {"no-data", "::group::", "group", "", "file", ""},
  {"blanks-in-data-stay", "::group:: a ", "group", " a ", "file", ""},
  {"blanks-belong-to-the-key", "::debug  file = x ::y", "debug", "y", "file ", " x"},
  {"an-empty-value-is-none", "::a b=::y", "a", "y", "b", ""},
  {"an-empty-key-is-none", "::a =b::y", "a", "y", "b", ""},
  {"a-value-with-equals", "::a b=c=d::y", "a", "y", "b", "c=d"},
  {"the-last-of-a-key-wins", "::a b=1,b=2::y", "a", "y", "b", "2"},
  {"text-before", "text ::error::x", NULL, NULL, NULL, NULL},
  {"a-blank-name", ":: ::x", NULL, NULL, NULL, NULL},
  {"an-empty-name", "::::", NULL, NULL, NULL, NULL},
  {"no-end", "::error", NULL, NULL, NULL, NULL},
  {"an-empty-line", "", NULL, NULL, NULL, NULL},
  {"bracket", "##[error]bad", "error", "bad", "file", ""},
  {"bracket-properties", "##[error file=a.py;line=1]bad", "error", "bad", "line", "1"},
  {"bracket-escapes", "##[a b=%3B%5D%25%2C]%5D%0A", "a", "]\n", "b", ";]%%2C"},
  {"bracket-behind-text", "some text ##[group]x", "group", "x", "file", ""},
  {"bracket-no-end", "##[error", NULL, NULL, NULL, NULL},
  {"bracket-empty-name", "##[]x", NULL, NULL, NULL, NULL},
  {"bracket-blank-name", "##[ a=b]x", NULL, NULL, NULL, NULL},
  {"only-the-first-bracket", "##[ ]x##[group]y", NULL, NULL, NULL, NULL},
};

static void test_parse(const void *data) {
  size_t i = GPOINTER_TO_SIZE(data);
  g_auto(Command) command = {0};
  const char *line = commands[i].line;
  bool is = strstr(line, "##[") != NULL ? command_parse_bracket(line, strlen(line), &command) : command_parse(line, strlen(line), &command);
  g_assert_true(is == (commands[i].name != NULL));
  if (!is)
    return;
  g_assert_cmpstr(command.name, ==, commands[i].name);
  g_assert_cmpstr(command.data, ==, commands[i].data);
  g_assert_cmpstr(command_property(&command, commands[i].property), ==, commands[i].value);
}

static void test_nul(void) {
  g_auto(Command) command = {0};
  g_assert_false(command_parse("::\0::x::", 8, &command));
  g_assert_false(command_parse_bracket("##[\0error]", 10, &command));
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  for (size_t i = 0; i < G_N_ELEMENTS(commands); i++) {
    g_autofree char *path = g_strconcat("/runner/command/", commands[i].claim, NULL);
    g_test_add_data_func(path, GSIZE_TO_POINTER(i), test_parse);
  }
  g_test_add_func("/runner/command/a-NUL-ends-it", test_nul);
  return g_test_run();
}
