#include "cli/view/run_tree.h"

#include "base/text.h"
#include "cli/view/run_text.h"

#include <string.h>

#define TAIL_LINES 20
#define TAIL_LINE_BYTES ((size_t)2000)
#define NOTES_MAX 200

typedef enum { STATE_RUNNING, STATE_OK, STATE_FORGIVEN, STATE_FAILED, STATE_CANCELLED, STATE_SKIPPED } State;

static const struct {
  const char *unicode, *ascii, *colour;
} looks[] = {
  [STATE_RUNNING] = {"▸", ">", "\033[36m"},  [STATE_OK] = {"✓", "+", "\033[32m"},        [STATE_FORGIVEN] = {"!", "!", "\033[33m"},
  [STATE_FAILED] = {"✗", "x", "\033[1;31m"}, [STATE_CANCELLED] = {"■", "#", "\033[33m"}, [STATE_SKIPPED] = {"-", "-", "\033[2m"},
};

typedef struct {
  guint number;
  char *name;
  char *place;
  State state;
  int64_t began_us;
  int64_t duration_ms;
  char *message; /* why it failed */
  char *summary;
  GQueue tail; /* char *, the last lines of its output, while it runs and when it failed */
} StepView;

typedef struct {
  guint number;
  char *name;
  State state;
  int64_t began_us;
  int64_t duration_ms;
  char *message;
  GPtrArray *steps; /* StepView */
} JobView;

struct RunTree {
  GPtrArray *jobs;  /* JobView */
  GPtrArray *notes; /* char *, "error: src/a.c:3: text" */
};

static void step_free(void *data) {
  StepView *step = data;
  g_queue_clear_full(&step->tail, g_free);
  g_free(step->name);
  g_free(step->place);
  g_free(step->message);
  g_free(step->summary);
  g_free(step);
}

static void job_free(void *data) {
  JobView *job = data;
  g_ptr_array_unref(job->steps);
  g_free(job->name);
  g_free(job->message);
  g_free(job);
}

RunTree *run_tree_new(void) {
  RunTree *tree = g_new0(RunTree, 1);
  tree->jobs = g_ptr_array_new_with_free_func(job_free);
  tree->notes = g_ptr_array_new_with_free_func(g_free);
  return tree;
}

void run_tree_free(RunTree *tree) {
  g_ptr_array_unref(tree->jobs);
  g_ptr_array_unref(tree->notes);
  g_free(tree);
}

/* ---- events ---- */

static State state_of(const RunEvent *event) {
  static const State states[] = {
    [STATUS_SUCCESS] = STATE_OK, [STATUS_FAILURE] = STATE_FAILED, [STATUS_CANCELLED] = STATE_CANCELLED, [STATUS_SKIPPED] = STATE_SKIPPED};
  bool forgiven = event->outcome == STATUS_FAILURE && event->conclusion == STATUS_SUCCESS;
  return forgiven ? STATE_FORGIVEN : states[event->conclusion];
}

static JobView *job_at(const RunTree *tree, guint number) {
  for (guint i = tree->jobs->len; i > 0; i--) {
    JobView *job = g_ptr_array_index(tree->jobs, i - 1);
    if (job->number == number)
      return job;
  }
  return NULL;
}

static JobView *job_for(RunTree *tree, const RunEvent *event) {
  JobView *job = job_at(tree, event->job_number);
  if (job != NULL || event->job == NULL)
    return job;
  job = g_new0(JobView, 1);
  job->number = event->job_number;
  job->name = text_harmless(event->job, false);
  job->began_us = event->at_us;
  job->steps = g_ptr_array_new_with_free_func(step_free);
  g_ptr_array_add(tree->jobs, job);
  return job;
}

static StepView *step_for(JobView *job, const RunEvent *event) {
  for (guint i = job->steps->len; i > 0; i--) {
    StepView *step = g_ptr_array_index(job->steps, i - 1);
    if (step->number == event->step_number)
      return step;
  }
  StepView *step = g_new0(StepView, 1);
  step->number = event->step_number;
  step->name = text_harmless(event->step != NULL ? event->step : "", false);
  step->place = g_strdup(event->place);
  step->began_us = event->at_us;
  g_queue_init(&step->tail);
  g_ptr_array_add(job->steps, step);
  return step;
}

/* Only the last lines of the piece are looked at: what they push out is never copied. */
static void add_tail(StepView *step, const char *text, size_t size) {
  const char *from = text + size;
  for (int lines = 0; from > text && lines <= TAIL_LINES; lines++) {
    const char *before = from - 1 > text ? memrchr(text, '\n', (size_t)(from - 1 - text)) : NULL;
    from = before != NULL ? before + 1 : text;
  }
  while (from < text + size) {
    const char *end = memchr(from, '\n', (size_t)(text + size - from));
    size_t length = end != NULL ? (size_t)(end - from) : (size_t)(text + size - from);
    g_queue_push_tail(&step->tail, g_strndup(from, MIN(length, TAIL_LINE_BYTES)));
    if (g_queue_get_length(&step->tail) > TAIL_LINES)
      g_free(g_queue_pop_head(&step->tail));
    from += length + 1;
  }
}

