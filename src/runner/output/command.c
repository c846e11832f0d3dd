#include "runner/output/command.h"

#include <string.h>

static const struct {
  const char *escape;
  char character;
  bool property_only;
} escapes[] = {{"%0D", '\r', false}, {"%0A", '\n', false}, {"%25", '%', false}, {"%3A", ':', true}, {"%2C", ',', true}};

static char *unescape(const char *text, size_t length, bool property) {
  GString *result = g_string_sized_new(length);
  for (size_t at = 0; at < length;) {
    size_t i = 0;
    while (i < G_N_ELEMENTS(escapes) &&
           !((property || !escapes[i].property_only) && length - at >= 3 && g_ascii_strncasecmp(text + at, escapes[i].escape, 3) == 0))
      i++;
    g_string_append_c(result, i < G_N_ELEMENTS(escapes) ? escapes[i].character : text[at]);
    at += i < G_N_ELEMENTS(escapes) ? 3 : 1;
  }
  return g_string_free(result, FALSE);
}

static GHashTable *parse_properties(const char *text) {
  GHashTable *properties = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
  g_auto(GStrv) parts = g_strsplit(text, ",", -1);
  for (char **part = parts; *part != NULL; part++) {
    const char *equals = strchr(*part, '=');
    if (equals == NULL || equals[1] == '\0')
      continue;
    g_autofree char *name = g_strndup(*part, (size_t)(equals - *part));
    g_hash_table_replace(properties, g_ascii_strdown(g_strstrip(name), -1), unescape(equals + 1, strlen(equals + 1), true));
  }
  return properties;
}

bool command_parse(const char *line, size_t length, Command *command) {
  while (length > 0 && g_ascii_isspace(*line))
    line++, length--;
  while (length > 0 && (line[length - 1] == '\r' || line[length - 1] == '\n'))
    length--;
  if (length < 5 || memcmp(line, "::", 2) != 0)
    return false;
  g_autofree char *text = g_strndup(line, length); /* stops at a NUL byte, which no command holds */
  char *end = strstr(text + 2, "::");
  if (end == NULL)
    return false;
  *end = '\0';
  g_strstrip(text + 2);
  char *space = strchr(text + 2, ' ');
  if (space != NULL)
    *space = '\0';
  if (text[2] == '\0')
    return false;
  *command = (Command){
    .name = g_ascii_strdown(text + 2, -1),
    .properties = parse_properties(space != NULL ? space + 1 : ""),
    .data = unescape(end + 2, strlen(end + 2), false),
  };
  return true;
}

void command_clear(Command *command) {
  g_clear_pointer(&command->name, g_free);
  g_clear_pointer(&command->properties, g_hash_table_unref);
  g_clear_pointer(&command->data, g_free);
}

const char *command_property(const Command *command, const char *name) {
  const char *value = g_hash_table_lookup(command->properties, name);
  return value != NULL ? value : "";
}
