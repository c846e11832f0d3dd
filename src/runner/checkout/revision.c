#include "runner/checkout/revision.h"

#include "base/error.h"
#include "workflow/uses.h"

#include <string.h>

#define HEADS "refs/heads/"
#define TAGS "refs/tags/"
#define PULL "refs/pull/"
#define REMOTE "refs/remotes/origin/"
#define ALL_HISTORY "--depth=2147483647"

static const char upload_pack[] = "--upload-pack=" CHECKOUT_UPLOAD_PACK;

void checkout_revision_clear(CheckoutRevision *revision) {
  g_clear_pointer(&revision->object, g_free);
  g_clear_pointer(&revision->ref, g_free);
}

/* ---- finding ------------------------------------------------------------------------------------------------------------- */

/* What ls-remote says, or NULL; `name` is for the error alone. */
static GString *list_remote(const CheckoutGit *git, const char *source, const char *const *patterns, GError **error) {
  g_autoptr(GPtrArray) arguments = g_ptr_array_new();
  static const char *const begin[] = {"ls-remote", "--quiet", "--symref", upload_pack, "--"};
  for (size_t i = 0; i < G_N_ELEMENTS(begin); i++)
    g_ptr_array_add(arguments, (gpointer)begin[i]);
  g_ptr_array_add(arguments, (gpointer)source);
  for (; *patterns != NULL; patterns++)
    g_ptr_array_add(arguments, (gpointer)*patterns);
  g_ptr_array_add(arguments, NULL);
  int status = 0;
  g_autoptr(GString) said = checkout_git_ask(git, (const char *const *)arguments->pdata, &status, error);
  if (said == NULL || status == 0)
    return g_steal_pointer(&said);
  g_autofree char *words = g_utf8_make_valid(said->str, -1);
  error_set(error, DROVER_ERROR_FAILED, "actions/checkout: %s cannot be read: %s", source, g_strstrip(words));
  return NULL;
}

/* The first word of the line "<word>\t<name>"; transfer full, or NULL. `prefix` is what the word must begin with, and is left out. */
static char *find_line(const char *listing, const char *prefix, const char *name) {
  g_auto(GStrv) lines = g_strsplit(listing, "\n", -1);
  for (char **line = lines; *line != NULL; line++) {
    char *tab = strchr(*line, '\t');
    if (tab == NULL || strcmp(tab + 1, name) != 0 || !g_str_has_prefix(*line, prefix))
      continue;
    *tab = '\0';
    return g_strdup(*line + strlen(prefix));
  }
  return NULL;
}

static bool find_default(CheckoutRevision *revision, const CheckoutGit *git, const char *source, GError **error) {
  g_autoptr(GString) listing = list_remote(git, source, (const char *const[]){"HEAD", NULL}, error);
  if (listing == NULL)
    return false;
  g_autofree char *ref = find_line(listing->str, "ref: ", "HEAD");
  g_autofree char *object = NULL;
  g_auto(GStrv) lines = g_strsplit(listing->str, "\n", -1);
  for (char **line = lines; *line != NULL && object == NULL; line++)
    if (!g_str_has_prefix(*line, "ref: "))
      object = find_line(*line, "", "HEAD");
  if (object == NULL)
    return error_set(error, DROVER_ERROR_NOT_FOUND, "actions/checkout: %s: has no commit yet", source);
  revision->object = g_steal_pointer(&object);
  revision->ref = ref != NULL ? g_steal_pointer(&ref) : g_strdup("");
  return true;
}

/* A branch before a tag. A name that begins with refs/ is whole. */
static bool find_name(CheckoutRevision *revision, const CheckoutGit *git, const char *source, const char *name, GError **error) {
  bool whole = g_str_has_prefix(name, "refs/");
  const char *branch = g_str_has_prefix(name, HEADS) ? name + strlen(HEADS) : whole ? NULL : name;
  g_autofree char *head = g_strconcat(HEADS, branch, NULL), *remote = g_strconcat(REMOTE, branch, NULL);
  g_autofree char *other = whole ? g_strdup(name) : g_strconcat(TAGS, name, NULL);
  const char *const asked[] = {branch != NULL ? head : other, branch != NULL ? remote : other, other, NULL};
  const char *const called[] = {branch != NULL ? head : other, branch != NULL ? head : other, other};
  g_autoptr(GString) listing = list_remote(git, source, asked, error);
  if (listing == NULL)
    return false;
  for (size_t i = 0; i < G_N_ELEMENTS(called) && revision->object == NULL; i++) {
    revision->object = find_line(listing->str, "", asked[i]);
    revision->ref = revision->object != NULL ? g_strdup(called[i]) : NULL;
  }
  return revision->object != NULL ||
         error_set(error, DROVER_ERROR_NOT_FOUND, "actions/checkout: ref \"%s\": %s has no branch or tag of that name", name, source);
}

