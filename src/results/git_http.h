/* Local repositories over git's HTTP protocol, for reading (git's protocol-http and protocol-v2 pages). Private to results/. */
#pragma once

#include "httpd/httpd.h"

#include <glib.h>

typedef struct {
  char *name; /* "owner/name" */
  char *dir;
  char *token; /* NULL: whoever asks may read */
} GitRepository;

void git_repository_free(GitRepository *repository);

bool git_http_takes(const char *path, void *results);
enum MHD_Result git_http_handle(void *results, struct MHD_Connection *connection, const char *path, const char *method, const char *body,
                                size_t *body_bytes, void **state);
void git_http_done(void **state);
const char *git_http_failure(const void *state);
void git_http_stop(void *results);
