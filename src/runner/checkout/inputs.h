/* The inputs of actions/checkout as it reads them. Private to the checkout. Pure. */
#pragma once

#include "runner/checkout.h"

typedef enum { SUBMODULES_NONE, SUBMODULES_OWN, SUBMODULES_ALL } CheckoutSubmodules;

typedef struct {
  char *owner, *repo;
  bool is_tested; /* it is the repository that is tested */
  char *target;   /* the folder, inside */
  char *ref;      /* as given; "": the tested one, or another repository's default branch */
  bool clean;
  bool fetch_tags;
  bool show_progress;
  bool cone;
  unsigned depth; /* 0: all history */
  char **sparse;  /* NULL: everything */
  CheckoutSubmodules submodules;
} CheckoutInputs;

bool checkout_inputs_read(CheckoutInputs *inputs, const CheckoutSpec *spec, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void checkout_inputs_clear(CheckoutInputs *inputs);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(CheckoutInputs, checkout_inputs_clear)
