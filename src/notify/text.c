#include "notify/text.h"

#include <glib.h>
#include <stdbool.h>
#include <string.h>

#define ELLIPSIS "…"
#define PART_MIN_BYTES 4 /* shorter parts of an address ("com", "v1") tell nothing and would cut up words */

static const char *slack_escape(gunichar character) {
  return character == '&' ? "&amp;" : character == '<' ? "&lt;" : character == '>' ? "&gt;" : NULL;
}

static char *limit(const char *text, size_t max, bool slack) {
  g_autofree char *valid = g_utf8_make_valid(text != NULL ? text : "", -1);
  g_autoptr(GString) out = g_string_new(NULL);
  size_t units = 0;
  gsize fits = 0; /* where the ellipsis would go: the last border with room for it */
  for (const char *at = valid; *at != '\0'; at = g_utf8_next_char(at)) {
    gunichar character = g_utf8_get_char(at);
    if (g_unichar_iscntrl(character) && character != '\n' && character != '\t')
      character = 0xfffd;
    const char *escape = slack ? slack_escape(character) : NULL;
    size_t size = escape != NULL ? strlen(escape) : character > 0xffff ? 2 : 1;
    if (units < max)
      fits = out->len;
    if (units + size > max) {
      g_string_truncate(out, fits);
      g_string_append(out, max > 0 ? ELLIPSIS : "");
      break;
    }
    if (escape != NULL)
      g_string_append(out, escape);
    else
      g_string_append_unichar(out, character);
    units += size;
  }
  return g_string_free(g_steal_pointer(&out), FALSE);
}

char *text_limit(const char *text, size_t max) {
  return limit(text, max, false);
}

char *text_limit_slack(const char *text, size_t max) {
  return limit(text, max, true);
}

static void replace_all(GString *text, const char *part) {
  if (strlen(part) >= PART_MIN_BYTES)
    g_string_replace(text, part, "***", 0);
}

char *text_redact(const char *text, const char *address) {
  g_autoptr(GString) out = g_string_new(text);
  replace_all(out, address);
  const char *rest = strstr(address, "://");
  g_auto(GStrv) parts = g_strsplit_set(rest != NULL ? rest + 3 : address, "/?#&=:@", -1);
  for (char **part = parts; *part != NULL; part++)
    replace_all(out, *part);
  return g_string_free(g_steal_pointer(&out), FALSE);
}
