/* What many payloads share: the repository, people, the commit. */
#include "runner/context/event.h"

#include "base/clock.h"

#include <string.h>

char *event_time(const ContextFacts *facts) {
  return clock_format(facts->spec->commit->time_s * G_USEC_PER_SEC);
}

char *event_url(const ContextFacts *facts, const char *path) {
  return g_strdup_printf("%s/%s%s", facts->spec->server_url, facts->spec->repository, path);
}

json_t *event_user(const ContextFacts *facts, const char *login) {
  const char *server = facts->spec->server_url;
  unsigned id = context_id(login);
  json_t *user = json_pack("{s:s, s:i, s:s, s:b}", "login", login, "id", (int)id, "type", "User", "site_admin", 0);
  context_format(user, "node_id", "U_%08x", id);
  context_format(user, "html_url", "%s/%s", server, login);
  context_format(user, "url", "%s/api/v3/users/%s", server, login);
  context_format(user, "avatar_url", "%s/%s.png", server, login);
  return user;
}

/* The server's name without its scheme. */
static const char *host_of(const char *url) {
  const char *behind = strstr(url, "://");
  return behind != NULL ? behind + 3 : url;
}

static void set_urls(const ContextFacts *facts, json_t *repository) {
  const char *full = facts->spec->repository, *host = host_of(facts->spec->server_url);
  g_autofree char *html = event_url(facts, ""), *clone = event_url(facts, ".git");
  context_set(repository, "html_url", html);
  context_set(repository, "clone_url", clone);
  context_set(repository, "svn_url", html);
  context_format(repository, "url", "%s/api/v3/repos/%s", facts->spec->server_url, full);
  context_format(repository, "git_url", "git://%s/%s.git", host, full);
  context_format(repository, "ssh_url", "git@%.*s:%s.git", (int)strcspn(host, ":/"), host, full);
}

json_t *event_repository(const ContextFacts *facts) {
  unsigned id = context_id(facts->spec->repository);
  g_autofree char *time = event_time(facts);
  json_t *owner = event_user(facts, facts->owner);
  context_set(owner, "name", facts->owner);
  json_t *repository =
    json_pack("{s:i, s:s, s:s, s:b, s:o, s:b, s:n, s:s, s:s, s:b, s:b, s:s}", "id", (int)id, "name", facts->name, "full_name",
              facts->spec->repository, "private", 1, "owner", owner, "fork", 0, "description", "default_branch", facts->default_branch,
              "master_branch", facts->default_branch, "archived", 0, "disabled", 0, "visibility", "private");
  context_format(repository, "node_id", "R_%08x", id);
  context_set(repository, "created_at", time);
  context_set(repository, "updated_at", time);
  context_set(repository, "pushed_at", time);
  set_urls(facts, repository);
  return repository;
}

static json_t *person(const CommitPerson *who) {
  g_autofree char *login = context_login(who->mail);
  return json_pack("{s:s, s:s, s:s}", "name", who->name, "email", who->mail, "username", login);
}

/* GitHub leaves the names of changed files out of what workflows see. */
json_t *event_commit(const ContextFacts *facts) {
  const CommitDetails *details = facts->details;
  const char *id = facts->spec->commit->commit;
  json_t *commit = json_pack("{s:s, s:s, s:b, s:s, s:s, s:o, s:o}", "id", id, "tree_id", details->tree, "distinct", 1, "message", details->message,
                             "timestamp", details->committer.time, "author", person(&details->author), "committer", person(&details->committer));
  g_autofree char *path = g_strconcat("/commit/", id, NULL), *url = event_url(facts, path);
  context_set(commit, "url", url);
  return commit;
}
