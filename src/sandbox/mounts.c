#include "sandbox/mounts.h"

#include "sandbox/auto_fd.h"
#include "sandbox/mount_call.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

typedef struct {
  const MountsSpec *spec;
  int state_fd;
  int root_fd; /* -1 before PLAN_ROOT */
} Mounts;

/* Opens (O_PATH) a folder below `parent`, made when it is missing, as `mode` says then. `made` may be NULL. */
static int own_folder(int parent, const char *name, mode_t mode, bool *made) {
  bool is_new = mkdirat(parent, name, 0700) == 0;
  int fd = openat(parent, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (fd >= 0 && is_new)
    fchmodat(parent, name, mode, 0);
  if (made != NULL)
    *made = is_new;
  return fd;
}

/* The one named after `target` below the state's folder `kind`. */
static int state_folder(const Mounts *mounts, const char *kind, const char *target, mode_t mode, bool *made) {
  AUTO_FD parent = own_folder(mounts->state_fd, kind, 0755, NULL);
  g_autofree char *name = plan_layer_name(target);
  return parent < 0 ? -1 : own_folder(parent, name, mode, made);
}

static bool attach(int mount_fd, int target_fd) {
  return move_mount(mount_fd, "", target_fd, "", MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH) == 0;
}

static bool attach_at(const Mounts *mounts, int mount_fd, const char *target, bool is_folder) {
  AUTO_FD target_fd = mount_call_target(mounts->root_fd, target, is_folder);
  return target_fd >= 0 && attach(mount_fd, target_fd);
}

/* ---- one function a kind of step ----------------------------------------------------------------------------------------------- */

static int overlay(const Mounts *mounts, const PlanStep *step) {
  AUTO_FD lower = open(step->source, O_PATH | O_DIRECTORY | O_CLOEXEC);
  AUTO_FD layer = state_folder(mounts, "layers", step->target, 0755, NULL);
  if (lower < 0 || layer < 0)
    return -1;
  struct stat status;
  bool made = false;
  AUTO_FD upper = own_folder(layer, "upper", 0755, &made);
  AUTO_FD work = own_folder(layer, "work", 0700, NULL);
  if (upper < 0 || work < 0 || fstat(lower, &status) < 0)
    return -1;
  if (made) { /* the folder itself is seen with the upper one's owner and mode */
    (void)!fchownat(layer, "upper", status.st_uid, status.st_gid, AT_SYMLINK_NOFOLLOW);
    fchmodat(layer, "upper", status.st_mode & 07777, 0);
  }
  return mount_call_overlay(lower, upper, work, mounts->spec->privileged);
}

static bool step_root(Mounts *mounts, const PlanStep *step) {
  AUTO_FD target = own_folder(mounts->state_fd, "root", 0755, NULL);
  AUTO_FD fd = step->source[0] != '\0' ? overlay(mounts, step) : mount_call_new("tmpfs", (const MountOption[]){{"mode", "0755"}, {0}});
  if (target < 0 || fd < 0 || !attach(fd, target))
    return false;
  mounts->root_fd = openat(mounts->state_fd, "root", O_PATH | O_DIRECTORY | O_CLOEXEC);
  return mounts->root_fd >= 0;
}

static bool step_overlay(Mounts *mounts, const PlanStep *step) {
  AUTO_FD fd = overlay(mounts, step);
  return fd >= 0 && attach_at(mounts, fd, step->target, true);
}

/* An own folder gets the owner and mode of the one that it covers: a user's home stays that user's. */
static bool step_folder(Mounts *mounts, const PlanStep *step) {
  bool made = false;
  AUTO_FD target = mount_call_target(mounts->root_fd, step->target, true);
  AUTO_FD folder = state_folder(mounts, "own", step->target, (mode_t)strtoul(step->source, NULL, 8), &made);
  struct stat status;
  if (target < 0 || folder < 0 || fstat(target, &status) < 0)
    return false;
  g_autofree char *path = g_strdup_printf("/proc/self/fd/%d", folder);
  if (made)
    (void)!chown(path, status.st_uid, status.st_gid);
  AUTO_FD fd = mount_call_bind(path, false);
  return fd >= 0 && attach(fd, target);
}

static bool bind_at(const Mounts *mounts, const PlanStep *step, bool read_only) {
  struct stat status;
  if (stat(step->source, &status) < 0)
    return false;
  AUTO_FD fd = mount_call_bind(step->source, read_only);
  return fd >= 0 && attach_at(mounts, fd, step->target, S_ISDIR(status.st_mode));
}

static bool step_bind(Mounts *mounts, const PlanStep *step) {
  return bind_at(mounts, step, false);
}

static bool step_bind_read(Mounts *mounts, const PlanStep *step) {
  return bind_at(mounts, step, true);
}

static bool step_link(Mounts *mounts, const PlanStep *step) {
  g_autofree char *folder = g_path_get_dirname(step->target);
  AUTO_FD parent = mount_call_target(mounts->root_fd, folder, true);
  const char *name = strrchr(step->target, '/') + 1;
  return parent >= 0 && (symlinkat(step->source, parent, name) == 0 || errno == EEXIST);
}

static bool step_proc(Mounts *mounts, const PlanStep *step) {
  AUTO_FD fd = mount_call_new("proc", (const MountOption[]){{0}});
  return fd >= 0 && attach_at(mounts, fd, step->target, true);
}

static bool step_dev(Mounts *mounts, const PlanStep *step) {
  return mount_call_devices(mounts->root_fd, step->target, mounts->spec->privileged);
}

/* What is not there inside needs no more: not every kernel has every file, and an ordinary user does not see all. */
static bool is_absent(int fd) {
  return fd < 0 && (errno == ENOENT || errno == ENOTDIR || errno == EACCES);
}

static bool step_read_only(Mounts *mounts, const PlanStep *step) {
  AUTO_FD target = mount_call_open(mounts->root_fd, step->target, O_PATH);
  if (target < 0)
    return is_absent(target);
  g_autofree char *path = g_strdup_printf("/proc/self/fd/%d", target);
  AUTO_FD fd = mount_call_bind(path, true);
  return fd >= 0 && attach(fd, target);
}

static bool step_mask(Mounts *mounts, const PlanStep *step) {
  AUTO_FD target = mount_call_open(mounts->root_fd, step->target, O_PATH);
  struct stat status;
  if (target < 0 || fstat(target, &status) < 0)
    return is_absent(target);
  if (!S_ISDIR(status.st_mode)) {
    AUTO_FD null = mount_call_bind("/dev/null", true);
    return null >= 0 && attach(null, target);
  }
  AUTO_FD empty = own_folder(mounts->state_fd, "empty", 0555, NULL);
  g_autofree char *path = g_strdup_printf("/proc/self/fd/%d", empty);
  AUTO_FD fd = empty < 0 ? -1 : mount_call_bind(path, true);
  return fd >= 0 && attach(fd, target);
}

/* Written where that is allowed, so that programs inside may replace it; bound over what is there where it is not. */
static bool step_file(Mounts *mounts, const PlanStep *step) {
  size_t size = strlen(step->source);
  AUTO_FD plain = mount_call_open(mounts->root_fd, step->target, O_WRONLY | O_TRUNC);
  if (plain >= 0)
    return write(plain, step->source, size) == (ssize_t)size;
  AUTO_FD folder = state_folder(mounts, "files", step->target, 0755, NULL);
  AUTO_FD file = folder < 0 ? -1 : openat(folder, "file", O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0644);
  AUTO_FD target = mount_call_target(mounts->root_fd, step->target, false);
  if (file < 0 || write(file, step->source, size) != (ssize_t)size)
    return false;
  g_autofree char *path = g_strdup_printf("/proc/self/fd/%d", file);
  AUTO_FD fd = mount_call_bind(path, false);
  return target >= 0 ? fd >= 0 && attach(fd, target) : is_absent(target);
}

static bool (*const carry_out[])(Mounts *mounts, const PlanStep *step) = {
  [PLAN_ROOT] = step_root,           [PLAN_OVERLAY] = step_overlay, [PLAN_FOLDER] = step_folder, [PLAN_BIND] = step_bind,
  [PLAN_BIND_READ] = step_bind_read, [PLAN_LINK] = step_link,       [PLAN_PROC] = step_proc,     [PLAN_DEV] = step_dev,
  [PLAN_READ_ONLY] = step_read_only, [PLAN_MASK] = step_mask,       [PLAN_FILE] = step_file,
};

/* What each is when it fails. */
static const char *const names[] = {
  [PLAN_ROOT] = "the file system",      [PLAN_OVERLAY] = "an overlay over", [PLAN_FOLDER] = "a folder at", [PLAN_BIND] = "a bind mount at",
  [PLAN_BIND_READ] = "a bind mount at", [PLAN_LINK] = "a link at",          [PLAN_PROC] = "a new proc at", [PLAN_DEV] = "devices at",
  [PLAN_READ_ONLY] = "read-only",       [PLAN_MASK] = "a mask over",        [PLAN_FILE] = "the file",
};

/* ---- the whole ----------------------------------------------------------------------------------------------------------------- */

static int open_state(const MountsSpec *spec) {
  AUTO_FD folder = open(spec->state_dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
  AUTO_FD memory = folder >= 0 && spec->in_memory ? mount_call_new("tmpfs", (const MountOption[]){{"mode", "0700"}, {0}}) : -1;
  if (folder < 0 || (spec->in_memory && (memory < 0 || !attach(memory, folder))))
    return -1;
  return open(spec->state_dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
}

/* The old root is gone with this; who has it as his root has the new one. */
static bool enter(int root_fd) {
  return fchdir(root_fd) == 0 && syscall(SYS_pivot_root, ".", ".") == 0 && umount2(".", MNT_DETACH) == 0 && chdir("/") == 0;
}

static bool make_all(Mounts *mounts, const GPtrArray *steps, char **failed) {
  for (guint i = 0; i < steps->len; i++) {
    const PlanStep *step = steps->pdata[i];
    if (carry_out[step->kind](mounts, step))
      continue;
    int code = errno;
    *failed = g_strdup_printf("%s %s", names[step->kind], step->target);
    errno = code;
    return false;
  }
  return true;
}

bool mounts_make(const MountsSpec *spec, const GPtrArray *steps, char **failed) {
  mode_t before = umask(0);
  Mounts mounts = {.spec = spec, .state_fd = -1, .root_fd = -1};
  bool made = false;
  if (mount("", "/", "", MS_REC | MS_PRIVATE, NULL) < 0)
    *failed = g_strdup("private mounts");
  else if ((mounts.state_fd = open_state(spec)) < 0)
    *failed = g_strdup_printf("the sandbox's files in %s", spec->state_dir);
  else if (make_all(&mounts, steps, failed) && !(made = enter(mounts.root_fd)))
    *failed = g_strdup("the new root");
  auto_fd_close(&mounts.state_fd);
  auto_fd_close(&mounts.root_fd);
  umask(before);
  return made;
}
