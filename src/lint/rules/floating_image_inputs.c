#include "lint/rules/floating_image.h"

#include "lint/script/script.h"

#include <string.h>

/* ---- inputs that name images ---- */

static const struct {
  const char *action;
  const char *input;
  bool only_tag;
  const char *does;
} inputs[] = {
  {"docker/build-push-action", "tags", false, "built"},
  {"redhat-actions/buildah-build", "tags", true, "built"},
  {"redhat-actions/push-to-registry", "tags", true, "pushed"},
  {"aws-actions/amazon-ecs-render-task-definition", "image", false, "run"},
  {"azure/webapps-deploy", "images", false, "run"},
  {"azure/k8s-deploy", "images", false, "run"},
  {"google-github-actions/deploy-cloudrun", "image", false, "run"},
};

/* A piece of an input's text, which may be a list. */
typedef struct {
  LintFile *file;
  const WorkflowText *input;
  const char *text; /* without the blanks around it */
  size_t start;     /* in the input's text */
} Piece;

static LintReport at_piece(const Piece *piece) {
  return lint_report_at(piece->file, piece->input->node, piece->start, piece->start + strlen(piece->text));
}

/* Where the piece that begins at `at` ends. An expression is not parted. */
static size_t piece_end(const char *text, size_t length, size_t at, const char *separators) {
  while (at < length && strchr(separators, text[at]) == NULL) {
    size_t end = at + 1;
    bool opens = strncmp(text + at, "${{", 3) == 0;
    if (opens && !script_expression_at(text, length, at, &end))
      return length; /* nothing closes it: no tag either */
    at = end;
  }
  return at;
}

/* Calls `check` for each piece. */
static void each_piece(LintFile *file, const WorkflowText *input, const char *separators, void (*check)(const Piece *piece, size_t row), size_t row) {
  size_t length = strlen(input->text);
  for (size_t at = 0, end; at < length; at = end + 1) {
    end = piece_end(input->text, length, at, separators);
    while (at < end && strchr(" \t\r", input->text[at]) != NULL)
      at++;
    g_autofree char *text = g_strchomp(g_strndup(input->text + at, end - at));
    if (*text != '\0' && *text != '#')
      check(&(Piece){file, input, text, at}, row);
  }
}

static void check_tag_of_input(const Piece *piece, size_t row) {
  bool only_tag = inputs[row].only_tag && strchr(piece->text, '/') == NULL && strchr(piece->text, ':') == NULL;
  ImageFloat floats = only_tag ? image_tag_floats(piece->text) : image_name_floats(piece->text);
  if (floats != IMAGE_FIXED)
    floating_image_report(piece->file, at_piece(piece), floats, piece->text, inputs[row].does);
}

static void check_inputs(LintFile *file, const WorkflowStep *step, const Uses *uses) {
  for (size_t row = 0; row < G_N_ELEMENTS(inputs); row++) {
    const WorkflowPair *input = uses_matches(uses, inputs[row].action) ? workflow_pair(&step->with, inputs[row].input) : NULL;
    if (input != NULL && input->value.text != NULL)
      each_piece(file, &input->value, inputs[row].only_tag ? " \t\n," : "\n,", check_tag_of_input, row);
  }
}

/* ---- docker/metadata-action ---- */

/* Rows of its `tags` that give floating tags, and its `flavor`. */
static const struct {
  const char *row;
  const char *gives;
} metadata[] = {
  {"type=ref,event=branch", "the name of the branch"},
  {"type=edge", "edge"},
  {"type=schedule", "nightly"},
  {"latest=true", "latest"},
};

/* The tag that a row of `tags` gives and that moves; NULL: none. Transfer full. `row` has no blanks. */
static char *moving_tag(const char *row) {
  if (strstr(row, "enable=false") != NULL || strstr(row, "{{") != NULL || strstr(row, "pattern=") != NULL)
    return NULL;
  for (size_t i = 0; i < G_N_ELEMENTS(metadata); i++)
    if (g_str_has_prefix(row, metadata[i].row))
      return g_strdup(metadata[i].gives);
  const char *value = strchr(row, '=') == NULL ? row : g_str_has_prefix(row, "type=raw") ? strstr(row, "value=") : NULL;
  if (value == NULL)
    return NULL;
  value += value != row ? strlen("value=") : 0;
  g_autofree char *tag = g_strndup(value, strcspn(value, ","));
  return image_tag_floats(tag) == IMAGE_FLOATING ? g_steal_pointer(&tag) : NULL;
}

static void check_metadata_row(const Piece *piece, G_GNUC_UNUSED size_t row) {
  g_auto(GStrv) words = g_strsplit_set(piece->text, " \t", -1);
  g_autofree char *plain = g_strjoinv("", words), *tag = moving_tag(plain);
  if (tag == NULL)
    return;
  LintReport report = at_piece(piece);
  report.help = g_strdup("write \"type=sha\" or \"type=semver,pattern={{version}}\" in \"tags\", and \"latest=false\" in \"flavor\"");
  lint_report(piece->file, report, "gives images a tag that moves, %s: nobody can say which image that was", tag);
}

/* Without a flavor it adds `latest` whenever a row of `tags` gives a version. */
static bool adds_latest(const WorkflowPair *tags, const WorkflowPair *flavor) {
  static const char *const versions[] = {"type=semver", "type=pep440", "type=match", "event=tag", NULL};
  if (flavor != NULL && (flavor->value.text == NULL || strstr(flavor->value.text, "latest=") != NULL || lint_has_expression(&flavor->value)))
    return false;
  for (const char *const *version = versions; tags != NULL && *version != NULL; version++)
    if (tags->value.text != NULL && strstr(tags->value.text, *version) != NULL)
      return true;
  return tags == NULL;
}

static void check_metadata(LintFile *file, const WorkflowStep *step) {
  const WorkflowPair *tags = workflow_pair(&step->with, "tags"), *flavor = workflow_pair(&step->with, "flavor");
  if (tags != NULL && tags->value.text != NULL)
    each_piece(file, &tags->value, "\n", check_metadata_row, 0);
  if (flavor != NULL && flavor->value.text != NULL)
    each_piece(file, &flavor->value, "\n", check_metadata_row, 0);
  if (adds_latest(tags, flavor))
    lint_report(file, (LintReport){.node = step->uses.node, .confidence = CONFIDENCE_MEDIUM, .help = g_strdup("add \"flavor: latest=false\"")},
                "gives every released image the tag latest, too, unless \"flavor\" says otherwise");
}

void floating_image_check_inputs(LintFile *file, const WorkflowStep *step, const Uses *uses) {
  check_inputs(file, step, uses);
  if (uses_matches(uses, "docker/metadata-action"))
    check_metadata(file, step);
}
