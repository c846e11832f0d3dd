/* Reads the bytes as the head of a request to the proxy; what goes on to a server is one head, and none of a proxy. */
#include "sandbox/proxy_head.h"

#include <glib.h>
#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  const char *bytes = (const char *)data;
  size_t length = proxy_head_length(bytes, size);
  ProxyHead head;
  if (length == 0 || !proxy_head_parse(bytes, length, &head))
    return 0;
  g_assert_true(*head.host != '\0' && head.port > 0 && head.port <= 65535);
  g_assert_true(head.is_tunnel == (head.forward == NULL));
  if (head.forward != NULL) {
    ProxyHead again;
    g_assert_cmpuint(proxy_head_length(head.forward, strlen(head.forward)), ==, strlen(head.forward));
    g_assert_false(proxy_head_parse(head.forward, strlen(head.forward), &again));
  }
  proxy_head_clear(&head);
  return 0;
}
