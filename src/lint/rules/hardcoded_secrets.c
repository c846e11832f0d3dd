#include "lint/view.h"

#include <string.h>

/* Tokens whose issuer gave them a beginning by which they are known. What follows is of `letters`, at least `length` of them. */
#define ALNUM "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
#define WORD ALNUM "_-"

static const struct {
  const char *start;
  const char *letters;
  size_t length;
  const char *what;
} shapes[] = {
  {"ghp_", ALNUM, 36, "a personal access token of GitHub"},
  {"gho_", ALNUM, 36, "a token of GitHub"},
  {"ghs_", ALNUM, 36, "a token of GitHub"},
  {"github_pat_", WORD, 40, "a personal access token of GitHub"},
  {"glpat-", WORD, 20, "a personal access token of GitLab"},
  {"AKIA", "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 16, "an access key of AWS"},
  {"AIza", WORD, 35, "an API key of Google"},
  {"xoxb-", WORD, 20, "a token of Slack"},
  {"xoxp-", WORD, 20, "a token of Slack"},
  {"hooks.slack.com/services/T", ALNUM "/", 30, "a webhook of Slack: whoever has it may post"},
  {"sk_live_", ALNUM, 20, "a secret key of Stripe"},
  {"npm_", ALNUM, 36, "a token of npm"},
  {"pypi-AgEI", WORD, 40, "a token of PyPI"},
  {"dckr_pat_", WORD, 20, "a token of Docker Hub"},
  {"-----BEGIN RSA PRIVATE KEY-----", "", 0, "a private key"},
  {"-----BEGIN EC PRIVATE KEY-----", "", 0, "a private key"},
  {"-----BEGIN OPENSSH PRIVATE KEY-----", "", 0, "a private key"},
  {"-----BEGIN PRIVATE KEY-----", "", 0, "a private key"},
};

#define DISTINCT_MIN 8 /* letters: "xxxx..." stands for a token, and is none */

static bool is_made_up(const char *text, size_t length) {
  guint distinct = 0;
  bool seen[256] = {false};
  for (size_t i = 0; i < length; i++) {
    distinct += !seen[(unsigned char)text[i]];
    seen[(unsigned char)text[i]] = true;
  }
  return distinct < DISTINCT_MIN || memmem(text, length, "EXAMPLE", strlen("EXAMPLE")) != NULL;
}

#define KEY_LINE_MIN 40

/* A key's first line alone, as in `grep -q "BEGIN PRIVATE KEY"`, is none: base64 follows on the next line. */
static bool has_key(const char *at, const char *end) {
  while (at < end && g_ascii_isspace(*at))
    at++;
  size_t length = 0;
  while (at + length < end && length < KEY_LINE_MIN && at[length] != '\0' && strchr(ALNUM "+/=", at[length]) != NULL)
    length++;
  return length == KEY_LINE_MIN;
}

static void look_for(LintFile *file, size_t row) {
  const char *end = file->text + file->size, *at = file->text;
  size_t start = strlen(shapes[row].start), length;
  for (; (at = memmem(at, (size_t)(end - at), shapes[row].start, start)) != NULL; at += length) {
    length = start;
    while (at + length < end && at[length] != '\0' && strchr(shapes[row].letters, at[length]) != NULL)
      length++;
    bool inside = at > file->text && g_ascii_isalnum(at[-1]);
    bool real = shapes[row].length > 0 ? !is_made_up(at + start, length - start) : has_key(at + start, end);
    if (inside || length - start < shapes[row].length || !real)
      continue;
    size_t byte = (size_t)(at - file->text);
    lint_report(file,
                (LintReport){.at = source_place(file->source, NULL, byte),
                             .end = source_place(file->source, NULL, byte + length),
                             .help = g_strdup("revoke it, since the history keeps it, and keep the new one as a secret: ${{ secrets.NAME }}")},
                "%s is written down for everybody who may read the repository", shapes[row].what);
  }
}

/* Comments count: what is commented out is no less known. */
static void check_file(LintFile *file) {
  for (size_t row = 0; row < G_N_ELEMENTS(shapes); row++)
    look_for(file, row);
}

/* ---- passwords in env ---- */

static bool names_a_secret(const char *name) {
  static const char *const ends[] = {"PASSWORD", "PASSWD", "SECRET", "SECRET_KEY", "SECRET_ACCESS_KEY", "API_KEY", "SSHPASS", "TOKEN"};
  size_t length = strlen(name);
  for (size_t i = 0; i < G_N_ELEMENTS(ends); i++)
    if (length >= strlen(ends[i]) && g_ascii_strcasecmp(name + length - strlen(ends[i]), ends[i]) == 0)
      return true;
  return false;
}

/* A small letter, a capital and a digit: few make that up for a test. */
static bool looks_secret(const char *value) {
  static const char *const tests[] = {"test", "dummy", "example", "fake", "change", "insecure", "local", "mock", "sample", "placeholder", "not-"};
  bool small = false, capital = false, digit = false;
  for (const char *at = value; *at != '\0'; at++) {
    small = small || g_ascii_islower(*at);
    capital = capital || g_ascii_isupper(*at);
    digit = digit || g_ascii_isdigit(*at);
    if (strchr(" $/\\`\n", *at) != NULL)
      return false;
  }
  for (size_t i = 0; i < G_N_ELEMENTS(tests); i++)
    if (strcasestr(value, tests[i]) != NULL)
      return false;
  return small && capital && digit && strlen(value) >= 8;
}

static void check_env(LintFile *file, const WorkflowPairs *env) {
  for (guint i = 0; i < env->count; i++) {
    const WorkflowPair *pair = &env->items[i];
    if (pair->name == NULL || pair->value.text == NULL || !names_a_secret(pair->name) || !looks_secret(pair->value.text))
      continue;
    lint_report(file,
                (LintReport){.node = pair->value.node,
                             .severity = SEVERITY_MEDIUM,
                             .confidence = CONFIDENCE_LOW,
                             .help =
                               g_strdup_printf("if it opens anything, change it and keep the new one as a secret: ${{ secrets.%s }}", pair->name)},
                "the value of %s looks like a secret, and is written down for everybody who may read the repository", pair->name);
  }
}

static void check_workflow(LintFile *file, const Workflow *workflow) {
  check_env(file, &workflow->env);
}

/* What a job shares with its services dies with them. */
static void check_job(LintFile *file, const WorkflowJob *job) {
  if (job->service_count == 0)
    check_env(file, &job->env);
}

static void check_step(LintFile *file, const WorkflowStep *step) {
  check_env(file, &step->env);
}

const Rule rule_hardcoded_secrets = {
  .id = "hardcoded-secrets",
  .family = FAMILY_SECURITY,
  .summary = "a token, key or password stands in the file",
  .severity = SEVERITY_HIGH,
  .confidence = CONFIDENCE_HIGH,
  .file = check_file,
  .workflow = check_workflow,
  .job = check_job,
  .step = check_step,
};
