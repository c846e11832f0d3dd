#include "lint/rules/template_injection_fix.h"

#include "lint/edit_yaml.h"
#include "lint/script/script.h"
#include "lint/view.h"

#include <stdint.h>
#include <string.h>

/* Each fix looks through the words of its script: longer ones are left to people. */
#define SCRIPT_MAX_BYTES ((size_t)16 << 10)

/* ---- names ---- */

/* Members of github that every step has as GITHUB_<NAME>. */
static const char *const given[] = {
  "actor",
  "actor_id",
  "api_url",
  "base_ref",
  "event_name",
  "event_path",
  "graphql_url",
  "head_ref",
  "job",
  "ref",
  "ref_name",
  "ref_protected",
  "ref_type",
  "repository",
  "repository_id",
  "repository_owner",
  "repository_owner_id",
  "run_attempt",
  "run_id",
  "run_number",
  "server_url",
  "sha",
  "triggering_actor",
  "workflow",
  "workflow_ref",
  "workflow_sha",
  "workspace",
};

static bool is_given(const ContextPath *path) {
  for (size_t i = 0; path->count == 2 && g_ascii_strcasecmp(path->names[0], "github") == 0 && i < G_N_ELEMENTS(given); i++)
    if (g_ascii_strcasecmp(path->names[1], given[i]) == 0)
      return true;
  return false;
}

/* One whose name a shell can write. */
static bool is_variable(const ContextPath *path) {
  const char *name = context_path_name(path, 1);
  if (path->count != 2 || g_ascii_strcasecmp(path->names[0], "env") != 0 || name == NULL || g_ascii_isdigit(name[0]) || name[0] == '\0')
    return false;
  return strspn(name, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "_") == strlen(name);
}

/* "ISSUE_TITLE" for github.event.issue.title, "VALUE" where nothing has a name. Transfer full. */
static char *variable_name(const ContextPath *path) {
  if (path != NULL && is_variable(path))
    return g_strdup(path->names[1]);
  g_autoptr(GString) name = g_string_new(path != NULL && is_given(path) ? "GITHUB" : NULL);
  for (guint i = 0; path != NULL && i < path->count; i++) {
    bool says_little = i + 1 < path->count && (i == 0 || g_ascii_strcasecmp(path->names[i], "event") == 0 || strcmp(path->names[i], "*") == 0);
    if (!says_little)
      g_string_append_printf(name, "%s%s", name->len > 0 ? "_" : "", strcmp(path->names[i], "*") == 0 ? "ANY" : path->names[i]);
  }
  for (char *c = name->str; *c != '\0'; c++)
    *c = g_ascii_isalnum(*c) ? g_ascii_toupper(*c) : '_';
  return g_strdup(name->len == 0 || g_ascii_isdigit(name->str[0]) ? "VALUE" : name->str);
}

/* ---- shells ---- */

/* How a shell writes a variable, among other text and where it is a word of its own. */
typedef struct {
  ScriptShell shell;
  const char *before, *behind;
  const char *quote;
} Spelling;

static const Spelling spellings[] = {
  {SCRIPT_BASH, "${", "}", "\""}, {SCRIPT_SH, "${", "}", "\""},           {SCRIPT_DASH, "${", "}", "\""}, {SCRIPT_KSH, "${", "}", "\""},
  {SCRIPT_ZSH, "${", "}", "\""},  {SCRIPT_POWERSHELL, "${env:", "}", ""}, {SCRIPT_CMD, "%", "%", ""},
};

static const Spelling *spelling_of(const LintFile *file, const WorkflowStep *step) {
  const char *shell = lint_step_shell_name(file, step);
  for (size_t i = 0; shell != NULL && i < G_N_ELEMENTS(spellings); i++)
    if (spellings[i].shell == script_shell_named(shell))
      return &spellings[i];
  return NULL;
}

char *injection_help(const LintFile *file, const WorkflowExpression *expression, const ContextPath *path) {
  g_autofree char *name = variable_name(path);
  const Spelling *spelling = expression->step->kind == STEP_RUN ? spelling_of(file, expression->step) : NULL;
  g_autofree char *use =
    spelling != NULL ? g_strconcat(spelling->quote, spelling->before, name, spelling->behind, spelling->quote, NULL) : g_strdup("the variable");
  if (path != NULL && (is_given(path) || is_variable(path)))
    return g_strdup_printf("read %s instead: the step has %s in its environment", use, name);
  return g_strdup_printf("put the value into %s in env:, and read %s in the script", name, use);
}

