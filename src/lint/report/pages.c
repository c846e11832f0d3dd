#include "lint/report/pages.h"

#include "lint/rule.h"

#include <gio/gio.h>
#include <stdlib.h>
#include <string.h>

#define FOLDER "/drover/rules/"
#define ENDING ".md"
#define WIDTH 90

GResource *rule_pages_get_resource(void); /* made by glib-compile-resources */

const char *lint_rule_page(const char *id) {
  g_autofree char *path = g_strconcat(FOLDER, id, ENDING, NULL);
  g_autoptr(GBytes) bytes = g_resource_lookup_data(rule_pages_get_resource(), path, G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
  return bytes != NULL ? g_bytes_get_data(bytes, NULL) : NULL; /* a part of the program, with a NUL behind it */
}

static int by_text(const void *left, const void *right) {
  return strcmp(*(const char *const *)left, *(const char *const *)right);
}

char **lint_rule_ids(void) {
  char **ids = g_resource_enumerate_children(rule_pages_get_resource(), FOLDER, G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
  for (char **id = ids; *id != NULL; id++)
    (*id)[strlen(*id) - strlen(ENDING)] = '\0';
  qsort(ids, g_strv_length(ids), sizeof *ids, by_text);
  return ids;
}

/* ---- a page on a terminal ---- */

typedef struct {
  GString *text;
  bool colour;
  bool in_code;
} Rendering;

static void put_styled(Rendering *page, const char *escape, const char *words, size_t length) {
  g_string_append(page->text, page->colour ? escape : "");
  g_string_append_len(page->text, words, (gssize)length);
  g_string_append(page->text, page->colour ? "\033[0m" : "");
}

/* `[words](address)`; returns what stands behind it, or NULL when it is no link. */
static const char *put_link(Rendering *page, const char *at, const char *end) {
  const char *middle = memmem(at, (size_t)(end - at), "](", 2);
  const char *close = middle != NULL ? memchr(middle, ')', (size_t)(end - middle)) : NULL;
  if (close == NULL)
    return NULL;
  g_string_append_len(page->text, at + 1, middle - at - 1);
  g_string_append_printf(page->text, " (%.*s)", (int)(close - middle - 2), middle + 2);
  return close + 1;
}

/* Words between backticks keep them where there is no colour to tell them. */
static void put_words(Rendering *page, const char *at, const char *end) {
  while (at < end) {
    const char *close = *at == '`' ? memchr(at + 1, '`', (size_t)(end - at - 1)) : NULL;
    const char *behind = *at == '[' ? put_link(page, at, end) : NULL;
    if (close != NULL)
      put_styled(page, "\033[36m", at + page->colour, (size_t)(close - at) + 1 - 2 * page->colour);
    else if (behind == NULL)
      g_string_append_c(page->text, *at);
    at = close != NULL ? close + 1 : behind != NULL ? behind : at + 1;
  }
}

/* Breaks the line that starts at byte `start` at blanks. Escape sequences take no cells. */
static void wrap(GString *text, size_t start) {
  size_t width = 0, blank = 0;
  for (size_t at = start; at < text->len; at++) {
    if (text->str[at] == '\033')
      at += strcspn(text->str + at, "m");
    else if (((unsigned char)text->str[at] & 0xC0) != 0x80)
      width++;
    if (text->str[at] == ' ')
      blank = at;
    if (width <= WIDTH || blank == 0)
      continue;
    text->str[blank] = '\n';
    at = blank;
    width = blank = 0;
  }
}

/* "```yaml bad action.yml" */
static void put_fence(Rendering *page, const char *words) {
  static const char *const says[][2] = {{"bad", "This is found"}, {"good", "This is right"}, {"config", "Settings"}};
  g_auto(GStrv) parts = g_strsplit(words, " ", 3);
  guint count = g_strv_length(parts);
  page->in_code = !page->in_code;
  for (size_t i = 0; page->in_code && count > 1 && i < G_N_ELEMENTS(says); i++)
    if (strcmp(parts[1], says[i][0]) == 0)
      g_string_append_printf(page->text, "%s%s%s:\n\n", says[i][1], count > 2 ? ", in " : "", count > 2 ? parts[2] : "");
}

static void put_line(Rendering *page, const char *line, const char *end) {
  size_t heading = strspn(line, "#");
  if (g_str_has_prefix(line, "```")) {
    g_autofree char *words = g_strndup(line + 3, (gsize)(end - line - 3));
    put_fence(page, words);
    return;
  }
  if (page->in_code && line < end)
    g_string_append_printf(page->text, "    %.*s", (int)(end - line), line);
  else if (!page->in_code && heading > 0 && line[heading] == ' ')
    put_styled(page, "\033[1m", line + heading + 1, (size_t)(end - line) - heading - 1);
  else if (!page->in_code) {
    size_t start = page->text->len;
    put_words(page, line, end);
    wrap(page->text, start);
  }
  g_string_append_c(page->text, '\n');
}

char *lint_page_render(const char *page, bool colour) {
  Rendering rendering = {.text = g_string_new(NULL), .colour = colour};
  for (const char *line = page; *line != '\0';) {
    const char *end = line + strcspn(line, "\n");
    put_line(&rendering, line, end);
    line = *end == '\n' ? end + 1 : end;
  }
  return g_string_free(rendering.text, FALSE);
}

/* ---- the reference ---- */

char *lint_rules_reference(void) {
  GString *text = g_string_new("<!-- Made by \"drover docs rules\"; do not edit. -->\n# Rules of drover lint\n\n"
                               "`drover lint --explain RULE` shows the page of a rule. Rules that are off are turned on in drover.yaml, "
                               "`lint: {rules: {RULE: on}}`; those of the family policy all by `lint: {policy: hardened}`. "
                               "Rules for pedants and auditors want `--persona`.\n\n"
                               "| rule | family | severity | who hears of it | by itself | fix | finds |\n|---|---|---|---|---|---|---|\n");
  for (const Rule *const *row = lint_rules; *row != NULL; row++) {
    const Rule *rule = *row;
    g_string_append_printf(text, "| [%s](../rules/%s.md) | %s | %s | %s | %s | %s | %s |\n", rule->id, rule->id, lint_family_name(rule->family),
                           lint_severity_name(rule->severity), lint_persona_name(rule->persona), rule->only_asked ? "off" : "on",
                           rule->fixable ? "yes" : "", rule->summary);
  }
  return g_string_free(text, FALSE);
}
