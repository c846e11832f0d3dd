#include "base/fs.h"
#include "cli/commands.h"
#include "cli/support.h"
#include "workflow/expression/batch.h"

#include <stdlib.h>
#include <string.h>

#define CONTEXT_MAX_BYTES ((size_t)16 << 20)
#define LINE_MAX_BYTES ((size_t)16 << 20)

static const ArgumentRow arguments[] = {
  {{VALUE_TEXT, "EXPR"}, ARITY_OPTIONAL, "what stands between ${{ and }}"},
  {{0}},
};

static const OptionRow options[] = {
  {"context", {VALUE_PATH, "FILE"}, .alias = 'c', .says = "a JSON object of the contexts by name: {\"github\": {...}, \"env\": {...}}"},
  {"batch", {VALUE_FLAG}, .says = "read {\"expr\": ..., \"contexts\": ...} from standard input, one a line, and answer each with one line"},
  {0},
};

static const ExampleRow examples[] = {
  {"drover expression \"format('{0}-{1}', 'a', 2 > 1)\"", "the value of an expression"},
  {"drover expression github.ref_name --context contexts.json", "with contexts from a file"},
  {0},
};

static bool read_contexts(const char *path, json_t **contexts, GError **error) {
  size_t size;
  json_error_t problem;
  if (path == NULL) {
    *contexts = json_object();
    return true;
  }
  g_autofree char *text = fs_read(path, CONTEXT_MAX_BYTES, &size, error);
  if (text == NULL)
    return false;
  json_auto_t *read = json_loadb(text, size, JSON_REJECT_DUPLICATES, &problem);
  if (read == NULL)
    return error_set(error, DROVER_ERROR_INPUT, "%s:%d:%d: %s", path, problem.line, problem.column, problem.text);
  if (!json_is_object(read))
    return error_set(error, DROVER_ERROR_INPUT, "%s: an object of contexts by name is expected", path);
  *contexts = g_steal_pointer(&read);
  return true;
}

static bool evaluate(Invocation *invocation, const char *text, GError **error) {
  json_t *contexts = NULL;
  if (!read_contexts(invocation_text(invocation, "context"), &contexts, error))
    return false;
  json_auto_t *request = json_pack("{s:s, s:o}", "expr", text, "contexts", contexts);
  char *line = json_dumps(request, JSON_COMPACT);
  json_auto_t *answer = expression_batch_line(line);
  free(line);
  json_t *problem = json_object_get(answer, "error"), *value = json_object_get(answer, "value");
  if (problem != NULL)
    return error_set(error, DROVER_ERROR_INPUT, "%s: %s", json_string_value(json_object_get(problem, "kind")),
                     json_string_value(json_object_get(problem, "message")));
  if (invocation->json) {
    support_answer_json(invocation, json_incref(answer));
  } else if (json_is_string(value)) {
    puts(json_string_value(value));
  } else {
    json_dumpf(value, stdout, JSON_ENCODE_ANY | JSON_INDENT(2));
    putchar('\n');
  }
  return true;
}

static void answer_line(const char *line) {
  json_auto_t *answer = expression_batch_line(line);
  json_dumpf(answer, stdout, JSON_COMPACT | JSON_ENCODE_ANY);
  putchar('\n');
}

/* Answers every whole line of `text`, and keeps the rest. */
static void answer_lines(GString *text) {
  char *line = text->str;
  for (char *end; (end = memchr(line, '\n', text->len - (gsize)(line - text->str))) != NULL; line = end + 1) {
    *end = '\0';
    answer_line(line);
  }
  g_string_erase(text, 0, line - text->str);
  fflush(stdout); /* the other program may wait for it before it writes more */
}

static bool batch(const Invocation *invocation, GError **error) {
  g_autoptr(GString) text = g_string_new(NULL);
  char buffer[65536];
  for (ssize_t got = 1; got > 0 && !ferror(stdout);) {
    if (!support_read_some(invocation, buffer, sizeof buffer, &got, error))
      return false;
    g_string_append_len(text, buffer, got);
    answer_lines(text);
    if (text->len > LINE_MAX_BYTES)
      return error_set(error, DROVER_ERROR_INPUT, "standard input: a line of more than %zu bytes", LINE_MAX_BYTES);
  }
  if (text->len > 0)
    answer_line(text->str);
  return true;
}

static bool run(Invocation *invocation, GError **error) {
  const char *text = invocation_argument(invocation, 0);
  bool batches = invocation_flag(invocation, "batch");
  if (batches == (text != NULL))
    return invocation_misuse(invocation, error, "an expression or --batch is expected, and not both");
  if (batches && (invocation->json || invocation_text(invocation, "context") != NULL))
    return invocation_misuse(invocation, error, "with --batch every line brings its own contexts, and every answer is JSON");
  return batches ? batch(invocation, error) : evaluate(invocation, text, error);
}

const Command command_expression = {
  .name = "expression",
  .group = GROUP_WORKFLOW,
  .summary = "evaluate an expression of the workflow language",
  .description = "Text is printed as it is, every other value as JSON; --json gives {\"kind\", \"value\"}. Only the contexts that are given exist, "
                 "and no function that depends on a run.",
  .arguments = arguments,
  .options = options,
  .examples = examples,
  .has_json = true,
  .run = run,
};
