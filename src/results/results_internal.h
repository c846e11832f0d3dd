/* The state behind results.h, and the uploads under way in this process. Private to results/. */
#pragma once

#include "results/grant.h"
#include "results/index.h"
#include "results/keys.h"
#include "results/results.h"

#define HANDLERS 2

struct Results {
  char *dir;
  ResultsOptions options; /* none is 0 */
  uint8_t secret[SECRET_BYTES];
  Index *index;
  GMutex mutex;
  EVP_PKEY *identity;      /* NULL: not needed yet; under the mutex */
  GHashTable *uploads;     /* id -> Intake; under the mutex */
  GPtrArray *repositories; /* GitRepository; under the mutex */
  GPtrArray *streams;      /* GitStream: borrowed; under the mutex */
  bool stopping;           /* under the mutex */
  int64_t evicted_us;      /* monotonic; under the mutex */
  HttpdHandler handlers[HANDLERS];
};

/* Begins an upload; the table holds a reference. CONFLICT when another job is writing the same cache. Transfer full. */
Intake *intakes_begin(Results *results, const IntakeTarget *target, int64_t max_bytes, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The upload with this id, or the one that is to become the same; NULL when there is none. Transfer full. */
Intake *intakes_get(Results *results, int64_t id);
Intake *intakes_find(Results *results, const IntakeTarget *target);

/* Makes a committed upload what it was meant to be, and forgets it, whether that goes well or not. INPUT when it has another size, or
 * another digest ("sha256:..."; NULL: any). */
bool intakes_store(Results *results, Intake *upload, int64_t size_bytes, const char *digest, int64_t *id, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Evicts now and then. */
void results_evict_sometimes(Results *results);

/* The key that signs identities; made when it is first needed. Transfer none. */
EVP_PKEY *results_identity(Results *results, GError **error) G_GNUC_WARN_UNUSED_RESULT;
