#include "sandbox/cgroup.h"

#include "sandbox/auto_fd.h"

#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#define PERIOD_US 100000
#define REMOVE_TRIES 200
#define REMOVE_PAUSE_NS 5000000 /* the kernel takes a moment to forget who was in it */

typedef enum { LIMIT_MEMORY, LIMIT_PROCESSES, LIMIT_CPUS, LIMIT_COUNT } Limit;

static const struct {
  const char *controller;
  const char *old_file, *new_file; /* of version 1 and 2 */
} controllers[LIMIT_COUNT] = {
  [LIMIT_MEMORY] = {"memory", "memory.limit_in_bytes", "memory.max"},
  [LIMIT_PROCESSES] = {"pids", "pids.max", "pids.max"},
  [LIMIT_CPUS] = {"cpu", "cpu.cfs_quota_us", "cpu.max"},
};

/* One cgroup that was made. */
typedef struct {
  int parent_fd;
  int fd;
} Member;

struct Cgroup {
  char *name;
  Member members[LIMIT_COUNT];
  size_t count;
};

/* Where this process is, in the hierarchy of `controller` ("" names version 2); below its mount point. Transfer full, NULL when none. */
static char *own_path(const char *controller, const char *self) {
  g_auto(GStrv) lines = g_strsplit(self, "\n", -1);
  for (char **line = lines; *line != NULL; line++) {
    g_auto(GStrv) fields = g_strsplit(*line, ":", 3);
    if (g_strv_length(fields) != 3)
      continue;
    g_auto(GStrv) names = g_strsplit(fields[1], ",", -1);
    if (*controller == '\0' ? *fields[1] == '\0' : g_strv_contains((const char *const *)names, controller))
      return g_strdup(fields[2]);
  }
  return NULL;
}

static bool write_file(int folder, const char *name, const char *text) {
  AUTO_FD fd = openat(folder, name, O_WRONLY | O_CLOEXEC);
  return fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text);
}

static char *limit_text(const CgroupLimits *limits, Limit limit, bool is_new) {
  long long quota_us = (long long)(limits->cpus_max * PERIOD_US);
  if (limit == LIMIT_CPUS)
    return is_new ? g_strdup_printf("%lld %d", quota_us, PERIOD_US) : g_strdup_printf("%lld", quota_us);
  return g_strdup_printf("%lld", (long long)(limit == LIMIT_MEMORY ? limits->memory_max_bytes : limits->processes_max));
}

/* Removes what sandboxes left whose processes were all killed; a cgroup that somebody is in cannot be removed. */
static void sweep(const char *parent) {
  g_autoptr(GDir) dir = g_dir_open(parent, 0, NULL);
  for (const char *name; dir != NULL && (name = g_dir_read_name(dir)) != NULL;) {
    const char *number = strrchr(name, '-');
    guint64 pid;
    if (!g_str_has_prefix(name, CGROUP_PREFIX) || !g_ascii_string_to_unsigned(number + 1, 10, 2, G_MAXINT, &pid, NULL) || kill((pid_t)pid, 0) == 0 ||
        errno != ESRCH)
      continue;
    g_autofree char *path = g_build_filename(parent, name, NULL);
    (void)rmdir(path);
  }
}

/* The member at `parent`, made when it is not there yet: two controllers may share a hierarchy. */
static Member *member_at(Cgroup *cgroup, const char *parent) {
  g_autofree char *path = g_build_filename(parent, cgroup->name, NULL);
  struct stat status, other;
  for (size_t i = 0; stat(path, &status) == 0 && i < cgroup->count; i++)
    if (fstat(cgroup->members[i].fd, &other) == 0 && other.st_ino == status.st_ino && other.st_dev == status.st_dev)
      return &cgroup->members[i];
  sweep(parent);
  if (mkdir(path, 0755) < 0)
    return NULL;
  Member *member = &cgroup->members[cgroup->count++];
  member->parent_fd = open(parent, O_PATH | O_DIRECTORY | O_CLOEXEC);
  member->fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
  return member;
}

