#include "git/repository.h"

#include "base/error.h"
#include "git/git.h"
#include "base/nearest.h"
#include "base/path.h"

#include <stdlib.h>
#include <string.h>

#define BRANCH_PREFIX "refs/heads/"
#define TAG_PREFIX "refs/tags/"
#define COMMIT_DIGITS 40
#define FILE_MAX_BYTES ((size_t)16 << 20)
#define REF_MAX_BYTES 250

void commit_free(Commit *commit) {
  g_free(commit->root);
  g_free(commit->commit);
  g_free(commit->branch);
  g_free(commit->tag);
  g_free(commit->subject);
  g_free(commit->author);
  g_free(commit);
}

/* Why git does not see a repository at `dir`, as an error that says what to do. */
static char *explain_no_repository(const char *dir, const char *words, GError **error) {
  if (strstr(words, "dubious ownership") != NULL)
    error_set(error, DROVER_ERROR_REFUSED,
              "%s: git refuses a repository that another user owns; allow it with: git config --global --add safe.directory %s", dir, dir);
  else if (strstr(words, "not a git repository") != NULL)
    error_set(error, DROVER_ERROR_NOT_FOUND, "%s: is not inside a git repository; go to one, or make one with: git init", dir);
  else if (strstr(words, "must be run in a work tree") != NULL)
    error_set(error, DROVER_ERROR_NOT_FOUND, "%s: is the inside of a .git folder; go to the working tree", dir);
  else
    error_set(error, DROVER_ERROR_FAILED, "%s: git cannot read the repository: %s", dir, words);
  return NULL;
}

/* The top folder of the working tree that holds `dir`, or a bare repository's own folder. Transfer full. */
static char *find_root(const char *dir, GError **error) {
  if (!g_file_test(dir, G_FILE_TEST_IS_DIR)) {
    error_set(error, DROVER_ERROR_NOT_FOUND, "%s: is not a folder", dir);
    return NULL;
  }
  bool failed = false;
  g_autofree char *bare = git_try(dir, (const char *const[]){"rev-parse", "--is-bare-repository", NULL}, &failed, error);
  if (failed)
    return NULL;
  const char *what = g_strcmp0(bare, "true") == 0 ? "--absolute-git-dir" : "--show-toplevel";
  g_auto(ProcessResult) result = {0};
  if (!git_run(dir, (const char *const[]){"rev-parse", what, NULL}, (ProcessSpec){0}, &result, error))
    return NULL;
  if (result.exit_status == 0)
    return g_strndup(result.out, result.out_size - 1);
  g_autofree char *words = g_utf8_make_valid(result.err, -1);
  return explain_no_repository(dir, g_strstrip(words), error);
}

/* The commit that `name` means, NULL without an error when none. */
static char *verify(const char *root, const char *name, bool *failed, GError **error) {
  g_autofree char *peeled = g_strconcat(name, "^{commit}", NULL);
  return git_try(root, (const char *const[]){"rev-parse", "--verify", "--quiet", "--end-of-options", peeled, NULL}, failed, error);
}

static bool explain_unknown(const char *root, const char *ref, GError **error) {
  g_autofree char *any = git_output(root, (const char *const[]){"rev-list", "--max-count=1", "--all", NULL}, error);
  if (any == NULL)
    return false;
  if (*any == '\0')
    return error_set(error, DROVER_ERROR_INPUT, "%s: the repository has no commit yet; make one with: git commit", root);
  if (strcmp(ref, "HEAD") == 0)
    return error_set(error, DROVER_ERROR_INPUT, "%s: the branch that is checked out has no commit yet", root);
  g_autofree char *names = git_output(root,
                                      (const char *const[]){"for-each-ref", "--count=10000", "--format=%(refname:lstrip=2)", "refs/heads",
                                                            "refs/tags", "refs/remotes", NULL},
                                      error);
  if (names == NULL)
    return false;
  g_auto(GStrv) known = g_strsplit(names, "\n", -1);
  const char *nearest = nearest_name(ref, (const char *const *)known);
  return error_set(error, DROVER_ERROR_NOT_FOUND, "%s: \"%s\" names no commit%s%s%s", root, ref, nearest != NULL ? "; did you mean \"" : "",
                   nearest != NULL ? nearest : "", nearest != NULL ? "\"?" : "");
}

