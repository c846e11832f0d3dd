#include "lint/script/shell_list.h"

#include <string.h>

static const struct {
  const char *word;
  enum { KEYWORD_GOES_ON, KEYWORD_OPENS, KEYWORD_CLOSES } effect;
  ShellCompoundKind kind;
  ShellExpect expect;
} keywords[] = {
  {"!", KEYWORD_GOES_ON, 0, EXPECT_COMMAND},
  {"time", KEYWORD_GOES_ON, 0, EXPECT_COMMAND},
  {"coproc", KEYWORD_GOES_ON, 0, EXPECT_COMMAND},
  {"then", KEYWORD_GOES_ON, 0, EXPECT_COMMAND},
  {"elif", KEYWORD_GOES_ON, 0, EXPECT_COMMAND},
  {"else", KEYWORD_GOES_ON, 0, EXPECT_COMMAND},
  {"do", KEYWORD_GOES_ON, 0, EXPECT_COMMAND},
  {"function", KEYWORD_GOES_ON, 0, EXPECT_NAME},
  {"{", KEYWORD_OPENS, COMPOUND_GROUP, EXPECT_COMMAND},
  {"if", KEYWORD_OPENS, COMPOUND_IF, EXPECT_COMMAND},
  {"while", KEYWORD_OPENS, COMPOUND_LOOP, EXPECT_COMMAND},
  {"until", KEYWORD_OPENS, COMPOUND_LOOP, EXPECT_COMMAND},
  {"for", KEYWORD_OPENS, COMPOUND_LOOP, EXPECT_HEADER},
  {"select", KEYWORD_OPENS, COMPOUND_LOOP, EXPECT_HEADER},
  {"case", KEYWORD_OPENS, COMPOUND_CASE, EXPECT_CASE},
  {"}", KEYWORD_CLOSES, COMPOUND_GROUP, EXPECT_NOTHING},
  {"fi", KEYWORD_CLOSES, COMPOUND_IF, EXPECT_NOTHING},
  {"done", KEYWORD_CLOSES, COMPOUND_LOOP, EXPECT_NOTHING},
  {"esac", KEYWORD_CLOSES, COMPOUND_CASE, EXPECT_NOTHING},
};

void shell_compound_open(ShellList *list, ShellCompoundKind kind, size_t start) {
  ShellCompound compound = {.kind = kind, .start = start};
  compound.deeper = kind == COMPOUND_SUBSHELL || list->function;
  list->parser->depth += compound.deeper;
  list->function = false;
  list->counts[kind]++;
  g_array_append_val(list->open, compound);
}

bool shell_compound_close(ShellList *list, ShellCompoundKind kind, size_t end) {
  while (list->counts[kind] > 0) {
    list->closed = g_array_index(list->open, ShellCompound, list->open->len - 1);
    g_array_set_size(list->open, list->open->len - 1);
    list->counts[list->closed.kind]--;
    list->parser->depth -= list->closed.deeper;
    list->closed.end = end;
    if (list->closed.kind == kind)
      return true;
  }
  return false;
}

ShellCommand *shell_command_begin(ShellList *list, size_t start) {
  if (list->command != NULL)
    return list->command;
  ShellCommand *command = g_new0(ShellCommand, 1);
  command->compound = list->expect == EXPECT_NOTHING;
  command->start = command->compound ? list->closed.start : start;
  command->end = command->compound ? list->closed.end : start;
  command->depth = list->parser->depth;
  command->assignments = g_array_new(FALSE, FALSE, sizeof(ShellWord));
  command->words = g_array_new(FALSE, FALSE, sizeof(ShellWord));
  command->redirections = g_array_new(FALSE, FALSE, sizeof(ShellRedirection));
  g_ptr_array_insert(list->parser->script->commands, (int)list->mark, command);
  return list->command = command;
}

void shell_command_end(ShellList *list, ShellOperator next) {
  if (list->expect == EXPECT_PATTERN || list->expect == EXPECT_CASE || list->expect == EXPECT_NAME)
    return;
  if (list->expect == EXPECT_NOTHING && next == SHELL_PIPE)
    shell_command_begin(list, list->parser->at);
  if (list->command != NULL)
    list->command->next = next;
  list->command = NULL;
  list->expect = EXPECT_COMMAND;
}

void shell_word_add(ShellList *list, const ShellWord *word, bool assignment) {
  ShellCommand *command = shell_command_begin(list, word->start);
  command->end = word->end;
  g_array_append_vals(assignment ? command->assignments : command->words, word, 1);
}

bool shell_keyword_take(ShellList *list, const ShellWord *word) {
  ShellParser *parser = list->parser;
  size_t i = 0;
  while (i < G_N_ELEMENTS(keywords) && (word->flags != 0 || strcmp(word->text, keywords[i].word) != 0))
    i++;
  if (i == G_N_ELEMENTS(keywords))
    return false;
  if (keywords[i].effect == KEYWORD_CLOSES && list->counts[keywords[i].kind] == 0)
    return false;
  shell_command_end(list, SHELL_SEMICOLON);
  if (keywords[i].effect == KEYWORD_OPENS)
    shell_compound_open(list, keywords[i].kind, word->start);
  else if (keywords[i].effect == KEYWORD_CLOSES)
    shell_compound_close(list, keywords[i].kind, word->end);
  list->expect = keywords[i].expect;
  list->header_words = 0;
  if (strcmp(word->text, "time") == 0) {
    shell_blanks_skip(parser);
    if (shell_peek(parser, 0) == '-' && shell_peek(parser, 1) == 'p' && strchr(" \t", shell_peek(parser, 2)) != NULL)
      parser->at += 2;
  }
  return true;
}
