#include "schedule_world.h"

#include "base/error.h"
#include "base/fs.h"
#include "runner/expand.h"

#include <string.h>

/* ---- what jobs do ---- */

typedef struct {
  World *world;
  const JobSpec *job;
  JobResult *result;
} Deed;

static void end_as(const Deed *deed, Status outcome, Status conclusion, const char *failure) {
  deed->result->outcome = outcome;
  deed->result->conclusion = conclusion;
  deed->result->failure = g_strdup(failure);
}

static void fail(const Deed *deed) {
  end_as(deed, STATUS_FAILURE, STATUS_FAILURE, "broke");
}

static void be_forgiven(const Deed *deed) {
  end_as(deed, STATUS_FAILURE, STATUS_SUCCESS, "broke");
}

static void be_cancelled(const Deed *deed) {
  end_as(deed, STATUS_CANCELLED, STATUS_CANCELLED, NULL);
}

static void on_cancelled(GCancellable *cancellable, void *data) {
  (void)cancellable;
  World *world = data;
  g_mutex_lock(&world->lock);
  g_cond_broadcast(&world->changed);
  g_mutex_unlock(&world->lock);
}

static void wait_for_end(const Deed *deed) {
  World *world = deed->world;
  gulong handler = g_cancellable_connect(deed->job->cancellable, G_CALLBACK(on_cancelled), world, NULL);
  g_mutex_lock(&world->lock);
  while (!g_cancellable_is_cancelled(deed->job->cancellable))
    g_cond_wait(&world->changed, &world->lock);
  g_mutex_unlock(&world->lock);
  g_cancellable_disconnect(deed->job->cancellable, handler);
  be_cancelled(deed);
}

static void stop(const Deed *deed) {
  g_cancellable_cancel(deed->world->cancellable);
  wait_for_end(deed);
}

/* Another run wants the place of this one in the group "g". */
static void oust(const Deed *deed) {
  ConcurrencyRequest request = {.group = "o/r\ng", .member = "the newcomer", .cancel_in_progress = true, .on_change = world_nothing};
  ConcurrencySlot *newcomer = concurrency_join(deed->world->groups, &request, NULL);
  wait_for_end(deed);
  concurrency_leave(newcomer);
}

static void do_nothing(const Deed *deed) {
  (void)deed;
}

static const struct {
  const char *name;
  void (*act)(const Deed *deed);
} deeds[] = {{"ok", do_nothing}, {"fail", fail}, {"forgiven", be_forgiven}, {"cancel", be_cancelled}, {"wait", wait_for_end},
             {"stop", stop},     {"oust", oust}};

static void meet(World *world) {
  g_mutex_lock(&world->lock);
  world->meeting++;
  while (world->meeting < 2)
    g_cond_wait(&world->changed, &world->lock);
  g_cond_broadcast(&world->changed);
  g_mutex_unlock(&world->lock);
}

static void act(const Deed *deed, const char *text) {
  static const char together[] = "meet then ";
  if (g_str_has_prefix(text, together)) {
    meet(deed->world);
    text += strlen(together);
  }
  for (size_t i = 0; i < G_N_ELEMENTS(deeds); i++) {
    if (strcmp(text, deeds[i].name) != 0)
      continue;
    deeds[i].act(deed);
    return;
  }
  g_mutex_lock(&deed->world->lock);
  g_hash_table_insert(deed->world->said, g_strdup(deed->job->key), g_strdup(text));
  g_mutex_unlock(&deed->world->lock);
}

/* ---- the rules, seen by each job as it starts ---- */

static void fault(const World *world, const char *what, const char *key) {
  g_ptr_array_add(world->faults, g_strdup_printf("%s: %s", key, what));
}

