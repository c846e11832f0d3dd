/* How a job or a step stands, in the words of the expression language. */
#pragma once

typedef enum { STATUS_SUCCESS, STATUS_FAILURE, STATUS_CANCELLED, STATUS_SKIPPED } Status;

const char *status_name(Status status); /* "success", ...; static */