/* What stands behind `prefix` in what rev-parse said, which repeats --end-of-options in a line before; NULL when it said another
 * ref. Transfer full. */
static char *name_behind(const char *full, const char *prefix) {
  const char *name = full != NULL ? strstr(full, prefix) : NULL;
  return name != NULL && (name == full || name[-1] == '\n') ? g_strdup(name + strlen(prefix)) : NULL;
}

/* Sets the commit and, where there is one, the local branch or the tag. A branch comes before a tag of the same name. */
static bool resolve_name(Commit *found, const char *ref, GError **error) {
  bool failed = false;
  g_autofree char *as_branch = g_strconcat(BRANCH_PREFIX, ref, NULL);
  /* the name itself and no expression: refs/heads/main~1 would resolve too */
  found->commit = git_try(found->root, (const char *const[]){"show-ref", "--verify", "--hash", "--", as_branch, NULL}, &failed, error);
  if (failed)
    return false;
  if (found->commit != NULL) {
    found->branch = g_strdup(ref);
    return true;
  }
  found->commit = verify(found->root, ref, &failed, error);
  if (failed)
    return false;
  if (found->commit == NULL)
    return explain_unknown(found->root, ref, error);
  g_autofree char *full =
    git_try(found->root, (const char *const[]){"rev-parse", "--symbolic-full-name", "--end-of-options", ref, NULL}, &failed, error);
  if (failed)
    return false;
  found->branch = name_behind(full, BRANCH_PREFIX);
  found->tag = name_behind(full, TAG_PREFIX);
  return true;
}

/* The commit's own facts: one line each for the time, the author and the subject. */
static bool read_facts(Commit *found, GError **error) {
  g_autofree char *text =
    git_output(found->root, (const char *const[]){"show", "--no-patch", "--no-notes", "--format=%ct%n%an <%ae>%n%s", found->commit, NULL}, error);
  if (text == NULL)
    return false;
  g_autofree char *valid = g_utf8_make_valid(text, -1);
  g_auto(GStrv) lines = g_strsplit(valid, "\n", 3);
  if (g_strv_length(lines) < 2 || !g_ascii_string_to_signed(lines[0], 10, 0, G_MAXINT64 / G_USEC_PER_SEC, &found->time_s, NULL))
    return error_set(error, DROVER_ERROR_INPUT, "%s: commit %s has no usable time", found->root, found->commit);
  found->author = g_strdup(lines[1]);
  found->subject = g_strdup(lines[2] != NULL ? lines[2] : "");
  return true;
}

static bool check_name(const char *ref, GError **error) {
  bool good = *ref != '\0' && *ref != '-' && strlen(ref) <= REF_MAX_BYTES && g_utf8_validate(ref, -1, NULL);
  for (const char *c = ref; good && *c != '\0'; c++)
    good = !g_ascii_iscntrl(*c);
  if (good)
    return true;
  g_autofree char *shown = g_strescape(ref, NULL);
  return error_set(error, DROVER_ERROR_INPUT, "\"%.60s\" cannot be a commit's name: expected a branch, a tag or a commit", shown);
}

Commit *commit_resolve(const char *dir, const char *ref, GError **error) {
  if (ref == NULL || strcmp(ref, "@") == 0)
    ref = "HEAD";
  if (!check_name(ref, error))
    return NULL;
  g_autoptr(Commit) found = g_new0(Commit, 1);
  found->root = find_root(dir, error);
  if (found->root == NULL || !resolve_name(found, ref, error))
    return NULL;
  if (strlen(found->commit) != COMMIT_DIGITS) {
    error_set(error, DROVER_ERROR_INPUT, "%s: repositories with SHA-256 object names are not supported yet", found->root);
    return NULL;
  }
  return read_facts(found, error) ? g_steal_pointer(&found) : NULL;
}

