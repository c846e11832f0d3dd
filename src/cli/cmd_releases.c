#include "cli/commands.h"
#include "cli/support.h"

static const OptionRow options[] = {
  OPTION_PROJECT,
  {"limit", {VALUE_INTEGER, "COUNT", .min = 1, .max = 1000000}, .alias = 'n', .fallback = "50", .says = "show at most so many, the newest first"},
  {0},
};

static const ExampleRow examples[] = {
  {"drover releases", "list the project's releases"},
  {"drover releases --project shop --limit 1 --json", "the newest release, for a script"},
  {0},
};

static void print_table(GPtrArray *releases) {
  static const char *const headings[] = {"RELEASE", "COMMIT", "RECORDED", "AUTHOR", "SUBJECT", NULL};
  g_autoptr(Table) table = table_new(headings);
  for (guint i = 0; i < releases->len; i++) {
    const Release *release = g_ptr_array_index(releases, i);
    g_autofree char *age = text_age(release->recorded_us, g_get_real_time());
    table_cell(table, COLOUR_STRONG, "%u", release->number);
    table_cell(table, COLOUR_WARNING, SHORT_COMMIT, release->commit);
    table_cell(table, COLOUR_NONE, "%s", age);
    table_cell(table, COLOUR_NONE, "%s", release->author != NULL ? release->author : "");
    table_cell(table, COLOUR_NONE, "%s", release->subject != NULL ? release->subject : "");
  }
  table_print(table, stdout);
}

static json_t *release_json(const Release *release) {
  return json_pack("{s:s, s:s, s:I, s:s, s:o, s:o, s:O?, s:O?, s:o}", "id", release->id, "project", release->project, "number",
                   (json_int_t)release->number, "commit", release->commit, "subject", support_text_json(release->subject), "author",
                   support_text_json(release->author), "images", release->images, "checks", release->checks, "recorded",
                   support_time_json(release->recorded_us));
}

static void print_json(Invocation *invocation, GPtrArray *releases) {
  json_t *list = json_array();
  for (guint i = 0; i < releases->len; i++)
    json_array_append_new(list, release_json(g_ptr_array_index(releases, i)));
  support_answer_json(invocation, json_pack("{s:o}", "releases", list));
}

static bool run(Invocation *invocation, GError **error) {
  g_autofree char *project = support_project_required(invocation, error);
  g_autoptr(Store) store = project != NULL ? support_store(invocation, error) : NULL;
  g_autoptr(GPtrArray) releases = store != NULL ? release_list(store, project, (guint)invocation_number(invocation, "limit"), error) : NULL;
  if (releases == NULL)
    return false;
  if (invocation->json)
    print_json(invocation, releases);
  else if (releases->len == 0)
    printf("%s has no release yet; \"drover ship\" makes one\n", project);
  else
    print_table(releases);
  return true;
}

const Command command_releases = {
  .name = "releases",
  .group = GROUP_LOOK,
  .summary = "list the releases of a project",
  .description = "A release is a set of image digests with the project file, at one commit. It never changes.",
  .options = options,
  .examples = examples,
  .has_json = true,
  .run = run,
};