static void check_start(World *world, const JobSpec *job) {
  const char *id;
  json_t *need;
  json_object_foreach (job->needs, id, need) {
    if (json_object_get(need, "result") == NULL || GPOINTER_TO_UINT(g_hash_table_lookup(world->alive, id)) > 0)
      fault(world, "started before its needs had ended", job->key);
  }
  if (world->running > world->spec.parallel_max)
    fault(world, "more jobs than may run", job->key);
  guint alive = GPOINTER_TO_UINT(g_hash_table_lookup(world->alive, job->plan->job->id));
  if (alive > (guint)json_integer_value(json_object_get(job->strategy, "max-parallel")))
    fault(world, "more legs than may run", job->key);
}

static void count(const World *world, const JobSpec *job, int change) {
  guint alive = GPOINTER_TO_UINT(g_hash_table_lookup(world->alive, job->plan->job->id));
  g_hash_table_insert(world->alive, (gpointer)job->plan->job->id, GUINT_TO_POINTER(alive + (guint)change));
}

static void on_start(World *world, const JobSpec *job) {
  g_mutex_lock(&world->lock);
  world->running++;
  count(world, job, 1);
  check_start(world, job);
  if (++world->started == world->stop_after)
    g_cancellable_cancel(world->cancellable);
  g_string_append_printf(world->order, " +%s", job->key);
  g_mutex_unlock(&world->lock);
}

static void on_end(World *world, const JobSpec *job) {
  g_mutex_lock(&world->lock);
  world->running--;
  count(world, job, -1);
  g_string_append_printf(world->order, " -%s", job->key);
  g_mutex_unlock(&world->lock);
}

static void run_job(const JobSpec *job, JobResult *result, void *user) {
  World *world = user;
  on_start(world, job);
  json_auto_t *contexts = json_pack("{s:O, s:O, s:O, s:O, s:O, s:O}", "github", job->github, "matrix", job->matrix, "strategy", job->strategy,
                                    "needs", job->needs, "inputs", job->inputs, "secrets", job->secrets);
  ExpressionScope scope = {.contexts = contexts};
  g_autoptr(GError) error = NULL;
  g_autofree char *text = expand_text(&job->plan->job->steps[0]->run, &scope, &error);
  g_assert_no_error(error);
  if (job->plan->job->outputs.count > 0) {
    result->outputs = json_object();
    g_assert_true(expand_pairs(&job->plan->job->outputs, &scope, result->outputs, NULL));
  }
  act(&(Deed){world, job, result}, text);
  on_end(world, job);
}

/* ---- the world ---- */

void world_nothing(void *user) {
  (void)user;
}

static char *read_file(const char *path, size_t *size, void *user, GError **error) {
  const World *world = user;
  g_autofree char *name = g_path_get_basename(path);
  for (guint i = 0; i < world->file_count; i++) {
    if (g_strcmp0(world->files[i].name, name) != 0)
      continue;
    *size = strlen(world->files[i].text);
    return g_strdup(world->files[i].text);
  }
  error_set(error, DROVER_ERROR_NOT_FOUND, "%s", path);
  return NULL;
}

static void on_event(const RunEvent *event, void *user) {
  World *world = user;
  g_assert_cmpint(event->kind, ==, RUN_EVENT_JOB_ENDED);
  g_string_append_printf(world->events, "%u %s %s; ", event->job_number, event->job, status_name(event->conclusion));
}

void world_begin(World *world, const char *text, const WorldFile *files, guint file_count) {
  g_autoptr(Diagnostics) found = diagnostics_new();
  g_autoptr(GError) error = NULL;
  world->files = files;
  world->file_count = file_count;
  world->plan = plan_new(&(PlanSpec){.read = read_file, .user = world}, "ci.yml", text, strlen(text), found);
  if (!diagnostics_to_error(found, &error))
    g_error("%s\n%s", error->message, text);
  world->dir = fs_temp_dir(g_get_tmp_dir(), "schedule-", &error);
  g_assert_no_error(error);
  world->groups = concurrency_open(world->dir, &error);
  g_assert_no_error(error);
  world->cancellable = g_cancellable_new();
  world->events = g_string_new(NULL);
  world->order = g_string_new(NULL);
  world->said = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
  world->alive = g_hash_table_new(g_str_hash, g_str_equal);
  world->faults = g_ptr_array_new_with_free_func(g_free);
  world->spec = (ScheduleSpec){
    .run = "r1",
    .plan = world->plan,
    .github = json_pack("{s:s, s:s, s:s, s:s}", "repository", "o/r", "ref", "refs/heads/dflt", "ref_name", "dflt", "sha", "abc"),
    .secrets = json_pack("{s:s, s:s}", "DEPLOY", "s3", "GITHUB_TOKEN", "token"),
    .parallel_max = 1,
    .concurrency = world->groups,
    .run_job = run_job,
    .user = world,
    .on_event = on_event,
    .event_user = world,
    .cancellable = world->cancellable,
  };
}

