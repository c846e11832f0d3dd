/* Scripts that complete drover's command line in a shell, made from the table: nothing of drover runs while one types. Pure;
 * all transfer full. */
#pragma once

#include "cli/command.h"

char *completion_bash(const Command *root);
char *completion_zsh(const Command *root);
char *completion_fish(const Command *root);

/* The words behind "drover" that lead to `entry`: "secret set", "" for drover itself. Points into its path. */
const char *completion_key(const Command *root, const CommandEntry *entry);

/* `text` in single quotes, as bash and zsh (and with backslashes escaped, fish) read it. Appends to `script`. */
void completion_quote(GString *script, const char *text);
