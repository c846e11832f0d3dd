/* drover: argv -> the command table -> an exit status. */
#include "cli/cli.h"
#include "engine/exec.h"
#include "sandbox/sandbox.h"

#include <fcntl.h>
#include <locale.h>
#include <string.h>
#include <unistd.h>

/* A program started with one of the three closed would write its output into the first file it opens. */
static void open_standard_files(void) {
  for (int fd = 0; fd < 3; fd++)
    if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", O_RDWR) < 0)
      _exit(EXIT_BROKEN);
}

int main(int argc, char **argv) {
  open_standard_files();
  if (argc > 1 && strcmp(argv[1], CONTAINER_EXEC_COMMAND) == 0)
    return container_exec_main(argc, argv);
  if (argc > 1 && strcmp(argv[1], SANDBOX_COMMAND) == 0)
    return sandbox_main(argc, argv);
  setlocale(LC_CTYPE, "");
  g_autoptr(GCancellable) cancellable = cli_signals();
  return (int)cli_run((const char *const *)argv, cancellable);
}
