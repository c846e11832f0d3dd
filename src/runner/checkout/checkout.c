#include "runner/checkout.h"

#include "base/error.h"
#include "runner/checkout/git.h"
#include "runner/checkout/inputs.h"
#include "runner/checkout/revision.h"
#include "runner/checkout/submodules.h"

#include <string.h>

/* What a look from outside says of the folder; the job may change it meanwhile, which then is its own loss. */
typedef enum { FOLDER_NEW, FOLDER_FULL, FOLDER_REPOSITORY, FOLDER_FILE } Folder;

static Folder look(const CheckoutSpec *spec, const char *target) {
  g_autofree char *path = executor_outside(spec->executor, target);
  if (path == NULL)
    return FOLDER_REPOSITORY;
  g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
  if (dir == NULL)
    return g_file_test(path, G_FILE_TEST_EXISTS) ? FOLDER_FILE : FOLDER_NEW;
  if (g_dir_read_name(dir) == NULL)
    return FOLDER_NEW;
  g_autofree char *inner = g_build_filename(path, ".git", NULL);
  return g_file_test(inner, G_FILE_TEST_IS_DIR) ? FOLDER_REPOSITORY : FOLDER_FULL;
}

/* Whether an earlier checkout of the same repository is there and in order, so that it can be used again. */
static bool reuse(const CheckoutGit *git, const CheckoutInputs *inputs, const char *url, bool *usable, GError **error) {
  const char *const questions[][4] = {{"clean", "-ffdx", NULL}, {"reset", "--hard", "HEAD", NULL}};
  int status = 0;
  g_autoptr(GString) said = checkout_git_ask(git, (const char *const[]){"config", "--local", "--get", "remote.origin.url", NULL}, &status, error);
  if (said == NULL)
    return false;
  *usable = status == 0 && strcmp(g_strchomp(said->str), url) == 0;
  for (size_t i = 0; *usable && inputs->clean && i < G_N_ELEMENTS(questions); i++) {
    g_autoptr(GString) done = checkout_git_ask(git, questions[i], &status, error);
    if (done == NULL)
      return false;
    *usable = status == 0;
  }
  return true;
}

static bool make_empty(const CheckoutGit *git, Folder folder, GError **error) {
  const char *const contents[] = {"find", git->target, "-mindepth", "1", "-delete", NULL};
  const char *const file[] = {"rm", "-f", "--", git->target, NULL};
  return folder == FOLDER_NEW || checkout_program(git, folder == FOLDER_FILE ? file : contents, error);
}

static bool make_repository(const CheckoutGit *git, const char *url, GError **error) {
  CheckoutGit above = *git; /* the folder itself may not be there yet */
  above.target = git->spec->workspace;
  const char *const init[] = {"init", "--quiet", "--template=", "--initial-branch=main", git->target, NULL};
  return checkout_git(&above, init, error) && checkout_git(git, (const char *const[]){"remote", "add", "origin", url, NULL}, error) &&
         checkout_git(git, (const char *const[]){"config", "gc.auto", "0", NULL}, error);
}

/* `again` says whether there was a repository already. */
static bool prepare(const CheckoutGit *git, const CheckoutInputs *inputs, const char *url, bool *again, GError **error) {
  Folder folder = look(git->spec, git->target);
  *again = false;
  if (folder == FOLDER_REPOSITORY && !reuse(git, inputs, url, again, error))
    return false;
  return *again || (make_empty(git, folder, error) && make_repository(git, url, error));
}

/* Where the repository lies, inside. Transfer full. */
static char *find_source(const CheckoutSpec *spec, const CheckoutInputs *inputs, GError **error) {
  const char *source = inputs->is_tested ? spec->source : spec->store != NULL ? action_store_git_dir(spec->store, inputs->owner, inputs->repo) : NULL;
  if (source == NULL) {
    error_set(
      error, DROVER_ERROR_NOT_FOUND,
      "actions/checkout: repository \"%s/%s\": is not on this machine; give it with --actions DIR, in which lies the git repository %s/%s.git",
      inputs->owner, inputs->repo, inputs->owner, inputs->repo);
    return NULL;
  }
  char *inside = executor_inside(spec->executor, source);
  if (inside == NULL)
    error_set(error, DROVER_ERROR_NOT_FOUND, "actions/checkout: repository \"%s/%s\": the job does not see %s", inputs->owner, inputs->repo, source);
  return inside;
}

static bool choose_files(const CheckoutGit *git, const CheckoutInputs *inputs, bool again, GError **error) {
  if (inputs->sparse == NULL)
    return !again || checkout_git(git, (const char *const[]){"sparse-checkout", "disable", NULL}, error);
  g_autoptr(GPtrArray) arguments = g_ptr_array_new();
  g_ptr_array_add(arguments, (gpointer) "sparse-checkout");
  g_ptr_array_add(arguments, (gpointer) "set");
  g_ptr_array_add(arguments, (gpointer)(inputs->cone ? "--cone" : "--no-cone"));
  for (char **pattern = inputs->sparse; *pattern != NULL; pattern++)
    g_ptr_array_add(arguments, *pattern);
  g_ptr_array_add(arguments, NULL);
  return checkout_git(git, (const char *const *)arguments->pdata, error);
}

/* The commit that is there now. Only what was named by a tag, or by its object, may be another than what was asked for. Transfer full. */
static char *read_commit(const CheckoutGit *git, const CheckoutRevision *revision, GError **error) {
  if (g_str_has_prefix(revision->ref, "refs/heads/") || strcmp(revision->object, git->spec->commit) == 0)
    return g_strdup(revision->object);
  int status = 0;
  g_autoptr(GString) said = checkout_git_ask(git, (const char *const[]){"rev-parse", "HEAD", NULL}, &status, error);
  return said != NULL ? g_strdup(status == 0 ? g_strchomp(said->str) : revision->object) : NULL;
}

static bool tell(const CheckoutGit *git, const CheckoutRevision *revision, const CheckoutInputs *inputs, json_t *outputs, GError **error) {
  g_autofree char *commit = read_commit(git, revision, error);
  if (commit == NULL)
    return false;
  const char *ref = *revision->ref != '\0' && *inputs->ref != '\0' ? inputs->ref : revision->ref; /* of a bare commit there is none */
  json_object_set_new(outputs, "commit", json_string(commit));
  json_object_set_new(outputs, "ref", json_string(ref));
  return true;
}

bool checkout_run(const CheckoutSpec *spec, json_t *outputs, GError **error) {
  g_auto(CheckoutInputs) inputs = {0};
  if (!checkout_inputs_read(&inputs, spec, error))
    return false;
  g_autofree char *source = find_source(spec, &inputs, error);
  if (source == NULL)
    return false;
  g_autofree char *url = g_strdup_printf("%s/%s/%s", spec->server_url, inputs.owner, inputs.repo);
  g_auto(CheckoutRevision) revision = {0};
  g_auto(CheckoutGit) git = {0};
  bool again = false;
  checkout_git_init(&git, spec, inputs.target);
  return prepare(&git, &inputs, url, &again, error) && checkout_revision_find(&revision, &git, &inputs, source, error) &&
         checkout_revision_fetch(&revision, &git, &inputs, source, again, error) && choose_files(&git, &inputs, again, error) &&
         checkout_revision_switch(&revision, &git, &inputs, error) &&
         (inputs.submodules == SUBMODULES_NONE || checkout_submodules(&git, &inputs, url, error)) && tell(&git, &revision, &inputs, outputs, error);
}
