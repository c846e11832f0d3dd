#include "runner/action/source.h"

#include "base/error.h"
#include "git/remote.h"
#include "runner/action/cache.h"
#include "runner/action/digest.h"
#include "workflow/uses.h"

#include <string.h>

/* One search: what is wanted, and what was seen on the way. */
typedef struct {
  const ActionPlaces *places;
  const ActionWanted *wanted;
  GCancellable *cancellable;
  GString *looked;  /* "/a/actions does not have it; ..." */
  GError *mismatch; /* the first place that had something else */
  bool unavailable;
} Search;

static bool is_commit(const char *ref) {
  return uses_ref_kind(ref) == USES_REF_COMMIT;
}

/* What a place with history is asked for. */
static const char *name_of(const ActionWanted *wanted) {
  return wanted->commit != NULL ? wanted->commit : wanted->ref;
}

static void looked(Search *search, const char *format, ...) G_GNUC_PRINTF(2, 3);
static void looked(Search *search, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  g_string_append_vprintf(search->looked, format, arguments);
  g_string_append(search->looked, "; ");
  va_end(arguments);
}

static void mismatch(Search *search, const char *place, const char *commit, const char *digest) {
  const ActionWanted *wanted = search->wanted;
  if (search->mismatch != NULL)
    return;
  error_set(&search->mismatch, DROVER_ERROR_REFUSED,
            "%s/%s@%s: is locked to commit %s, %s, but %s has commit %s, %s; where that is meant, renew the lock with: drover run --update-lock",
            wanted->owner, wanted->repo, wanted->ref, wanted->commit != NULL ? wanted->commit : "-",
            wanted->digest != NULL ? wanted->digest : "any files", place, *commit != '\0' ? commit : "-", digest);
}

/* Whether the files are those that the lock names; what is not is given back. */
static bool accept(Search *search, const char *place, ActionSource *source) {
  const char *digest = search->wanted->digest;
  if (digest == NULL || strcmp(digest, source->digest) == 0)
    return true;
  mismatch(search, place, source->commit, source->digest);
  action_source_clear(source);
  return false;
}

/* A place that fails as NOT_FOUND, or does not answer, is passed over; every other error ends the search. */
static bool pass_over(Search *search, GError *problem, GError **error) {
  if (error_is(problem, DROVER_ERROR_NOT_FOUND) || error_is(problem, DROVER_ERROR_UNAVAILABLE) || error_is(problem, DROVER_ERROR_TIMEOUT)) {
    search->unavailable |= !error_is(problem, DROVER_ERROR_NOT_FOUND);
    looked(search, "%s", problem->message);
    g_error_free(problem);
    return true;
  }
  g_propagate_error(error, problem);
  return false;
}

/* ---- the user's folders -------------------------------------------------------------------------------------------------- */

/* The folder of plain files, and the commit by which it is called, NULL. */
static char *find_files(const Mirror *mirror, const ActionWanted *wanted, const char **commit) {
  const char *const names[] = {wanted->commit, wanted->ref};
  for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
    char *dir = names[i] != NULL ? mirror_files_dir(mirror, wanted->owner, wanted->repo, names[i]) : NULL;
    *commit = dir != NULL && is_commit(names[i]) ? names[i] : "";
    if (dir != NULL)
      return dir;
  }
  return NULL;
}

typedef struct {
  const Mirror *mirror;
  const ActionWanted *wanted;
  const char *commit;
  GCancellable *cancellable;
} MirrorWork;

static bool lay_out_mirrored(const char *target, char **commit, void *data, GError **error) {
  const MirrorWork *work = data;
  *commit = g_strdup(work->commit);
  return mirror_lay_out(work->mirror, work->wanted->owner, work->wanted->repo, work->commit, target, work->cancellable, error);
}

static bool take_mirrored(const Search *search, const Mirror *mirror, const char *commit, ActionSource *source, GError **error) {
  const ActionWanted *wanted = search->wanted;
  bool found = false;
  if (!action_cache_find(search->places->cache_dir, wanted->owner, wanted->repo, commit, source, &found, error))
    return false;
  MirrorWork work = {.mirror = mirror, .wanted = wanted, .commit = commit, .cancellable = search->cancellable};
  return found || action_cache_fill(search->places->cache_dir, wanted->owner, wanted->repo, lay_out_mirrored, &work, source, error);
}

/* `source` stays empty where the folder does not have it. */
static bool ask_mirror(Search *search, Mirror *mirror, ActionSource *source, GError **error) {
  const ActionWanted *wanted = search->wanted;
  const char *commit = "";
  g_autofree char *files = find_files(mirror, wanted, &commit);
  if (files != NULL) {
    source->commit = g_ascii_strdown(commit, -1);
    source->dir = g_steal_pointer(&files);
    if (!action_digest(source->dir, &source->digest, error))
      return false;
    g_autofree char *place = g_strdup(source->dir);
    accept(search, place, source);
    return true;
  }
  GError *problem = NULL;
  MirrorRef ref, now;
  if (!mirror_resolve(mirror, wanted->owner, wanted->repo, name_of(wanted), &ref, &problem)) {
    if (wanted->commit != NULL && mirror_resolve(mirror, wanted->owner, wanted->repo, wanted->ref, &now, NULL))
      mismatch(search, mirror_git_dir(mirror, wanted->owner, wanted->repo), now.commit, "not looked into");
    return pass_over(search, problem, error);
  }
  if (!take_mirrored(search, mirror, ref.commit, source, error))
    return false;
  accept(search, mirror_git_dir(mirror, wanted->owner, wanted->repo), source);
  return true;
}

