/* Git as one checkout runs it, in the job's executor. Private to the checkout. One thread. */
#pragma once

#include "runner/checkout.h"

/* How the other side of a fetch is started: it may give any commit, whoever owns the repository. */
#define CHECKOUT_UPLOAD_PACK "git -c safe.directory='*' -c uploadpack.allowAnySHA1InWant=true upload-pack"

typedef struct {
  const CheckoutSpec *spec;
  char **env;
  const char *target; /* the folder in which it works, inside; borrowed */
  int64_t end_us;     /* monotonic; 0: no deadline */
} CheckoutGit;

void checkout_git_init(CheckoutGit *git, const CheckoutSpec *spec, const char *target);
void checkout_git_clear(CheckoutGit *git);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(CheckoutGit, checkout_git_clear)

/* Runs any program in the workspace, shown as git's are; it must end with 0. */
bool checkout_program(const CheckoutGit *git, const char *const *argv, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Runs `git -C target ...`, NULL-terminated, and shows what it says; FAILED, with its words, where it ends with another status than 0. */
bool checkout_git(const CheckoutGit *git, const char *const *arguments, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The same, but what it says, of at most 4 MiB, is the answer (transfer full) and is not shown. Any status is fine. */
GString *checkout_git_ask(const CheckoutGit *git, const char *const *arguments, int *status, GError **error) G_GNUC_WARN_UNUSED_RESULT;
