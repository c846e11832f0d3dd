/* Pipes that something left running still writes to: they are read, and what comes is dropped, by one thread, which the first starts. */
#pragma once

typedef struct ExecutorDrain ExecutorDrain;

ExecutorDrain *executor_drain_new(void);
void executor_drain_free(ExecutorDrain *drain); /* closes them all */

/* Takes `fd`, which must not block. Any thread. */
void executor_drain_add(ExecutorDrain *drain, int fd);