bool repository_is_dirty(const char *root, bool *dirty, GError **error) {
  g_auto(ProcessResult) result = {0};
  const char *const arguments[] = {"status", "--porcelain=v1", "--untracked-files=no", NULL};
  bool failed = false;
  g_autofree char *bare = git_try(root, (const char *const[]){"rev-parse", "--is-bare-repository", NULL}, &failed, error);
  if (failed)
    return false;
  if (g_strcmp0(bare, "true") == 0) {
    *dirty = false;
    return true;
  }
  if (!git_run(root, arguments, (ProcessSpec){0}, &result, error))
    return false;
  if (result.exit_status != 0) {
    g_autofree char *words = g_utf8_make_valid(result.err, -1);
    explain_no_repository(root, g_strstrip(words), error);
    return false;
  }
  *dirty = result.out_size > 0;
  return true;
}

/* "<object> blob <size>\n<bytes>\n", or "<name> missing\n" and the like. */
static char *take_blob(const Commit *commit, const char *path, const ProcessResult *result, size_t *size, GError **error) {
  const char *end = memchr(result->out, '\n', result->out_size);
  g_autofree char *line = end != NULL ? g_strndup(result->out, (gsize)(end - result->out)) : g_strdup("");
  g_auto(GStrv) words = g_strsplit(line, " ", -1);
  guint64 length = 0;
  bool is_file = g_strv_length(words) == 3 && strlen(words[0]) == COMMIT_DIGITS && strcmp(words[1], "blob") == 0 &&
                 g_ascii_string_to_unsigned(words[2], 10, 0, G_MAXINT64, &length, NULL);
  if (!is_file) {
    error_set(error, DROVER_ERROR_NOT_FOUND, "%s: there is no such file at commit %.12s", path, commit->commit);
    return NULL;
  }
  size_t start = (size_t)(end - result->out) + 1;
  if (length > FILE_MAX_BYTES) {
    error_set(error, DROVER_ERROR_INPUT, "%s: is larger than %zu bytes", path, FILE_MAX_BYTES);
    return NULL;
  }
  if (start + length > result->out_size) {
    error_set(error, DROVER_ERROR_FAILED, "%s: git gave fewer bytes than it said", path);
    return NULL;
  }
  char *bytes = g_malloc(length + 1);
  memcpy(bytes, result->out + start, length);
  bytes[length] = '\0';
  if (size != NULL)
    *size = length;
  return bytes;
}

char *commit_read_file(const Commit *commit, const char *path, size_t *size, GError **error) {
  g_autofree char *inside = path_inside(path);
  if (inside == NULL) {
    g_autofree char *shown = g_strescape(path, NULL);
    error_set(error, DROVER_ERROR_NOT_FOUND, "\"%s\": is not a path inside the repository", shown);
    return NULL;
  }
  g_autofree char *name = g_strdup_printf("%s:%s\n", commit->commit, inside);
  ProcessSpec spec = {.input = name, .input_size = strlen(name), .output_max_bytes = FILE_MAX_BYTES + 512};
  g_auto(ProcessResult) result = {0};
  /* symbolic links inside the tree are followed, as reading the file in a checkout would */
  if (!git_run(commit->root, (const char *const[]){"cat-file", "--batch", "--follow-symlinks", NULL}, spec, &result, error))
    return NULL;
  if (result.exit_status != 0) {
    g_autofree char *words = g_utf8_make_valid(result.err, -1);
    error_set(error, DROVER_ERROR_FAILED, "%s: git cannot read it at commit %.12s: %s", path, commit->commit, g_strstrip(words));
    return NULL;
  }
  return take_blob(commit, path, &result, size, error);
}