/* ---- what was fetched before, and the server ----------------------------------------------------------------------------- */

static bool ask_cache(Search *search, const char *commit, ActionSource *source, GError **error) {
  const ActionWanted *wanted = search->wanted;
  bool found = false;
  if (!action_cache_find(search->places->cache_dir, wanted->owner, wanted->repo, commit, source, &found, error))
    return false;
  if (found)
    accept(search, search->places->cache_dir, source);
  return true;
}

typedef struct {
  const char *url;
  const char *object;
  GCancellable *cancellable;
} RemoteWork;

static bool lay_out_remote(const char *target, char **commit, void *data, GError **error) {
  const RemoteWork *work = data;
  return remote_lay_out(work->url, work->object, target, commit, work->cancellable, error);
}

/* The server has the ref but no longer the locked commit. */
static void note_moved(Search *search, const char *url) {
  g_autofree char *now = NULL;
  if (search->wanted->commit != NULL && !is_commit(search->wanted->ref) && remote_resolve(url, search->wanted->ref, &now, search->cancellable, NULL))
    mismatch(search, url, now, "not fetched");
}

static bool ask_server(Search *search, ActionSource *source, GError **error) {
  const ActionWanted *wanted = search->wanted;
  g_autofree char *url = g_strdup_printf("%s%s%s/%s", search->places->server_url, g_str_has_suffix(search->places->server_url, "/") ? "" : "/",
                                         wanted->owner, wanted->repo);
  g_autofree char *object = NULL;
  GError *problem = NULL;
  if (!remote_resolve(url, name_of(wanted), &object, search->cancellable, &problem))
    return pass_over(search, problem, error);
  if (!ask_cache(search, object, source, error))
    return false;
  if (source->dir != NULL)
    return true;
  RemoteWork work = {.url = url, .object = object, .cancellable = search->cancellable};
  if (!action_cache_fill(search->places->cache_dir, wanted->owner, wanted->repo, lay_out_remote, &work, source, &problem)) {
    if (error_is(problem, DROVER_ERROR_NOT_FOUND))
      note_moved(search, url);
    return pass_over(search, problem, error);
  }
  accept(search, url, source);
  return true;
}

/* ---- the search ---------------------------------------------------------------------------------------------------------- */

static bool search_all(Search *search, ActionSource *source, GError **error) {
  const ActionPlaces *places = search->places;
  for (guint i = 0; i < places->mirrors->len && source->dir == NULL; i++)
    if (!ask_mirror(search, g_ptr_array_index(places->mirrors, i), source, error))
      return false;
  const char *name = name_of(search->wanted);
  if (source->dir == NULL && is_commit(name) && !ask_cache(search, name, source, error))
    return false;
  if (source->dir != NULL)
    return true;
  if (places->server_url != NULL)
    return ask_server(search, source, error);
  looked(search, "no git server may be asked");
  return true;
}

static bool looks_shortened(const char *ref) {
  size_t digits = strspn(ref, "0123456789abcdef");
  return ref[digits] == '\0' && digits >= 7 && digits < 40;
}

static bool explain(const Search *search, GError **error) {
  const ActionWanted *wanted = search->wanted;
  return error_set(error, search->unavailable ? DROVER_ERROR_UNAVAILABLE : DROVER_ERROR_NOT_FOUND,
                   "%s/%s@%s: was not found: %s%s%sgive it with --actions DIR, in which lies %s/%s/%s/ with its files or a git repository %s/%s.git",
                   wanted->owner, wanted->repo, wanted->ref, search->looked->str,
                   looks_shortened(wanted->ref) ? "a shortened commit is not enough, write all its digits; " : "",
                   search->unavailable ? "run it where the network reaches that server, or " : "", wanted->owner, wanted->repo, wanted->ref,
                   wanted->owner, wanted->repo);
}

bool action_source_find(const ActionPlaces *places, const ActionWanted *wanted, ActionSource *source, GCancellable *cancellable, GError **error) {
  g_autoptr(GString) seen = g_string_new(NULL);
  Search search = {.places = places, .wanted = wanted, .cancellable = cancellable, .looked = seen};
  g_auto(ActionSource) found = {0};
  bool searched = search_all(&search, &found, error);
  g_autoptr(GError) other = search.mismatch;
  if (!searched)
    return false;
  if (found.dir != NULL) {
    *source = found;
    found = (ActionSource){0};
    return true;
  }
  if (other == NULL)
    return explain(&search, error);
  g_propagate_error(error, g_steal_pointer(&other));
  return false;
}

bool action_source_is_here(const ActionPlaces *places, const ActionWanted *wanted) {
  for (guint i = 0; i < places->mirrors->len; i++) {
    MirrorRef ref;
    const char *commit = NULL;
    Mirror *mirror = g_ptr_array_index(places->mirrors, i);
    g_autofree char *files = find_files(mirror, wanted, &commit);
    if (files != NULL || mirror_resolve(mirror, wanted->owner, wanted->repo, name_of(wanted), &ref, NULL))
      return true;
  }
  g_auto(ActionSource) source = {0};
  bool found = false;
  return is_commit(name_of(wanted)) && action_cache_find(places->cache_dir, wanted->owner, wanted->repo, name_of(wanted), &source, &found, NULL) &&
         found;
}
