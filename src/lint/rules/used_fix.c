#include "lint/edit/edit_yaml.h"
#include "lint/rules/used.h"

#include <string.h>

/* The fix, when `made`; else none. */
static Fix *finish(Fix *fix, bool made) {
  if (!made)
    g_clear_pointer(&fix, fix_free);
  return fix;
}

static Fix *start(const Used *used, bool safe, const char *format, ...) G_GNUC_PRINTF(3, 4);

static Fix *start(const Used *used, bool safe, const char *format, ...) {
  if (!used->file->fixing)
    return NULL;
  va_list arguments;
  va_start(arguments, format);
  g_autofree char *description = g_strdup_vprintf(format, arguments);
  va_end(arguments);
  return fix_new(description, safe);
}

Fix *used_fix_ref(const Used *used, const char *ref, const char *version, bool safe) {
  const TextPart *old = &used->uses->ref;
  g_assert(old->text != NULL); /* a repository is not used without one */
  Fix *fix = start(used, safe, "use %s of %s/%s", version != NULL ? version : ref, used->uses->owner.text, used->uses->repo.text);
  if (fix == NULL)
    return NULL;
  EditTree *tree = lint_edit_tree(used->file);
  UsedComment comment = used_comment(used->file, used->text->node);
  bool tells = version != NULL && (!comment.exists || comment.version != NULL);
  bool made = edit_replace_in_scalar(tree, fix, used->text->node, old->offset, strlen(old->text), ref) &&
              (!tells || edit_set_comment(tree, fix, used->text->node, version));
  return finish(fix, made);
}

static Fix *pin_to_locked(const Used *used) {
  const Uses *uses = used->uses;
  const Lockfile *lockfile = lint_repository_lockfile(used->file->repository);
  const LockfileEntry *entry = lockfile != NULL ? lockfile_find(lockfile, NULL, uses->owner.text, uses->repo.text, uses->ref.text) : NULL;
  return entry != NULL ? used_fix_ref(used, entry->commit, entry->ref != NULL ? entry->ref : uses->ref.text, true) : NULL;
}

Fix *used_fix_pin(const Used *used) {
  const Uses *uses = used->uses;
  Mirror *mirror = lint_repository_mirror(used->file->repository);
  MirrorRef found;
  if (!used->file->fixing || uses->ref_kind != USES_REF_VERSION)
    return NULL;
  if (mirror == NULL || !mirror_has(mirror, uses->owner.text, uses->repo.text))
    return pin_to_locked(used);
  if (!mirror_resolve(mirror, uses->owner.text, uses->repo.text, uses->ref.text, &found, NULL) || *found.commit == '\0')
    return NULL;
  return used_fix_ref(used, found.commit, used_version(used).version, true);
}

Fix *used_fix_comment(const Used *used, const char *version) {
  Fix *fix = start(used, true, "let the comment tell %s", version);
  return fix != NULL ? finish(fix, edit_set_comment(lint_edit_tree(used->file), fix, used->text->node, version)) : NULL;
}

static guint index_of(const YamlNode *mapping, const YamlNode *value) {
  guint index = 0;
  while (index < mapping->count && yaml_value(mapping, index) != value)
    index++;
  return index;
}

/* In `with:` of the step, which is made behind `uses:` where there is none. */
static bool set_input(const Used *used, EditTree *tree, Fix *fix, const char *input, const char *value) {
  const WorkflowPair *pair = workflow_pair(&used->step->with, input);
  const YamlNode *step = used->step->node, *with = yaml_get(step, "with");
  if (pair != NULL)
    return pair->value.node != NULL && edit_set_scalar(tree, fix, pair->value.node, value);
  if (with != NULL)
    return with->kind == YAML_MAPPING && with->count > 0 && edit_insert_key(tree, fix, with, with->count - 1, input, value);
  guint behind = index_of(step, used->text->node);
  g_autofree char *yaml = g_strdup_printf(step->flow ? "{%s: %s}" : "%s: %s", input, value);
  return behind < step->count && edit_insert_key(tree, fix, step, behind, "with", yaml);
}

Fix *used_fix_input(const Used *used, const char *input, const char *value, bool safe) {
  Fix *fix = start(used, safe, "set \"%s: %s\"", input, value);
  return fix != NULL ? finish(fix, set_input(used, lint_edit_tree(used->file), fix, input, value)) : NULL;
}
