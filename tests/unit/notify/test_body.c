#include "notify/notify.h"
#include "notify/text.h"

#include <stdlib.h>
#include <string.h>

static const Notification plain = {
  .title = "shop: release 3 failed in dev, release 2 keeps serving",
  .outcome = "failed",
  .project = "shop",
  .environment = "dev",
  .component = "backend, frontend",
  .commit = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
  .subject = "Invoices & <script> *bold* [link](https://evil.example) `code`",
  .actor = "ada",
  .error = "health: GET /healthz answered 500\n```\nTraceback <module> & more",
  .link = "https://drover.example/rollouts/7",
};

static const json_t *at(const json_t *value, const char *path) {
  g_auto(GStrv) parts = g_strsplit(path, "/", -1);
  for (char **part = parts; *part != NULL; part++)
    value = json_is_array(value) ? json_array_get(value, strtoul(*part, NULL, 10)) : json_object_get(value, *part);
  return value;
}

static const char *text_at(const json_t *value, const char *path) {
  return json_string_value(at(value, path));
}

/* ---- text ----------------------------------------------------------------------------------------------------------------- */

static const struct {
  const char *claim;
  const char *text;
  size_t max;
  bool slack;
  const char *limited;
} texts[] = {
  {"short-text-stays", "abc", 3, false, "abc"},
  {"long-text-ends-in-an-ellipsis", "abcd", 3, false, "ab…"},
  {"nothing-is-empty", NULL, 3, false, ""},
  {"no-room-at-all", "abc", 0, false, ""},
  {"room-for-the-ellipsis-only", "abc", 1, false, "…"},
  {"characters-are-not-bytes", "äöü", 3, false, "äöü"},
  {"a-character-is-not-cut", "äöüä", 3, false, "äö…"},
  {"an-emoji-counts-twice", "😀😀", 4, false, "😀😀"},
  {"an-emoji-is-not-cut", "😀😀", 3, false, "😀…"},
  {"an-emoji-and-no-room", "a😀😀", 4, false, "a😀…"},
  {"bytes-that-are-no-text",
   "a\xff"
   "b",
   9, false,
   "a\xef\xbf\xbd"
   "b"},
  {"control-characters-go", "a\x1b[31mb\n", 9, false, "a\xef\xbf\xbd[31mb\n"},
  {"slack-escapes-three", "a & <b>", 99, true, "a &amp; &lt;b&gt;"},
  {"slack-does-not-escape-quotes", "\"'", 99, true, "\"'"},
  {"slack-counts-the-escapes", "<>", 8, true, "&lt;&gt;"},
  {"slack-cuts-no-escape", "<>", 7, true, "&lt;…"},
  {"slack-cuts-before-an-escape", "ab&", 6, true, "ab…"},
};

static void test_text(gconstpointer data) {
  size_t i = GPOINTER_TO_SIZE(data);
  g_autofree char *limited = texts[i].slack ? text_limit_slack(texts[i].text, texts[i].max) : text_limit(texts[i].text, texts[i].max);
  g_assert_cmpstr(limited, ==, texts[i].limited);
}

static void test_redact(void) {
  static const struct {
    const char *text, *address, *redacted;
  } rows[] = {
    {"https://hooks.example/T1/secret: no answer", "https://hooks.example/T1/secret", "***: no answer"},
    {"could not resolve host: hooks.example", "https://hooks.example/T1/secret", "could not resolve host: ***"},
    {"answered 404: POST /services/abcdef?sig=12345", "https://h.io/services/abcdef?sig=12345", "answered 404: POST /***/***?sig=***"},
    {"user:password@h", "https://user:password@h/", "***:***@h"},
    {"nothing to hide", "https://hooks.example/", "nothing to hide"},
  };
  for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autofree char *redacted = text_redact(rows[i].text, rows[i].address);
    g_assert_cmpstr(redacted, ==, rows[i].redacted);
  }
}

/* ---- bodies ---------------------------------------------------------------------------------------------------------------- */

static void test_slack(void) {
  json_auto_t *body = notify_body(NOTIFY_SLACK, &plain);
  g_assert_true(g_str_has_suffix(text_at(body, "text"), plain.title));
  g_assert_cmpstr(text_at(body, "blocks/0/type"), ==, "header");
  g_assert_cmpstr(text_at(body, "blocks/0/text/type"), ==, "plain_text");
  g_assert_cmpuint(json_array_size(at(body, "blocks/1/fields")), ==, 7);
  g_assert_cmpstr(text_at(body, "blocks/1/fields/5/text"), ==, "*Subject*\nInvoices &amp; &lt;script&gt; *bold* [link](https://evil.example) `code`");
  g_assert_cmpstr(text_at(body, "blocks/2/text/text"), ==, "```\nhealth: GET /healthz answered 500\n'''\nTraceback &lt;module&gt; &amp; more\n```");
  g_assert_cmpstr(text_at(body, "blocks/3/elements/0/url"), ==, plain.link);
}

static void test_slack_without_the_optional(void) {
  json_auto_t *body = notify_body(NOTIFY_SLACK, &(Notification){.title = "t", .outcome = "completed", .project = "shop"});
  g_assert_cmpuint(json_array_size(at(body, "blocks")), ==, 2);
  g_assert_cmpuint(json_array_size(at(body, "blocks/1/fields")), ==, 2);
}

