#include "lint/taint/context_path.h"
#include "lint/edit/edit_yaml.h"
#include "lint/view.h"

#include <string.h>

/* Who caused the event. A pull request of a bot keeps the bot's name although somebody else pushed to its branch, and an event that
 * a bot causes may carry another's content. */
static const char *const actor_names[] = {"github.actor", "github.triggering_actor", "github.event.pull_request.sender.login"};
static const char *const actor_ids[] = {"github.actor_id", "github.event.pull_request.sender.id"};

/* dependabot (as app and as user), dependabot-preview, renovate. */
static const char *const bot_ids[] = {"29110", "49699333", "27856297", "29139614"};

/* Whose content an event brings. */
static const struct {
  const char *event;
  const char *author;
} authors[] = {
  {"discussion", "github.event.discussion.user"},
  {"discussion_comment", "github.event.comment.user"},
  {"issue_comment", "github.event.comment.user"},
  {"issues", "github.event.issue.user"},
  {"milestone", "github.event.milestone.creator"},
  {"pull_request", "github.event.pull_request.user"},
  {"pull_request_review", "github.event.review.user"},
  {"pull_request_review_comment", "github.event.comment.user"},
  {"pull_request_target", "github.event.pull_request.user"},
  {"release", "github.event.release.author"},
};

static bool is_one(const ContextPath *path, const char *const *patterns, size_t count) {
  for (size_t i = 0; i < count; i++)
    if (context_path_is(path, patterns[i]))
      return true;
  return false;
}

/* Whether the comparison is that of an actor with a bot. */
static bool compares_bot(const ExpressionNode *one, const ExpressionNode *other) {
  ContextPath path;
  if (!context_path(one, &path) || other->kind != EXPRESSION_NODE_LITERAL)
    return false;
  g_autofree char *text = expression_value_to_string(&other->value, NULL);
  if (is_one(&path, actor_names, G_N_ELEMENTS(actor_names)))
    return g_str_has_suffix(text, "[bot]");
  if (!is_one(&path, actor_ids, G_N_ELEMENTS(actor_ids)))
    return false;
  for (size_t i = 0; i < G_N_ELEMENTS(bot_ids); i++)
    if (strcmp(text, bot_ids[i]) == 0)
      return true;
  return false;
}

/* Whether the comparison is that of an author with a text. */
static bool compares_author(const ExpressionNode *one, const ExpressionNode *other) {
  ContextPath path;
  if (!context_path(one, &path) || other->kind != EXPRESSION_NODE_LITERAL)
    return false;
  for (size_t i = 0; i < G_N_ELEMENTS(authors); i++) {
    g_autofree char *login = g_strconcat(authors[i].author, ".login", NULL), *id = g_strconcat(authors[i].author, ".id", NULL);
    if (context_path_is(&path, login) || context_path_is(&path, id))
      return true;
  }
  return false;
}

/* What a search gives. */
typedef struct {
  const ExpressionNode *comparison;
  bool decides;   /* the comparison alone can make the condition true */
  bool by_author; /* it is true for one author only: then the actor is asked for besides */
} Answer;

static Answer search(const ExpressionNode *node) {
  size_t count = expression_node_count(node);
  if (node->kind == EXPRESSION_NODE_EQUAL) {
    const ExpressionNode *left = expression_node_child(node, 0), *right = expression_node_child(node, 1);
    if (compares_bot(left, right) || compares_bot(right, left))
      return (Answer){node, true, false};
    if (compares_author(left, right) || compares_author(right, left))
      return (Answer){.by_author = true};
  }
  Answer answer = {.decides = node->kind == EXPRESSION_NODE_OR || node->kind == EXPRESSION_NODE_EQUAL};
  for (size_t i = 0; i < count; i++) {
    Answer inner = search(expression_node_child(node, i));
    answer.comparison = answer.comparison != NULL ? answer.comparison : inner.comparison;
    answer.by_author |= inner.by_author && node->kind == EXPRESSION_NODE_AND;
    if (node->kind == EXPRESSION_NODE_NOT)
      answer.decides = inner.decides;
  }
  if (answer.by_author)
    answer.comparison = NULL;
  return answer;
}

/* The author of what the workflow's one event brings; NULL for several, and for an event without one. */
static const char *author_of(const LintFile *file) {
  for (size_t i = 0; file->workflow != NULL && file->workflow->event_count == 1 && i < G_N_ELEMENTS(authors); i++)
    if (strcmp(authors[i].event, file->workflow->events[0].name) == 0)
      return authors[i].author;
  return NULL;
}

/* Asks for the author instead of the actor. */
static Fix *author_fix(LintFile *file, const WorkflowExpression *expression, const ExpressionNode *comparison) {
  ContextPath path;
  const ExpressionNode *left = expression_node_child(comparison, 0), *right = expression_node_child(comparison, 1);
  const ExpressionNode *actor = context_path(left, &path) ? left : right;
  const char *author = author_of(file);
  if (!file->fixing || author == NULL || !context_path(actor, &path))
    return NULL;
  g_autofree char *asked = g_strconcat(author, is_one(&path, actor_ids, G_N_ELEMENTS(actor_ids)) ? ".id" : ".login", NULL);
  g_autofree char *description = g_strdup_printf("ask for %s", asked);
  g_autoptr(Fix) fix = fix_new(description, true);
  bool made =
    edit_replace_in_scalar(lint_edit_tree(file), fix, expression->scalar, expression->span.inner + actor->start, actor->end - actor->start, asked);
  return made ? g_steal_pointer(&fix) : NULL;
}

static void check_expression(LintFile *file, const WorkflowExpression *expression) {
  const ExpressionNode *root = expression->expression != NULL ? expression_root(expression->expression) : NULL;
  if (root == NULL || expression->section == NULL || strcmp(expression->section, "if") != 0)
    return;
  Answer answer = search(root);
  if (answer.comparison == NULL)
    return;
  LintReport report = lint_report_in(file, expression, answer.comparison->start, answer.comparison->end);
  report.confidence = answer.decides ? CONFIDENCE_HIGH : CONFIDENCE_MEDIUM;
  const char *author = author_of(file);
  report.help = g_strdup_printf("ask who wrote what the event brings: %s.login", author != NULL ? author : "github.event.pull_request.user");
  report.fix = author_fix(file, expression, answer.comparison);
  lint_report(file, report, "the actor is who caused the event last, and not always who wrote what it brings: others can run this as the bot");
}

const Rule rule_bot_conditions = {
  .id = "bot-conditions",
  .family = FAMILY_SECURITY,
  .summary = "a condition on a bot that others can meet",
  .severity = SEVERITY_HIGH,
  .confidence = CONFIDENCE_HIGH,
  .fixable = true,
  .expression = check_expression,
};