/* ---- places ---- */

static bool holds(size_t start, size_t end, const ExpressionSpan *span) {
  return start <= span->start && span->end <= end;
}

/* The innermost of the pieces that hold an expression, so far. */
typedef struct {
  const ExpressionSpan *span;
  size_t size; /* SIZE_MAX: none */
  unsigned flags;
} Piece;

static void try_piece(Piece *piece, size_t start, size_t end, unsigned flags) {
  if (holds(start, end, piece->span) && end - start < piece->size)
    *piece = (Piece){piece->span, end - start, flags};
}

static void try_words(Piece *piece, const GArray *words) {
  for (guint i = 0; i < words->len; i++) {
    const ShellWord *word = &g_array_index(words, ShellWord, i);
    try_piece(piece, word->start, word->end, word->flags);
  }
}

/* The word, or body of a here-document, that holds the expression; none for a comment. */
static Piece find_piece(const ShellScript *script, const ExpressionSpan *span) {
  Piece piece = {span, SIZE_MAX, 0};
  for (guint i = 0; i < script->commands->len; i++) {
    const ShellCommand *command = shell_command(script, i);
    try_words(&piece, command->assignments);
    try_words(&piece, command->words);
    for (guint r = 0; r < command->redirections->len; r++) {
      const ShellRedirection *redirection = shell_redirection(command, r);
      bool fixed = redirection->target.flags & (SHELL_SINGLE_QUOTED | SHELL_DOUBLE_QUOTED | SHELL_ESCAPED);
      try_piece(&piece, redirection->body_start, redirection->body_end, fixed ? SHELL_SINGLE_QUOTED : SHELL_DOUBLE_QUOTED);
    }
  }
  return piece;
}

/* Whether a variable is expanded where the expression stands, and whether it needs quotes of its own there. */
static bool place_expands(LintFile *file, const WorkflowExpression *expression, bool *needs_quotes) {
  const ShellScript *script = lint_step_script(file, expression->step);
  if (script != NULL) {
    Piece piece = find_piece(script, &expression->span);
    *needs_quotes = (piece.flags & SHELL_DOUBLE_QUOTED) == 0;
    return piece.size != SIZE_MAX && (piece.flags & SHELL_SINGLE_QUOTED) == 0;
  }
  guint quotes = 0; /* of PowerShell, on the line so far */
  for (size_t i = expression->span.start; i > 0 && expression->scalar->text[i - 1] != '\n'; i--)
    quotes += expression->scalar->text[i - 1] == '\'';
  *needs_quotes = false;
  return quotes % 2 == 0;
}

/* ---- the fix ---- */

static char *span_text(const WorkflowExpression *expression) {
  return g_strndup(expression->scalar->text + expression->span.start, expression->span.end - expression->span.start);
}

Fix *injection_fix(LintFile *file, const WorkflowExpression *expression, const ContextPath *path) {
  const WorkflowStep *step = expression->step;
  const Spelling *spelling = file->fixing && step->kind == STEP_RUN ? spelling_of(file, step) : NULL;
  ContextPath whole;
  bool needs_quotes = false;
  if (path == NULL || spelling == NULL || strlen(step->run.text) > SCRIPT_MAX_BYTES ||
      !context_path(expression_root(expression->expression), &whole) || !place_expands(file, expression, &needs_quotes))
    return NULL;
  g_autofree char *name = variable_name(path), *value = span_text(expression), *chosen = NULL;
  g_autofree char *description = g_strdup_printf("read %s from the environment", name);
  g_autoptr(Fix) fix = fix_new(description, false);
  EditTree *tree = lint_edit_tree(file);
  bool is_there = is_given(path) || is_variable(path) || workflow_pair(&step->env, name) != NULL;
  if (!is_there && strstr(step->run.text, name) != NULL) /* the script has a variable of this name */
    return NULL;
  if (!is_given(path) && !is_variable(path) && !edit_add_env(tree, fix, step->node, name, value, &chosen))
    return NULL;
  const char *quote = needs_quotes ? spelling->quote : "";
  g_autofree char *use = g_strconcat(quote, spelling->before, chosen != NULL ? chosen : name, spelling->behind, quote, NULL);
  bool made = edit_replace_in_scalar(tree, fix, expression->scalar, expression->span.start, strlen(value), use);
  return made ? g_steal_pointer(&fix) : NULL;
}
