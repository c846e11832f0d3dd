#include "sandbox/plan.h"

#include "base/digest.h"

#include <stdlib.h>
#include <string.h>

#define DEPTH_MAX 6 /* how far below "/" an ordinary user's overlays go apart because of what is mounted there */
#define STEPS_MAX 4000
#define NAME_MAX_BYTES 200

/* File systems of disks. Others (network shares, FUSE, tmpfs) belong to this machine's services or users, and are not shown. */
static const char *const disk_types[] = {"bcachefs", "btrfs", "erofs",    "exfat", "ext2", "ext3", "ext4",
                                         "f2fs",     "jfs",   "squashfs", "vfat",  "xfs",  "zfs",  NULL};

/* Made anew for every sandbox, with the mode. */
static const struct {
  const char *path, *mode;
} fresh[] = {
  {"/run", "0755"},
  {"/run/lock", "1777"},
  {"/tmp", "1777"},
  {"/var/tmp", "1777"},
};

/* Where nothing of this machine may show through, whatever is mounted there. */
static const char *const own[] = {"/dev", "/proc", "/run", "/sys", "/tmp", "/var/tmp", NULL};

/* As OCI runtimes do: the ids inside are those of this machine, and root owns these files. */
static const char *const read_only[] = {"/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger", NULL};
static const char *const masked[] = {
  "/proc/acpi",          "/proc/asound",      "/proc/interrupts",  "/proc/kcore",          "/proc/keys",          "/proc/kmsg",
  "/proc/latency_stats", "/proc/sched_debug", "/proc/scsi",        "/proc/timer_list",     "/proc/timer_stats",   "/sys/devices/virtual/powercap",
  "/sys/firmware",       "/sys/fs/bpf",       "/sys/kernel/debug", "/sys/kernel/security", "/sys/kernel/tracing", NULL,
};

static void step_free(void *data) {
  PlanStep *step = data;
  g_free(step->target);
  g_free(step->source);
  g_free(step);
}

static void mount_free(void *data) {
  PlanMount *mount = data;
  g_free(mount->device);
  g_free(mount->path);
  g_free(mount->type);
  g_free(mount);
}

GPtrArray *plan_steps_new(void) {
  return g_ptr_array_new_with_free_func(step_free);
}

void plan_add(GPtrArray *steps, PlanKind kind, const char *target, const char *source) {
  PlanStep *step = g_new(PlanStep, 1);
  *step = (PlanStep){.kind = kind, .target = g_strdup(target), .source = g_strdup(source)};
  g_ptr_array_add(steps, step);
}

bool plan_is_below(const char *path, const char *folder) {
  size_t length = strlen(folder);
  if (length > 0 && folder[length - 1] == '/')
    length--;
  return strncmp(path, folder, length) == 0 && (path[length] == '/' || path[length] == '\0');
}

char *plan_layer_name(const char *target) {
  g_autofree char *name = g_uri_escape_string(target, NULL, false);
  return strlen(name) <= NAME_MAX_BYTES ? g_steal_pointer(&name) : g_strdup(digest_hex(digest_bytes(target, strlen(target)).text));
}

/* ---- mountinfo ----------------------------------------------------------------------------------------------------------------- */

/* The kernel writes space, tab, newline and backslash as three octal digits. */
static char *unescape(const char *text) {
  GString *plain = g_string_new(NULL);
  for (; *text != '\0'; text++) {
    if (text[0] == '\\' && strspn(text + 1, "01234567") >= 3) {
      g_string_append_c(plain, (char)((text[1] - '0') << 6 | (text[2] - '0') << 3 | (text[3] - '0')));
      text += 3;
    } else
      g_string_append_c(plain, *text);
  }
  return g_string_free(plain, FALSE);
}

GPtrArray *plan_read_mounts(const char *mountinfo) {
  GPtrArray *mounts = g_ptr_array_new_with_free_func(mount_free);
  g_auto(GStrv) lines = g_strsplit(mountinfo, "\n", -1);
  for (char **line = lines; *line != NULL; line++) {
    char *dash = strstr(*line, " - ");
    g_auto(GStrv) fields = g_strsplit(*line, " ", 6);
    if (dash == NULL || g_strv_length(fields) < 6)
      continue;
    PlanMount *mount = g_new(PlanMount, 1);
    *mount = (PlanMount){.device = g_strdup(fields[2]), .path = unescape(fields[4]), .is_folder = true};
    mount->type = g_strndup(dash + 3, strcspn(dash + 3, " "));
    g_ptr_array_add(mounts, mount);
  }
  return mounts;
}

/* ---- the plan ------------------------------------------------------------------------------------------------------------------ */

static bool below_any(const char *path, const char *const *folders) {
  for (; folders != NULL && *folders != NULL; folders++)
    if (plan_is_below(path, *folders))
      return true;
  return false;
}

/* Whether something of the sandbox's own lies there. */
static bool is_covered(const PlanInput *input, const char *path) {
  return below_any(path, own) || below_any(path, input->homes) || below_any(path, input->hidden);
}

