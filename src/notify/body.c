#include "notify/notify.h"
#include "notify/text.h"

#include <string.h>

/* Block Kit: https://docs.slack.dev/reference/block-kit/blocks; below its limits where two texts share one. */
#define SLACK_FALLBACK_MAX 3000
#define SLACK_HEADER_MAX 150
#define SLACK_FIELD_MAX 500
#define SLACK_ERROR_MAX 2900 /* 3,000 for a section, of which the fence takes some */
#define SLACK_LINK_MAX 3000

/* A Workflows message has at most 28 KB; these together stay below it whatever the characters. */
#define TEAMS_TITLE_MAX 300
#define TEAMS_FACT_MAX 250
#define TEAMS_ERROR_MAX 3000
#define TEAMS_LINK_MAX 2000

typedef struct {
  const char *label;
  size_t offset; /* of a const char * in Notification */
} Fact;

static const Fact facts[] = {
  {"Project", offsetof(Notification, project)}, {"Environment", offsetof(Notification, environment)},
  {"Outcome", offsetof(Notification, outcome)}, {"Component", offsetof(Notification, component)},
  {"Commit", offsetof(Notification, commit)},   {"Subject", offsetof(Notification, subject)},
  {"By", offsetof(Notification, actor)},
};

static const struct {
  const char *outcome;
  const char *mark;
  const char *colour; /* of Adaptive Cards */
} looks[] = {
  {"started", "▶️", "accent"},
  {"completed", "✅", "good"},
  {"rolled-back", "↩️", "warning"},
  {"failed", "❌", "attention"},
};

static size_t find_look(const char *outcome) {
  for (size_t i = 0; i < G_N_ELEMENTS(looks); i++)
    if (g_strcmp0(outcome, looks[i].outcome) == 0)
      return i;
  return 0;
}

static const char *fact_value(const Notification *notification, const Fact *fact) {
  const char *value = *(const char *const *)((const char *)notification + fact->offset);
  return value != NULL && *value != '\0' ? value : NULL;
}

/* Only addresses that a person may safely follow become buttons. */
static const char *usable_link(const Notification *notification, size_t max) {
  const char *link = notification->link;
  bool good =
    link != NULL && (g_str_has_prefix(link, "https://") || g_str_has_prefix(link, "http://")) && strlen(link) <= max && g_str_is_ascii(link);
  return good ? link : NULL;
}

/* ---- Slack -------------------------------------------------------------------------------------------------------------- */

static json_t *slack_fields(const Notification *notification) {
  json_t *fields = json_array();
  for (size_t i = 0; i < G_N_ELEMENTS(facts); i++) {
    g_autofree char *value = text_limit_slack(fact_value(notification, &facts[i]), SLACK_FIELD_MAX);
    g_autofree char *text = g_strdup_printf("*%s*\n%s", facts[i].label, value);
    if (*value != '\0')
      json_array_append_new(fields, json_pack("{s:s, s:s, s:b}", "type", "mrkdwn", "text", text, "verbatim", 1));
  }
  return fields;
}

/* A fence in the text would end the block: its quotes become apostrophes. */
static json_t *slack_error(const char *error) {
  g_autofree char *unfenced = g_strdelimit(g_strdup(error), "`", '\'');
  g_autofree char *shown = text_limit_slack(unfenced, SLACK_ERROR_MAX);
  g_autofree char *text = g_strdup_printf("```\n%s\n```", shown);
  return json_pack("{s:s, s:{s:s, s:s, s:b}}", "type", "section", "text", "type", "mrkdwn", "text", text, "verbatim", 1);
}

static json_t *slack_body(const Notification *notification) {
  g_autofree char *marked = g_strdup_printf("%s %s", looks[find_look(notification->outcome)].mark, notification->title);
  g_autofree char *header = text_limit_slack(marked, SLACK_HEADER_MAX);
  g_autofree char *fallback = text_limit_slack(marked, SLACK_FALLBACK_MAX);
  json_t *blocks = json_array();
  json_array_append_new(blocks, json_pack("{s:s, s:{s:s, s:s, s:b}}", "type", "header", "text", "type", "plain_text", "text", header, "emoji", 0));
  json_t *fields = slack_fields(notification);
  if (json_array_size(fields) > 0)
    json_array_append_new(blocks, json_pack("{s:s, s:O}", "type", "section", "fields", fields));
  json_decref(fields);
  if (notification->error != NULL && *notification->error != '\0')
    json_array_append_new(blocks, slack_error(notification->error));
  const char *link = usable_link(notification, SLACK_LINK_MAX);
  if (link != NULL)
    json_array_append_new(blocks, json_pack("{s:s, s:[{s:s, s:{s:s, s:s}, s:s}]}", "type", "actions", "elements", "type", "button", "text", "type",
                                            "plain_text", "text", "Open", "url", link));
  return json_pack("{s:s, s:o}", "text", fallback, "blocks", blocks);
}

