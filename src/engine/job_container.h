/* The container of a job ("container:") as an Executor: it runs idle from the job's start to its end, and steps run in it.
 *
 * Programs see the container's own file system and the folders that the bind table names. Where podman runs as root they are started
 * by the container's OCI runtime (engine/exec.h): output is in order and signals arrive. Elsewhere, and for a person's shell, by
 * "podman exec" or "docker exec": there standard output and error may overtake each other, and a program that is stopped gets
 * SIGKILL without a warning.
 */
#pragma once

#include "base/executor.h"
#include "engine/request.h"
#include "engine/scope.h"

/* All borrowed for the call, but for `scope`, which must outlive the executor. */
typedef struct {
  const ContainerScope *scope;
  const ContainerRequest *request;
  const ContainerBind *binds; /* paths inside another's come later */
  size_t bind_count;
  const char *const *hosts; /* "name:address", NULL-terminated; may be NULL */
  const char *cwd;          /* where it starts; made where it is missing */
  const char *program;      /* drover's binary; NULL: /proc/self/exe */
  bool by_engine;           /* programs are started by the engine even where its runtime could */
  GCancellable *cancellable;
} JobContainerSpec;

/* Fetches the image, starts the container. REFUSED and INPUT tell what the workflow may not ask, FAILED that it does not start or ended
 * at once, with its last words; errors of container_image_fetch(). */
Executor *job_container_new(const JobContainerSpec *spec, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* "K=V" that the image and the workflow give to programs inside, NULL-terminated, transfer none: what ExecutorSpec.env begins with. */
const char *const *job_container_environment(const Executor *executor);

/* For the job context's container.id; transfer none. */
const char *job_container_id(const Executor *executor);