static bool seen_before(const PlanInput *input, guint before, const PlanMount *mount) {
  for (guint i = 0; i < before; i++) {
    const PlanMount *earlier = input->mounts->pdata[i];
    if (strcmp(earlier->device, mount->device) == 0 && strcmp(mount->type, "btrfs") != 0)
      return true;
  }
  return false;
}

static int by_path(const void *a, const void *b) {
  return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The other disks. One that is mounted a second time, which a bind mount is, would show what is hidden at its first place. */
static void plan_disks(const PlanInput *input, GPtrArray *steps) {
  g_autoptr(GPtrArray) paths = g_ptr_array_new();
  for (guint i = 0; i < input->mounts->len; i++) {
    const PlanMount *mount = input->mounts->pdata[i];
    if (mount->is_folder && strcmp(mount->path, "/") != 0 && g_strv_contains(disk_types, mount->type) && !is_covered(input, mount->path) &&
        !seen_before(input, i, mount))
      g_ptr_array_add(paths, mount->path);
  }
  g_ptr_array_sort(paths, by_path);
  for (guint i = 0; i < paths->len; i++)
    plan_add(steps, PLAN_OVERLAY, paths->pdata[i], paths->pdata[i]);
}

/* Something that is mounted at `path` itself, and not shown. */
static bool is_foreign(const PlanInput *input, const char *path) {
  bool foreign = false;
  for (guint i = 0; i < input->mounts->len; i++) {
    const PlanMount *mount = input->mounts->pdata[i];
    if (strcmp(mount->path, path) == 0) /* the last one covers those before */
      foreign = !g_strv_contains(disk_types, mount->type);
  }
  return foreign;
}

static bool has_mounts_below(const PlanInput *input, const char *folder) {
  for (guint i = 0; i < input->mounts->len; i++) {
    const PlanMount *mount = input->mounts->pdata[i];
    if (strcmp(mount->path, folder) != 0 && plan_is_below(mount->path, folder))
      return true;
  }
  return false;
}

/* An ordinary user cannot lay an overlay over a folder below which something is mounted: then its entries are taken one by one. */
static void plan_folder(const PlanInput *input, GPtrArray *steps, const char *folder, int depth) {
  g_autoptr(GPtrArray) names = input->list(folder, input->data);
  for (guint i = 0; names != NULL && i < names->len && steps->len < STEPS_MAX; i++) {
    g_autofree char *path = g_build_filename(folder, names->pdata[i], NULL);
    g_autofree char *says = input->link(path, input->data);
    if (is_covered(input, path) || is_foreign(input, path))
      continue;
    if (says != NULL) {
      plan_add(steps, PLAN_LINK, path, says);
      continue;
    }
    g_autoptr(GPtrArray) entries = input->list(path, input->data);
    if (entries == NULL)
      continue;
    if (!has_mounts_below(input, path))
      plan_add(steps, PLAN_OVERLAY, path, path);
    else if (depth < DEPTH_MAX) {
      plan_add(steps, PLAN_FOLDER, path, "0755");
      plan_folder(input, steps, path, depth + 1);
    }
  }
}

static void plan_list(GPtrArray *steps, PlanKind kind, const char *const *targets, const char *source) {
  for (; *targets != NULL; targets++)
    plan_add(steps, kind, *targets, source);
}

/* What lies below something hidden is hidden with it. */
static bool below_another(const char *path, const char *const *others) {
  for (; *others != NULL; others++)
    if (strcmp(path, *others) != 0 && plan_is_below(path, *others))
      return true;
  return false;
}

static void plan_hidden(const PlanInput *input, GPtrArray *steps) {
  for (const char *const *path = input->hidden; *path != NULL; path++) {
    if (below_any(*path, own) || below_any(*path, input->homes) || below_another(*path, input->hidden))
      continue;
    g_autoptr(GPtrArray) names = input->list(*path, input->data);
    plan_add(steps, names != NULL ? PLAN_FOLDER : PLAN_MASK, *path, names != NULL ? "0755" : "");
  }
}

GPtrArray *plan_make(const PlanInput *input) {
  GPtrArray *steps = plan_steps_new();
  plan_add(steps, PLAN_ROOT, "/", input->privileged ? "/" : "");
  if (input->privileged)
    plan_disks(input, steps);
  else
    plan_folder(input, steps, "/", 0);
  plan_add(steps, PLAN_PROC, "/proc", "");
  plan_add(steps, PLAN_BIND_READ, "/sys", "/sys");
  plan_add(steps, PLAN_DEV, "/dev", "");
  for (size_t i = 0; i < G_N_ELEMENTS(fresh); i++)
    plan_add(steps, PLAN_FOLDER, fresh[i].path, fresh[i].mode);
  plan_list(steps, PLAN_FOLDER, input->homes, "0700");
  plan_hidden(input, steps);
  plan_list(steps, PLAN_READ_ONLY, read_only, "");
  plan_list(steps, PLAN_MASK, masked, "");
  return steps;
}
