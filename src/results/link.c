#include "results/link.h"

#include "results/token.h"

static const char *or_empty(const char *text) {
  return text != NULL ? text : "";
}

/* One line a part: none of them but the last can hold a line break. */
static char *signed_text(const Link *link) {
  return g_strdup_printf("%s\n%s\n%" G_GINT64_FORMAT "\n%s\n%s", link->use == LINK_WRITE ? "write" : "read", link->subject, link->expires_s,
                         or_empty(link->type), or_empty(link->name));
}

char *link_make(const uint8_t secret[SECRET_BYTES], const char *base, const Link *link) {
  g_autofree char *text = signed_text(link);
  g_autofree char *code = code_make(secret, text);
  g_autofree char *type = g_uri_escape_string(or_empty(link->type), NULL, FALSE);
  g_autofree char *name = g_uri_escape_string(or_empty(link->name), NULL, FALSE);
  return g_strdup_printf("%s%s%s?se=%" G_GINT64_FORMAT "&rsct=%s&rscd=%s&sig=%s", base, link->use == LINK_WRITE ? LINK_WRITE_PATH : LINK_READ_PATH,
                         link->subject, link->expires_s, type, name, code);
}

bool link_is_valid(const uint8_t secret[SECRET_BYTES], const Link *link, const char *code, int64_t now_s) {
  g_autofree char *text = signed_text(link);
  return code != NULL && code_is(secret, text, code) && now_s < link->expires_s;
}
