#include "runner/output/command.h"

#include <string.h>

typedef struct {
  const char *escape;
  char character;
} Escape;

static const Escape data_escapes[] = {{"%0D", '\r'}, {"%0A", '\n'}, {"%25", '%'}, {0}};
static const Escape property_escapes[] = {{"%0D", '\r'}, {"%0A", '\n'}, {"%25", '%'}, {"%3A", ':'}, {"%2C", ','}, {0}};
static const Escape bracket_escapes[] = {{"%0D", '\r'}, {"%0A", '\n'}, {"%25", '%'}, {"%3B", ';'}, {"%5D", ']'}, {0}};

/* The two forms: what lies between the name and the data. */
typedef struct {
  char separator;
  const Escape *of_properties, *of_data;
} Syntax;

static const Syntax colons = {',', property_escapes, data_escapes}, brackets = {';', bracket_escapes, bracket_escapes};

static char *unescape(const char *text, const Escape *escapes) {
  GString *result = g_string_new(NULL);
  while (*text != '\0') {
    const Escape *row = escapes;
    while (row->escape != NULL && strncmp(text, row->escape, strlen(row->escape)) != 0)
      row++;
    g_string_append_c(result, row->escape != NULL ? row->character : *text);
    text += row->escape != NULL ? strlen(row->escape) : 1;
  }
  return g_string_free(result, FALSE);
}

static GHashTable *parse_properties(const char *text, const Syntax *syntax) {
  GHashTable *properties = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
  g_auto(GStrv) parts = g_strsplit(text, (const char[]){syntax->separator, '\0'}, -1);
  for (char **part = parts; *part != NULL; part++) {
    const char *name = *part + strspn(*part, "=");
    size_t length = strcspn(name, "=");
    const char *value = name + length + strspn(name + length, "=");
    if (length > 0 && *value != '\0')
      g_hash_table_replace(properties, g_ascii_strdown(name, (gssize)length), unescape(value, syntax->of_properties));
  }
  return properties;
}

/* `head` is what stands before the data: the name and, behind a blank, the properties. */
static bool fill(char *head, const char *data, const Syntax *syntax, Command *command) {
  char *space = strchr(head, ' ');
  if (space != NULL)
    *space = '\0';
  if (*head == '\0')
    return false;
  *command = (Command){
    .name = g_ascii_strdown(head, -1),
    .properties = parse_properties(space == NULL       ? ""
                                   : syntax == &colons ? g_strstrip(space + 1)
                                                       : space + 1,
                                   syntax),
    .data = unescape(data, syntax->of_data),
  };
  return true;
}

/* A copy of the line without its end; it stops at a NUL byte, which no command holds. */
static char *copy_line(const char *line, size_t length) {
  while (length > 0 && (line[length - 1] == '\r' || line[length - 1] == '\n'))
    length--;
  return g_strndup(line, length);
}

bool command_parse(const char *line, size_t length, Command *command) {
  while (length > 0 && g_ascii_isspace(*line))
    line++, length--;
  if (length < 5 || memcmp(line, "::", 2) != 0)
    return false;
  g_autofree char *text = copy_line(line, length);
  char *end = strlen(text) > 2 ? strstr(text + 2, "::") : NULL;
  if (end == NULL)
    return false;
  *end = '\0';
  return fill(text + 2, end + 2, &colons, command);
}

bool command_parse_bracket(const char *line, size_t length, Command *command) {
  const char *start = memmem(line, length, "##[", 3);
  if (start == NULL)
    return false;
  g_autofree char *text = copy_line(start, length - (size_t)(start - line));
  char *end = strchr(text, ']');
  if (end == NULL)
    return false;
  *end = '\0';
  return fill(text + 3, end + 1, &brackets, command);
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
