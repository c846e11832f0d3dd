#include "base/nearest.h"
#include "workflow/schema.h"

#include <string.h>

/* dependabot.yml: https://docs.github.com/code-security/reference/supply-chain-security/dependabot-options-reference */

#define WORDS(...) ((const char *const[]){__VA_ARGS__, NULL})

static const char *const ecosystems[] = {
  "bazel",         "bun",    "bundler",        "cargo",      "composer",   "conda",        "deno",
  "devcontainers", "docker", "docker-compose", "dotnet-sdk", "elm",        "gitsubmodule", "github-actions",
  "gomod",         "gradle", "helm",           "julia",      "maven",      "mix",          "nix",
  "npm",           "nuget",  "opentofu",       "pip",        "pre-commit", "pub",          "rust-toolchain",
  "sbt",           "swift",  "terraform",      "uv",         "vcpkg",      NULL,
};

static const Shape text = {.kinds = KIND_TEXT};
static const Shape filled = {.kinds = KIND_FILLED};
static const Shape boolean = {.kinds = KIND_BOOLEAN};
static const Shape number = {.kinds = KIND_NUMBER};
static const Shape texts = {.kinds = KIND_LIST};
static const Shape labels = {.kinds = KIND_LIST, .may_be_empty = true}; /* none at all, not even Dependabot's own */
static const Shape dependency_type = {.kinds = KIND_WORD, .words = WORDS("direct", "indirect", "all", "production", "development")};

/* ---- when and how ---- */

static void check_schedule(Check *check, const YamlNode *node) {
  const YamlNode *interval = yaml_get(node, "interval"), *cron = yaml_get(node, "cronjob");
  bool is_cron = interval != NULL && interval->kind == YAML_SCALAR && strcmp(interval->text, "cron") == 0;
  if (is_cron && cron == NULL)
    check_report(check, node->location, "a schedule with \"interval: cron\" needs \"cronjob\"");
  if (!is_cron && interval != NULL && cron != NULL)
    check_report(check, cron->location, "\"cronjob\" has no meaning without \"interval: cron\"");
}

static const Shape interval = {.kinds = KIND_WORD, .words = WORDS("daily", "weekly", "monthly", "quarterly", "semiannually", "yearly", "cron")};
static const Shape day = {.kinds = KIND_WORD, .words = WORDS("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")};
static const ShapeKey schedule_keys[] = {
  {"interval", &interval, .required = true}, {"day", &day}, {"time", &filled}, {"timezone", &filled}, {"cronjob", &filled}, {0},
};
static const Shape schedule = {.name = "a schedule", .kinds = KIND_MAPPING, .keys = schedule_keys, .check = check_schedule};

static const ShapeKey cooldown_keys[] = {
  {"default-days", &number},
  {"semver-major-days", &number},
  {"semver-minor-days", &number},
  {"semver-patch-days", &number},
  {"include", &texts},
  {"exclude", &texts},
  {0},
};
static const Shape cooldown = {.name = "a cooldown", .kinds = KIND_MAPPING, .keys = cooldown_keys};

static const Shape include = {.kinds = KIND_WORD, .words = WORDS("scope")};
static const ShapeKey message_keys[] = {{"prefix", &text}, {"prefix-development", &text}, {"include", &include}, {0}};
static const Shape message = {.name = "commit-message", .kinds = KIND_MAPPING, .keys = message_keys};

static const Shape separator = {.kinds = KIND_WORD, .words = WORDS("-", "_", "/")};
static const ShapeKey branch_keys[] = {{"separator", &separator, .required = true}, {0}};
static const Shape branch_name = {.name = "pull-request-branch-name", .kinds = KIND_MAPPING, .keys = branch_keys};

/* ---- which dependencies ---- */

static const ShapeKey allow_keys[] = {{"dependency-name", &filled}, {"dependency-type", &dependency_type}, {"update-types", &texts}, {0}};
static const Shape allow = {.name = "an entry of \"allow\"", .kinds = KIND_MAPPING, .keys = allow_keys};
static const Shape allows = {.kinds = KIND_LIST, .item = &allow};

static const Shape versions = {.kinds = KIND_LIST | KIND_FILLED};
static const ShapeKey ignore_keys[] = {{"dependency-name", &filled}, {"update-types", &texts}, {"versions", &versions}, {0}};
static const Shape ignore = {.name = "an entry of \"ignore\"", .kinds = KIND_MAPPING, .keys = ignore_keys};
static const Shape ignores = {.kinds = KIND_LIST, .item = &ignore};

