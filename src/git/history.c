#include "git/history.h"

#include "base/error.h"
#include "git/git.h"

#include <string.h>

#define OUTPUT_MAX_BYTES ((size_t)4 << 20)
#define COMMIT_DIGITS 40

static void person_clear(CommitPerson *person) {
  g_free(person->name);
  g_free(person->mail);
  g_free(person->time);
}

void commit_details_free(CommitDetails *details) {
  g_free(details->parent);
  g_free(details->tree);
  g_free(details->message);
  person_clear(&details->author);
  person_clear(&details->committer);
  g_ptr_array_unref(details->added);
  g_ptr_array_unref(details->removed);
  g_ptr_array_unref(details->modified);
  g_free(details);
}

/* The next field of a text whose fields end with NUL, as valid UTF-8; NULL at its end. */
static char *next_field(const char **at, const char *end) {
  const char *stop = *at < end ? memchr(*at, '\0', (size_t)(end - *at)) : NULL;
  if (stop == NULL)
    return NULL;
  char *field = g_utf8_make_valid(*at, (gssize)(stop - *at));
  *at = stop + 1;
  return field;
}

/* "\nM" NUL "path" NUL "A" NUL "path" ...: what changed and how. */
static void read_files(CommitDetails *details, const char *at, const char *end) {
  for (unsigned count = 0; count < COMMIT_FILES_MAX; count++) {
    g_autofree char *letter = next_field(&at, end), *path = letter != NULL ? next_field(&at, end) : NULL;
    if (path == NULL)
      return;
    const char *kind = letter + (*letter == '\n');
    GPtrArray *list = *kind == 'A' ? details->added : *kind == 'D' ? details->removed : details->modified;
    g_ptr_array_add(list, g_steal_pointer(&path));
  }
}

static bool read_details(CommitDetails *details, const ProcessResult *result) {
  char **const fields[] = {
    &details->parent,         &details->tree,           &details->author.name,    &details->author.mail, &details->author.time,
    &details->committer.name, &details->committer.mail, &details->committer.time, &details->message,
  };
  const char *at = result->out, *end = result->out + result->out_size;
  for (size_t i = 0; i < G_N_ELEMENTS(fields); i++)
    if ((*fields[i] = next_field(&at, end)) == NULL)
      return false;
  g_strchomp(details->message);
  details->parent[MIN(strlen(details->parent), COMMIT_DIGITS)] = '\0'; /* a merge has several */
  if (*details->parent == '\0')
    g_clear_pointer(&details->parent, g_free);
  if (at < end && *at == '\0') /* what ends git's own format */
    read_files(details, at + 1, end);
  return true;
}

CommitDetails *commit_details(const Commit *commit, GError **error) {
  static const char format[] = "--format=%P%x00%T%x00%an%x00%ae%x00%aI%x00%cn%x00%ce%x00%cI%x00%B%x00";
  const char *const arguments[] = {
    "show", "-z", "--name-status", "--no-renames", "--no-notes", "--no-show-signature", "--diff-merges=first-parent", format, commit->commit, NULL};
  g_auto(ProcessResult) result = {0};
  if (!git_run(commit->root, arguments, (ProcessSpec){.output_max_bytes = OUTPUT_MAX_BYTES}, &result, error))
    return NULL;
  g_autoptr(CommitDetails) details = g_new0(CommitDetails, 1);
  GPtrArray **const lists[] = {&details->added, &details->removed, &details->modified};
  for (size_t i = 0; i < G_N_ELEMENTS(lists); i++)
    *lists[i] = g_ptr_array_new_with_free_func(g_free);
  if (result.exit_status == 0 && read_details(details, &result))
    return g_steal_pointer(&details);
  g_autofree char *words = g_utf8_make_valid(result.err, -1);
  error_set(error, DROVER_ERROR_FAILED, "%s: git cannot show commit %.12s: %s", commit->root, commit->commit, g_strstrip(words));
  return NULL;
}

char *repository_default_branch(const char *root, bool *failed, GError **error) {
  static const char *const wanted[] = {"refs/heads/main", "refs/heads/master"};
  static const char remote[] = "refs/remotes/origin/";
  g_autofree char *text =
    git_try(root, (const char *const[]){"for-each-ref", "--format=%(refname) %(symref)", "refs/remotes/origin/HEAD", wanted[0], wanted[1], NULL},
            failed, error);
  g_auto(GStrv) lines = g_strsplit(text != NULL ? text : "", "\n", -1);
  bool seen[G_N_ELEMENTS(wanted)] = {false};
  for (char **line = lines; *line != NULL; line++) {
    char *target = strchr(*line, ' ');
    if (target != NULL && g_str_has_prefix(target + 1, remote) && g_utf8_validate(target, -1, NULL))
      return g_strdup(target + 1 + strlen(remote));
    for (size_t i = 0; target != NULL && i < G_N_ELEMENTS(wanted); i++)
      seen[i] = seen[i] || (strlen(wanted[i]) == (size_t)(target - *line) && g_str_has_prefix(*line, wanted[i]));
  }
  for (size_t i = 0; i < G_N_ELEMENTS(wanted); i++)
    if (seen[i])
      return g_strdup(wanted[i] + strlen("refs/heads/"));
  return NULL;
}
