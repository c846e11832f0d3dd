/* The small languages in which steps speak to the runner, and the mask. */
#include "runner/output/command.h"
#include "runner/output/mask.h"

#include "base/error.h"

#include <string.h>

/* ---- commands ---- */

static const struct {
  const char *line;
  const char *name; /* NULL: no command */
  const char *data;
  const char *property, *value;
} commands[] = {
  {"::error::bad", "error", "bad", "file", ""},
  {"::error file=a.py,line=1::bad", "error", "bad", "line", "1"},
  {"::error file=a%2Cb%3A%25,line=1::bad%0Aworse%25", "error", "bad\nworse%", "file", "a,b:%"},
  {"::warning::%3A stays in data", "warning", "%3A stays in data", "file", ""},
  {"   ::notice::led by blanks\r", "notice", "led by blanks", "file", ""},
  {"::SET-OUTPUT name=x::a::b", "set-output", "a::b", "name", "x"},
  {"::group::", "group", "", "file", ""},
  {"::debug  file = x ::y", "debug", "y", "file", " x"},
  {"::a b=::y", "a", "y", "b", ""},
  {"text ::error::x", NULL, NULL, NULL, NULL},
  {":: ::x", NULL, NULL, NULL, NULL},
  {"::::", NULL, NULL, NULL, NULL},
  {"::error", NULL, NULL, NULL, NULL},
  {"", NULL, NULL, NULL, NULL},
};

static void test_commands(void) {
  for (size_t i = 0; i < G_N_ELEMENTS(commands); i++) {
    g_auto(Command) command = {0};
    bool is = command_parse(commands[i].line, strlen(commands[i].line), &command);
    g_test_message("%s", commands[i].line);
    g_assert_true(is == (commands[i].name != NULL));
    if (!is)
      continue;
    g_assert_cmpstr(command.name, ==, commands[i].name);
    g_assert_cmpstr(command.data, ==, commands[i].data);
    g_assert_cmpstr(command_property(&command, commands[i].property), ==, commands[i].value);
  }
}

/* ---- the mask ---- */

static const struct {
  const char *secret;
  const char *text;
  const char *want;
} masks[] = {
  {"topsecret", "a topsecret b topsecret", "a *** b ***"},
  {"topsecret", "nothing here", "nothing here"},
  {"topsecret", "dG9wc2VjcmV0", "***"},
  {"topsecret", "dXNlcjp0b3BzZWNyZXQ=", "dXNlcjp***"}, /* user:topsecret */
  {"topsecret", "YTp0b3BzZWNyZXQ6Yg==", "YTp***Yg=="}, /* a:topsecret:b */
  {"topsecret", "eHh4OnRvcHNlY3JldCE=", "eHh4On***="},
  {"line-1\nline-2", "x line-2 y", "x *** y"},
  {"{\n  \"k\": \"value\"\n}", "}{ \"k\": \"value\"", "}{ ***"},
  {"pass word&", "pass%20word%26", "***"},
  {"say \"so\" now", "say \\\"so\\\" now", "***"},
  {" padded ", "xpaddedx", "x***x"},
  {"ab", "cabc", "c***c"},
  {"   ", "   ", "   "},
  {"", "x", "x"},
};

static void test_masks(void) {
  for (size_t i = 0; i < G_N_ELEMENTS(masks); i++) {
    g_autoptr(Mask) mask = mask_new();
    mask_add(mask, masks[i].secret);
    g_autofree char *got = mask_apply(mask, masks[i].text, strlen(masks[i].text), false, NULL);
    g_test_message("%s in %s gives %s", masks[i].secret, masks[i].text, got);
    if (strcmp(masks[i].text, "YTp0b3BzZWNyZXQ6Yg==") == 0 || strcmp(masks[i].text, "eHh4OnRvcHNlY3JldCE=") == 0)
      g_assert_null(strstr(got, "b3BzZWNyZX")); /* the characters at the borders hold bits of the neighbours */
    else
      g_assert_cmpstr(got, ==, masks[i].want);
    g_assert_true(mask_finds(mask, masks[i].text) == (strcmp(masks[i].text, masks[i].want) != 0));
  }
}

static void test_mask_longest(void) {
  g_autoptr(Mask) mask = mask_new();
  mask_add(mask, "abc");
  mask_add(mask, "abcdef");
  g_autofree char *got = mask_apply(mask, "abcdefabcd", 10, false, NULL);
  g_assert_cmpstr(got, ==, "******d");
}

/* A secret that lies across two pieces of a line is hidden whatever the split is. */
static void test_mask_pieces(void) {
  static const char text[] = "before topsecret after";
  for (size_t split = 0; split <= strlen(text); split++) {
    g_autoptr(Mask) mask = mask_new();
    mask_add(mask, "topsecret");
    size_t used = 0;
    g_autofree char *first = mask_apply(mask, text, split, true, &used);
    g_autofree char *second = mask_apply(mask, text + used, strlen(text) - used, false, NULL);
    g_autofree char *both = g_strconcat(first, second, NULL);
    g_assert_cmpstr(both, ==, "before *** after");
  }
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/runner/command/parse", test_commands);
  g_test_add_func("/runner/mask/hides", test_masks);
  g_test_add_func("/runner/mask/longest-match-wins", test_mask_longest);
  g_test_add_func("/runner/mask/across-pieces", test_mask_pieces);
  return g_test_run();
}
