#include "cli/view/run_view.h"

#include "cli/view/run_text.h"
#include "cli/view/run_tree.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define FRAME_US (100 * 1000)

struct RunView {
  RunViewOptions options;
  GMutex lock; /* over all below */
  GCond changed;
  RunTree *tree;  /* of plain too, for the end */
  unsigned drawn; /* lines of the frame that is on the screen */
  bool closing, suspended;
  GThread *painter; /* of a tree */
};

static void write_all(const RunView *view, const char *text, size_t size) {
  while (size > 0) {
    ssize_t written = write(view->options.fd, text, size);
    if (written < 0 && errno != EINTR && errno != EAGAIN)
      return; /* nobody reads any more: the run goes on */
    text += MAX(written, 0);
    size -= (size_t)MAX(written, 0);
  }
}

/* ---- plain ---- */

typedef enum { LOOK_BEGINS, LOOK_OK, LOOK_FORGIVEN, LOOK_FAILED, LOOK_CANCELLED, LOOK_SKIPPED } Look;

static const struct {
  const char *unicode, *ascii, *colour, *word;
} looks[] = {
  [LOOK_BEGINS] = {"▸", ">", "\033[36m", ""},
  [LOOK_OK] = {"✓", "+", "\033[32m", "ok"},
  [LOOK_FORGIVEN] = {"!", "!", "\033[33m", "failed, and goes on"},
  [LOOK_FAILED] = {"✗", "x", "\033[1;31m", "failed"},
  [LOOK_CANCELLED] = {"■", "#", "\033[33m", "cancelled"},
  [LOOK_SKIPPED] = {"-", "-", "\033[2m", "skipped"},
};

static Look look_of(const RunEvent *event) {
  static const Look by_status[] = {
    [STATUS_SUCCESS] = LOOK_OK, [STATUS_FAILURE] = LOOK_FAILED, [STATUS_CANCELLED] = LOOK_CANCELLED, [STATUS_SKIPPED] = LOOK_SKIPPED};
  bool forgiven = event->outcome == STATUS_FAILURE && event->conclusion == STATUS_SUCCESS;
  return forgiven ? LOOK_FORGIVEN : by_status[event->conclusion];
}

static void append_mark(const RunView *view, GString *line, Look look) {
  const char *mark = view->options.unicode ? looks[look].unicode : looks[look].ascii;
  if (view->options.colour)
    g_string_append_printf(line, "%s%s\033[0m ", looks[look].colour, mark);
  else
    g_string_append_printf(line, "%s ", mark);
}

/* "test (3.11) › Run make: failed: ended with status 1 (3.2 s)" */
static void append_subject(GString *line, const RunEvent *event, Look look) {
  g_string_append(line, event->job != NULL ? event->job : "run");
  if (event->step != NULL)
    g_string_append_printf(line, " › %s", event->step);
  if (look == LOOK_BEGINS)
    return;
  g_autofree char *time = run_text_duration(event->duration_ms);
  g_string_append_printf(line, ": %s", looks[look].word);
  if (event->message != NULL)
    g_string_append_printf(line, ": %s", event->message);
  if (look != LOOK_SKIPPED)
    g_string_append_printf(line, " (%s)", time);
}

static void plain_line(const RunView *view, const RunEvent *event, Look look) {
  g_autoptr(GString) subject = g_string_new(NULL);
  g_autoptr(GString) line = g_string_new(NULL);
  append_subject(subject, event, look);
  append_mark(view, line, look);
  g_strdelimit(subject->str, "\n", ' ');
  run_text_append(line, "", subject->str, subject->len, false);
  write_all(view, line->str, line->len);
}

static void plain_output(const RunView *view, const RunEvent *event) {
  if (view->options.quiet)
    return;
  g_autofree char *prefix = g_strdup_printf("  %s | ", event->job);
  g_autoptr(GString) lines = g_string_sized_new(event->text_size + event->text_size / 4 + 256);
  run_text_append(lines, prefix, event->text, event->text_size, view->options.colour);
  write_all(view, lines->str, lines->len);
}