static void test_teams(void) {
  json_auto_t *body = notify_body(NOTIFY_TEAMS, &plain);
  g_assert_cmpstr(text_at(body, "type"), ==, "message");
  g_assert_cmpstr(text_at(body, "attachments/0/contentType"), ==, "application/vnd.microsoft.card.adaptive");
  const json_t *card = at(body, "attachments/0/content");
  g_assert_cmpstr(text_at(card, "type"), ==, "AdaptiveCard");
  g_assert_cmpstr(text_at(card, "version"), ==, "1.4");
  g_assert_cmpstr(text_at(card, "body/0/inlines/0/text"), ==, plain.title);
  g_assert_cmpstr(text_at(card, "body/0/inlines/0/color"), ==, "attention");
  g_assert_cmpstr(text_at(card, "body/6/inlines/1/text"), ==, plain.subject);
  g_assert_cmpstr(text_at(card, "body/8/inlines/0/text"), ==, plain.error);
  g_assert_cmpstr(text_at(card, "actions/0/url"), ==, plain.link);
  /* a TextBlock or a FactSet would read Markdown in what others wrote */
  for (size_t i = 0; i < json_array_size(at(card, "body")); i++)
    g_assert_cmpstr(json_string_value(json_object_get(json_array_get(at(card, "body"), i), "type")), ==, "RichTextBlock");
}

static void test_webhook(void) {
  json_auto_t *body = notify_body(NOTIFY_WEBHOOK, &plain);
  g_assert_cmpuint(json_object_size(body), ==, 10);
  g_assert_cmpstr(text_at(body, "subject"), ==, plain.subject);
  json_auto_t *less = notify_body(NOTIFY_WEBHOOK, &(Notification){.title = "t", .subject = "\xff"});
  g_assert_true(json_is_null(at(less, "error")));
  g_assert_cmpstr(text_at(less, "subject"), ==, "\xef\xbf\xbd");
}

static void test_links_that_are_none(void) {
  static const char *const links[] = {"javascript:alert(1)", "file:///etc/passwd", "", "https://ü.example"};
  for (size_t i = 0; i < G_N_ELEMENTS(links); i++) {
    Notification notification = plain;
    notification.link = links[i];
    json_auto_t *slack = notify_body(NOTIFY_SLACK, &notification);
    json_auto_t *teams = notify_body(NOTIFY_TEAMS, &notification);
    g_assert_cmpuint(json_array_size(at(slack, "blocks")), ==, 3);
    g_assert_null(at(teams, "attachments/0/content/actions"));
  }
}

/* ---- limits ---------------------------------------------------------------------------------------------------------------- */

static const struct {
  const char *claim;
  const char *unit;
} fillings[] = {{"letters", "x"},     {"emoji", "😀"},           {"escapes", "&"},  {"quotes", "\""},
                {"controls", "\x01"}, {"broken-bytes", "\xff"}, {"newlines", "\n"}};

static char *fill(const char *unit) {
  g_autoptr(GString) text = g_string_new(NULL);
  while (text->len < 50000)
    g_string_append(text, unit);
  return g_string_free(g_steal_pointer(&text), FALSE);
}

static void assert_text_within(const json_t *object, size_t max) {
  const char *text = json_string_value(json_object_get(object, "text"));
  g_autofree gunichar2 *units = g_utf8_to_utf16(text, -1, NULL, NULL, NULL);
  size_t count = 0;
  while (units[count] != 0)
    count++;
  g_assert_cmpuint(count, <=, max);
}

static void test_limits(gconstpointer data) {
  g_autofree char *large = fill(data);
  Notification notification = {large, large, large, large, large, large, large, large, large, plain.link};
  json_auto_t *slack = notify_body(NOTIFY_SLACK, &notification);
  assert_text_within(slack, 3000);
  assert_text_within(at(slack, "blocks/0/text"), 150);
  for (size_t i = 0; i < 7; i++)
    assert_text_within(json_array_get(at(slack, "blocks/1/fields"), i), 2000);
  assert_text_within(at(slack, "blocks/2/text"), 3000);
  json_auto_t *teams = notify_body(NOTIFY_TEAMS, &notification);
  char *text = json_dumps(teams, JSON_COMPACT);
  g_assert_cmpuint(strlen(text), <=, 28 * 1024);
  free(text);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/notify/body/slack", test_slack);
  g_test_add_func("/notify/body/slack-without-the-optional", test_slack_without_the_optional);
  g_test_add_func("/notify/body/teams", test_teams);
  g_test_add_func("/notify/body/webhook", test_webhook);
  g_test_add_func("/notify/body/links-that-are-none", test_links_that_are_none);
  g_test_add_func("/notify/text/redact", test_redact);
  for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
    g_autofree char *path = g_strconcat("/notify/text/", texts[i].claim, NULL);
    g_test_add_data_func(path, GSIZE_TO_POINTER(i), test_text);
  }
  for (size_t i = 0; i < G_N_ELEMENTS(fillings); i++) {
    g_autofree char *path = g_strconcat("/notify/body/limits-with-", fillings[i].claim, NULL);
    g_test_add_data_func(path, fillings[i].unit, test_limits);
  }
  return g_test_run();
}
