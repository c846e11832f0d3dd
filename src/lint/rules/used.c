#include "lint/rules/used.h"

#include <string.h>

/* ---- walking ---- */

bool used_by_step(LintFile *file, const WorkflowStep *step, Used *used) {
  const Uses *uses = lint_step_uses(file, step);
  *used = (Used){.file = file, .uses = uses, .text = &step->uses, .step = step};
  return uses != NULL && uses->kind == USES_REPOSITORY && !lint_never_runs(&step->condition);
}

static void each_step(LintFile *file, WorkflowStep *const *steps, guint count, void (*check)(const Used *used)) {
  Used used;
  for (guint i = 0; i < count; i++)
    if (used_by_step(file, steps[i], &used))
      check(&used);
}

void used_each(LintFile *file, void (*check)(const Used *used)) {
  for (guint i = 0; file->workflow != NULL && i < file->workflow->job_count; i++) {
    const WorkflowJob *job = &file->workflow->jobs[i];
    const Uses *uses = lint_job_uses(file, job);
    if (lint_never_runs(&job->condition))
      continue;
    if (uses != NULL && uses->kind == USES_REPOSITORY)
      check(&(Used){.file = file, .uses = uses, .text = &job->uses});
    each_step(file, job->all_steps, job->all_step_count, check);
  }
  if (file->action != NULL)
    each_step(file, file->action->steps, file->action->step_count, check);
}

/* ---- names ---- */

/* Whether `name` goes on with `part`; then it is moved behind it. */
static bool eat(const char **name, const char *part) {
  size_t length = strlen(part);
  if (g_ascii_strncasecmp(*name, part, length) != 0)
    return false;
  *name += length;
  return true;
}

bool used_is(const Uses *uses, const char *name) {
  if (uses->kind != USES_REPOSITORY || !eat(&name, uses->owner.text) || !eat(&name, "/") || !eat(&name, uses->repo.text))
    return false;
  return uses->path.text == NULL ? *name == '\0' : *name == '/' && strcmp(name + 1, uses->path.text) == 0;
}

char *used_key(const Uses *uses, bool whole) {
  bool path = whole && uses->path.text != NULL;
  g_autofree char *key = g_strconcat(uses->owner.text, "/", uses->repo.text, path ? "/" : NULL, uses->path.text, NULL);
  return g_ascii_strdown(key, -1);
}

/* ---- places ---- */

static size_t part_end(const TextPart *part) {
  return part->offset + strlen(part->text);
}

static LintReport report_part(const Used *used, const TextPart *first, const TextPart *last) {
  LintReport report = lint_report_at(used->file, used->text->node, first->offset, part_end(last));
  report.around = used->step != NULL ? used->step->node : NULL;
  return report;
}

LintReport used_report(const Used *used) {
  return report_part(used, &used->uses->owner, &used->uses->ref);
}

LintReport used_report_repository(const Used *used) {
  return report_part(used, &used->uses->owner, &used->uses->repo);
}

/* ---- comments ---- */

static bool is_version(const char *text) {
  Semver version;
  return semver_parse(text, &version);
}

/* Past the word in front of a version: "tag=", "version: ", "ver =". */
static const char *skip_label(const char *text) {
  static const char *const labels[] = {"tag", "version", "ver"};
  for (size_t i = 0; i < G_N_ELEMENTS(labels); i++) {
    const char *at = text + (g_str_has_prefix(text, labels[i]) ? strlen(labels[i]) : 0);
    const char *sign = at + strspn(at, " \t");
    if (at > text && (*sign == ':' || *sign == '='))
      return sign + 1 + strspn(sign + 1, " \t");
  }
  return text;
}

/* A comment that is nothing but one word with a digit, or with a label, is meant as a version whatever it looks like; at the start
 * of a longer one only what is a version counts. */
static char *find_version(const LintFile *file, const char *comment) {
  const char *word = skip_label(comment);
  size_t length = strcspn(word, " \t");
  char *found = arena_strndup(file->arena, word, length);
  bool is_alone = length > 0 && word[length] == '\0' && (word > comment || strpbrk(found, G_CSET_DIGITS) != NULL);
  if (is_alone)
    return found;
  length = strcspn(found, ",;");
  found[length] = '\0';
  return is_version(found) ? found : NULL;
}

UsedComment used_comment(const LintFile *file, const YamlNode *scalar) {
  size_t start = source_byte(file->source, scalar->end), at = start;
  while (at < file->size && (file->text[at] == ' ' || file->text[at] == '\t' || file->text[at] == '}' || file->text[at] == ']'))
    at++;
  if (at == start || at >= file->size || file->text[at] != '#')
    return (UsedComment){.exists = false};
  const char *comment = file->text + at + 1, *line_end = memchr(comment, '\n', file->size - at - 1);
  size_t length = line_end != NULL ? (size_t)(line_end - comment) : file->size - at - 1;
  return (UsedComment){.exists = true, .version = find_version(file, g_strstrip(arena_strndup(file->arena, comment, length)))};
}

/* ---- the version that runs ---- */

/* The fullest version at what the ref stands for; NULL where the mirror cannot say. */
static const char *mirrored_version(const Used *used, Mirror *mirror) {
  const Uses *uses = used->uses;
  MirrorRef found;
  if (mirror == NULL || !mirror_resolve(mirror, uses->owner.text, uses->repo.text, uses->ref.text, &found, NULL) || *found.commit == '\0')
    return NULL;
  const char *const *tags = mirror_tags_at(mirror, uses->owner.text, uses->repo.text, found.commit, NULL);
  return tags != NULL ? tags[0] : NULL;
}

static const char *locked_version(const Used *used) {
  const Lockfile *lockfile = lint_repository_lockfile(used->file->repository);
  const Uses *uses = used->uses;
  const char *workflow = used->file->workflow != NULL ? used->file->path : NULL;
  const LockfileEntry *entry = lockfile != NULL ? lockfile_find(lockfile, workflow, uses->owner.text, uses->repo.text, uses->ref.text) : NULL;
  return entry != NULL && is_version(entry->ref) ? entry->ref : NULL;
}

UsedVersion used_version(const Used *used) {
  const char *known = mirrored_version(used, lint_repository_mirror(used->file->repository));
  if (known == NULL)
    known = locked_version(used);
  if (known == NULL && used->uses->ref_kind == USES_REF_VERSION)
    known = used->uses->ref.text;
  if (known != NULL || used->uses->ref_kind != USES_REF_COMMIT)
    return (UsedVersion){.version = known, .is_certain = true};
  const char *told = used_comment(used->file, used->text->node).version;
  return (UsedVersion){.version = is_version(told) ? told : NULL};
}

Mirror *used_mirror(const Used *used) {
  Mirror *mirror = lint_repository_mirror(used->file->repository);
  const Uses *uses = used->uses;
  if (mirror != NULL && mirror_knows_history(mirror, uses->owner.text, uses->repo.text))
    return mirror;
  lint_note(used->file, mirror == NULL ? "the commits of actions: no mirror of their repositories is named (--mirror)"
                                       : "the commits of actions: some repositories are not in the mirror");
  return NULL;
}
