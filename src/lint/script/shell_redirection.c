#include "lint/script/shell_internal.h"

#include <string.h>

typedef struct {
  ShellCommand *command;
  guint redirection;
} Heredoc;

/* What the shell expands in the body of a here-document. */
static unsigned body_flags(const char *text, size_t start, size_t end, bool quoted) {
  unsigned flags = 0;
  for (size_t i = start; i < end; i++) {
    char next = i + 1 < end ? text[i + 1] : '\0';
    if (text[i] == '$' && next == '{' && i + 2 < end && text[i + 2] == '{')
      flags |= SHELL_EXPRESSION;
    else if (quoted)
      continue;
    else if (text[i] == '\\')
      i++;
    else if (text[i] == '`' || (text[i] == '$' && next == '('))
      flags |= SHELL_COMMAND;
    else if (text[i] == '$' && (g_ascii_isalnum(next) || next == '_' || next == '{'))
      flags |= SHELL_VARIABLE;
  }
  return flags;
}

static void body_read(ShellParser *parser, ShellRedirection *redirection) {
  const char *delimiter = redirection->target.text;
  size_t delimiter_length = strlen(delimiter);
  redirection->body_start = redirection->body_end = parser->at;
  while (parser->at < parser->end) {
    const char *line = parser->text + parser->at, *newline = memchr(line, '\n', parser->end - parser->at);
    size_t length = newline != NULL ? (size_t)(newline - line) : parser->end - parser->at, skipped = 0;
    parser->at += length + (newline != NULL);
    while (redirection->operation[2] == '-' && skipped < length && line[skipped] == '\t')
      skipped++;
    size_t bare = length > skipped && line[length - 1] == '\r' ? length - 1 : length;
    if (bare - skipped == delimiter_length && memcmp(line + skipped, delimiter, delimiter_length) == 0)
      break;
    redirection->body_end = parser->at;
  }
  bool quoted = (redirection->target.flags & (SHELL_ESCAPED | SHELL_SINGLE_QUOTED | SHELL_DOUBLE_QUOTED)) != 0;
  redirection->body_flags = body_flags(parser->text, redirection->body_start, redirection->body_end, quoted);
}

GArray *shell_heredocs_new(void) {
  return g_array_new(FALSE, FALSE, sizeof(Heredoc));
}

void shell_heredoc_await(ShellParser *parser, ShellCommand *command, guint redirection) {
  const char *operation = shell_redirection(command, redirection)->operation;
  Heredoc heredoc = {command, redirection};
  if (strcmp(operation, "<<") == 0 || strcmp(operation, "<<-") == 0)
    g_array_append_val(parser->heredocs, heredoc);
}

void shell_heredocs_read(ShellParser *parser) {
  for (guint i = 0; i < parser->heredocs->len; i++) {
    const Heredoc *heredoc = &g_array_index(parser->heredocs, Heredoc, i);
    body_read(parser, &g_array_index(heredoc->command->redirections, ShellRedirection, heredoc->redirection));
  }
  g_array_set_size(parser->heredocs, 0);
}

ShellRedirection shell_redirection_read(ShellParser *parser, int fd) {
  static const char *const operations[] = {"<<<", "<<-", "&>>", "<<", ">>", ">|", "<>", ">&", "<&", "&>", "<", ">"}; /* longest first */
  ShellRedirection redirection = {.fd = fd};
  size_t left = parser->end - parser->at;
  for (size_t i = 0, size; i < G_N_ELEMENTS(operations) && redirection.operation[0] == '\0'; i++)
    if ((size = strlen(operations[i])) <= left && memcmp(parser->text + parser->at, operations[i], size) == 0)
      memcpy(redirection.operation, operations[i], size);
  parser->at += strlen(redirection.operation);
  shell_blanks_skip(parser);
  redirection.target = shell_word_read(parser);
  return redirection;
}