static const Shape applies_to = {.kinds = KIND_WORD, .words = WORDS("version-updates", "security-updates")};
static const Shape group_by = {.kinds = KIND_WORD, .words = WORDS("dependency-name")};
static const Shape group_type = {.kinds = KIND_WORD, .words = WORDS("development", "production")};
static const Shape level = {.kinds = KIND_WORD, .words = WORDS("major", "minor", "patch")};
static const Shape levels = {.kinds = KIND_LIST, .item = &level};
static const ShapeKey group_keys[] = {
  {"applies-to", &applies_to},
  {"dependency-type", &group_type},
  {"patterns", &texts},
  {"exclude-patterns", &texts},
  {"update-types", &levels},
  {"group-by", &group_by},
  {0},
};
static const Shape group = {.name = "a group", .kinds = KIND_MAPPING, .keys = group_keys};
static const Shape groups = {.name = "groups", .kinds = KIND_MAPPING, .value = &group};

/* ---- an update ---- */

/* A group of several ecosystems says these for all of its members. */
static const char *const of_the_group[] = {"milestone", "target-branch", "commit-message", "pull-request-branch-name", NULL};

static void check_group_member(Check *check, const YamlNode *node) {
  if (yaml_get(node, "patterns") == NULL)
    check_report(check, node->location, "an update in a \"multi-ecosystem-group\" needs \"patterns\"");
  for (const char *const *key = of_the_group; *key != NULL; key++)
    if (yaml_get(node, *key) != NULL)
      check_report(check, yaml_get(node, *key)->location, "\"%s\" belongs to the \"multi-ecosystem-group\", not to its member", *key);
}

static void check_update(Check *check, const YamlNode *node) {
  if (node->kind != YAML_MAPPING)
    return;
  bool single = yaml_get(node, "directory") != NULL, several = yaml_get(node, "directories") != NULL;
  if (single == several)
    check_report(check, node->location, "an update needs \"directory\" or \"directories\"%s", single ? ", not both" : "");
  if (yaml_get(node, "multi-ecosystem-group") != NULL)
    check_group_member(check, node);
  else if (yaml_get(node, "schedule") == NULL)
    check_report(check, node->location, "an update needs \"schedule\"");
}

static const Shape allow_or_deny = {.kinds = KIND_WORD, .words = WORDS("allow", "deny")};
static const Shape rebase = {.kinds = KIND_WORD, .words = WORDS("auto", "disabled")};
static const Shape versioning = {.kinds = KIND_WORD, .words = WORDS("auto", "increase", "increase-if-necessary", "lockfile-only", "widen")};
static const Shape registries_used = {.kinds = KIND_LIST | KIND_WORD, .words = WORDS("*")};
static const ShapeKey update_keys[] = {
  {"package-ecosystem", &filled, .required = true},
  {"directory", &filled},
  {"directories", &texts},
  {"exclude-paths", &texts},
  {"schedule", &schedule},
  {"allow", &allows},
  {"ignore", &ignores},
  {"groups", &groups},
  {"cooldown", &cooldown},
  {"registries", &registries_used},
  {"insecure-external-code-execution", &allow_or_deny},
  {"multi-ecosystem-group", &filled},
  {"patterns", &texts},
  {"assignees", &texts},
  {"commit-message", &message},
  {"labels", &labels},
  {"milestone", &number},
  {"name", &filled},
  {"open-pull-requests-limit", &number},
  {"pull-request-branch-name", &branch_name},
  {"rebase-strategy", &rebase},
  {"reviewers", &texts},
  {"target-branch", &filled},
  {"vendor", &boolean},
  {"versioning-strategy", &versioning},
  {0},
};
static const Shape update = {.name = "an update", .kinds = KIND_MAPPING, .keys = update_keys, .check = check_update};
static const Shape updates = {.name = "updates", .kinds = KIND_LIST, .item = &update, .may_be_empty = true};

