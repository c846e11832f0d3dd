/* One step while it runs: of a job or of a composite action, its main part or an action's pre or post part. Private to the runner.
 *
 * A step is chosen (env, condition), run by what it is (script, action, waiting), and concluded (contexts, report, the job's status).
 * What goes wrong is the step's failure: a text that follows its name, "ended with status 1".
 */
#pragma once

#include "runner/step/frame.h"

typedef enum { STAGE_PRE, STAGE_MAIN, STAGE_POST } Stage;

typedef struct Step Step;
struct Step {
  Job *job;
  Frame *frame;
  Step *outer; /* the step whose composite action it stands in, or NULL */
  const WorkflowStep *model;
  Stage stage;
  ActionUse *use; /* NULL: a script, a step that waits, or not found yet */
  char *key;      /* "2", "2/0": its place in the job */
  guint number;   /* for events; that of the outermost step */
  char *name;     /* for people, masked */
  char *action;   /* github.action */

  json_t *contexts; /* its own copy, with github and env its own */
  json_t *github, *env;
  json_t *overlay;         /* the frame's, and the step's own env */
  json_t *outputs, *state; /* objects of strings */
  JobScope scope;

  GCancellable *cancellable; /* borrowed */
  GCancellable *own;         /* of a step in the background */
  int64_t deadline_us;       /* monotonic; 0: none */
  bool stopped_late;         /* it began when the job had been stopped, or goes on when it is */

  bool background;
  json_t *seen_env, *seen_paths; /* in the background: the job's when it began, with what it set itself */
  json_t *late_env, *late_paths; /* what it set, for the steps after those that wait for it */

  Status outcome, conclusion;
  bool forgiven;
  char *failure;    /* or NULL */
  GString *summary; /* of it and all steps in it; NULL: none */
  int64_t began_us;
};

Step *step_new(Job *job, Frame *frame, Step *outer, const WorkflowStep *model, Stage stage);
void step_free(Step *step);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Step, step_free)

/* Chooses, runs and concludes; does not tell the job (job/steps.c) or the outer step (action/composite.c) what it means for them. */
void step_run(Step *step);
/* The two halves, for steps in the background: whether it is to run; the rest. */
bool step_choose(Step *step);
void step_run_chosen(Step *step);
/* Puts outcome, conclusion and outputs into the steps context. */
void step_publish(const Step *step);

/* The outermost step, which has the log and the report. */
Step *step_root(Step *step);
/* The job's variables and paths as the step sees them, before its own: borrowed. */
json_t *step_job_env(Step *step);
json_t *step_job_paths(Step *step);

/* ---- say.c: what a step tells ---- */
void step_fail(Step *step, const char *format, ...) G_GNUC_PRINTF(2, 3);
/* A line in its log, masked, as GitHub's raw logs have it: "##[warning]..." */
void step_say(Step *step, const char *format, ...) G_GNUC_PRINTF(2, 3);
/* A warning in the log and among the annotations. */
void step_warn(Step *step, const char *format, ...) G_GNUC_PRINTF(2, 3);
/* What went wrong in a program: cancelled, out of time, not started. */
void step_note_stop(Step *step, const GError *error);

/* ---- name.c ---- */
char *step_display_name(const Step *step);
/* github.action of a job's steps, by their index: the id, "__run_2", "__actions_checkout". Transfer full. */
GPtrArray *step_action_names(const WorkflowJob *model);
char *step_action_name(const Job *job, const Frame *frame, const WorkflowStep *model); /* of any step; transfer full */

/* ---- files.c: GITHUB_ENV and its like ---- */
bool step_files_open(Step *step, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void step_files_take(Step *step);
void step_set_env(Step *step, const char *name, const char *value);
void step_add_path(Step *step, const char *folder);

/* ---- environment.c ---- */
/* "K=V", NULL-terminated, transfer full: the job's, the step's, `more` (an object, may be NULL), GitHub's. */
char **step_environment(Step *step, const json_t *more);

/* ---- program.c ---- */
/* Runs a program in the job's place with its output to the step's log; a status other than 0 fails the step. */
void step_run_program(Step *step, const char *const *argv, const char *const *env, const char *cwd);
Output *step_output_new(Step *step);
void step_output_end(Step *step, Output *output);
GCancellable *step_cancellable(const Step *step);
/* What is left of its time: 0: no limit. */
int64_t step_left_ms(const Step *step);

/* ---- script.c ---- */
void step_run_script(Step *step);

/* ---- action/run.c ---- */
void action_run(Step *step);