/* The tested ref by its full name, or by the short one that belongs to it. */
static bool is_tested_ref(const char *given, const char *tested) {
  static const char *const prefixes[] = {"", HEADS, TAGS, PULL};
  bool same = false;
  for (size_t i = 0; i < G_N_ELEMENTS(prefixes); i++)
    same |= g_str_has_prefix(tested, prefixes[i]) && strcmp(tested + strlen(prefixes[i]), given) == 0;
  return *given == '\0' || same;
}

bool checkout_revision_find(CheckoutRevision *revision, const CheckoutGit *git, const CheckoutInputs *inputs, const char *source, GError **error) {
  const CheckoutSpec *spec = git->spec;
  if (uses_ref_kind(inputs->ref) == USES_REF_COMMIT) {
    revision->object = g_ascii_strdown(inputs->ref, -1);
    revision->ref = g_strdup("");
    return true;
  }
  if (inputs->is_tested && is_tested_ref(inputs->ref, spec->ref)) {
    revision->object = g_strdup(spec->commit);
    revision->ref = g_strdup(spec->ref);
    return true;
  }
  return *inputs->ref == '\0' ? find_default(revision, git, source, error) : find_name(revision, git, source, inputs->ref, error);
}

/* ---- fetching ------------------------------------------------------------------------------------------------------------ */

/* Where it is kept here: origin's branch, a tag; "" where only the commit is wanted. Transfer full. */
static char *kept_as(const CheckoutRevision *revision) {
  if (g_str_has_prefix(revision->ref, HEADS))
    return g_strconcat(REMOTE, revision->ref + strlen(HEADS), NULL);
  if (g_str_has_prefix(revision->ref, PULL))
    return g_strconcat("refs/remotes/pull/", revision->ref + strlen(PULL), NULL);
  return g_strdup(g_str_has_prefix(revision->ref, TAGS) ? revision->ref : "");
}

static void add(GPtrArray *arguments, const char *text) {
  g_ptr_array_add(arguments, g_strdup(text));
}

static GPtrArray *fetch_arguments(const CheckoutInputs *inputs, const char *source) {
  GPtrArray *arguments = g_ptr_array_new_with_free_func(g_free);
  add(arguments, "fetch");
  add(arguments, "--no-tags"), add(arguments, "--no-recurse-submodules"), add(arguments, "--update-shallow");
  add(arguments, inputs->show_progress ? "--progress" : "--quiet");
  add(arguments, upload_pack);
  if (inputs->depth > 0)
    g_ptr_array_add(arguments, g_strdup_printf("--depth=%u", inputs->depth));
  add(arguments, "--"), add(arguments, source);
  return arguments;
}

static bool run_fetch(const CheckoutGit *git, GPtrArray *arguments, GError **error) {
  g_ptr_array_add(arguments, NULL);
  return checkout_git(git, (const char *const *)arguments->pdata, error);
}

/* Branches that the source itself knows only from its own origin come first, so that its own lie over them. */
static bool fetch_origins(const CheckoutGit *git, const CheckoutInputs *inputs, const char *source, GError **error) {
  g_autoptr(GPtrArray) arguments = fetch_arguments(inputs, source);
  add(arguments, "+" REMOTE "*:" REMOTE "*");
  add(arguments, "^" REMOTE "HEAD");
  return run_fetch(git, arguments, error);
}

bool checkout_revision_fetch(const CheckoutRevision *revision, const CheckoutGit *git, const CheckoutInputs *inputs, const char *source, bool again,
                             GError **error) {
  bool all = inputs->depth == 0;
  if (all && !fetch_origins(git, inputs, source, error))
    return false;
  g_autoptr(GPtrArray) arguments = fetch_arguments(inputs, source);
  if (all && again)
    g_ptr_array_insert(arguments, 1, g_strdup(ALL_HISTORY));
  g_autofree char *kept = kept_as(revision);
  g_ptr_array_add(arguments, *kept != '\0' ? g_strdup_printf("+%s:%s", revision->object, kept) : g_strdup(revision->object));
  if (all)
    add(arguments, "+" HEADS "*:" REMOTE "*");
  if (all || inputs->fetch_tags)
    add(arguments, "+" TAGS "*:" TAGS "*");
  bool named_twice = all || (inputs->fetch_tags && g_str_has_prefix(revision->ref, TAGS));
  if (named_twice && *revision->ref != '\0') /* its commit decides */
    g_ptr_array_add(arguments, g_strconcat("^", revision->ref, NULL));
  return run_fetch(git, arguments, error);
}

/* ---- checking out -------------------------------------------------------------------------------------------------------- */

bool checkout_revision_switch(const CheckoutRevision *revision, const CheckoutGit *git, const CheckoutInputs *inputs, GError **error) {
  g_autofree char *kept = kept_as(revision);
  const char *how = inputs->show_progress ? "--progress" : "--quiet";
  const char *place = *kept != '\0' ? kept : revision->object;
  if (g_str_has_prefix(revision->ref, HEADS)) {
    const char *const branch[] = {"checkout", how, "--force", "-B", revision->ref + strlen(HEADS), place, NULL};
    return checkout_git(git, branch, error);
  }
  return checkout_git(git, (const char *const[]){"checkout", how, "--force", "--detach", place, NULL}, error);
}
