/* Edits of a YAML file that keep its comments and its layout: quotes, block and flow style, indentation, line breaks.
 *
 * Every function adds to one fix what makes the change, after showing that it makes that change and no other (edit_tree.h).
 * It returns false, and adds nothing, where that cannot be shown or would be a guess: a node that an alias repeats, text hidden
 * behind an escape, a comment whose owner is not clear. Nodes are the tree's; texts are UTF-8 and copied.
 */
#pragma once

#include "lint/edit/edit_tree.h"

/* ---- scalars ---- */

/* Gives a scalar another text. Its quotes stay if they can; what read as text goes on reading as text. */
bool edit_set_scalar(EditTree *tree, Fix *fix, const YamlNode *scalar, const char *text) G_GNUC_WARN_UNUSED_RESULT;

/* Replaces `length` bytes of a scalar's text; both ends must fall where the file writes them as themselves. */
bool edit_replace_in_scalar(EditTree *tree, Fix *fix, const YamlNode *scalar, size_t offset, size_t length,
                            const char *text) G_GNUC_WARN_UNUSED_RESULT;

bool edit_rename_key(EditTree *tree, Fix *fix, const YamlNode *mapping, guint index, const char *key) G_GNUC_WARN_UNUSED_RESULT;

/* Makes "# comment" what stands behind the node on its last line, instead of the comment there if there is one. Not for blocks
 * of text. */
bool edit_set_comment(EditTree *tree, Fix *fix, const YamlNode *node, const char *comment) G_GNUC_WARN_UNUSED_RESULT;

/* ---- mappings and lists ---- */

#define EDIT_FIRST G_MAXUINT

/* Adds a pair behind the pair `after`, or in front (EDIT_FIRST). `yaml` is the value as YAML, indented from 0; in {} it must be
 * one line. */
bool edit_insert_key(EditTree *tree, Fix *fix, const YamlNode *mapping, guint after, const char *key, const char *yaml) G_GNUC_WARN_UNUSED_RESULT;

/* Removes a pair with the comment on its line. Not the only one: remove the mapping with its key then. */
bool edit_remove_key(EditTree *tree, Fix *fix, const YamlNode *mapping, guint index) G_GNUC_WARN_UNUSED_RESULT;

bool edit_append_item(EditTree *tree, Fix *fix, const YamlNode *sequence, const char *yaml) G_GNUC_WARN_UNUSED_RESULT;

/* Gives a step an environment variable, under `env:`, which is made where there is none: before `run`, behind `uses`. `chosen`
 * (transfer full) is the name to use: that of an equal pair which the step has already, or `name`, or the first of name_2,
 * name_3, ... that no `env:` around the step uses in any case. */
bool edit_add_env(EditTree *tree, Fix *fix, const YamlNode *step, const char *name, const char *value, char **chosen) G_GNUC_WARN_UNUSED_RESULT;
