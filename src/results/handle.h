/* The services for jobs as a handler of httpd/httpd.h. Private to results/. */
#pragma once

#include "httpd/httpd.h"

bool handle_takes(const char *path, void *results);
enum MHD_Result handle_request(void *results, struct MHD_Connection *connection, const char *path, const char *method, const char *body,
                               size_t *body_bytes, void **state);
void handle_done(void **state);
const char *handle_failure(const void *state);