static const ShapeKey member_keys[] = {
  {"schedule", &schedule, .required = true},
  {"labels", &labels},
  {"milestone", &number},
  {"assignees", &texts},
  {"target-branch", &filled},
  {"commit-message", &message},
  {"pull-request-branch-name", &branch_name},
  {"reviewers", &texts},
  {0},
};
static const Shape ecosystem_group = {.name = "a group of several ecosystems", .kinds = KIND_MAPPING, .keys = member_keys};
static const Shape ecosystem_groups = {.name = "multi-ecosystem-groups", .kinds = KIND_MAPPING, .value = &ecosystem_group};

/* ---- registries ---- */

static const Shape registry_type = {.kinds = KIND_WORD,
                                    .words = WORDS("cargo-registry", "composer-repository", "docker-registry", "git", "goproxy-server",
                                                   "helm-registry", "hex-organization", "hex-repository", "maven-repository", "npm-registry",
                                                   "nuget-feed", "pub-repository", "python-index", "rubygems-server", "terraform-registry")};
/* Which of them a registry needs depends on its type, and more come with every provider of tokens. */
static const ShapeKey registry_keys[] = {
  {"type", &registry_type, AVAILABLE_NOTHING, .required = true},
  {"url", &filled},
  {"username", &text},
  {"password", &text},
  {"key", &text},
  {"token", &text},
  {"replaces-base", &boolean},
  {"organization", &text},
  {"registry", &text},
  {"repo", &text},
  {"auth-key", &text},
  {"public-key-fingerprint", &text},
  {"tenant-id", &text},
  {"client-id", &text},
  {"jfrog-oidc-provider-name", &text},
  {"identity-mapping-name", &text},
  {"audience", &text},
  {"aws-region", &text},
  {"account-id", &text},
  {"role-name", &text},
  {"domain", &text},
  {"domain-owner", &text},
  {"namespace", &text},
  {"service-slug", &text},
  {"api-host", &text},
  {0},
};
static const Shape registry = {.name = "a registry", .kinds = KIND_MAPPING, .keys = registry_keys};
static const Shape registries = {.name = "registries", .kinds = KIND_MAPPING, .value = &registry};

/* ---- the file ---- */

static void check_ecosystem(Check *check, const YamlNode *name) {
  if (name == NULL || name->kind != YAML_SCALAR || name->length == 0 || g_strv_contains(ecosystems, name->text))
    return;
  const char *near = nearest_name(name->text, ecosystems);
  if (near != NULL)
    check_report(check, name->location, "unknown package ecosystem \"%s\", did you mean \"%s\"?", name->text, near);
  else
    check_report(check, name->location, "unknown package ecosystem \"%s\"", name->text);
}

/* What an update names must be there. */
static void check_named(Check *check, const YamlNode *name, const YamlNode *mapping, const char *what) {
  if (name != NULL && name->kind == YAML_SCALAR && yaml_get(mapping, name->text) == NULL)
    check_report(check, name->location, "there is no %s \"%s\"", what, name->text);
}

static void check_file(Check *check, const YamlNode *root) {
  const YamlNode *list = yaml_get(root, "updates"), *beta = yaml_get(root, "enable-beta-ecosystems");
  bool takes_any = false;
  if (beta != NULL)
    yaml_to_bool(beta, &takes_any);
  for (guint i = 0; list != NULL && list->kind == YAML_SEQUENCE && i < list->count; i++) {
    const YamlNode *used = yaml_get(list->items[i], "registries");
    if (!takes_any)
      check_ecosystem(check, yaml_get(list->items[i], "package-ecosystem"));
    check_named(check, yaml_get(list->items[i], "multi-ecosystem-group"), yaml_get(root, "multi-ecosystem-groups"), "multi-ecosystem group");
    for (guint n = 0; used != NULL && used->kind == YAML_SEQUENCE && n < used->count; n++)
      check_named(check, used->items[n], yaml_get(root, "registries"), "registry");
  }
}

static const Shape version = {.kinds = KIND_WORD, .words = WORDS("2")};
static const ShapeKey file_keys[] = {
  {"version", &version, .required = true},       {"updates", &updates, .required = true}, {"registries", &registries, AVAILABLE_DEPENDABOT},
  {"multi-ecosystem-groups", &ecosystem_groups}, {"enable-beta-ecosystems", &boolean},    {0},
};
const Shape shape_dependabot = {.name = "dependabot.yml", .rule = "syntax-check", .kinds = KIND_MAPPING, .keys = file_keys, .check = check_file};
