#include "cli/commands.h"
#include "cli/support.h"

#define PAGE_ENTRIES 500

static const OptionRow options[] = {
  {"verify", {VALUE_FLAG}, .says = "recompute the chain of hashes instead, and tell the first entry that does not fit"},
  {"subject", {VALUE_TEXT, "ID"}, .alias = 's', .says = "only what is about one release, run or rollout"},
  {"after", {VALUE_INTEGER, "NUMBER"}, .fallback = "0", .says = "only entries behind this one"},
  {0},
};

static const ExampleRow examples[] = {
  {"drover journal", "read all that happened"},
  {"drover journal --verify", "prove that nobody changed it"},
  {0},
};

static void print_entry(const JournalEntry *entry) {
  g_autofree char *time = clock_format(entry->at_us);
  char *data = json_dumps(entry->data, JSON_COMPACT);
  g_autofree char *line = g_strdup_printf("%6" G_GINT64_FORMAT "  %s  %-12s  %-18s  %s  %s", entry->sequence, time, entry->actor, entry->kind,
                                          entry->subject, data != NULL ? data : "");
  g_autofree char *harmless = text_harmless(line, false);
  free(data);
  puts(harmless);
}

static void print_entry_json(const JournalEntry *entry, bool first) {
  json_auto_t *object =
    json_pack("{s:I, s:o, s:s, s:s, s:s, s:O?, s:s}", "sequence", (json_int_t)entry->sequence, "at", support_time_json(entry->at_us), "actor",
              entry->actor, "kind", entry->kind, "subject", entry->subject, "data", entry->data, "hash", entry->hash);
  fputs(first ? "\n" : ",\n", stdout);
  json_dumpf(object, stdout, JSON_COMPACT);
}

/* Entry by entry: a journal may be longer than memory is large. */
static bool print_all(Invocation *invocation, Store *store, GError **error) {
  int64_t after = invocation_number(invocation, "after");
  bool first = true;
  for (;;) {
    g_autoptr(GPtrArray) page = journal_read(store, invocation_text(invocation, "subject"), after, PAGE_ENTRIES, error);
    if (page == NULL)
      return false;
    if (!invocation->answered && invocation->json)
      fputs("{\"entries\": [", stdout), invocation->answered = true;
    for (guint i = 0; i < page->len; i++, first = false) {
      const JournalEntry *entry = g_ptr_array_index(page, i);
      if (invocation->json)
        print_entry_json(entry, first);
      else
        print_entry(entry);
      after = entry->sequence;
    }
    if (page->len < PAGE_ENTRIES || ferror(stdout))
      return true;
    if (g_cancellable_is_cancelled(invocation->cancellable))
      return error_set(error, DROVER_ERROR_CANCELLED, "stopped");
  }
}

/* A document that was begun is ended, whatever happened. */
static void end_json(const GError *failure) {
  json_auto_t *problem = failure != NULL ? support_error_json(failure) : json_null();
  fputs("\n], \"error\": ", stdout);
  json_dumpf(problem, stdout, JSON_ENCODE_ANY);
  fputs("}\n", stdout);
}

static bool verify(Invocation *invocation, Store *store, GError **error) {
  int64_t count = 0;
  if (!journal_verify(store, &count, error))
    return false;
  if (invocation->json)
    support_answer_json(invocation, json_pack("{s:I, s:b}", "entries", (json_int_t)count, "intact", true));
  else
    printf("the journal is intact: %" G_GINT64_FORMAT " entries\n", count);
  return true;
}

static bool run(Invocation *invocation, GError **error) {
  bool verifies = invocation_flag(invocation, "verify");
  if (verifies && invocation_text(invocation, "subject") != NULL)
    return invocation_misuse(invocation, error, "--verify is for the whole journal, not for one --subject");
  g_autoptr(Store) store = support_store(invocation, error);
  if (store == NULL)
    return false;
  if (verifies)
    return verify(invocation, store, error);
  GError *failure = NULL;
  if (!print_all(invocation, store, &failure) && !invocation->answered)
    return support_answer(invocation, NULL, failure, error);
  if (invocation->json)
    end_json(failure);
  return support_answer(invocation, NULL, failure, error);
}

const Command command_journal = {
  .name = "journal",
  .group = GROUP_LOOK,
  .summary = "read or verify what happened",
  .description = "The journal grows at its end only, and each entry holds a hash over all before it: who did what, when, on which evidence.",
  .options = options,
  .examples = examples,
  .has_json = true,
  .run = run,
};
