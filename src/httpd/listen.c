#include "httpd/listen.h"

#include "base/error.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BACKLOG 512

static bool parse_port(const char *text, uint16_t *port) {
  guint64 value = 0;
  if (!g_ascii_string_to_unsigned(text, 10, 0, 65535, &value, NULL))
    return false;
  *port = (uint16_t)value;
  return true;
}

static bool parse_host(const char *host, uint16_t port, ListenAddress *address) {
  struct sockaddr_in v4 = {.sin_family = AF_INET, .sin_port = htons(port)};
  struct sockaddr_in6 v6 = {.sin6_family = AF_INET6, .sin6_port = htons(port)};
  size_t length = strlen(host);
  ListenAddress made = {0};
  if (inet_pton(AF_INET, strcmp(host, "localhost") == 0 ? "127.0.0.1" : host, &v4.sin_addr) == 1) {
    made.size = sizeof v4;
    memcpy(&made.address, &v4, sizeof v4);
  } else if (length > 2 && host[0] == '[' && host[length - 1] == ']') {
    g_autofree char *inner = g_strndup(host + 1, length - 2);
    if (inet_pton(AF_INET6, inner, &v6.sin6_addr) != 1)
      return false;
    made.size = sizeof v6;
    memcpy(&made.address, &v6, sizeof v6);
  } else {
    return false;
  }
  *address = made;
  return true;
}

bool listen_parse(const char *text, ListenAddress *address, GError **error) {
  const char *colon = text != NULL ? strrchr(text, ':') : NULL;
  g_autofree char *host = colon != NULL ? g_strndup(text, (gsize)(colon - text)) : NULL;
  uint16_t port = 0;
  if (host != NULL && parse_port(colon + 1, &port) && parse_host(host, port, address))
    return true;
  return error_set(error, DROVER_ERROR_INPUT, "listen: \"%s\": expected ADDRESS:PORT, such as 127.0.0.1:5000 or [::1]:5000",
                   text != NULL ? text : "");
}

static char *describe(const struct sockaddr_storage *address) {
  char host[INET6_ADDRSTRLEN] = "";
  struct sockaddr_in v4;
  struct sockaddr_in6 v6;
  memcpy(&v4, address, sizeof v4);
  memcpy(&v6, address, sizeof v6);
  if (address->ss_family == AF_INET)
    return g_strdup_printf("%s:%u", inet_ntop(AF_INET, &v4.sin_addr, host, sizeof host), ntohs(v4.sin_port));
  return g_strdup_printf("[%s]:%u", inet_ntop(AF_INET6, &v6.sin6_addr, host, sizeof host), ntohs(v6.sin6_port));
}

char *listen_describe(int fd) {
  struct sockaddr_storage address = {.ss_family = AF_INET};
  socklen_t size = sizeof address;
  (void)!getsockname(fd, (struct sockaddr *)&address, &size);
  return describe(&address);
}

/* sin_port and sin6_port lie at the same place. */
static unsigned port_of(const ListenAddress *address) {
  return ntohs(((const struct sockaddr_in *)&address->address)->sin_port);
}

static bool explain(const ListenAddress *address, int code, GError **error) {
  g_autofree char *text = describe(&address->address);
  if (code == EADDRINUSE) {
    g_autofree char *owner = listen_port_owner(port_of(address));
    return error_set(error, DROVER_ERROR_CONFLICT, "address %s is in use by another program: %s; choose another with --listen", text,
                     owner != NULL ? owner : "which one cannot be seen from here");
  }
  if (code == EADDRNOTAVAIL)
    return error_set(error, DROVER_ERROR_NOT_FOUND, "address %s is not one of this machine; choose another with --listen", text);
  if (code == EACCES)
    return error_set(error, DROVER_ERROR_REFUSED, "address %s: ports below 1024 need privileges; choose another with --listen", text);
  return error_set_errno(error, code, "address %s cannot be listened on", text);
}

static int bind_and_listen(int fd, const ListenAddress *address) {
  const int on = 1;
  if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) < 0)
    return errno;
  if (address->address.ss_family == AF_INET6 && setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on) < 0)
    return errno;
  if (bind(fd, (const struct sockaddr *)&address->address, address->size) < 0 || listen(fd, BACKLOG) < 0)
    return errno;
  return 0;
}

int listen_open(const ListenAddress *address, GError **error) {
  int fd = socket(address->address.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  int code = fd < 0 ? errno : bind_and_listen(fd, address);
  if (code == 0)
    return fd;
  if (fd >= 0)
    close(fd);
  explain(address, code, error);
  return -1;
}
