#include "sandbox/mount_call.h"

#include "sandbox/auto_fd.h"

#include <errno.h>
#include <fcntl.h>
#include <glib.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#define FD_PATH_MAX 32

static int mount_options(int context, const MountOption *options) {
  int failed = 0;
  for (; options->name != NULL && failed == 0; options++)
    failed = fsconfig(context, options->value != NULL ? FSCONFIG_SET_STRING : FSCONFIG_SET_FLAG, options->name, options->value, 0);
  return failed;
}

static int finish(int context, unsigned attributes) {
  return fsconfig(context, FSCONFIG_CMD_CREATE, NULL, NULL, 0) < 0 ? -1 : fsmount(context, FSMOUNT_CLOEXEC, attributes);
}

int mount_call_new(const char *type, const MountOption *options) {
  AUTO_FD context = fsopen(type, FSOPEN_CLOEXEC);
  if (context < 0 || mount_options(context, options) < 0)
    return -1;
  bool has_devices = strcmp(type, "devpts") == 0;
  return finish(context, has_devices ? MOUNT_ATTR_NOSUID : MOUNT_ATTR_NODEV);
}

/* Paths of descriptors: a real one may hold a comma or a colon, and would be read inside in /proc/mounts. */
int mount_call_overlay(int lower, int upper, int work, bool privileged) {
  char paths[3][FD_PATH_MAX];
  const int fds[] = {lower, upper, work};
  for (size_t i = 0; i < G_N_ELEMENTS(fds); i++)
    snprintf(paths[i], FD_PATH_MAX, "/proc/self/fd/%d", fds[i]);
  AUTO_FD context = fsopen("overlay", FSOPEN_CLOEXEC);
  const MountOption all[] = {{"lowerdir", paths[0]}, {"upperdir", paths[1]}, {"workdir", paths[2]}, {0}};
  const MountOption root[] = {{"index", "off"}, {"redirect_dir", "on"}, {0}}; /* so that folders can be renamed; only root may */
  const MountOption user[] = {{"userxattr", NULL}, {0}};
  if (context < 0 || mount_options(context, all) < 0 || mount_options(context, privileged ? root : user) < 0)
    return -1;
  return finish(context, MOUNT_ATTR_NODEV);
}

static int bind_with(const char *path, unsigned long attributes) {
  int fd = open_tree(AT_FDCWD, path, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_RECURSIVE);
  struct mount_attr attr = {.attr_set = attributes};
  if (fd < 0 || attributes == 0 || mount_setattr(fd, "", AT_EMPTY_PATH | AT_RECURSIVE, &attr, sizeof attr) == 0)
    return fd;
  auto_fd_close(&fd);
  return -1;
}

int mount_call_bind(const char *path, bool read_only) {
  return bind_with(path, MOUNT_ATTR_NODEV | (read_only ? MOUNT_ATTR_RDONLY : 0));
}

int mount_call_open(int root, const char *path, int flags) {
  struct open_how how = {.flags = (unsigned)flags | O_CLOEXEC, .resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS};
  return (int)syscall(SYS_openat2, root, path, &how, sizeof how);
}

static int open_or_make(int root, const char *path, bool is_folder) {
  int fd = mount_call_open(root, path, O_PATH);
  if (fd >= 0 || errno != ENOENT)
    return fd;
  g_autofree char *folder = g_path_get_dirname(path);
  AUTO_FD parent = mount_call_open(root, folder, O_PATH);
  const char *name = strrchr(path, '/') + 1;
  if (parent < 0 || (is_folder ? mkdirat(parent, name, 0755) : mknodat(parent, name, S_IFREG | 0644, 0)) < 0)
    return -1;
  return mount_call_open(root, path, O_PATH);
}

int mount_call_target(int root, const char *path, bool is_folder) {
  for (const char *slash = strchr(path + 1, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
    g_autofree char *folder = g_strndup(path, (size_t)(slash - path));
    AUTO_FD made = open_or_make(root, folder, true);
    if (made < 0)
      return -1;
  }
  return open_or_make(root, path, is_folder);
}

/* ---- devices ------------------------------------------------------------------------------------------------------------------- */

static const struct {
  const char *name;
  unsigned minor_number;
  unsigned major_number;
} devices[] = {
  {"null", 3, 1}, {"zero", 5, 1}, {"full", 7, 1}, {"random", 8, 1}, {"urandom", 9, 1}, {"tty", 0, 5},
};

static const struct {
  const char *name, *says;
} links[] = {
  {"fd", "/proc/self/fd"}, {"stdin", "/proc/self/fd/0"}, {"stdout", "/proc/self/fd/1"}, {"stderr", "/proc/self/fd/2"}, {"ptmx", "pts/ptmx"},
};

/* A new node has an owner and a mode of its own; this machine's would change with it when somebody inside changes them. */
static bool add_device(int folder, size_t i, bool privileged) {
  const char *name = devices[i].name;
  if (privileged)
    return mknodat(folder, name, S_IFCHR | 0666, makedev(devices[i].major_number, devices[i].minor_number)) == 0;
  g_autofree char *path = g_build_filename("/dev", name, NULL);
  AUTO_FD target = mknodat(folder, name, S_IFREG | 0644, 0) < 0 ? -1 : openat(folder, name, O_PATH | O_CLOEXEC);
  AUTO_FD fd = target < 0 ? -1 : bind_with(path, 0);
  return fd >= 0 && move_mount(fd, "", target, "", MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH) == 0;
}

static bool add_mount(int folder, const char *name, int fd) {
  return fd >= 0 && mkdirat(folder, name, 0755) == 0 && move_mount(fd, "", folder, name, MOVE_MOUNT_F_EMPTY_PATH) == 0;
}

static int new_device_folder(void) {
  AUTO_FD context = fsopen("tmpfs", FSOPEN_CLOEXEC);
  const MountOption options[] = {{"mode", "0755"}, {"size", "1m"}, {0}};
  return context < 0 || mount_options(context, options) < 0 ? -1 : finish(context, MOUNT_ATTR_NOSUID);
}

bool mount_call_devices(int root, const char *target, bool privileged) {
  AUTO_FD at = mount_call_target(root, target, true);
  AUTO_FD fd = new_device_folder();
  if (at < 0 || fd < 0 || move_mount(fd, "", at, "", MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH) < 0)
    return false;
  AUTO_FD folder = mount_call_open(root, target, O_PATH);
  for (size_t i = 0; i < G_N_ELEMENTS(devices); i++)
    if (!add_device(folder, i, privileged))
      return false;
  for (size_t i = 0; i < G_N_ELEMENTS(links); i++)
    if (symlinkat(links[i].says, folder, links[i].name) < 0)
      return false;
  const MountOption of_root[] = {{"newinstance", NULL}, {"ptmxmode", "0666"}, {"mode", "0620"}, {"gid", "5"}, {0}};
  const MountOption of_user[] = {{"newinstance", NULL}, {"ptmxmode", "0666"}, {"mode", "0620"}, {0}};
  AUTO_FD terminals = mount_call_new("devpts", privileged ? of_root : of_user);
  AUTO_FD memory = mount_call_new("tmpfs", (const MountOption[]){{"mode", "1777"}, {0}});
  return add_mount(folder, "pts", terminals) && add_mount(folder, "shm", memory);
}
