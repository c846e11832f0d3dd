#include "runner/output/parts.h"

#include <stdarg.h>
#include <string.h>

#define ANNOTATIONS_MAX 10 /* of a level, in a step: as many as GitHub shows */
#define MESSAGE_MAX_LETTERS 4096

static const char *const levels[LEVELS] = {[LEVEL_ERROR] = "error", [LEVEL_WARNING] = "warning", [LEVEL_NOTICE] = "notice"};

/* ---- the annotation itself ---- */

/* Secrets hidden, valid, no longer than an annotation may be. Transfer full. */
static char *presentable(const Output *output, const char *text) {
  g_autofree char *masked = mask_apply(output->spec.mask, text, strlen(text), false, NULL);
  char *valid = g_utf8_make_valid(masked, -1);
  if (g_utf8_strlen(valid, -1) > MESSAGE_MAX_LETTERS)
    *g_utf8_offset_to_pointer(valid, MESSAGE_MAX_LETTERS) = '\0';
  return valid;
}

static void set_text(const Output *output, json_t *json, const char *name, const char *text) {
  if (text == NULL || *text == '\0')
    return;
  g_autofree char *shown = presentable(output, text);
  json_object_set_new(json, name, json_string(shown));
}

static void set_number(json_t *json, const char *name, gint64 number) {
  if (number > 0)
    json_object_set_new(json, name, json_integer(number));
}

static void hand_over(const Output *output, const Annotation *annotation) {
  json_auto_t *json = json_object();
  json_object_set_new(json, "level", json_string(levels[annotation->level]));
  set_text(output, json, "title", annotation->title);
  set_text(output, json, "message", annotation->message);
  set_text(output, json, "file", annotation->file);
  set_number(json, "line", annotation->line);
  set_number(json, "end_line", annotation->end_line);
  set_number(json, "column", annotation->column);
  set_number(json, "end_column", annotation->end_column);
  set_text(output, json, "code", annotation->code);
  output->spec.sink->annotation(json, output->spec.user);
}

void annotate(Output *output, const Annotation *annotation) {
  if (annotation->line_shown != NULL) {
    output_say(output, levels[annotation->level], annotation->line_shown, annotation->line_shown_bytes);
  } else if (*annotation->message != '\0') {
    g_autofree char *shown = presentable(output, annotation->message);
    output_say(output, levels[annotation->level], shown, strlen(shown));
  }
  if (output->annotations[annotation->level]++ >= ANNOTATIONS_MAX || output->spec.sink->annotation == NULL)
    return;
  output_log_hand_on(output->log);
  hand_over(output, annotation);
}

void annotate_text(Output *output, AnnotationLevel level, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  g_autofree char *text = g_strdup_vprintf(format, arguments);
  va_end(arguments);
  annotate(output, &(Annotation){.level = level, .message = text});
}

/* ---- of commands ---- */

/* A number as .NET's int.Parse takes it, blanks and sign included; 0: none. */
static gint64 number_of(const char *text) {
  g_autofree char *trimmed = g_strstrip(g_strdup(text));
  gint64 number = 0;
  const char *digits = *trimmed == '+' ? trimmed + 1 : trimmed;
  return g_ascii_string_to_signed(digits, 10, G_MININT32, G_MAXINT32, &number, NULL) ? number : 0;
}

/* An end without a start is the start, too; columns belong to one line; an end before its start is none, nor is its start. */
static void make_sense(Annotation *annotation) {
  if (annotation->line == 0)
    annotation->line = annotation->end_line;
  if (annotation->column == 0)
    annotation->column = annotation->end_column;
  if (annotation->line == 0 || (annotation->end_line != 0 && annotation->end_line != annotation->line))
    annotation->column = annotation->end_column = 0;
  if (annotation->end_line != 0 && annotation->end_line < annotation->line)
    annotation->line = annotation->end_line = 0;
  if (annotation->end_column != 0 && annotation->end_column < annotation->column)
    annotation->column = annotation->end_column = 0;
}

/* The file as the repository calls it, where the sink knows that. Transfer full. */
static char *file_of(const Output *output, const char *file) {
  char *known = *file != '\0' && output->spec.sink->path != NULL ? output->spec.sink->path(file, output->spec.user) : NULL;
  return known != NULL ? known : g_strdup(file);
}

