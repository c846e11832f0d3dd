#include "lint/rules/coordinate.h"
#include "workflow/expression/ast.h"

#include <string.h>

/* ---- who reads a cache, and who publishes ---- */

static const char *const package_managers[] = {"npm", "yarn", "pnpm", NULL};
static const char *const ones[] = {"yes", "true", "1", NULL};
static const char *const only_true[] = {"true", NULL};

static const CoordinateRow caching[] = {
  {"actions/cache", .inputs = {{"lookup-only", .is_off = true, .by_default = true}}},
  {"actions/setup-dotnet", .inputs = {{"cache"}}},
  {"actions/setup-go", .inputs = {{"cache", .by_default = true}}},
  {"actions/setup-java", .inputs = {{"cache", INPUT_FILLED}}},
  {"actions/setup-node", .inputs = {{"cache", INPUT_ONE_OF, .words = package_managers}}},
  {"actions/setup-node", .inputs = {{"package-manager-cache", .by_default = true}}},
  {"actions/setup-python", .inputs = {{"cache", INPUT_FILLED}}},
  {"actions-rust-lang/setup-rust-toolchain", .inputs = {{"cache", .by_default = true}}},
  {"astral-sh/setup-uv", .inputs = {{"enable-cache", INPUT_ONE_OF, .words = only_true}}},
  {"astral-sh/setup-uv", .below = 10, .inputs = {{"enable-cache", .by_default = true}}},
  {"awalsh128/cache-apt-pkgs-action"},
  {"DeterminateSystems/magic-nix-cache-action", .inputs = {{"use-gha-cache", .by_default = true}}},
  {"docker/setup-buildx-action", .inputs = {{"cache-binary", .by_default = true}, {"version", INPUT_FILLED}}},
  {"graalvm/setup-graalvm", .inputs = {{"cache", INPUT_FILLED}}},
  {"gradle/actions/setup-gradle", .inputs = {{"cache-disabled", .is_off = true, .by_default = true}}},
  {"jdx/mise-action", .inputs = {{"cache", .by_default = true}}},
  {"mlugg/setup-zig", .inputs = {{"use-cache", .by_default = true}}},
  {"Mozilla-Actions/sccache-action"},
  {"nix-community/cache-nix-action"},
  {"oven-sh/setup-bun", .inputs = {{"no-cache", .is_off = true, .by_default = true}}},
  {"PyO3/maturin-action", .inputs = {{"sccache"}}},
  {"ramsey/composer-install", .inputs = {{"ignore-cache", INPUT_ONE_OF, .is_off = true, .by_default = true, .words = ones}}},
  {"ruby/setup-ruby", .inputs = {{"bundler-cache"}}},
  {"Swatinem/rust-cache", .inputs = {{"lookup-only", .is_off = true, .by_default = true}}},
  {NULL},
};

static const CoordinateRow publishing[] = {
  {"aws-actions/amazon-ecs-deploy-task-definition"},
  {"aws-actions/aws-cloudformation-github-deploy"},
  {"Azure/aci-deploy"},
  {"Azure/container-apps-deploy-action"},
  {"Azure/functions-action"},
  {"Azure/sql-action"},
  {"cloudflare/wrangler-action"},
  {"docker/build-push-action", .inputs = {{"push", .by_default = true}}},
  {"google-github-actions/deploy-appengine"},
  {"google-github-actions/deploy-cloud-functions"},
  {"google-github-actions/deploy-cloudrun"},
  {"googleapis/release-please-action"},
  {"goreleaser/goreleaser-action"},
  {"jreleaser/release-action"},
  {"pypa/gh-action-pypi-publish"},
  {"redhat-actions/push-to-registry"},
  {"release-drafter/release-drafter"},
  {"rubygems/release-gem"},
  {"softprops/action-gh-release"},
  {NULL},
};

/* ---- whether the job publishes ---- */

typedef enum { RELEASE_NONE, RELEASE_BY_TAG, RELEASE_BY_BRANCH, RELEASE_BY_ACTION } Release;

static bool names_release(const WorkflowTexts *branches) {
  for (guint i = 0; i < branches->count; i++) {
    g_autofree char *name = branches->items[i].text != NULL ? g_ascii_strdown(branches->items[i].text, -1) : NULL;
    if (name != NULL && strstr(name, "release") != NULL)
      return true;
  }
  return false;
}

static Release release_of_events(const Workflow *workflow) {
  const WorkflowEvent *push = workflow_event(workflow, "push");
  Release release = workflow_event(workflow, "release") != NULL ? RELEASE_BY_TAG : RELEASE_NONE;
  for (guint i = 0; push != NULL && i < push->filter_count; i++) {
    const WorkflowFilter *filter = &push->filters[i];
    if (strcmp(filter->name, "branches") == 0 && names_release(&filter->values))
      return RELEASE_BY_BRANCH;
    if (g_str_has_prefix(filter->name, "tags"))
      release = RELEASE_BY_TAG;
  }
  return release;
}

static Release release_of_job(LintFile *file, const WorkflowJob *job) {
  Release release = release_of_events(file->workflow);
  Used used;
  for (guint i = 0; release == RELEASE_NONE && i < job->all_step_count; i++)
    if (used_by_step(file, job->all_steps[i], &used) && coordinate_usage(&used, publishing, NULL) != USAGE_OFF)
      release = RELEASE_BY_ACTION;
  return release;
}

