#include "sandbox/proxy_head.h"

#include <glib.h>
#include <string.h>

#define SCHEME "http://"
#define HTTP_PORT 80
#define PORT_MAX 65535

/* What a proxy takes for itself or writes anew. */
static const char *const dropped[] = {"connection:", "host:", "keep-alive:", "proxy-authorization:", "proxy-connection:", "te:", "upgrade:", NULL};

void proxy_head_clear(ProxyHead *head) {
  g_clear_pointer(&head->host, g_free);
  g_clear_pointer(&head->forward, g_free);
}

size_t proxy_head_length(const char *bytes, size_t size) {
  static const char end[] = "\r\n\r\n";
  const char *found = memmem(bytes, size, end, strlen(end));
  return found != NULL ? (size_t)(found - bytes) + strlen(end) : 0;
}

/* "host", "host:port", "[v6]:port". */
static bool parse_authority(const char *text, unsigned port, ProxyHead *head) {
  const char *end = text[0] == '[' ? strchr(text, ']') : text + strcspn(text, ":");
  if (end == NULL || strchr(text, '@') != NULL)
    return false;
  const char *colon = text[0] == '[' ? end + 1 : end;
  guint64 number = port;
  if (*colon != '\0' && (*colon != ':' || !g_ascii_string_to_unsigned(colon + 1, 10, 1, PORT_MAX, &number, NULL)))
    return false;
  const char *start = text[0] == '[' ? text + 1 : text;
  head->host = g_strndup(start, (size_t)(end - start));
  head->port = (unsigned)number;
  return *head->host != '\0' && number != 0;
}

static bool is_dropped(const char *line) {
  for (const char *const *name = dropped; *name != NULL; name++)
    if (g_ascii_strncasecmp(line, *name, strlen(*name)) == 0)
      return true;
  return false;
}

static bool parse_absolute(char *const *lines, char *const *words, ProxyHead *head) {
  if (g_ascii_strncasecmp(words[1], SCHEME, strlen(SCHEME)) != 0)
    return false;
  const char *rest = words[1] + strlen(SCHEME);
  size_t length = strcspn(rest, "/?#");
  g_autofree char *authority = g_strndup(rest, length);
  if (!parse_authority(authority, HTTP_PORT, head))
    return false;
  GString *forward = g_string_new(NULL);
  g_string_append_printf(forward, "%s %s%s %s\r\nHost: %s\r\nConnection: close\r\n", words[0], rest[length] == '/' ? "" : "/", rest + length,
                         words[2], authority);
  for (; *lines != NULL && **lines != '\0'; lines++)
    if (!is_dropped(*lines))
      g_string_append_printf(forward, "%s\r\n", *lines);
  g_string_append(forward, "\r\n");
  head->forward = g_string_free(forward, FALSE);
  return true;
}

bool proxy_head_parse(const char *bytes, size_t size, ProxyHead *head) {
  *head = (ProxyHead){0};
  if (memchr(bytes, '\0', size) != NULL)
    return false;
  g_autofree char *text = g_strndup(bytes, size);
  g_auto(GStrv) lines = g_strsplit(text, "\r\n", -1);
  g_auto(GStrv) words = g_strsplit(lines[0] != NULL ? lines[0] : "", " ", -1);
  bool good = g_strv_length(words) == 3 && g_str_has_prefix(words[2], "HTTP/1.") && strpbrk(text, "\n") != NULL;
  head->is_tunnel = good && strcmp(words[0], "CONNECT") == 0;
  good = good && (head->is_tunnel ? parse_authority(words[1], 0, head) : parse_absolute(lines + 1, words, head));
  if (!good)
    proxy_head_clear(head);
  return good;
}