void annotate_command(Output *output, AnnotationLevel level, const Command *command) {
  g_autofree char *file = file_of(output, command_property(command, "file"));
  Annotation annotation = {
    .level = level,
    .message = command->data,
    .title = command_property(command, "title"),
    .file = file,
    .line = number_of(command_property(command, "line")),
    .end_line = number_of(command_property(command, "endline")),
    .column = number_of(command_property(command, "col")),
    .end_column = number_of(command_property(command, "endcolumn")),
  };
  make_sense(&annotation);
  annotate(output, &annotation);
}

/* ---- of problem matchers ---- */

/* The line without its colours, valid UTF-8 without NUL; transfer full. */
static char *without_colours(const char *line, size_t length) {
  g_autofree char *stripped = g_malloc(length + 1);
  size_t size = 0;
  for (size_t at = 0; at < length;) {
    if (line[at] != '\033' || at + 1 == length || line[at + 1] != '[') {
      stripped[size++] = line[at++];
      continue;
    }
    at += 2;
    while (at < length && (g_ascii_isdigit(line[at]) || line[at] == ';'))
      at++;
    at += at < length && line[at] == 'm' ? 1 : 0;
  }
  return g_utf8_make_valid(stripped, (gssize)size);
}

static bool level_of(const char *severity, AnnotationLevel *level) {
  if (severity == NULL || *severity == '\0') {
    *level = LEVEL_ERROR;
    return true;
  }
  for (size_t i = 0; i < LEVELS; i++)
    if (g_ascii_strcasecmp(severity, levels[i]) == 0) {
      *level = (AnnotationLevel)i;
      return true;
    }
  return false;
}

/* A file may be told relative to another, such as the project file of a build. */
static char *matched_file(const Output *output, const Match *match) {
  const char *file = match->texts[MATCH_FILE], *from = match->texts[MATCH_FROM_PATH];
  if (file == NULL || *file == '\0')
    return g_strdup("");
  if (from == NULL || strchr(from, '/') == NULL || *file == '/')
    return file_of(output, file);
  g_autofree char *folder = g_path_get_dirname(from), *joined = g_build_filename(folder, file, NULL);
  return file_of(output, joined);
}

/* Digits only, as GitHub has it for matchers. */
static gint64 digits_of(const char *text) {
  return text != NULL && g_ascii_isdigit(*text) ? number_of(text) : 0;
}

static bool is_blank(const char *text) {
  return text == NULL || text[strspn(text, " \t\r\n\f\v")] == '\0';
}

static bool annotate_match(Output *output, const Match *match, const char *line, size_t length) {
  AnnotationLevel level = LEVEL_ERROR;
  if (is_blank(match->texts[MATCH_MESSAGE]) || !level_of(match->texts[MATCH_SEVERITY], &level))
    return false;
  g_autofree char *file = matched_file(output, match), *code = g_strstrip(g_strdup(match->texts[MATCH_CODE] != NULL ? match->texts[MATCH_CODE] : ""));
  annotate(output, &(Annotation){
                     .level = level,
                     .message = match->texts[MATCH_MESSAGE],
                     .line_shown = line,
                     .line_shown_bytes = length,
                     .file = file,
                     .code = code,
                     .line = digits_of(match->texts[MATCH_LINE]),
                     .column = digits_of(match->texts[MATCH_COLUMN]),
                   });
  return true;
}

bool annotate_matched(Output *output, const char *line, size_t length) {
  if (output->matching == NULL)
    output->matching = matching_new(output->spec.matchers);
  g_autofree char *stripped = without_colours(line, length);
  size_t stripped_length = strlen(stripped), at = 0;
  for (;;) {
    g_auto(Match) match = {0};
    g_autofree char *owner = NULL;
    MatchingResult result = matching_try(output->matching, stripped, stripped_length, &at, &match, &owner);
    if (result == MATCHING_NONE)
      return false;
    if (result == MATCHING_TOO_SLOW)
      annotate_text(output, LEVEL_WARNING, "The problem matcher \"%s\" took too long on three lines; it is not used any more in this step.", owner);
    else if (annotate_match(output, &match, stripped, stripped_length))
      return true;
  }
}
