/* What actions/checkout does, without GitHub: a git repository in the workspace, fetched from a repository on this machine.
 *
 * Every program runs in the job's executor, as the job: the workspace and what is in it are the job's, so no symbolic link and no
 * git setting there can make drover write or run anything that the job could not. Git's settings of the machine and the user do not
 * count, nor do hooks, and git may only read repositories that lie on this machine, which the executor has to show (read-only is enough).
 *
 * As with the action, a branch is checked out as a local branch that tracks origin's, all else detached; "origin" is the repository's
 * address on the server, though nothing is fetched from there. The branches of a repository here are its own and, where those lack
 * the name, those of its remote "origin".
 */
#pragma once

#include "base/executor.h"
#include "runner/action/store.h"

#include <jansson.h>

typedef struct {
  Executor *executor;
  const char *const *env;       /* NULL-terminated "K=V" of programs inside, PATH first of all; GIT_* in it does not count */
  const char *workspace;        /* inside; is there */
  const char *repository;       /* "owner/repo" that is tested */
  const char *source;           /* where it lies on this machine: its working tree, or its git folder */
  const char *commit;           /* that is tested */
  const char *ref;              /* "refs/heads/main", "refs/tags/v1", "refs/pull/1/merge"; "" where it is none */
  const char *server_url;       /* "https://github.com" */
  ActionStore *store;           /* in whose folders other repositories and submodules lie; may be NULL */
  const json_t *inputs;         /* an object of strings: repository, ref, path, ... in any case */
  ExecutorOutputFunc on_output; /* what git says; may be NULL */
  void *data;
  int64_t deadline_ms;       /* 0: none */
  GCancellable *cancellable; /* may be NULL */
} CheckoutSpec;

/* Sets "ref" and "commit" in `outputs`, an object. Errors begin with "actions/checkout: ": INPUT for an input that cannot be met (lfs,
 * a path outside), NOT_FOUND for a ref or a repository that is not here, MISSING without git in the executor, FAILED with git's words.
 * A ref that is the tested one is the tested commit. `token`, `ssh-*`, `filter`, `persist-credentials`, `set-safe-directory` and
 * `github-server-url` change nothing: no server is asked. */
bool checkout_run(const CheckoutSpec *spec, json_t *outputs, GError **error) G_GNUC_WARN_UNUSED_RESULT;