/* ---- Teams -------------------------------------------------------------------------------------------------------------- */

/* Text runs take no Markdown, so that nothing in a commit's subject becomes a link. */
static json_t *teams_fact(const Notification *notification, const Fact *fact) {
  g_autofree char *label = g_strdup_printf("%s: ", fact->label);
  g_autofree char *value = text_limit(fact_value(notification, fact), TEAMS_FACT_MAX);
  return json_pack("{s:s, s:s, s:[{s:s, s:s, s:s}, {s:s, s:s}]}", "type", "RichTextBlock", "spacing", "none", "inlines", "type", "TextRun", "text",
                   label, "weight", "bolder", "type", "TextRun", "text", value);
}

static json_t *teams_title(const Notification *notification) {
  g_autofree char *title = text_limit(notification->title, TEAMS_TITLE_MAX);
  return json_pack("{s:s, s:[{s:s, s:s, s:s, s:s, s:s}]}", "type", "RichTextBlock", "inlines", "type", "TextRun", "text", title, "weight", "bolder",
                   "size", "medium", "color", looks[find_look(notification->outcome)].colour);
}

static json_t *teams_error(const char *error) {
  g_autofree char *text = text_limit(error, TEAMS_ERROR_MAX);
  return json_pack("{s:s, s:[{s:s, s:s, s:s}]}", "type", "RichTextBlock", "inlines", "type", "TextRun", "text", text, "fontType", "monospace");
}

static json_t *teams_body(const Notification *notification) {
  json_t *body = json_array();
  json_array_append_new(body, teams_title(notification));
  for (size_t i = 0; i < G_N_ELEMENTS(facts); i++)
    if (fact_value(notification, &facts[i]) != NULL)
      json_array_append_new(body, teams_fact(notification, &facts[i]));
  if (notification->error != NULL && *notification->error != '\0')
    json_array_append_new(body, teams_error(notification->error));
  g_autofree char *fallback = text_limit(notification->title, TEAMS_TITLE_MAX);
  json_t *card = json_pack("{s:s, s:s, s:s, s:s, s:o, s:{s:s}}", "$schema", "http://adaptivecards.io/schemas/adaptive-card.json", "type",
                           "AdaptiveCard", "version", "1.4", "fallbackText", fallback, "body", body, "msteams", "width", "Full");
  const char *link = usable_link(notification, TEAMS_LINK_MAX);
  if (link != NULL)
    json_object_set_new(card, "actions", json_pack("[{s:s, s:s, s:s}]", "type", "Action.OpenUrl", "title", "Open", "url", link));
  return json_pack("{s:s, s:[{s:s, s:n, s:o}]}", "type", "message", "attachments", "contentType", "application/vnd.microsoft.card.adaptive",
                   "contentUrl", "content", card);
}

/* ---- webhook ------------------------------------------------------------------------------------------------------------ */

static const Fact fields[] = {
  {"title", offsetof(Notification, title)},         {"outcome", offsetof(Notification, outcome)},
  {"project", offsetof(Notification, project)},     {"environment", offsetof(Notification, environment)},
  {"component", offsetof(Notification, component)}, {"commit", offsetof(Notification, commit)},
  {"subject", offsetof(Notification, subject)},     {"actor", offsetof(Notification, actor)},
  {"error", offsetof(Notification, error)},         {"link", offsetof(Notification, link)},
};

static json_t *webhook_body(const Notification *notification) {
  json_t *body = json_object();
  for (size_t i = 0; i < G_N_ELEMENTS(fields); i++) {
    const char *value = *(const char *const *)((const char *)notification + fields[i].offset);
    g_autofree char *valid = value != NULL ? g_utf8_make_valid(value, -1) : NULL;
    json_object_set_new(body, fields[i].label, valid != NULL ? json_string(valid) : json_null());
  }
  return body;
}

json_t *notify_body(NotifyKind kind, const Notification *notification) {
  static json_t *(*const makers[])(const Notification *) = {
    [NOTIFY_SLACK] = slack_body,
    [NOTIFY_TEAMS] = teams_body,
    [NOTIFY_WEBHOOK] = webhook_body,
  };
  return makers[kind](notification);
}
