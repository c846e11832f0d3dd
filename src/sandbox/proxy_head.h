/* The head of a request to a proxy (RFC 9112, section 3.2): CONNECT host:port, or an absolute http URI. Pure: bytes in, bytes out. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#define PROXY_HEAD_MAX_BYTES ((size_t)32 << 10)

typedef struct {
  char *host; /* as it was written, without brackets; transfer full, likewise the next */
  unsigned port;
  bool is_tunnel; /* CONNECT */
  char *forward;  /* the head for the server itself: origin form, "Connection: close", nothing for proxies; NULL for a tunnel */
} ProxyHead;

void proxy_head_clear(ProxyHead *head);

/* The length of the head at the start of `bytes`, its empty line included; 0 when it is not whole. */
size_t proxy_head_length(const char *bytes, size_t size);

/* `bytes` is one head. False when it is none, or for no http URI. */
bool proxy_head_parse(const char *bytes, size_t size, ProxyHead *head);
