/* Answers of the HTTP server, the registry's and all others: made here, so that every one carries the security headers.
 * Content that was pushed is served from the same origin as the page, so no browser may take it for a page. */
#pragma once

#include <glib.h>
#include <jansson.h>
#include <microhttpd.h>
#include <stdint.h>

/* Bytes; takes `body` (g_free), which may be NULL when `size` is 0. `type` NULL: no Content-Type. */
struct MHD_Response *answer_bytes(const char *type, char *body, size_t size);

/* A piece of an open file, by sendfile; takes `fd`. */
struct MHD_Response *answer_file(const char *type, int fd, int64_t offset, int64_t size);

/* JSON, compact with a newline; takes a reference of `value`. */
struct MHD_Response *answer_json(const char *type, json_t *value);

/* Adds a header; a value that no header may hold (it has a line break) is left out. */
void answer_header(struct MHD_Response *response, const char *name, const char *value);
