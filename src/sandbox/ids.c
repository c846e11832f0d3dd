#include "sandbox/ids.h"

#include <glib.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#define FIRST_USER_NAMESPACE 0xeffffffdU /* PROC_USER_INIT_INO: its inode on every Linux */

bool ids_are_the_machines(void) {
  struct stat status;
  return geteuid() == 0 && stat("/proc/self/ns/user", &status) == 0 && status.st_ino == FIRST_USER_NAMESPACE;
}

char *ids_same(const char *file) {
  g_autofree char *here = NULL;
  if (!g_file_get_contents(file, &here, NULL, NULL))
    return NULL;
  GString *ids = g_string_new(NULL);
  g_auto(GStrv) lines = g_strsplit(here, "\n", -1);
  for (char **line = lines; *line != NULL; line++) {
    unsigned inside, outside, count;
    if (sscanf(*line, "%u %u %u", &inside, &outside, &count) == 3)
      g_string_append_printf(ids, "%u %u %u\n", inside, inside, count);
  }
  return g_string_free(ids, FALSE);
}
