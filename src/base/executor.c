#include "base/executor.h"

bool executor_run(Executor *executor, const ExecutorSpec *spec, int *status, GError **error) {
  return executor->class->run(executor, spec, status, error);
}

char *executor_inside(const Executor *executor, const char *path) {
  return executor->class->inside(executor, path);
}

char *executor_outside(const Executor *executor, const char *path) {
  return executor->class->outside(executor, path);
}

void executor_free(Executor *executor, unsigned *ended) {
  unsigned count = 0;
  if (executor != NULL)
    executor->class->free(executor, &count);
  if (ended != NULL)
    *ended = count;
}
