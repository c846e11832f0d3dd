/* The containers of a job: its own ("container:"), its services, and those of Docker actions. Private to the runner. */
#pragma once

#include "engine/scope.h"
#include "runner/job/job.h"

/* Whether the job asks for a container; one whose image is an expression that gives nothing turns out to have none. */
bool job_wants_container(const Job *job);
/* Starts the services, and the job's container as its executor; puts both into the job context. Nothing is done for a job without. */
bool job_containers_open(Job *job, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void job_containers_close(Job *job);

/* What all containers of the job share, made when the first asks; lives as long as the job. */
const ContainerScope *job_containers_scope(Job *job, GError **error);
/* The folders that a job's container sees; of `count`. Transfer full, texts borrowed from the job. */
ContainerBind *job_container_binds(const Job *job, size_t *count);