/* ---- what an expression gives when a tag is pushed ---- */

#define TAG_PUSH "{\"github\":{\"event_name\":\"push\",\"ref\":\"refs/tags/v1.0.0\",\"ref_type\":\"tag\"}}"

/* Whether a node is decided by a push of a tag alone. */
static bool is_of_tag(const ExpressionNode *node, const ExpressionNode *parent, G_GNUC_UNUSED void *user) {
  static const char *const members[] = {"event_name", "ref", "ref_type"};
  if (node->kind == EXPRESSION_NODE_CALL)
    return expression_node_calls(node, "startsWith") || expression_node_calls(node, "endsWith") || expression_node_calls(node, "contains");
  if (node->kind != EXPRESSION_NODE_CONTEXT)
    return true;
  if (g_ascii_strcasecmp(node->name, "github") != 0 || parent == NULL || parent->kind != EXPRESSION_NODE_INDEX ||
      expression_node_child(parent, 0) != node)
    return false;
  const ExpressionNode *member = expression_node_child(parent, 1);
  g_autofree char *name = member->kind == EXPRESSION_NODE_LITERAL ? expression_value_to_string(&member->value, NULL) : NULL;
  for (size_t i = 0; name != NULL && i < G_N_ELEMENTS(members); i++)
    if (g_ascii_strcasecmp(name, members[i]) == 0)
      return true;
  return false;
}

/* Whether `text` gives the boolean false then; true where that is not known. */
static bool may_be_true(const WorkflowText *text, bool *is_known) {
  g_autoptr(ExpressionTemplate) template = expression_template_parse(text->text, strlen(text->text), NULL, NULL);
  const Expression *single = template != NULL ? expression_template_single(template) : NULL;
  g_auto(ExpressionValue) value = {0};
  json_auto_t *contexts = json_loads(TAG_PUSH, 0, NULL);
  *is_known = single != NULL && expression_node_walk(expression_root(single), is_of_tag, NULL) &&
              expression_evaluate(single, &(ExpressionScope){.contexts = contexts}, &value, NULL);
  if (!*is_known)
    return true;
  g_autofree char *given = expression_value_to_string(&value, NULL);
  return strcmp(given, "false") != 0;
}

/* Whether an expression turns the cache off for every release, going by the one input that decides. */
static bool is_off_for_tags(const Used *used, const CoordinateRow *row) {
  const InputRow *input = &row->inputs[0];
  const WorkflowPair *pair = input->input != NULL ? workflow_pair(&used->step->with, input->input) : NULL;
  bool is_known;
  if (pair == NULL || pair->value.text == NULL || input->kind != INPUT_BOOLEAN || row->inputs[1].input != NULL || row->below > 0)
    return false;
  bool is_true = may_be_true(&pair->value, &is_known);
  return is_known && is_true == input->is_off;
}

/* ---- the rule ---- */

/* Why a job is taken for one that publishes. */
static const char *const reasons[] = {
  [RELEASE_BY_TAG] = "a release or a tag starts this",
  [RELEASE_BY_BRANCH] = "a release branch starts this",
  [RELEASE_BY_ACTION] = "this job publishes",
};

/* What turns the cache off is plain where one boolean decides. */
static Fix *make_fix(const Used *used, const CoordinateRow *row) {
  const InputRow *input = &row->inputs[0];
  bool is_plain = input->input != NULL && input->kind == INPUT_BOOLEAN && row->inputs[1].input == NULL;
  return is_plain ? used_fix_input(used, input->input, input->is_off ? "true" : "false", false) : NULL;
}

static void check_step(const Used *used, Release release) {
  const CoordinateRow *row = NULL;
  Usage usage = coordinate_usage(used, caching, &row);
  if (usage == USAGE_OFF || (usage == USAGE_MAYBE && release == RELEASE_BY_TAG && is_off_for_tags(used, row)))
    return;
  const InputRow *input = &row->inputs[0];
  LintReport report = used_report(used);
  report.help =
    input->input == NULL ? g_strdup("publish without this action") : g_strdup_printf("publish without the cache: see the input \"%s\"", input->input);
  report.fix = make_fix(used, row);
  lint_report(used->file, report, "%s, and what is published %s be built from a cache that other runs can write: %s/%s restores one",
              reasons[release], usage == USAGE_ON ? "can" : "may", used->uses->owner.text, used->uses->repo.text);
}

static void check_job(LintFile *file, const WorkflowJob *job) {
  Release release = job->all_step_count > 0 ? release_of_job(file, job) : RELEASE_NONE;
  Used used;
  for (guint i = 0; release != RELEASE_NONE && i < job->all_step_count; i++)
    if (used_by_step(file, job->all_steps[i], &used))
      check_step(&used, release);
}

const Rule rule_cache_poisoning = {
  .id = "cache-poisoning",
  .family = FAMILY_SECURITY,
  .summary = "a release that is built from a cache",
  .severity = SEVERITY_HIGH,
  .confidence = CONFIDENCE_LOW,
  .fixable = true,
  .job = check_job,
};
