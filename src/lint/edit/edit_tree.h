/* A YAML tree that is being edited: which nodes may be touched, and the proof that an edit did what it says and nothing else.
 *
 * Whatever is added to a Fix through this file has been tried: the edited text was read again, and its tree is the old one but
 * for the changes. What cannot be shown to be so is refused, and with it all edits that leave a file which only a lenient
 * reader takes. How much the trials of one tree may read again is limited (64 MiB), so a hostile file costs no more than that;
 * behind it everything is refused, which leaves it for the next round. One thread at a time.
 */
#pragma once

#include "base/source.h"
#include "base/yaml.h"
#include "lint/edit/edit.h"

typedef enum {
  EDIT_SET,     /* the scalar `node` has the text `text`; what read as text goes on reading as text */
  EDIT_REPLACE, /* instead of `node` there is `value` */
  EDIT_INSERT,  /* the mapping `node` has a new pair `text`: `value` before its pair `index` */
  EDIT_REMOVE,  /* the mapping `node` has lost its pair `index` */
  EDIT_APPEND   /* the list `node` has a new last item `value` */
} EditKind;

typedef struct {
  EditKind kind;
  const YamlNode *node; /* of the tree before; so a change lives no longer than its document */
  guint index;
  char *text;
  YamlDocument *value;
  int references;
} EditChange;

/* `text` is copied. `yaml` (may be NULL) is what `value` is read from; NULL when it cannot be read. Transfer full. */
EditChange *edit_change_new(EditKind kind, const YamlNode *node, guint index, const char *text, const char *yaml);
EditChange *edit_change_ref(EditChange *change);
void edit_change_unref(EditChange *change);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(EditChange, edit_change_unref)

/* Whether `after` is `before` but for the changes (EditChange), of which several may be of other bytes of one scalar. Scalars that are
 * not changed must be equal in text, in tag and in being plain; the order of keys counts. */
bool edit_tree_equal_except(const YamlNode *before, const YamlNode *after, const GPtrArray *changes);

typedef struct EditTree EditTree;

/* Borrows both, which belong to the same text. Where the source counts as empty, as in UTF-16, the tree owns no node. */
EditTree *edit_tree_new(const YamlDocument *document, const Source *source);
void edit_tree_free(EditTree *tree);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(EditTree, edit_tree_free)

const Source *edit_tree_source(const EditTree *tree);

/* Whether the node is one of the tree's and stands for nothing else: no alias repeats it or what it lies in. */
bool edit_tree_owns(const EditTree *tree, const YamlNode *node);
/* NULL for the root. */
const YamlNode *edit_tree_parent(const EditTree *tree, const YamlNode *node);
/* Whether the node is or lies in {} or []. */
bool edit_tree_in_flow(const EditTree *tree, const YamlNode *node);
/* Whether `parent->items[item]` is written as an alias. */
bool edit_tree_is_alias(const EditTree *tree, const YamlNode *parent, guint item);

/* Adds to the fix the edit that does `change` (which the fix takes a reference of; NULL: nothing in the tree changes), if that
 * can be shown: see above. False, and the fix as it was, otherwise. */
bool edit_tree_try(EditTree *tree, Fix *fix, size_t start, size_t end, const char *text, EditChange *change) G_GNUC_WARN_UNUSED_RESULT;

/* Applies those of the fixes that go together and shows the same of the whole; as few as one when they spoil each other, the
 * others are for the next round. `applied` receives them. NULL when there is none. Transfer full. */
char *edit_tree_apply(const EditTree *tree, const GPtrArray *fixes, GPtrArray *applied, size_t *new_size);
