/* What `git upload-pack` writes, as the body of an answer: a thread a stream, one buffer, the connection suspended while git thinks.
 * Private to results/. */
#pragma once

#include "results/results_internal.h"

typedef struct GitStream GitStream;

typedef struct {
  const char *dir;      /* the repository */
  const char *protocol; /* for GIT_PROTOCOL; may be NULL */
  const char *opening;  /* written before git's own output; may be NULL */
  int input;            /* git's standard input, taken over; -1: it only tells its references */
} GitStreamSpec;

/* Starts git; the answer ends it when the client goes away. MISSING. Transfer full. */
struct MHD_Response *git_stream_answer(Results *results, struct MHD_Connection *connection, const GitStreamSpec *spec,
                                       GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Ends every stream, and lets none begin to wait. */
void git_stream_stop_all(Results *results);
