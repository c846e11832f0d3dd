#include "cli/commands.h"
#include "cli/support.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FOLLOW_STEP_MS 200
#define PAGE_ENTRIES 500

static const ArgumentRow arguments[] = {
  {{VALUE_TEXT, "ID"}, ARITY_OPTIONAL, "the beginning of a check run's or rollout's id; default: the last rollout"},
  {{0}},
};

static const OptionRow options[] = {
  {"env", {VALUE_TEXT, "NAME"}, .alias = 'e', .says = "the last rollout of this environment"},
  OPTION_PROJECT,
  {"follow", {VALUE_FLAG}, .alias = 'f', .says = "go on until it has ended"},
  {0},
};

static const ExampleRow examples[] = {
  {"drover logs --env production --follow", "watch a rollout that is under way"},
  {"drover logs 01hq3v8", "the log of what has an id that begins so"},
  {0},
};

/* What has a log. */
typedef struct {
  char *id;
  char *path; /* NULL: none was written */
  bool is_check;
} Subject;

static void subject_clear(Subject *subject) {
  g_free(subject->id);
  g_free(subject->path);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Subject, subject_clear)

static void set_subject(Subject *subject, const Invocation *invocation, const char *id, const char *log, bool is_check) {
  subject->id = g_strdup(id);
  subject->path = log != NULL ? g_build_filename(invocation->data_dir, log, NULL) : NULL;
  subject->is_check = is_check;
}

/* ---- finding it ------------------------------------------------------------------------------------------------------- */

/* Adds the ids of check runs and rollouts that begin with `prefix`, as the journal names them, to the set `ids`. */
static bool find_ids(Store *store, const char *prefix, GHashTable *ids, GError **error) {
  for (int64_t after = 0;;) {
    g_autoptr(GPtrArray) page = journal_read(store, NULL, after, PAGE_ENTRIES, error);
    if (page == NULL)
      return false;
    for (guint i = 0; i < page->len; i++) {
      const JournalEntry *entry = g_ptr_array_index(page, i);
      bool has_log = g_str_has_prefix(entry->kind, "check.") || g_str_has_prefix(entry->kind, "rollout.");
      if (has_log && g_str_has_prefix(entry->subject, prefix))
        g_hash_table_add(ids, g_strdup(entry->subject));
      after = entry->sequence;
    }
    if (page->len < PAGE_ENTRIES)
      return true;
  }
}

static bool load_subject(const Invocation *invocation, Store *store, const char *id, Subject *subject, GError **error) {
  g_autoptr(GError) failure = NULL;
  g_autoptr(CheckRun) check = check_run_get(store, id, &failure);
  if (check != NULL) {
    set_subject(subject, invocation, check->id, check->log, true);
    return true;
  }
  if (!error_is(failure, DROVER_ERROR_NOT_FOUND)) {
    g_propagate_error(error, g_steal_pointer(&failure));
    return false;
  }
  g_autoptr(Rollout) rollout = rollout_get(store, id, error);
  if (rollout == NULL)
    return false;
  set_subject(subject, invocation, rollout->id, rollout->log, false);
  return true;
}

static int compare_ids(const void *left, const void *right) {
  return strcmp(*(const char *const *)left, *(const char *const *)right);
}

static bool find_by_id(const Invocation *invocation, Store *store, const char *prefix, Subject *subject, GError **error) {
  g_autoptr(GHashTable) ids = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  g_autofree char *lower = g_ascii_strdown(prefix, -1);
  if (!find_ids(store, lower, ids, error))
    return false;
  guint count = 0;
  g_autofree char **found = (char **)g_hash_table_get_keys_as_array(ids, &count);
  if (count == 0)
    return error_set(error, DROVER_ERROR_NOT_FOUND, "no check run or rollout has an id that begins with \"%s\"", prefix);
  if (count > 1) {
    qsort(found, count, sizeof *found, compare_ids);
    g_autofree char *all = count <= 10 ? g_strjoinv("\n", found) : g_strdup_printf("%u of them", count);
    return error_set(error, DROVER_ERROR_INPUT, "\"%s\" begins more than one id:\n%s", prefix, all);
  }
  return load_subject(invocation, store, found[0], subject, error);
}

static bool find_last(const Invocation *invocation, Store *store, Subject *subject, GError **error) {
  g_autofree char *project = NULL;
  const char *environment = invocation_text(invocation, "env");
  if (!support_project_name(invocation, &project, error))
    return false;
  g_autoptr(GPtrArray) rollouts = rollout_list(store, project, environment, 1, error);
  if (rollouts == NULL)
    return false;
  if (rollouts->len == 0)
    return error_set(error, DROVER_ERROR_NOT_FOUND, "there was no rollout%s%s%s%s yet", environment != NULL ? " of " : "",
                     environment != NULL ? environment : "", project != NULL ? " in project " : "", project != NULL ? project : "");
  const Rollout *last = g_ptr_array_index(rollouts, 0);
  set_subject(subject, invocation, last->id, last->log, false);
  return true;
}