static void end_step(StepView *step, const RunEvent *event) {
  step->state = state_of(event);
  step->duration_ms = event->duration_ms;
  step->message = g_strdup(event->message);
  step->summary = g_strdup(json_string_value(json_object_get(event->detail, "summary")));
  if (step->state != STATE_FAILED)
    g_queue_clear_full(&step->tail, g_free);
}

static const char *text_of(const json_t *detail, const char *key) {
  const char *text = json_string_value(json_object_get(detail, key));
  return text != NULL ? text : "";
}

static void add_note(RunTree *tree, const json_t *detail) {
  if (tree->notes->len >= NOTES_MAX)
    return;
  const char *file = text_of(detail, "file"), *title = text_of(detail, "title");
  json_int_t line = json_integer_value(json_object_get(detail, "line"));
  g_autoptr(GString) note = g_string_new(text_of(detail, "level"));
  g_string_append(note, ": ");
  if (*file != '\0')
    g_string_append(note, file);
  if (*file != '\0' && line > 0)
    g_string_append_printf(note, ":%d", (int)line);
  g_string_append_printf(note, "%s%s%s%s", *file != '\0' ? ": " : "", title, *title != '\0' ? ": " : "", text_of(detail, "message"));
  g_ptr_array_add(tree->notes, text_harmless(note->str, true));
}

void run_tree_event(RunTree *tree, const RunEvent *event) {
  JobView *job = job_for(tree, event);
  if (job == NULL)
    return;
  if (event->kind == RUN_EVENT_JOB_ENDED) {
    job->state = state_of(event);
    job->duration_ms = event->duration_ms;
    job->message = g_strdup(event->message);
  } else if (event->kind == RUN_EVENT_ANNOTATION) {
    add_note(tree, event->detail);
  } else if (event->step_number > 0) {
    StepView *step = step_for(job, event);
    if (event->kind == RUN_EVENT_STEP_ENDED)
      end_step(step, event);
    else if (event->kind == RUN_EVENT_OUTPUT)
      add_tail(step, event->text, event->text_size);
  }
}

/* ---- frames ---- */

typedef struct {
  GString *out;
  const RunTreeFrame *frame;
  unsigned left; /* rows that may still be written */
} Canvas;

/* `name`, cut so that it takes at most `width` cells. */
static char *cut(const char *name, size_t width) {
  if (text_width(name) <= width)
    return g_strdup(name);
  const char *end = name;
  for (size_t used = 0; *end != '\0'; end = g_utf8_next_char(end)) {
    used += text_letter_width(g_utf8_get_char(end));
    if (used + 1 > width)
      break;
  }
  return g_strdup_printf("%.*s…", (int)(end - name), name);
}

static void draw(Canvas *canvas, unsigned indent, State state, const char *name, int64_t duration_ms) {
  const RunTreeFrame *frame = canvas->frame;
  if (canvas->left == 0)
    return;
  canvas->left--;
  g_autofree char *time = state == STATE_SKIPPED ? g_strdup("") : run_text_duration(duration_ms);
  size_t fixed = indent + 2 + strlen(time) + 2;
  g_autofree char *shown = cut(name, frame->columns > fixed + 4 ? frame->columns - fixed : 4);
  const char *mark = frame->unicode ? looks[state].unicode : looks[state].ascii;
  g_string_append_printf(canvas->out, "%*s%s%s%s %s%s%s%s%s\n", (int)indent, "", frame->colour ? looks[state].colour : "", mark,
                         frame->colour ? "\033[0m" : "", shown, *time != '\0' ? "  " : "", frame->colour ? "\033[2m" : "", time,
                         frame->colour ? "\033[0m" : "");
}

static int64_t time_of(State state, int64_t duration_ms, int64_t began_us, int64_t now_us) {
  return state == STATE_RUNNING ? MAX(now_us - began_us, 0) / 1000 : duration_ms;
}

typedef enum { DETAIL_ALL, DETAIL_OPEN, DETAIL_JOBS } Detail; /* all steps; only those of jobs that go on or failed; none */

/* An ended job that went well needs no steps when rows are few; a running one shows the steps that run. */
static bool shows(const JobView *job, const StepView *step, Detail detail) {
  bool open = step->state == STATE_RUNNING || (step->state == STATE_FAILED && job->state != STATE_OK);
  return detail == DETAIL_ALL || (detail == DETAIL_OPEN && open);
}

