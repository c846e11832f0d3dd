#include "cli/cli.h"

#include "base/log.h"
#include "cli/commands.h"
#include "cli/help.h"
#include "cli/support.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

/* Where state lies: --data, $DROVER_DATA, the system's place for root, else the user's. */
static char *choose_data_dir(const Invocation *invocation) {
  const char *given = invocation_text(invocation, "data"), *environment = g_getenv("DROVER_DATA");
  if (given == NULL && environment != NULL && *environment != '\0')
    given = environment;
  if (given != NULL)
    return g_canonicalize_filename(given, invocation->dir);
  return geteuid() == 0 ? g_strdup("/var/lib/drover") : g_build_filename(g_get_user_state_dir(), "drover", NULL);
}

static bool prepare(Invocation *invocation, GCancellable *cancellable, GError **error) {
  const char *dir = invocation_text(invocation, "directory");
  if (dir != NULL && chdir(dir) < 0)
    return error_set_errno(error, errno, "-C %s", dir);
  g_autofree char *real = realpath(".", NULL); /* as git names it, without symbolic links */
  invocation->dir = real != NULL ? g_steal_pointer(&real) : g_get_current_dir();
  invocation->data_dir = choose_data_dir(invocation);
  invocation->cancellable = g_object_ref(cancellable);
  invocation->json = invocation_flag(invocation, "json");
  invocation->quiet = invocation_flag(invocation, "quiet");
  invocation->verbose = invocation_flag(invocation, "verbose");
  log_setup((LogOptions){.level = invocation->quiet ? LOG_WARNING : invocation->verbose ? LOG_DEBUG : LOG_INFO});
  return true;
}

static bool run(Invocation *invocation, GError **error) {
  if (invocation->wants_help) {
    g_autofree char *help = help_text(invocation->root, invocation->command, invocation->path, log_fd_has_colour(STDOUT_FILENO));
    fputs(help, stdout);
    return true;
  }
  const Command *command = invocation->wants_version ? &command_version : invocation->command;
  return command->run(invocation, error);
}

/* Standard output may be buffered until now. A reader that has gone (`drover journal | head`) has what it wanted. */
static bool finish_output(GError **error) {
  struct pollfd out = {.fd = STDOUT_FILENO};
  errno = 0;
  if (fflush(stdout) == 0 && !ferror(stdout))
    return true;
  int code = errno != 0 ? errno : EIO;
  if (code == EPIPE || (poll(&out, 1, 0) == 1 && (out.revents & POLLERR) != 0))
    return true;
  return error_set_errno(error, code, "standard output");
}

static ExitStatus report(Invocation *invocation, const GError *error) {
  g_autofree char *text = error_render(error->message, log_fd_has_colour(STDERR_FILENO));
  fflush(stdout); /* what was found stands above what was wrong */
  fputs(text, stderr);
  if (invocation != NULL && invocation->json && !invocation->answered) {
    support_answer_json(invocation, json_pack("{s:o}", "error", support_error_json(error)));
    finish_output(NULL);
  }
  return error_exit_status(error);
}

ExitStatus cli_run(const char *const *argv, GCancellable *cancellable) {
  g_autoptr(GError) error = NULL;
  g_autoptr(Invocation) invocation = command_line_parse(&command_root, argv, &error);
  if (invocation == NULL)
    return report(NULL, error);
  if (!prepare(invocation, cancellable, &error) || !run(invocation, &error))
    return report(invocation, error);
  if (!finish_output(&error))
    return report(NULL, error);
  return invocation->status;
}
