/* A process between drover and a program, below which all stays that the program starts: who loses its parent becomes the keeper's child,
 * whatever it does to its session and its environment. All of them end when drover asks for it, and when drover dies, in whatever way.
 *
 * A keeper that a program kills takes that program with it. Any threads, each keeper in one at a time.
 */
#pragma once

#include "base/spawn.h"

typedef struct {
  int fd;        /* readable once the program has ended */
  pid_t pid;     /* the keeper's */
  pid_t program; /* also its process group; not another's before keeper_take_end() */
} Keeper;

/* As spawn_start(). */
SpawnEnd keeper_start(const Spawn *spawn, Keeper *keeper, int *code);

/* The status of a program that has ended, as a shell reports it. `others`: whether it left processes behind; else the keeper is gone. */
int keeper_take_end(Keeper *keeper, bool *others);

/* Ends what was left behind, and the keeper. Returns how many processes there were. */
unsigned keeper_end(Keeper *keeper);
