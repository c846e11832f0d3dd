/* What the files of the output share: one step's state. Private to this folder. */
#pragma once

#include "runner/output/command.h"
#include "runner/output/log.h"
#include "runner/output/matching.h"
#include "runner/output/output.h"

typedef enum { LEVEL_ERROR, LEVEL_WARNING, LEVEL_NOTICE, LEVELS } AnnotationLevel;

struct Output {
  OutputSpec spec;
  OutputLog *log;
  Matching *matching; /* NULL before the first line that it is needed for */
  GString *line;      /* an unfinished line, or the end of one that is too long to be a command */
  bool text;          /* the line that goes on is such a one */
  char *token;        /* after ::stop-commands::, in lower case; else NULL */
  bool echo;
  bool told_output, told_state; /* the warnings that ::set-output:: and ::save-state:: are of old */
  size_t masked_bytes;          /* of ::add-mask:: */
  unsigned annotations[LEVELS]; /* how many there were */
  char *failure;
};

/* ---- annotate.c ---- */

/* An error, warning or notice: printed, and handed to the sink as an annotation unless there were ten of its level. */
typedef struct {
  AnnotationLevel level;
  const char *message;
  const char *line_shown; /* printed instead of the message; may be NULL */
  size_t line_shown_bytes;
  const char *title, *file, *code;           /* may be NULL or empty */
  gint64 line, end_line, column, end_column; /* 0: not told */
} Annotation;

void annotate(Output *output, const Annotation *annotation);

/* A warning or an error of the runner's own. */
void annotate_text(Output *output, AnnotationLevel level, const char *format, ...) G_GNUC_PRINTF(3, 4);

/* ::error::, ::warning:: and ::notice::. */
void annotate_command(Output *output, AnnotationLevel level, const Command *command);

/* Tries the problem matchers; false when none has a use for the line, which is then printed as it is. */
bool annotate_matched(Output *output, const char *line, size_t length);

/* ---- act.c ---- */

/* Does what a line commands; false when it is none, and so is printed. */
bool act_on_line(Output *output, const char *line, size_t length);

/* A line of the log: "##[tag]text", or the text alone where `tag` is NULL. */
void output_say(Output *output, const char *tag, const char *text, size_t length);
