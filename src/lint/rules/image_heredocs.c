#include "lint/rules/image_commands.h"

#include <string.h>

/* The word behind `keyword` at the start of a line, without quotes; `end` is behind it. NULL when the line is another. */
static const char *word_behind(const char *line, const char *keyword, const char **end) {
  size_t length = strlen(keyword);
  line += strspn(line, " \t-");
  if (g_ascii_strncasecmp(line, keyword, length) != 0 || !strchr(" \t", line[length]))
    return NULL;
  line += length;
  line += strspn(line, " \t");
  while (g_str_has_prefix(line, "--")) { /* FROM --platform=... */
    line += strcspn(line, " \t\n");
    line += strspn(line, " \t");
  }
  line += strspn(line, "\"'");
  *end = line + strcspn(line, " \t\r\n\"'#");
  return *end > line ? line : NULL;
}

/* The names that earlier stages of a Dockerfile have: `FROM x AS name`. */
static void note_stage(GHashTable *stages, const char *rest) {
  const char *end;
  const char *name = word_behind(rest, "AS", &end);
  if (name != NULL)
    g_hash_table_add(stages, g_ascii_strdown(name, end - name));
}

static bool is_stage(GHashTable *stages, const char *name) {
  g_autofree char *lower = g_ascii_strdown(name, -1);
  return g_hash_table_contains(stages, lower);
}

static void read_body(const char *text, size_t offset, size_t end, ImageFound found, void *user) {
  g_autofree char *body = g_strndup(text + offset, end - offset);
  g_autoptr(GHashTable) stages = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  for (const char *line = body; *line != '\0'; line += strcspn(line, "\n"), line += *line == '\n') {
    const char *word_end;
    const char *from = word_behind(line, "FROM", &word_end);
    const char *word = from != NULL ? from : word_behind(line, "image:", &word_end);
    if (word == NULL)
      continue;
    g_autofree char *name = g_strndup(word, (size_t)(word_end - word));
    size_t start = offset + (size_t)(word - body);
    if (from == NULL || !is_stage(stages, name))
      found(name, false, start, start + strlen(name), from != NULL ? "built on" : "run", user);
    if (from != NULL)
      note_stage(stages, word_end);
  }
}

void heredoc_images(const ShellCommand *command, const char *text, ImageFound found, void *user) {
  for (guint i = 0; i < command->redirections->len; i++) {
    const ShellRedirection *redirection = shell_redirection(command, i);
    if (redirection->body_end > redirection->body_start)
      read_body(text, redirection->body_start, redirection->body_end, found, user);
  }
}
