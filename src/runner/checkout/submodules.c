#include "runner/checkout/submodules.h"

#include "base/error.h"
#include "base/path.h"

#include <string.h>

#define LEVELS_MAX 10
#define SUBMODULES_MAX 1000

typedef struct {
  char *name;
  char *path; /* below the repository's folder */
  char *url;  /* whole */
} Submodule;

static void submodule_free(gpointer data) {
  Submodule *submodule = data;
  g_free(submodule->name);
  g_free(submodule->path);
  g_free(submodule->url);
  g_free(submodule);
}

/* ---- .gitmodules --------------------------------------------------------------------------------------------------------- */

/* "../lib.git" and the like count from the repository's own address; transfer full. */
static char *whole_url(const char *base, const char *url) {
  g_autoptr(GString) whole = g_string_new(base);
  if (!g_str_has_prefix(url, "./") && !g_str_has_prefix(url, "../"))
    return g_strdup(url);
  for (;;) {
    if (g_str_has_prefix(url, "./")) {
      url += 2;
    } else if (g_str_has_prefix(url, "../")) {
      const char *slash = strrchr(whole->str, '/');
      g_string_truncate(whole, slash != NULL ? (gsize)(slash - whole->str) : 0);
      url += 3;
    } else {
      g_string_append_printf(whole, "/%s", url);
      return g_strdup(whole->str);
    }
  }
}

static Submodule *find(GPtrArray *list, const char *name) {
  for (guint i = 0; i < list->len; i++) {
    Submodule *submodule = g_ptr_array_index(list, i);
    if (strcmp(submodule->name, name) == 0)
      return submodule;
  }
  Submodule *made = g_new0(Submodule, 1);
  made->name = g_strdup(name);
  g_ptr_array_add(list, made);
  return made;
}

/* "submodule.<name>.<key>\n<value>" as `git config -z` writes it. */
static void take(GPtrArray *list, const char *record, const char *base) {
  static const char prefix[] = "submodule.";
  const char *newline = strchr(record, '\n');
  g_autofree char *key = newline != NULL ? g_strndup(record, (gsize)(newline - record)) : g_strdup("");
  char *dot = strrchr(key, '.');
  if (!g_str_has_prefix(key, prefix) || dot < key + strlen(prefix))
    return;
  *dot = '\0';
  Submodule *submodule = find(list, key + strlen(prefix));
  char **field = strcmp(dot + 1, "url") == 0 ? &submodule->url : &submodule->path;
  g_free(*field);
  *field = field == &submodule->url ? whole_url(base, newline + 1) : g_strdup(newline + 1);
}

/* The submodules that .gitmodules names; it is the job's, so there are limits. */
static GPtrArray *list(const CheckoutGit *git, const char *base, GError **error) {
  const char *const arguments[] = {"config", "-z", "--file", ".gitmodules", "--get-regexp", "^submodule\\..*\\.(url|path)$", NULL};
  int status = 0;
  g_autoptr(GString) said = checkout_git_ask(git, arguments, &status, error);
  if (said == NULL)
    return NULL;
  g_autoptr(GPtrArray) found = g_ptr_array_new_with_free_func(submodule_free);
  for (gsize at = 0; status == 0 && at < said->len && found->len <= SUBMODULES_MAX; at += strlen(said->str + at) + 1)
    take(found, said->str + at, base);
  if (found->len <= SUBMODULES_MAX)
    return g_steal_pointer(&found);
  error_set(error, DROVER_ERROR_INPUT, "actions/checkout: submodules: .gitmodules names more than %d", SUBMODULES_MAX);
  return NULL;
}

/* ---- where they lie here ------------------------------------------------------------------------------------------------- */

/* owner and repo of an address on the server, as https or as ssh; NULL where it lies elsewhere. Transfer full. */
static char **on_server(const char *server_url, const char *url) {
  const char *host = strstr(server_url, "://");
  host = host != NULL ? host + 3 : server_url;
  g_autofree char *name = g_strndup(host, strcspn(host, "/"));
  g_autofree char *https = g_strconcat("https://", name, "/", NULL), *http = g_strconcat("http://", name, "/", NULL);
  g_autofree char *ssh = g_strconcat("ssh://git@", name, "/", NULL), *scp = g_strconcat("git@", name, ":", NULL);
  const char *const prefixes[] = {https, http, ssh, scp};
  for (size_t i = 0; i < G_N_ELEMENTS(prefixes); i++) {
    if (!g_str_has_prefix(url, prefixes[i]))
      continue;
    const char *rest = url + strlen(prefixes[i]);
    size_t length = strlen(rest) - (g_str_has_suffix(rest, ".git") ? 4 : 0);
    g_autofree char *repository = g_strndup(rest, length);
    g_auto(GStrv) parts = g_strsplit(repository, "/", -1);
    return g_strv_length(parts) == 2 ? g_steal_pointer(&parts) : NULL;
  }
  return NULL;
}