static void plain_event(const RunView *view, const RunEvent *event) {
  switch (event->kind) {
  case RUN_EVENT_JOB_STARTED:
  case RUN_EVENT_STEP_STARTED:
    plain_line(view, event, LOOK_BEGINS);
    break;
  case RUN_EVENT_STEP_ENDED:
  case RUN_EVENT_JOB_ENDED:
    plain_line(view, event, look_of(event));
    break;
  case RUN_EVENT_OUTPUT:
    plain_output(view, event);
    break;
  case RUN_EVENT_RUN_STARTED:
  case RUN_EVENT_ANNOTATION: /* its line is in the output, too */
  case RUN_EVENT_RUN_ENDED:
    break;
  }
}

/* ---- json ---- */

static void json_event(const RunView *view, const RunEvent *event) {
  json_auto_t *object = run_event_json(event);
  char *text = json_dumps(object, JSON_COMPACT);
  g_autofree char *line = g_strconcat(text, "\n", NULL);
  free(text);
  write_all(view, line, strlen(line));
}

/* ---- tree ---- */

/* Takes the last frame away and writes the next in one go, so that nothing flickers. */
static void draw(RunView *view, bool final) {
  struct winsize size = {0};
  (void)ioctl(view->options.fd, TIOCGWINSZ, &size);
  RunTreeFrame frame = {
    .columns = size.ws_col > 0 ? size.ws_col : 80,
    .rows = final             ? 0
            : size.ws_row > 1 ? size.ws_row - 1U
                              : 23,
    .colour = view->options.colour,
    .unicode = view->options.unicode,
    .now_us = g_get_real_time(),
  };
  g_autofree char *text = run_tree_render(view->tree, &frame);
  g_autoptr(GString) out = g_string_new(NULL);
  if (view->drawn > 0)
    g_string_append_printf(out, "\033[%uA\r\033[J", view->drawn);
  g_string_append(out, text);
  view->drawn = 0;
  for (const char *at = text; *at != '\0'; at++)
    view->drawn += *at == '\n' ? 1 : 0;
  write_all(view, out->str, out->len);
}

static void erase(RunView *view) {
  g_autofree char *text = g_strdup_printf("\033[%uA\r\033[J", view->drawn);
  if (view->drawn > 0)
    write_all(view, text, strlen(text));
  view->drawn = 0;
}

static void *paint(void *data) {
  RunView *view = data;
  g_mutex_lock(&view->lock);
  while (!view->closing) {
    int64_t until_us = g_get_monotonic_time() + FRAME_US;
    while (!view->closing && g_cond_wait_until(&view->changed, &view->lock, until_us))
      continue;
    if (!view->closing && !view->suspended)
      draw(view, false);
  }
  g_mutex_unlock(&view->lock);
  return NULL;
}

void run_view_suspend(RunView *view) {
  g_mutex_lock(&view->lock);
  view->suspended = true;
  erase(view);
  g_mutex_unlock(&view->lock);
}

void run_view_resume(RunView *view) {
  g_mutex_lock(&view->lock);
  view->suspended = false;
  g_mutex_unlock(&view->lock);
}

/* ---- all ---- */

RunView *run_view_new(const RunViewOptions *options) {
  RunView *view = g_new0(RunView, 1);
  view->options = *options;
  view->tree = run_tree_new();
  g_mutex_init(&view->lock);
  g_cond_init(&view->changed);
  if (options->mode == RUN_VIEW_TREE)
    view->painter = g_thread_new("drover-view", paint, view);
  return view;
}

void run_view_event(RunView *view, const RunEvent *event) {
  g_mutex_lock(&view->lock);
  if (view->options.mode == RUN_VIEW_JSON)
    json_event(view, event);
  else
    run_tree_event(view->tree, event);
  if (view->options.mode == RUN_VIEW_PLAIN)
    plain_event(view, event);
  g_mutex_unlock(&view->lock);
}

void run_view_free(RunView *view) {
  bool tree = view->options.mode == RUN_VIEW_TREE;
  g_mutex_lock(&view->lock);
  view->closing = true;
  g_cond_signal(&view->changed);
  g_mutex_unlock(&view->lock);
  if (view->painter != NULL)
    g_thread_join(view->painter);
  if (tree)
    draw(view, true);
  if (view->options.mode != RUN_VIEW_JSON) {
    g_autofree char *epilogue = run_tree_epilogue(view->tree, view->options.colour, tree);
    write_all(view, epilogue, strlen(epilogue));
  }
  run_tree_free(view->tree);
  g_mutex_clear(&view->lock);
  g_cond_clear(&view->changed);
  g_free(view);
}