void world_run(World *world) {
  world->good = schedule_run(&world->spec, &world->document, &world->error);
}

void world_end(World *world) {
  json_decref((json_t *)world->spec.github), json_decref((json_t *)world->spec.secrets), json_decref(world->document);
  g_clear_pointer(&world->groups, concurrency_free);
  g_assert_true(fs_remove_tree(world->dir, NULL));
  g_clear_pointer(&world->plan, plan_free);
  g_clear_error(&world->error);
  g_object_unref(world->cancellable);
  g_hash_table_unref(world->said), g_hash_table_unref(world->alive), g_ptr_array_unref(world->faults);
  g_string_free(world->events, TRUE), g_string_free(world->order, TRUE);
  g_free(world->dir);
}

/* ---- what came of it ---- */

const char *world_job(const World *world, guint index, const char *member) {
  return json_string_value(json_object_get(json_array_get(json_object_get(world->document, "jobs"), index), member));
}

static void show_outputs(GString *shown, const json_t *outputs) {
  const char *key, *before = "{";
  json_t *value;
  json_object_foreach ((json_t *)outputs, key, value) {
    g_string_append_printf(shown, "%s%s=%s", before, key, json_string_value(value));
    before = " ";
  }
  if (json_object_size(outputs) > 0)
    g_string_append_c(shown, '}');
}

char *world_show(const World *world, bool order) {
  GString *shown = g_string_new(json_string_value(json_object_get(world->document, "conclusion")));
  g_string_append_c(shown, ':');
  size_t i;
  json_t *job;
  json_array_foreach (json_object_get(world->document, "jobs"), i, job) {
    const char *key = world_job(world, (guint)i, "key"), *said = g_hash_table_lookup(world->said, key);
    g_string_append_printf(shown, " %s", key);
    if (said != NULL)
      g_string_append_printf(shown, "(%s)", said);
    g_string_append_printf(shown, "=%s", world_job(world, (guint)i, "conclusion"));
    show_outputs(shown, json_object_get(job, "outputs"));
  }
  if (order)
    g_string_append(shown, world->order->str);
  return g_string_free(shown, FALSE);
}

static guint times(const World *world, char sign, const char *key) {
  g_autofree char *word = g_strdup_printf("%c%s", sign, key);
  g_auto(GStrv) words = g_strsplit(world->order->str, " ", -1);
  guint found = 0;
  for (char **one = words; *one != NULL; one++)
    found += strcmp(*one, word) == 0;
  return found;
}

void world_check(const World *world) {
  if (world->faults->len > 0)
    g_error("%s", (const char *)g_ptr_array_index(world->faults, 0));
  g_autoptr(GHashTable) keys = g_hash_table_new(g_str_hash, g_str_equal);
  size_t count_of_jobs = json_array_size(json_object_get(world->document, "jobs"));
  for (guint i = 0; i < count_of_jobs; i++) {
    const char *key = world_job(world, i, "key");
    g_assert_true(g_hash_table_add(keys, (gpointer)key));
    g_assert_cmpuint(times(world, '+', key), ==, times(world, '-', key));
    g_assert_cmpuint(times(world, '+', key), <=, 1);
    if (strcmp(world_job(world, i, "conclusion"), "skipped") == 0)
      g_assert_cmpuint(times(world, '+', key), ==, 0);
  }
  g_assert_true(world->good == (world->error == NULL));
}