/* ---- showing it ------------------------------------------------------------------------------------------------------- */

static bool has_ended(Store *store, const Subject *subject, bool *ended, GError **error) {
  if (subject->is_check) {
    g_autoptr(CheckRun) check = check_run_get(store, subject->id, error);
    if (check != NULL)
      *ended = strcmp(check->outcome, "running") != 0;
    return check != NULL;
  }
  g_autoptr(Rollout) rollout = rollout_get(store, subject->id, error);
  if (rollout != NULL)
    *ended = rollout->outcome != NULL;
  return rollout != NULL;
}

/* On a terminal colours stay, and every other escape sequence and control character is shown and does nothing. */
static void put_log(const char *bytes, size_t size, bool terminal) {
  if (!terminal) {
    fwrite(bytes, 1, size, stdout);
    return;
  }
  for (size_t i = 0; i < size; i++) {
    unsigned char letter = (unsigned char)bytes[i];
    size_t colour = i + 1 < size && letter == 033 && bytes[i + 1] == '[' ? strspn(bytes + i + 2, "0123456789;") + 2 : 0;
    if (colour > 0 && bytes[i + colour] == 'm')
      fwrite(bytes + i, 1, colour + 1, stdout), i += colour;
    else if (letter == '\n' || letter == '\t' || (letter >= 0x20 && letter != 0x7f))
      putchar(letter);
    else
      fprintf(stdout, "^%c", letter ^ 0x40);
  }
}

/* Copies from where `fd` stands to the end of what is there now. */
static bool copy_rest(int fd, const char *path, bool terminal, GError **error) {
  char buffer[65536 + 1];
  for (ssize_t got; (got = read(fd, buffer, sizeof buffer - 1)) != 0;) {
    if (got < 0 && errno != EINTR)
      return error_set_errno(error, errno, "%s", path);
    if (got < 0)
      continue;
    buffer[got] = '\0';
    put_log(buffer, (size_t)got, terminal);
    if (ferror(stdout))
      return true;
  }
  fflush(stdout);
  return true;
}

static bool follow(Invocation *invocation, Store *store, const Subject *subject, int fd, GError **error) {
  const Clock *clock = clock_system();
  bool terminal = isatty(STDOUT_FILENO), ended = !invocation_flag(invocation, "follow");
  for (;;) {
    /* Asked before the copy, so that what is written up to the end is shown. */
    if (!ended && !has_ended(store, subject, &ended, error))
      return false;
    if (!copy_rest(fd, subject->path, terminal, error))
      return false;
    if (ended || ferror(stdout))
      return true;
    if (!clock->sleep_ms(clock, FOLLOW_STEP_MS, invocation->cancellable)) {
      invocation->status = EXIT_INTERRUPTED; /* the usual way to end it, and no error */
      return true;
    }
  }
}

static bool run(Invocation *invocation, GError **error) {
  const char *prefix = invocation_argument(invocation, 0);
  if (prefix != NULL && invocation_text(invocation, "env") != NULL)
    return invocation_misuse(invocation, error, "an ID and --env exclude each other");
  g_autoptr(Store) store = support_store(invocation, error);
  g_auto(Subject) subject = {0};
  if (store == NULL || !(prefix != NULL ? find_by_id(invocation, store, prefix, &subject, error) : find_last(invocation, store, &subject, error)))
    return false;
  int fd = subject.path != NULL ? open(subject.path, O_RDONLY | O_CLOEXEC) : -1;
  if (subject.path == NULL || (fd < 0 && errno == ENOENT))
    return error_set(error, DROVER_ERROR_NOT_FOUND, "%s has no log%s%s", subject.id, subject.path != NULL ? ": nothing is at " : "",
                     subject.path != NULL ? subject.path : "");
  if (fd < 0)
    return error_set_errno(error, errno, "%s", subject.path);
  bool good = follow(invocation, store, &subject, fd, error);
  close(fd);
  return good;
}

const Command command_logs = {
  .name = "logs",
  .group = GROUP_LOOK,
  .summary = "show the log of a check run or a rollout",
  .description =
    "Ids stand in the answers of ship, status and journal. Without an ID it is the last rollout: of --env, of the project here, or of all.",
  .arguments = arguments,
  .options = options,
  .examples = examples,
  .run = run,
};