/* Its repository as programs inside call it; transfer full. */
static char *find_source(const CheckoutSpec *spec, const Submodule *submodule, GError **error) {
  g_auto(GStrv) parts = submodule->url != NULL ? on_server(spec->server_url, submodule->url) : NULL;
  g_autofree char *name = parts != NULL ? g_strjoinv("/", parts) : NULL;
  const char *source = NULL;
  if (name != NULL && g_ascii_strcasecmp(name, spec->repository) == 0)
    source = spec->source;
  else if (name != NULL && spec->store != NULL)
    source = action_store_git_dir(spec->store, parts[0], parts[1]);
  char *inside = source != NULL ? executor_inside(spec->executor, source) : NULL;
  if (inside == NULL)
    error_set(error, DROVER_ERROR_NOT_FOUND,
              "actions/checkout: submodule \"%s\" (%s): its repository is not on this machine; give it with --actions DIR, in which lies %s.git",
              submodule->name, submodule->url != NULL ? submodule->url : "no url", name != NULL ? name : "owner/repo");
  return inside;
}

/* ---- filling them -------------------------------------------------------------------------------------------------------- */

static bool update(const CheckoutGit *git, const CheckoutInputs *inputs, const GPtrArray *submodules, GError **error) {
  g_autoptr(GPtrArray) arguments = g_ptr_array_new_with_free_func(g_free);
  g_ptr_array_add(arguments, g_strdup("-c"));
  g_ptr_array_add(arguments, g_strdup("remote.origin.uploadpack=" CHECKOUT_UPLOAD_PACK));
  for (guint i = 0; i < submodules->len; i++) {
    const Submodule *submodule = g_ptr_array_index(submodules, i);
    g_autofree char *source = find_source(git->spec, submodule, error);
    if (source == NULL)
      return false;
    g_ptr_array_add(arguments, g_strdup("-c"));
    g_ptr_array_add(arguments, g_strdup_printf("url.file://%s.insteadOf=%s", source, submodule->url));
  }
  g_ptr_array_add(arguments, g_strdup("submodule"));
  g_ptr_array_add(arguments, g_strdup("update"));
  g_ptr_array_add(arguments, g_strdup("--init"));
  g_ptr_array_add(arguments, g_strdup("--force"));
  if (inputs->depth > 0)
    g_ptr_array_add(arguments, g_strdup_printf("--depth=%u", inputs->depth));
  g_ptr_array_add(arguments, NULL);
  return checkout_git(git, (const char *const *)arguments->pdata, error);
}

/* One repository whose submodules are still to be filled. */
typedef struct {
  char *folder, *url;
  unsigned level;
} Work;

static void work_free(gpointer data) {
  Work *work = data;
  g_free(work->folder);
  g_free(work->url);
  g_free(work);
}

static void add_work(GPtrArray *queue, const char *folder, const char *url, unsigned level) {
  Work *work = g_new(Work, 1);
  *work = (Work){.folder = g_strdup(folder), .url = g_strdup(url), .level = level};
  g_ptr_array_add(queue, work);
}

static bool fill(const CheckoutGit *git, const CheckoutInputs *inputs, const Work *work, GPtrArray *queue, GError **error) {
  CheckoutGit here = *git;
  here.target = work->folder;
  g_autoptr(GPtrArray) submodules = list(&here, work->url, error);
  if (submodules == NULL || submodules->len == 0)
    return submodules != NULL;
  if (!update(&here, inputs, submodules, error))
    return false;
  for (guint i = 0; i < submodules->len && inputs->submodules == SUBMODULES_ALL; i++) {
    const Submodule *submodule = g_ptr_array_index(submodules, i);
    g_autofree char *path = submodule->path != NULL ? path_inside(submodule->path) : NULL;
    g_autofree char *folder = path != NULL ? g_build_filename(work->folder, path, NULL) : NULL;
    if (folder != NULL)
      add_work(queue, folder, submodule->url, work->level + 1);
  }
  return true;
}

bool checkout_submodules(const CheckoutGit *git, const CheckoutInputs *inputs, const char *url, GError **error) {
  g_autoptr(GPtrArray) queue = g_ptr_array_new_with_free_func(work_free);
  add_work(queue, git->target, url, 1);
  for (guint i = 0; i < queue->len; i++) {
    const Work *work = g_ptr_array_index(queue, i);
    if (work->level > LEVELS_MAX || queue->len > SUBMODULES_MAX)
      return error_set(error, DROVER_ERROR_INPUT, "actions/checkout: submodules: more than %d, or %d in one another", SUBMODULES_MAX, LEVELS_MAX);
    if (!fill(git, inputs, work, queue, error))
      return false;
  }
  return true;
}
