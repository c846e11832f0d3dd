#include "runner/step/background.h"

#include "runner/job/steps.h"

#include <string.h>

#define RUNNING_MAX 10 /* GitHub's limit; the others wait for their turn */

typedef struct {
  Background *background;
  Step *step;
  GThread *thread;
  GCancellable *link; /* what stops it with the job */
  gulong handler;
  bool done, settled, dropped; /* the last: it was cancelled by a step, and that is no failure */
} Item;

struct Background {
  Job *job;
  GMutex lock; /* over all below and the items' flags */
  GCond changed;
  GPtrArray *items;
  guint running;
};

static void item_free(void *data) {
  Item *item = data;
  g_thread_join(item->thread);
  if (item->handler != 0)
    g_cancellable_disconnect(item->link, item->handler);
  step_free(item->step);
  g_free(item);
}

Background *background_new(Job *job) {
  Background *background = g_new0(Background, 1);
  background->job = job;
  g_mutex_init(&background->lock);
  g_cond_init(&background->changed);
  background->items = g_ptr_array_new_with_free_func(item_free);
  return background;
}

void background_free(Background *background) {
  if (background == NULL)
    return;
  g_ptr_array_unref(background->items);
  g_mutex_clear(&background->lock);
  g_cond_clear(&background->changed);
  g_free(background);
}

/* ---- one of them ---- */

static bool take_turn(Background *background, const Step *step) {
  g_mutex_lock(&background->lock);
  while (background->running >= RUNNING_MAX && !g_cancellable_is_cancelled(step->own))
    g_cond_wait(&background->changed, &background->lock);
  background->running++;
  g_mutex_unlock(&background->lock);
  return !g_cancellable_is_cancelled(step->own);
}

static void *run_item(void *data) {
  Item *item = data;
  Background *background = item->background;
  Step *step = item->step;
  if (take_turn(background, step)) {
    job_step_started(step);
    step_run_chosen(step);
  } else {
    step->outcome = step->conclusion = STATUS_CANCELLED;
  }
  job_step_ended(step);
  g_mutex_lock(&background->lock);
  background->running--;
  item->done = true;
  g_cond_broadcast(&background->changed);
  g_mutex_unlock(&background->lock);
  return NULL;
}

static void on_stop(G_GNUC_UNUSED GCancellable *cancellable, void *data) {
  const Item *item = data;
  g_cancellable_cancel(item->step->own);
  g_mutex_lock(&item->background->lock);
  g_cond_broadcast(&item->background->changed);
  g_mutex_unlock(&item->background->lock);
}

void background_start(Background *background, Step *step) {
  Item *item = g_new0(Item, 1);
  JobClock *clock = background->job->clock;
  *item = (Item){.background = background, .step = step};
  item->link = job_clock_stopped(clock) ? job_clock_doom(clock) : job_clock_stop(clock);
  item->handler = g_cancellable_connect(item->link, G_CALLBACK(on_stop), item, NULL);
  g_mutex_lock(&background->lock);
  g_ptr_array_add(background->items, item);
  g_mutex_unlock(&background->lock);
  item->thread = g_thread_new("drover-step", run_item, item);
}

/* ---- waiting ---- */

static void wait_for(Background *background, const Item *item) {
  g_mutex_lock(&background->lock);
  while (!item->done)
    g_cond_wait(&background->changed, &background->lock);
  g_mutex_unlock(&background->lock);
}

/* From now on all see what it did. On the job's thread. */
static void settle(Item *item) {
  Step *step = item->step;
  JobState *state = &step->job->state;
  size_t i;
  json_t *path;
  if (item->settled)
    return;
  item->settled = true;
  step_publish(step);
  json_object_update(state->env, step->late_env);
  json_array_foreach (step->late_paths, i, path)
    json_array_append(state->paths, path);
}

static bool failed(const Item *item) {
  Status conclusion = item->step->conclusion;
  return conclusion == STATUS_FAILURE || (conclusion == STATUS_CANCELLED && !item->dropped);
}

static Item *find(const Background *background, const char *id) {
  for (guint i = 0; i < background->items->len; i++) {
    Item *item = g_ptr_array_index(background->items, i);
    if (item->step->model->id != NULL && g_ascii_strcasecmp(item->step->model->id, id) == 0)
      return item;
  }
  return NULL;
}

static bool is_named(const Background *background, const WorkflowTexts *names, const Item *item) {
  for (guint i = 0; i < names->count; i++)
    if (names->items[i].text != NULL && find(background, names->items[i].text) == item)
      return true;
  return false;
}

static bool concerns(const Background *background, const WorkflowStep *model, const Item *item) {
  if (model->kind == STEP_WAIT_ALL)
    return !item->settled;
  if (model->kind == STEP_PARALLEL)
    return item->step->model->group == model;
  return is_named(background, &model->wait, item);
}

static void drop(Background *background, Item *item) {
  item->dropped = true;
  g_cancellable_cancel(item->step->own);
  g_mutex_lock(&background->lock);
  g_cond_broadcast(&background->changed);
  g_mutex_unlock(&background->lock);
}

static void tell(Step *step, const Item *item) {
  const Step *other = item->step;
  step_say(step, "%s: %s", other->name, status_name(other->conclusion));
  if (step->model->kind == STEP_CANCEL || !failed(item))
    return;
  if (other->conclusion == STATUS_CANCELLED)
    step->outcome = step->outcome == STATUS_SUCCESS ? STATUS_CANCELLED : step->outcome;
  else
    step->outcome = STATUS_FAILURE;
  g_autofree char *place = job_step_place(other);
  step_fail(step, "failed: %s", place);
}

void background_control(Step *step) {
  Background *background = step->job->background;
  for (guint i = 0; step->model->kind == STEP_CANCEL && i < background->items->len; i++) {
    Item *item = g_ptr_array_index(background->items, i);
    if (concerns(background, step->model, item))
      drop(background, item);
  }
  for (guint i = 0; i < background->items->len; i++) {
    Item *item = g_ptr_array_index(background->items, i);
    if (!concerns(background, step->model, item))
      continue;
    wait_for(background, item);
    settle(item);
    tell(step, item);
  }
}

bool background_running(Background *background) {
  for (guint i = 0; i < background->items->len; i++)
    if (!((const Item *)g_ptr_array_index(background->items, i))->settled)
      return true;
  return false;
}

void background_wait_rest(Background *background) {
  Job *job = background->job;
  for (guint i = 0; i < background->items->len; i++) {
    Item *item = g_ptr_array_index(background->items, i);
    bool told = item->settled;
    wait_for(background, item);
    settle(item);
    if (told || !failed(item))
      continue;
    g_autofree char *place = job_step_place(item->step);
    if (item->step->conclusion == STATUS_FAILURE)
      job_fail(job, "%s", place);
  }
}
