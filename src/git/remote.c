#include "git/remote.h"

#include "base/error.h"
#include "base/fs.h"
#include "base/retry.h"
#include "git/git.h"
#include "git/mirrored.h"

#include <string.h>

#define FETCH_DEADLINE_MS (10 * 60 * 1000)
#define FETCHED_REF "refs/drover/fetched"

static const RetryPolicy policy = {.attempts = 3, .first_ms = 300, .max_ms = 2000, .budget_ms = 60000};

/* What git says in English, as LC_ALL is C, and whose fault that is; the first that is met counts. */
static const struct {
  const char *words;
  DroverError code;
} explanations[] = {
  {"not our ref", DROVER_ERROR_NOT_FOUND},
  {"couldn't find remote ref", DROVER_ERROR_NOT_FOUND},
  {"does not appear to be a git repository", DROVER_ERROR_NOT_FOUND},
  {"epository not found", DROVER_ERROR_NOT_FOUND},
  {"' not found", DROVER_ERROR_NOT_FOUND},
  {"could not read Username", DROVER_ERROR_NOT_FOUND}, /* a server asks who it is rather than tell that there is none */
  {"Could not resolve", DROVER_ERROR_UNAVAILABLE},
  {"Failed to connect", DROVER_ERROR_UNAVAILABLE},
  {"Couldn't connect", DROVER_ERROR_UNAVAILABLE},
  {"Connection refused", DROVER_ERROR_UNAVAILABLE},
  {"Connection reset", DROVER_ERROR_UNAVAILABLE},
  {"Network is unreachable", DROVER_ERROR_UNAVAILABLE},
  {"timed out", DROVER_ERROR_UNAVAILABLE},
  {"too slow", DROVER_ERROR_UNAVAILABLE},
  {"early EOF", DROVER_ERROR_UNAVAILABLE},
  {"hung up", DROVER_ERROR_UNAVAILABLE},
  {"returned error: 429", DROVER_ERROR_UNAVAILABLE},
  {"returned error: 5", DROVER_ERROR_UNAVAILABLE},
};

typedef struct {
  const char *root;
  const char *const *arguments;
  const char *url;
  GCancellable *cancellable;
  char *out; /* of the attempt that succeeded */
} Question;

/* The line that says what is wrong: advice stands around it. Points into `words`. */
static const char *essence(char *words) {
  static const char fatal[] = "fatal: ";
  char *found = strstr(words, fatal);
  char *line = found != NULL ? found + strlen(fatal) : words;
  line[strcspn(line, "\n")] = '\0';
  return line;
}

static bool explain(const Question *question, const ProcessResult *result, GError **error) {
  g_autofree char *words = g_utf8_make_valid(result->err, -1);
  DroverError code = DROVER_ERROR_FAILED;
  for (size_t i = 0; i < G_N_ELEMENTS(explanations) && code == DROVER_ERROR_FAILED; i++)
    if (strstr(words, explanations[i].words) != NULL)
      code = explanations[i].code;
  return error_set(error, code, "%s: %s", question->url, result->truncated ? "its answer is too large" : essence(g_strstrip(words)));
}

/* A RetryFunc. Credentials and proxies of the user's settings count here; only ways to a server are allowed. */
static bool ask_once(void *data, GError **error) {
  Question *question = data;
  g_auto(GStrv) env = git_environment();
  env = g_environ_setenv(env, "GIT_ALLOW_PROTOCOL", "https:http:ssh:file", TRUE);
  env = g_environ_setenv(env, "GIT_HTTP_LOW_SPEED_LIMIT", "1000", TRUE);
  env = g_environ_setenv(env, "GIT_HTTP_LOW_SPEED_TIME", "30", TRUE);
  ProcessSpec spec = {.env = (const char *const *)env, .deadline_ms = FETCH_DEADLINE_MS, .cancellable = question->cancellable};
  g_auto(ProcessResult) result = {0};
  if (!git_run(question->root, question->arguments, spec, &result, error))
    return false;
  if (result.exit_status != 0 || result.truncated)
    return explain(question, &result, error);
  question->out = g_steal_pointer(&result.out);
  return true;
}

