/* Between shell_list.c, which reads commands, shell_word.c, which reads words, and shell_redirection.c. Private to this folder. */
#pragma once

#include "lint/script/shell.h"

typedef struct {
  const char *text;
  size_t at, end;
  unsigned nesting;    /* of constructs inside words; bounds the recursion */
  unsigned depth;      /* of commands */
  bool no_expressions; /* no `${{ }}` ends in the rest of the text: not searched again */
  ShellScript *script;
  GArray *heredocs; /* those whose bodies begin behind the next newline */
} ShellParser;

/* Reads commands up to the end; `nested`: or up to the `)` that closes a substitution, which is left unread. */
void shell_list_read(ShellParser *parser, bool nested);

/* Reads one word, which may be empty when a metacharacter stands there. */
ShellWord shell_word_read(ShellParser *parser);

/* Reads over `(...)`, quotes and substitutions in it understood: arithmetic and arrays. The parser stands at the parenthesis. */
void shell_parentheses_skip(ShellParser *parser);

/* Reads one word inside of `[[ ]]`, where operators are words; false at a newline or `;`. */
bool shell_test_word_read(ShellParser *parser, ShellWord *word);

/* Reads an operation of redirection and its target; the parser stands at the operation. */
ShellRedirection shell_redirection_read(ShellParser *parser, int fd);

/* Here-documents: a redirection that is one waits for its body, and all that wait are read at the start of a line. */
GArray *shell_heredocs_new(void);
void shell_heredoc_await(ShellParser *parser, ShellCommand *command, guint redirection);
void shell_heredocs_read(ShellParser *parser);

/* Blanks and lines that go on. */
void shell_blanks_skip(ShellParser *parser);

/* The character `ahead` bytes further, or NUL. */
static inline char shell_peek(const ShellParser *parser, size_t ahead) {
  return parser->end - parser->at > ahead ? parser->text[parser->at + ahead] : '\0';
}
