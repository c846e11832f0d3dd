#include "runner/job.h"

#include "runner/output/command.h"

#include <stdarg.h>
#include <string.h>

#define PIECE_BYTES ((size_t)64 << 10) /* process.h: longer lines come in pieces of this size */
#define LINE_MAX_BYTES ((size_t)1 << 20)
#define NOTES_MAX 200

void job_say(JobRun *job, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  g_autofree char *text = g_strdup_vprintf(format, arguments);
  va_end(arguments);
  g_autofree char *masked = mask_apply(job->mask, text, strlen(text), false, NULL);
  progress_line(job->spec->progress, job->name, masked, strlen(masked));
}

/* ---- commands ---- */

typedef struct {
  const char *name;
  void (*act)(Output *output, const Command *command);
} CommandRow;

static void act_note(Output *output, const Command *command) {
  JobRun *job = output->job;
  const char *file = command_property(command, "file"), *line = command_property(command, "line"), *title = command_property(command, "title");
  g_autofree char *place = *file != '\0' ? g_strdup_printf("%s%s%s: ", file, *line != '\0' ? ":" : "", line) : g_strdup("");
  g_autofree char *heading = *title != '\0' ? g_strdup_printf("%s: ", title) : g_strdup("");
  job_say(job, "%s: %s%s%s", command->name, place, heading, command->data);
  if (json_array_size(job->notes) >= NOTES_MAX)
    return;
  const char *members[][2] = {{"level", command->name}, {"file", file}, {"line", line}, {"title", title}, {"message", command->data}};
  json_t *note = json_object();
  for (size_t i = 0; i < G_N_ELEMENTS(members); i++) {
    g_autofree char *valid = g_utf8_make_valid(members[i][1], -1);
    g_autofree char *masked = mask_apply(job->mask, valid, strlen(valid), false, NULL);
    json_object_set_new(note, members[i][0], json_string(masked));
  }
  json_array_append_new(job->notes, note);
}

static void act_nothing(G_GNUC_UNUSED Output *output, G_GNUC_UNUSED const Command *command) {
}

static void act_group(Output *output, const Command *command) {
  job_say(output->job, "> %s", command->data);
}

static void act_add_mask(Output *output, const Command *command) {
  mask_add(output->job->mask, command->data);
}

static void act_set_output(Output *output, const Command *command) {
  const char *name = command_property(command, "name");
  job_say(output->job, "warning: ::set-output:: is deprecated at GitHub; write \"%s=...\" into $GITHUB_OUTPUT instead", name);
  g_autofree char *valid = g_utf8_make_valid(command->data, -1);
  if (*name != '\0')
    json_object_set_new(output->outputs, name, json_string(valid));
}

static void act_stop(Output *output, const Command *command) {
  if (*command->data != '\0')
    output->resume = g_ascii_strdown(command->data, -1);
}

static void act_refused(Output *output, const Command *command) {
  if (output->failure == NULL)
    output->failure = g_strdup_printf("printed ::%s::, which GitHub has switched off as unsafe; write into $%s instead", command->name,
                                      strcmp(command->name, "set-env") == 0 ? "GITHUB_ENV" : "GITHUB_PATH");
}

static void act_unsupported(Output *output, const Command *command) {
  job_say(output->job, "warning: ::%s:: is not supported yet", command->name);
}

static const CommandRow commands[] = {
  {"error", act_note},
  {"warning", act_note},
  {"notice", act_note},
  {"debug", act_nothing}, /* shown at GitHub only when debugging is switched on */
  {"group", act_group},
  {"endgroup", act_nothing},
  {"add-mask", act_add_mask},
  {"set-output", act_set_output},
  {"save-state", act_nothing}, /* for the post step of an action; a script has none */
  {"stop-commands", act_stop},
  {"echo", act_nothing}, /* whether GitHub repeats commands in its log; drover never does */
  {"set-env", act_refused},
  {"add-path", act_refused},
  {"add-matcher", act_unsupported},
  {"remove-matcher", act_unsupported},
};

/* Does what a line commands; false when it is none, and so is to be shown. */
static bool run_command(Output *output, const char *line, size_t length) {
  g_auto(Command) command = {0};
  if (!command_parse(line, length, &command))
    return false;
  if (output->resume != NULL) {
    bool resumes = strcmp(command.name, output->resume) == 0;
    if (resumes)
      g_clear_pointer(&output->resume, g_free);
    return resumes;
  }
  for (size_t i = 0; i < G_N_ELEMENTS(commands); i++) {
    if (strcmp(commands[i].name, command.name) != 0)
      continue;
    commands[i].act(output, &command);
    return true;
  }
  return false;
}

/* ---- lines ---- */

void output_begin(Output *output, JobRun *job, json_t *outputs) {
  *output = (Output){.job = job, .outputs = outputs, .pending = {g_byte_array_new(), g_byte_array_new()}};
}

static void show(Output *output, GByteArray *pending, bool more) {
  size_t used = 0;
  g_autofree char *masked = mask_apply(output->job->mask, (const char *)pending->data, pending->len, more, &used);
  progress_line(output->job->spec->progress, output->job->name, masked, strlen(masked));
  g_byte_array_remove_range(pending, 0, (guint)used);
}

void output_line(ProcessStream stream, const char *line, size_t length, void *data) {
  Output *output = data;
  GByteArray *pending = output->pending[stream];
  g_byte_array_append(pending, (const guint8 *)line, (guint)length);
  if (length >= PIECE_BYTES && pending->len < LINE_MAX_BYTES)
    return; /* the line goes on: a secret may lie across the pieces */
  bool more = length >= PIECE_BYTES;
  if (!more && run_command(output, (const char *)pending->data, pending->len))
    g_byte_array_set_size(pending, 0);
  else
    show(output, pending, more);
}

void output_end(Output *output) {
  for (size_t i = 0; i < G_N_ELEMENTS(output->pending); i++) {
    if (output->pending[i]->len > 0)
      show(output, output->pending[i], false);
    g_byte_array_unref(output->pending[i]);
  }
  g_free(output->resume);
  g_free(output->failure);
}
