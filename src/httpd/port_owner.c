/* Who listens on a port: /proc/net/tcp names the socket's inode, /proc/PID/fd the process that has it open. */
#include "httpd/listen.h"

#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A line of the table that listens on `port`: sets its inode. */
static bool is_listener(const char *line, unsigned port, unsigned long *inode) {
  unsigned local = 0;
  unsigned state = 0;
  unsigned long found = 0;
  /* slot: local:PORT remote:port STATE queues timer retransmits uid timeout INODE */
  if (sscanf(line, " %*u: %*[0-9A-Fa-f]:%x %*[0-9A-Fa-f]:%*x %x %*s %*s %*s %*s %*s %lu", &local, &state, &found) != 3 || local != port ||
      state != 0x0A)
    return false;
  *inode = found;
  return true;
}

static bool find_inode(unsigned port, unsigned long *inode) {
  static const char *const tables[] = {"/proc/net/tcp", "/proc/net/tcp6"};
  for (size_t i = 0; i < G_N_ELEMENTS(tables); i++) {
    g_autofree char *text = NULL;
    if (!g_file_get_contents(tables[i], &text, NULL, NULL))
      continue;
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    for (char **line = lines; *line != NULL; line++)
      if (is_listener(*line, port, inode))
        return true;
  }
  return false;
}

static bool has_open(const char *process, const char *socket_name) {
  g_autofree char *folder = g_build_filename("/proc", process, "fd", NULL);
  DIR *dir = opendir(folder);
  bool found = false;
  for (struct dirent *entry; dir != NULL && !found && (entry = readdir(dir)) != NULL;) {
    char target[64];
    ssize_t length = readlinkat(dirfd(dir), entry->d_name, target, sizeof target - 1);
    target[MAX(length, 0)] = '\0';
    found = strcmp(target, socket_name) == 0;
  }
  if (dir != NULL)
    closedir(dir);
  return found;
}

static char *name_process(const char *process) {
  g_autofree char *path = g_build_filename("/proc", process, "comm", NULL);
  g_autofree char *name = NULL;
  if (!g_file_get_contents(path, &name, NULL, NULL))
    return NULL;
  return g_strdup_printf("%s (process %s)", g_strchomp(name), process);
}

char *listen_port_owner(unsigned port) {
  unsigned long inode = 0;
  if (!find_inode(port, &inode))
    return NULL;
  g_autofree char *socket_name = g_strdup_printf("socket:[%lu]", inode);
  DIR *dir = opendir("/proc");
  char *owner = NULL;
  for (struct dirent *entry; dir != NULL && owner == NULL && (entry = readdir(dir)) != NULL;)
    if (g_ascii_isdigit(entry->d_name[0]) && has_open(entry->d_name, socket_name))
      owner = name_process(entry->d_name);
  if (dir != NULL)
    closedir(dir);
  return owner;
}