static void member_remove(const Cgroup *cgroup, const Member *member) {
  for (int i = 0; i < REMOVE_TRIES && unlinkat(member->parent_fd, cgroup->name, AT_REMOVEDIR) < 0 && errno == EBUSY; i++)
    nanosleep(&(struct timespec){.tv_nsec = REMOVE_PAUSE_NS}, NULL);
  close(member->parent_fd);
  close(member->fd);
}

static bool limit_at(Cgroup *cgroup, const char *parent, const char *file, const char *text) {
  size_t before = cgroup->count;
  const Member *member = member_at(cgroup, parent);
  if (member != NULL && write_file(member->fd, file, text))
    return true;
  if (cgroup->count > before)
    member_remove(cgroup, &cgroup->members[--cgroup->count]);
  return false;
}

static bool limit_old(Cgroup *cgroup, const CgroupLimits *limits, Limit limit, const char *self) {
  g_autofree char *own = own_path(controllers[limit].controller, self);
  g_autofree char *text = limit_text(limits, limit, false);
  g_autofree char *parent = g_build_filename("/sys/fs/cgroup", controllers[limit].controller, own, NULL);
  return own != NULL && limit_at(cgroup, parent, controllers[limit].old_file, text);
}

/* A cgroup of version 2 that has processes cannot limit those below it, so the place may be further up, beside drover's own. */
static bool limit_new(Cgroup *cgroup, const CgroupLimits *limits, Limit limit, const char *self) {
  static const char *const roots[] = {"/sys/fs/cgroup", "/sys/fs/cgroup/unified"};
  g_autofree char *own = own_path("", self);
  g_autofree char *text = limit_text(limits, limit, true);
  bool hybrid = access("/sys/fs/cgroup/cgroup.controllers", F_OK) < 0;
  while (own != NULL) {
    g_autofree char *parent = g_build_filename(roots[hybrid], own, NULL);
    if (limit_at(cgroup, parent, controllers[limit].new_file, text))
      return true;
    char *last = strrchr(own, '/');
    if (last == NULL)
      return false;
    *last = '\0';
  }
  return false;
}

static bool is_limited(const CgroupLimits *limits, Limit limit) {
  const bool limited[LIMIT_COUNT] = {limits->memory_max_bytes > 0, limits->processes_max > 0, limits->cpus_max > 0};
  return limited[limit];
}

Cgroup *cgroup_new(const CgroupLimits *limits, const char *name, GPtrArray *warnings) {
  g_autofree char *self = NULL;
  Cgroup *cgroup = g_new0(Cgroup, 1);
  cgroup->name = g_strdup(name);
  bool any = false;
  for (Limit limit = 0; limit < LIMIT_COUNT; limit++) {
    if (!is_limited(limits, limit))
      continue;
    any = true;
    if (self == NULL && !g_file_get_contents("/proc/self/cgroup", &self, NULL, NULL))
      self = g_strdup("");
    if (!limit_old(cgroup, limits, limit, self) && !limit_new(cgroup, limits, limit, self) && warnings != NULL)
      g_ptr_array_add(warnings, g_strdup_printf("no limit of %s: the cgroup controller \"%s\" cannot be used here",
                                                limit == LIMIT_MEMORY      ? "memory"
                                                : limit == LIMIT_PROCESSES ? "processes"
                                                                           : "processors",
                                                controllers[limit].controller));
  }
  if (any)
    return cgroup;
  cgroup_free(cgroup);
  return NULL;
}

void cgroup_enter(const Cgroup *cgroup, pid_t pid) {
  char text[16];
  snprintf(text, sizeof text, "%d", pid);
  for (size_t i = 0; cgroup != NULL && i < cgroup->count; i++)
    (void)write_file(cgroup->members[i].fd, "cgroup.procs", text);
}

void cgroup_free(Cgroup *cgroup) {
  for (size_t i = 0; cgroup != NULL && i < cgroup->count; i++)
    member_remove(cgroup, &cgroup->members[i]);
  if (cgroup != NULL)
    g_free(cgroup->name);
  g_free(cgroup);
}
