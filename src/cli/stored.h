/* What the commands about caches and artifacts share. */
#pragma once

#include "cli/command.h"
#include "cli/table.h"
#include "results/results.h"

/* What jobs of workflows have stored. Transfer full. */
Results *stored_open(const Invocation *invocation, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The next cell of a table from a member of `row`: a text, or a number of bytes. */
void stored_text_cell(Table *table, Colour colour, const json_t *row, const char *name);
void stored_size_cell(Table *table, const json_t *row);
