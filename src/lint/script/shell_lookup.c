#include "lint/script/shell.h"

#include <string.h>

/* Programs that run another one, which their arguments name. */
static const struct {
  const char *name;
  const char *valued[13]; /* options whose value is the next word */
  guint operands;         /* words before the program */
  const char *looks_up;   /* letters of options with which it runs nothing */
} prefixes[] = {
  {"sudo", {"-u", "-g", "-h", "-p", "-C", "-D", "-R", "-T", "-U", "--user", "--group", "--chdir"}, 0, "lvV"},
  {"doas", {"-u", "-C"}, 0, ""},
  {"env", {"-u", "-C", "-S", "--unset", "--chdir"}, 0, ""},
  {"command", {NULL}, 0, "vV"},
  {"builtin", {NULL}, 0, ""},
  {"exec", {"-a"}, 0, ""},
  {"time", {"-f", "-o", "--format", "--output"}, 0, ""},
  {"nice", {"-n", "--adjustment"}, 0, ""},
  {"nohup", {NULL}, 0, ""},
  {"setsid", {NULL}, 0, ""},
  {"stdbuf", {"-i", "-o", "-e", "--input", "--output", "--error"}, 0, ""},
  {"timeout", {"-k", "-s", "--kill-after", "--signal"}, 1, ""},
  {"xargs", {"-a", "-d", "-E", "-I", "-L", "-n", "-P", "-s", "--arg-file", "--delimiter", "--max-args", "--max-procs"}, 0, ""},
};

static bool is_option(const ShellWord *word) {
  return word->text[0] == '-' && word->text[1] != '\0';
}

static const char *base_name(const char *path) {
  const char *slash = strrchr(path, '/');
  return slash != NULL ? slash + 1 : path;
}

guint shell_operand(const ShellCommand *command, guint from, const char *const *valued) {
  guint count = command->words->len;
  for (guint i = from; i < count; i++) {
    const ShellWord *word = shell_word(command, i);
    if (strcmp(word->text, "--") == 0)
      return MIN(i + 1, count);
    if (!is_option(word))
      return i;
    if (valued != NULL && g_strv_contains(valued, word->text))
      i++;
  }
  return count;
}

static bool runs_nothing(const ShellCommand *command, guint from, guint to, const char *letters) {
  for (guint i = from; i < to; i++) {
    const char *text = shell_word(command, i)->text;
    if (text[0] == '-' && text[1] != '-' && text[1 + strcspn(text + 1, letters)] != '\0')
      return true;
  }
  return false;
}

/* The index of the program that `prefix` runs. */
static guint behind_prefix(const ShellCommand *command, guint at, size_t prefix) {
  guint count = command->words->len;
  guint next = shell_operand(command, at + 1, prefixes[prefix].valued);
  while (next < count && strchr(shell_word(command, next)->text, '=') != NULL && g_ascii_isalpha(shell_word(command, next)->text[0]))
    next++; /* sudo and env take assignments; no other program's name has a `=` */
  if (*prefixes[prefix].looks_up != '\0' && runs_nothing(command, at + 1, next, prefixes[prefix].looks_up))
    return count;
  return MIN(next + prefixes[prefix].operands, count);
}

const char *shell_command_name(const ShellCommand *command, guint *first_argument) {
  guint at = 0;
  while (at < command->words->len) {
    const ShellWord *word = shell_word(command, at);
    const char *name = base_name(word->text);
    if ((word->flags & SHELL_EXPANDED) != 0)
      return NULL;
    size_t prefix = 0;
    while (prefix < G_N_ELEMENTS(prefixes) && strcmp(prefixes[prefix].name, name) != 0)
      prefix++;
    guint next = prefix < G_N_ELEMENTS(prefixes) ? behind_prefix(command, at, prefix) : command->words->len;
    if (next == command->words->len) {
      if (first_argument != NULL)
        *first_argument = at + 1;
      return name;
    }
    at = next;
  }
  return NULL;
}

/* The value of `name` in `word`: "" where it is the next word, NULL where the word is another. */
static const char *value_inside(const char *word, const char *name) {
  size_t length = name != NULL ? strlen(name) : 0;
  if (length == 0 || strncmp(word, name, length) != 0)
    return NULL;
  if (word[length] == '\0')
    return "";
  if (name[1] == '-')
    return word[length] == '=' ? word + length + 1 : NULL;
  return word + length + (word[length] == '=');
}

const char *shell_option(const ShellCommand *command, guint from, const char *short_name, const char *long_name, guint *at) {
  for (guint i = from; i < command->words->len; i++) {
    const char *text = shell_word(command, i)->text;
    if (strcmp(text, "--") == 0)
      return NULL;
    const char *value = value_inside(text, short_name);
    const char *name = value != NULL ? short_name : long_name;
    if (value == NULL)
      value = value_inside(text, long_name);
    if (value == NULL)
      continue;
    if (strcmp(text, name) == 0) {
      if (++i == command->words->len)
        return NULL;
      value = shell_word(command, i)->text;
    }
    if (at != NULL)
      *at = i;
    return value;
  }
  return NULL;
}
