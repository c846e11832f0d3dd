#include "cli/commands.h"
#include "cli/stored.h"
#include "cli/support.h"

static const OptionRow options[] = {
  {"delete", {VALUE_TEXT, "PREFIX"}, .says = "remove those whose key begins so"},
  {"repository", {VALUE_TEXT, "OWNER/NAME"}, .says = "only those of one repository"},
  {0},
};

static const ExampleRow examples[] = {
  {"drover caches", "list what workflows have cached, the newest first"},
  {"drover caches --delete npm-", "have the packages fetched anew"},
  {0},
};

static void print_table(const json_t *caches) {
  static const char *const headings[] = {"REPOSITORY", "SCOPE", "KEY", "SIZE", "CREATED", "USED", NULL};
  g_autoptr(Table) table = table_new(headings);
  size_t i = 0;
  const json_t *cache = NULL;
  json_array_foreach (caches, i, cache) {
    stored_text_cell(table, COLOUR_NONE, cache, "repository");
    stored_text_cell(table, COLOUR_FAINT, cache, "scope");
    stored_text_cell(table, COLOUR_STRONG, cache, "key");
    stored_size_cell(table, cache);
    stored_text_cell(table, COLOUR_NONE, cache, "created");
    stored_text_cell(table, COLOUR_NONE, cache, "used");
  }
  table_print(table, stdout);
}

static bool list(Invocation *invocation, Results *results, const char *repository, GError **error) {
  json_auto_t *caches = results_caches(results, repository, error);
  if (caches == NULL)
    return false;
  if (invocation->json)
    support_answer_json(invocation, json_pack("{s:O}", "caches", caches));
  else if (json_array_size(caches) == 0)
    printf("nothing is cached\n");
  else
    print_table(caches);
  return true;
}

static bool delete_some(Invocation *invocation, Results *results, const char *repository, const char *prefix, GError **error) {
  guint count = 0;
  if (!results_delete_caches(results, repository, prefix, &count, error))
    return false;
  if (invocation->json)
    support_answer_json(invocation, json_pack("{s:i}", "deleted", (int)count));
  else
    printf("%u removed\n", count);
  return true;
}

static bool run(Invocation *invocation, GError **error) {
  const char *prefix = invocation_text(invocation, "delete");
  const char *repository = invocation_text(invocation, "repository");
  g_autoptr(Results) results = stored_open(invocation, error);
  if (results == NULL)
    return false;
  return prefix != NULL ? delete_some(invocation, results, repository, prefix, error) : list(invocation, results, repository, error);
}

const Command command_caches = {
  .name = "caches",
  .group = GROUP_WORKFLOW,
  .summary = "list or remove what workflows have cached",
  .description = "A cache belongs to a repository and to the ref whose run wrote it; later runs of that ref read it, and runs of others where it is "
                 "their base's or the default branch's. What was not read for a week goes, and the least recently used beyond 10 GiB.",
  .options = options,
  .examples = examples,
  .has_json = true,
  .run = run,
};
