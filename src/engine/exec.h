/* Starting a program in a running container through its OCI runtime, as podman's own monitor does, without podman.
 *
 * "podman exec" costs four times as much, has two pipes for the two outputs, so that their order is lost, and forwards no signal. The
 * runtime joins the container's namespaces and control group, with its capabilities, its seccomp filter and its user. It lets the
 * program go when it runs; a process of drover's own program (container_exec_main()) waits for it then, and passes signals on.
 * Private to this folder but for container_exec_main().
 */
#pragma once

#include "base/executor.h"

#include <jansson.h>
#include <stdbool.h>
#include <sys/types.h>

#define CONTAINER_EXEC_COMMAND "container-exec"

/* The other end: main() calls it first when argv[1] is CONTAINER_EXEC_COMMAND: "drover container-exec PIDFILE RUNTIME ARGUMENTS...".
 * Gives the program's status as a shell reports it; the file is there when the runtime could start it. */
int container_exec_main(int argc, char **argv);

/* The process document of the OCI runtime specification, as text: `base`, the container's own, with the program, environment and folder
 * of `spec`. What is not UTF-8 is made so: JSON has no other text. Transfer full. */
char *container_process_json(const json_t *base, const ExecutorSpec *spec);

/* Why a program could not be started, from the words of the runtime or engine: MISSING the program, NOT_FOUND the folder, UNAVAILABLE
 * the container. Always false. */
bool container_exec_failure(const ExecutorSpec *spec, const char *words, GError **error);

/* The pid that a runtime wrote, 0 when it did not. */
pid_t container_exec_pid(const char *pid_file);