static unsigned rows_of(const RunTree *tree, Detail detail) {
  unsigned rows = 0;
  for (guint i = 0; i < tree->jobs->len; i++) {
    const JobView *job = g_ptr_array_index(tree->jobs, i);
    rows++;
    for (guint at = 0; at < job->steps->len; at++)
      rows += shows(job, g_ptr_array_index(job->steps, at), detail) ? 1 : 0;
  }
  return rows;
}

static void draw_job(Canvas *canvas, const JobView *job, Detail detail) {
  int64_t now_us = canvas->frame->now_us;
  draw(canvas, 0, job->state, job->name, time_of(job->state, job->duration_ms, job->began_us, now_us));
  for (guint i = 0; i < job->steps->len; i++) {
    const StepView *step = g_ptr_array_index(job->steps, i);
    if (shows(job, step, detail))
      draw(canvas, 2, step->state, step->name, time_of(step->state, step->duration_ms, step->began_us, now_us));
  }
}

char *run_tree_render(const RunTree *tree, const RunTreeFrame *frame) {
  Canvas canvas = {.out = g_string_new(NULL), .frame = frame, .left = G_MAXUINT};
  Detail detail = DETAIL_ALL;
  if (frame->rows > 0) {
    while (detail < DETAIL_JOBS && rows_of(tree, detail) > frame->rows)
      detail++;
    canvas.left = frame->rows;
  }
  bool crowded = rows_of(tree, detail) > canvas.left;
  if (crowded)
    canvas.left--;
  guint hidden = 0;
  for (int ended = 0; ended < 2; ended++) { /* where not all have room, those that go on come first */
    for (guint i = 0; i < tree->jobs->len; i++) {
      const JobView *job = g_ptr_array_index(tree->jobs, i);
      if (crowded && (job->state == STATE_RUNNING) == (ended == 1))
        continue;
      hidden += canvas.left == 0 ? 1 : 0;
      draw_job(&canvas, job, detail);
    }
    if (!crowded)
      break;
  }
  if (crowded)
    g_string_append_printf(canvas.out, "  and %u more job%s\n", hidden, hidden == 1 ? "" : "s");
  return g_string_free(canvas.out, FALSE);
}

/* ---- the end ---- */

static void append_heading(GString *out, bool colour, const char *format, ...) G_GNUC_PRINTF(3, 4);
static void append_heading(GString *out, bool colour, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  g_string_append(out, colour ? "\n\033[1m" : "\n");
  g_string_append_vprintf(out, format, arguments);
  g_string_append(out, colour ? "\033[0m\n" : "\n");
  va_end(arguments);
}

static void append_indented(GString *out, const char *text) {
  g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
  for (char **line = lines; *line != NULL; line++)
    if (**line != '\0' || line[1] != NULL)
      g_string_append_printf(out, "%s%s\n", **line != '\0' ? "  " : "", *line);
}

static void append_failure(GString *out, const JobView *job, const StepView *step, bool colour) {
  append_heading(out, colour, "%s › %s%s%s%s", job->name, step->name, step->place != NULL ? " (" : "", step->place != NULL ? step->place : "",
                 step->place != NULL ? ")" : "");
  for (const GList *line = step->tail.head; line != NULL; line = line->next)
    run_text_append(out, "  ", line->data, strlen(line->data), colour);
  if (step->message != NULL) {
    g_autofree char *message = text_harmless(step->message, true);
    g_string_append_printf(out, "  %sthe step %s%s\n", colour ? "\033[31m" : "", message, colour ? "\033[0m" : "");
  }
}

char *run_tree_epilogue(const RunTree *tree, bool colour, bool with_output) {
  g_autoptr(GString) out = g_string_new(NULL);
  g_autoptr(GString) summaries = g_string_new(NULL);
  for (guint i = 0; i < tree->jobs->len; i++) {
    const JobView *job = g_ptr_array_index(tree->jobs, i);
    for (guint at = 0; at < job->steps->len; at++) {
      const StepView *step = g_ptr_array_index(job->steps, at);
      if (with_output && step->state == STATE_FAILED)
        append_failure(out, job, step, colour);
      if (step->summary == NULL)
        continue;
      g_autofree char *text = run_text_markdown(step->summary, colour);
      append_heading(summaries, colour, "Summary of %s", job->name);
      append_indented(summaries, text);
    }
  }
  if (tree->notes->len > 0)
    append_heading(out, colour, "Annotations");
  for (guint i = 0; i < tree->notes->len; i++)
    g_string_append_printf(out, "  %s\n", (const char *)g_ptr_array_index(tree->notes, i));
  g_string_append(out, summaries->str);
  return g_string_free(g_steal_pointer(&out), FALSE);
}
