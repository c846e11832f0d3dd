#include "httpd/answer.h"

#include <stdlib.h>
#include <string.h>

static const struct {
  const char *name;
  const char *value;
} on_every_answer[] = {
  {"Content-Security-Policy", "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"},
  {"X-Content-Type-Options", "nosniff"},
  {"Referrer-Policy", "no-referrer"},
};

void answer_header(struct MHD_Response *response, const char *name, const char *value) {
  (void)MHD_add_response_header(response, name, value);
}

static struct MHD_Response *with_headers(struct MHD_Response *response, const char *type) {
  if (response == NULL)
    g_error("no memory for an answer");
  for (size_t i = 0; i < G_N_ELEMENTS(on_every_answer); i++)
    answer_header(response, on_every_answer[i].name, on_every_answer[i].value);
  if (type != NULL)
    answer_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, type);
  return response;
}

struct MHD_Response *answer_bytes(const char *type, char *body, size_t size) {
  return with_headers(MHD_create_response_from_buffer_with_free_callback(size, body, g_free), type);
}

struct MHD_Response *answer_file(const char *type, int fd, int64_t offset, int64_t size) {
  return with_headers(MHD_create_response_from_fd_at_offset64((uint64_t)size, fd, (uint64_t)offset), type);
}

struct MHD_Response *answer_json(const char *type, json_t *value) {
  char *dumped = json_dumps(value, JSON_COMPACT);
  char *text = g_strconcat(dumped != NULL ? dumped : "null", "\n", NULL);
  free(dumped);
  return answer_bytes(type, text, strlen(text));
}