static char *ask(Question question, GError **error) {
  return retry_run(&policy, clock_system(), question.cancellable, ask_once, &question, error) ? question.out : NULL;
}

/* The object of a ref in what ls-remote says, NULL where it is not there. The patterns that it was asked for match more. Transfer full. */
static char *find_ref(const char *listing, const char *name) {
  g_auto(GStrv) lines = g_strsplit(listing, "\n", -1);
  for (char **line = lines; *line != NULL; line++) {
    char *tab = strchr(*line, '\t');
    if (tab == NULL || strcmp(tab + 1, name) != 0)
      continue;
    *tab = '\0';
    return mirrored_is_commit(*line) ? g_strdup(*line) : NULL;
  }
  return NULL;
}

bool remote_resolve(const char *url, const char *ref, char **object, GCancellable *cancellable, GError **error) {
  if (mirrored_is_commit(ref)) {
    *object = g_ascii_strdown(ref, -1);
    return true;
  }
  g_autofree char *branch = g_strconcat("refs/heads/", ref, NULL);
  g_autofree char *tag = g_strconcat("refs/tags/", ref, NULL);
  const char *const arguments[] = {"ls-remote", "--quiet", "--", url, branch, tag, NULL};
  g_autofree char *listing = ask((Question){.root = "/", .arguments = arguments, .url = url, .cancellable = cancellable}, error);
  if (listing == NULL)
    return false;
  g_autofree char *found = find_ref(listing, branch);
  if (found == NULL)
    found = find_ref(listing, tag);
  if (found == NULL)
    return error_set(error, DROVER_ERROR_NOT_FOUND, "%s: has no branch or tag \"%.100s\"", url, ref);
  *object = g_steal_pointer(&found);
  return true;
}

/* ---- fetching ------------------------------------------------------------------------------------------------------------ */

static bool make_bare(const char *git_dir, GError **error) {
  static const char head[] = "ref: refs/heads/none\n";
  g_autofree char *head_path = g_build_filename(git_dir, "HEAD", NULL);
  g_autofree char *objects = g_build_filename(git_dir, "objects", NULL);
  g_autofree char *refs = g_build_filename(git_dir, "refs", NULL);
  return fs_make_dirs(objects, 0700, error) && fs_make_dirs(refs, 0700, error) && fs_write(head_path, head, strlen(head), 0600, error);
}

static bool fetch(const char *url, const char *object, const char *git_dir, GCancellable *cancellable, GError **error) {
  g_autofree char *option = g_strconcat("--git-dir=", git_dir, NULL);
  g_autofree char *refspec = g_strconcat("+", object, ":" FETCHED_REF, NULL);
  const char *const arguments[] = {option, "fetch", "--quiet", "--depth=1", "--no-tags", "--no-recurse-submodules", "--no-write-fetch-head",
                                   "--",   url,     refspec,   NULL};
  g_autofree char *said = ask((Question){.root = git_dir, .arguments = arguments, .url = url, .cancellable = cancellable}, error);
  return said != NULL;
}

static bool write_files(const char *url, const char *object, const char *git_dir, const char *target, char **commit, GCancellable *cancellable,
                        GError **error) {
  Mirrored *fetched = mirrored_new(url, git_dir);
  const char *name = mirrored_peel(fetched, object, error);
  bool done = name != NULL && (*name != '\0' || error_set(error, DROVER_ERROR_NOT_FOUND, "%s: %s is no commit", url, object)) &&
              mirrored_lay_out(fetched, name, target, cancellable, error);
  if (done)
    *commit = g_strdup(name);
  mirrored_free(fetched);
  return done;
}

bool remote_lay_out(const char *url, const char *object, const char *target, char **commit, GCancellable *cancellable, GError **error) {
  g_autofree char *parent = g_path_get_dirname(target);
  g_autofree char *git_dir = fs_temp_dir(parent, "fetch", error);
  if (git_dir == NULL)
    return false;
  bool done = make_bare(git_dir, error) && fetch(url, object, git_dir, cancellable, error) &&
              write_files(url, object, git_dir, target, commit, cancellable, error);
  fs_remove_tree(git_dir, NULL);
  return done;
}
