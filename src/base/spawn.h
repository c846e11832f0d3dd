/* The start of one program, at the price of a vfork: no copy of the caller's memory, however large it is.
 *
 * The child gets a clean start: signals as they are by default and none blocked, the three files given and no other. Any thread may call;
 * it is held until the program runs. Nothing is logged, no memory is kept.
 */
#pragma once

#include <stdbool.h>
#include <sys/types.h>

typedef enum {
  SPAWN_SESSION, /* a session, and so a process group, of its own */
  SPAWN_GROUP,   /* a process group of its own in the caller's session, in the foreground of its terminal when file 0 is one */
} SpawnLeader;

typedef struct {
  const char *program;     /* NULL: argv[0]; without "/" it is looked up in the PATH of `env`, from `cwd` */
  const char *const *argv; /* NULL-terminated */
  const char *const *env;  /* NULL-terminated "K=V" */
  const char *cwd;         /* NULL: the caller's */
  int files[3];            /* what becomes of files 0 to 2; above 2, or the very same number */
  int keep_fd;             /* becomes file 3; 0: none */
  SpawnLeader leader;
  bool dies_with_thread; /* SIGKILL when the calling thread ends: for one that waits */
} Spawn;

typedef enum { SPAWN_STARTED, SPAWN_NO_PROCESS, SPAWN_NO_FOLDER, SPAWN_NO_PROGRAM } SpawnEnd;

/* `pid_fd` becomes readable when the program ends; both outputs are the caller's, who must waitpid(). On failure there is no process, and
 * `code` holds the errno of what failed. */
SpawnEnd spawn_start(const Spawn *spawn, pid_t *pid, int *pid_fd, int *code);

/* Makes process group `group` the foreground one of the terminal `fd`, from the background too; no terminal is fine. */
void spawn_foreground(int fd, pid_t group);
