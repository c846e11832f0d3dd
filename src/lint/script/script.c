#include "lint/script/script.h"

#include <glib.h>
#include <string.h>

static const struct {
  const char *name;
  ScriptShell shell;
} shells[] = {
  {"bash", SCRIPT_BASH},
  {"sh", SCRIPT_SH},
  {"dash", SCRIPT_DASH},
  {"ksh", SCRIPT_KSH},
  {"zsh", SCRIPT_ZSH},
  {"pwsh", SCRIPT_POWERSHELL},
  {"powershell", SCRIPT_POWERSHELL},
  {"cmd", SCRIPT_CMD},
  {"python", SCRIPT_PYTHON},
  {"python3", SCRIPT_PYTHON},
};

ScriptShell script_shell_named(const char *shell) {
  shell += strspn(shell, " \t");
  const char *end = shell + strcspn(shell, " \t"), *name = end;
  while (name > shell && name[-1] != '/' && name[-1] != '\\')
    name--;
  size_t length = (size_t)(end - name);
  if (length > 4 && g_ascii_strncasecmp(end - 4, ".exe", 4) == 0)
    length -= 4;
  for (size_t i = 0; i < G_N_ELEMENTS(shells); i++)
    if (strlen(shells[i].name) == length && strncmp(shells[i].name, name, length) == 0)
      return shells[i].shell;
  return SCRIPT_OTHER;
}

bool script_shell_is_posix(ScriptShell shell) {
  return shell >= SCRIPT_BASH && shell <= SCRIPT_ZSH;
}

bool script_expression_at(const char *text, size_t length, size_t at, size_t *end) {
  if (length - at < 3 || memcmp(text + at, "${{", 3) != 0)
    return false;
  bool quoted = false;
  for (size_t i = at + 3; i < length; i++) {
    if (text[i] == '\'')
      quoted = !quoted;
    else if (!quoted && text[i] == '}' && i + 1 < length && text[i + 1] == '}') {
      *end = i + 2;
      return true;
    }
  }
  const char *close = memmem(text + at + 3, length - at - 3, "}}", 2); /* an unpaired quote: the nearest end is the likely one */
  if (close != NULL)
    *end = (size_t)(close - text) + 2;
  return close != NULL;
}

static size_t character_size(const char *text, size_t length, size_t at) {
  gunichar character = g_utf8_get_char_validated(text + at, (gssize)(length - at));
  if (text[at] == '\0' || character == (gunichar)-1 || character == (gunichar)-2)
    return 0;
  return (size_t)g_unichar_to_utf8(character, NULL);
}

char *script_without_expressions(const char *text, size_t length) {
  GString *plain = g_string_sized_new(length);
  size_t hidden_to = 0;
  bool more = true;
  for (size_t i = 0; i < length;) {
    if (more && i >= hidden_to && length - i >= 3 && memcmp(text + i, "${{", 3) == 0)
      more = script_expression_at(text, length, i, &hidden_to);
    size_t size = character_size(text, length, i);
    if (i < hidden_to && text[i] != '\n' && text[i] != '\r')
      g_string_append_c(plain, '_');
    else if (size == 0)
      g_string_append_c(plain, '?');
    else
      g_string_append_len(plain, text + i, (gssize)size);
    i += MAX(size, 1);
  }
  return g_string_free(plain, FALSE);
}

size_t script_offset(const char *text, size_t length, unsigned line, unsigned column) {
  size_t at = 0;
  for (; line > 1 && at < length; line--) {
    const char *newline = memchr(text + at, '\n', length - at);
    at = newline != NULL ? (size_t)(newline - text) + 1 : length;
  }
  for (; column > 1 && at < length && text[at] != '\n'; column--)
    at += MAX(character_size(text, length, at), 1);
  return at;
}
