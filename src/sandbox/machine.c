#include "sandbox/machine.h"

#include "base/error.h"

#include <linux/magic.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#define NFS_MAGIC 0x6969 /* nfs_fs.h does not compile here */
#define FUSE_MAGIC 0x65735546
#define CIFS_MAGIC 0xff534d42UL
#define SMB2_MAGIC 0xfe534d42UL

static GPtrArray *names_in(const char *folder, void *data) {
  (void)data;
  g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
  GPtrArray *names = dir != NULL ? g_ptr_array_new_with_free_func(g_free) : NULL;
  for (const char *name; dir != NULL && (name = g_dir_read_name(dir)) != NULL;)
    g_ptr_array_add(names, g_strdup(name));
  return names;
}

static char *link_at(const char *path, void *data) {
  (void)data;
  return g_file_read_link(path, NULL);
}

static GPtrArray *read_mounts(GError **error) {
  g_autofree char *text = NULL;
  if (!g_file_get_contents("/proc/self/mountinfo", &text, NULL, error))
    return NULL;
  GPtrArray *mounts = plan_read_mounts(text);
  for (guint i = 0; i < mounts->len; i++) {
    PlanMount *mount = mounts->pdata[i];
    mount->is_folder = g_file_test(mount->path, G_FILE_TEST_IS_DIR);
  }
  return mounts;
}

static void add_real(GPtrArray *paths, const char *path) {
  char *real = realpath(path, NULL); /* what does not exist needs no cover */
  if (real != NULL && strcmp(real, "/") != 0 && !g_ptr_array_find_with_equal_func(paths, real, g_str_equal, NULL))
    g_ptr_array_add(paths, g_strdup(real));
  free(real);
}

/* The folder that is the user's home by the book, when it is the user's: some services have /usr/sbin. */
static void add_own_home(GPtrArray *homes) {
  const struct passwd *user = getpwuid(getuid());
  struct stat status;
  if (user != NULL && stat(user->pw_dir, &status) == 0 && status.st_uid == getuid() && !plan_is_below(user->pw_dir, "/usr"))
    add_real(homes, user->pw_dir);
}

/* /root and what is in /home, and the user's own wherever it is. NULL-terminated. */
static GPtrArray *find_homes(void) {
  GPtrArray *homes = g_ptr_array_new_with_free_func(g_free);
  g_autoptr(GPtrArray) users = names_in("/home", NULL);
  add_real(homes, "/root");
  for (guint i = 0; users != NULL && i < users->len; i++) {
    g_autofree char *path = g_build_filename("/home", users->pdata[i], NULL);
    if (g_file_test(path, G_FILE_TEST_IS_DIR))
      add_real(homes, path);
  }
  add_own_home(homes);
  g_ptr_array_add(homes, NULL);
  return homes;
}

static GPtrArray *find_hidden(const SandboxSpec *spec) {
  GPtrArray *hidden = g_ptr_array_new_with_free_func(g_free);
  for (const char *const *path = spec->hidden; path != NULL && *path != NULL; path++)
    add_real(hidden, *path);
  add_real(hidden, spec->state_dir);
  g_ptr_array_add(hidden, NULL);
  return hidden;
}

/* The host's file, with what a job needs besides. */
static void add_hosts(GPtrArray *steps, const char *name) {
  g_autofree char *here = NULL;
  if (!g_file_get_contents("/etc/hosts", &here, NULL, NULL))
    here = g_strdup("127.0.0.1 localhost\n::1 localhost\n");
  bool ends = *here == '\0' || g_str_has_suffix(here, "\n");
  g_autofree char *text = g_strdup_printf("%s%s127.0.0.1 drover.localhost %s\n", here, ends ? "" : "\n", name);
  plan_add(steps, PLAN_FILE, "/etc/hosts", text);
}

/* It is often a link into /run, which is not there inside. */
static void add_resolver(GPtrArray *steps) {
  char *real = realpath("/etc/resolv.conf", NULL);
  g_autofree char *text = NULL;
  if (real != NULL && g_file_get_contents(real, &text, NULL, NULL))
    plan_add(steps, PLAN_FILE, real, text);
  free(real);
}

GPtrArray *machine_steps(const SandboxSpec *spec, bool privileged, GError **error) {
  g_autoptr(GPtrArray) mounts = read_mounts(error);
  if (mounts == NULL)
    return NULL;
  g_autoptr(GPtrArray) homes = find_homes(), hidden = find_hidden(spec);
  GPtrArray *steps = plan_make(&(PlanInput){.mounts = mounts,
                                            .privileged = privileged,
                                            .homes = (const char *const *)homes->pdata,
                                            .hidden = (const char *const *)hidden->pdata,
                                            .list = names_in,
                                            .link = link_at});
  add_hosts(steps, spec->name);
  add_resolver(steps);
  for (size_t i = 0; i < spec->bind_count; i++)
    plan_add(steps, spec->binds[i].read_only ? PLAN_BIND_READ : PLAN_BIND, spec->binds[i].inside, spec->binds[i].path);
  return steps;
}

bool machine_can_hold_layers(const char *folder) {
  static const unsigned long unfit[] = {OVERLAYFS_SUPER_MAGIC, NFS_MAGIC,  V9FS_MAGIC, ECRYPTFS_SUPER_MAGIC,
                                        MSDOS_SUPER_MAGIC,     FUSE_MAGIC, CIFS_MAGIC, SMB2_MAGIC,
                                        SMB_SUPER_MAGIC};
  struct statfs status;
  if (statfs(folder, &status) < 0)
    return false;
  for (size_t i = 0; i < G_N_ELEMENTS(unfit); i++)
    if ((unsigned long)status.f_type == unfit[i])
      return false;
  return true;
}
