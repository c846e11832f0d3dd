/* A webhook receiver on a free port of the loopback address: takes requests one after another and answers as it is told. */
#pragma once

#include <glib.h>

typedef struct Receiver Receiver;

/* `statuses` (0 at the end) are the answers in order; the last is repeated; 1 means to close without an answer, 2 to read and
 * never answer. `path` becomes part of the address. */
Receiver *receiver_new(const char *path, const unsigned *statuses);
void receiver_free(Receiver *receiver);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Receiver, receiver_free)

const char *receiver_address(const Receiver *receiver); /* "http://127.0.0.1:PORT/PATH" */

/* How many requests came, and the last one whole; transfer full. */
guint receiver_count(Receiver *receiver);
char *receiver_last(Receiver *receiver);
