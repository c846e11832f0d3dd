/* Submodules from repositories on this machine. Private to the checkout. */
#pragma once

#include "runner/checkout/git.h"
#include "runner/checkout/inputs.h"

/* Fills the submodules of what is checked out. `url` is its origin's. NOT_FOUND names the one whose repository is not here. */
bool checkout_submodules(const CheckoutGit *git, const CheckoutInputs *inputs, const char *url, GError **error) G_GNUC_WARN_UNUSED_RESULT;
