#include "sandbox/plan.h"

#include <string.h>

/* Everything that is made whatever the machine: tested by its effect in test_sandbox.c. */
static bool is_fixed(const PlanStep *step) {
  static const char *const fixed[] = {"/proc", "/sys", "/dev", "/run", "/tmp", "/var/tmp", NULL};
  for (const char *const *path = fixed; *path != NULL; path++)
    if (plan_is_below(step->target, *path))
      return true;
  return false;
}

/* The folders and links of a machine: "path" or "path>link". */
static const char *const machine[] = {"/bin>usr/bin", "/usr", "/var", "/var/lib", "/var/log", "/home", "/home/ann", "/srv", "/var/lib/drover", NULL};

static GPtrArray *list(const char *folder, void *data) {
  (void)data;
  GPtrArray *names = NULL;
  for (const char *const *entry = machine; *entry != NULL; entry++) {
    g_autofree char *path = g_strndup(*entry, strcspn(*entry, ">")), *parent = g_path_get_dirname(path);
    if (names == NULL && (strcmp(folder, "/") == 0 || strcmp(folder, *entry) == 0))
      names = g_ptr_array_new_with_free_func(g_free);
    if (names != NULL && strcmp(parent, folder) == 0)
      g_ptr_array_add(names, g_path_get_basename(path));
  }
  return names;
}

static char *link_says(const char *path, void *data) {
  (void)data;
  for (const char *const *entry = machine; *entry != NULL; entry++)
    if (g_str_has_prefix(*entry, path) && (*entry)[strlen(path)] == '>')
      return g_strdup(*entry + strlen(path) + 1);
  return NULL;
}

#define ROOT "1 0 8:1 / / rw - ext4 /dev/sda1 rw\n"
#define HOME "folder /home/ann 0700|"
#define SYSTEM "2 1 0:5 / /proc rw - proc proc rw\n3 1 0:6 / /tmp rw - tmpfs tmpfs rw\n"

static const struct {
  const char *claim;
  const char *mountinfo;
  const char *hidden;
  bool privileged;
  const char *steps;
} rows[] = {
  {"root-lays-one-overlay", ROOT SYSTEM, NULL, true, "root / /|" HOME},
  {"and-one-over-each-disk", ROOT "2 1 8:2 / /srv rw - xfs /dev/sdb rw\n", NULL, true, "root / /|overlay /srv /srv|" HOME},
  {"outer-disks-first", ROOT "3 2 8:3 / /srv/a rw - ext4 /dev/sdc rw\n2 1 8:2 / /srv rw - xfs /dev/sdb rw\n", NULL, true,
   "root / /|overlay /srv /srv|overlay /srv/a /srv/a|" HOME},
  {"a-name-with-a-space", ROOT "2 1 8:2 / /srv/a\\040b rw - xfs /dev/sdb rw\n", NULL, true, "root / /|overlay /srv/a b /srv/a b|" HOME},
  {"no-network-shares", ROOT "2 1 0:9 / /srv rw - nfs4 server:/ rw\n", NULL, true, "root / /|" HOME},
  {"no-containers", ROOT "2 1 0:9 / /srv/merged rw - overlay overlay rw\n", NULL, true, "root / /|" HOME},
  {"no-disk-twice", ROOT "2 1 8:1 /var/lib/drover /srv rw - ext4 /dev/sda1 rw\n", "/var/lib/drover", true,
   "root / /|" HOME "folder /var/lib/drover 0755|"},
  {"no-disk-in-a-home", ROOT "2 1 8:2 / /home/ann rw - ext4 /dev/sdb rw\n", NULL, true, "root / /|" HOME},
  {"no-disk-that-is-hidden", ROOT "2 1 8:2 / /var/lib/drover rw - ext4 /dev/sdb rw\n", "/var/lib/drover", true,
   "root / /|" HOME "folder /var/lib/drover 0755|"},
  {"a-hidden-file", ROOT, "/etc/key", true, "root / /|" HOME "mask /etc/key |"},
  {"what-is-hidden-already", ROOT, "/home/ann/data", true, "root / /|" HOME},
  {"a-user-lays-one-over-each-folder", ROOT, NULL, false,
   "root / |link /bin usr/bin|overlay /usr /usr|overlay /var /var|overlay /home /home|overlay /srv /srv|" HOME},
  {"a-user-sees-no-network-share-either", ROOT "2 1 0:9 / /srv rw - autofs server:/ rw\n", NULL, false,
   "root / |link /bin usr/bin|overlay /usr /usr|overlay /var /var|overlay /home /home|" HOME},
  {"and-further-down-where-something-is-mounted", ROOT "2 1 8:2 / /var/lib/drover rw - ext4 /dev/sdb rw\n", NULL, false,
   "root / |link /bin usr/bin|overlay /usr /usr|folder /var 0755|folder /var/lib 0755|overlay /var/lib/drover /var/lib/drover|overlay /var/log /var/log|overlay /home /home|overlay /srv "
   "/srv|" HOME},
};

static char *describe(const GPtrArray *steps) {
  static const char *const kinds[] = {
    [PLAN_ROOT] = "root", [PLAN_OVERLAY] = "overlay", [PLAN_FOLDER] = "folder", [PLAN_LINK] = "link", [PLAN_MASK] = "mask"};
  GString *text = g_string_new(NULL);
  for (guint i = 0; i < steps->len; i++) {
    const PlanStep *step = steps->pdata[i];
    if (!is_fixed(step))
      g_string_append_printf(text, "%s %s %s|", kinds[step->kind], step->target, step->source);
  }
  return g_string_free(text, FALSE);
}

static void test_row(gconstpointer data) {
  size_t i = GPOINTER_TO_SIZE(data);
  g_autoptr(GPtrArray) mounts = plan_read_mounts(rows[i].mountinfo);
  /* What lies below something hidden asks for nothing more, whatever the row. */
  g_autofree char *below = rows[i].hidden != NULL ? g_build_filename(rows[i].hidden, "state", NULL) : NULL;
  const char *const homes[] = {"/home/ann", NULL}, *const hidden[] = {rows[i].hidden, below, NULL};
  g_autoptr(GPtrArray) steps =
    plan_make(&(PlanInput){.mounts = mounts, .privileged = rows[i].privileged, .homes = homes, .hidden = hidden, .list = list, .link = link_says});
  g_autofree char *text = describe(steps);
  g_assert_cmpstr(text, ==, rows[i].steps);
}

/* Masks come after what they cover, or they would be covered themselves. */
static void test_order(void) {
  g_autoptr(GPtrArray) mounts = plan_read_mounts(ROOT);
  const char *const none[] = {NULL};
  g_autoptr(GPtrArray) steps =
    plan_make(&(PlanInput){.mounts = mounts, .privileged = true, .homes = none, .hidden = none, .list = list, .link = link_says});
  bool has_proc = false;
  for (guint i = 0; i < steps->len; i++) {
    const PlanStep *step = steps->pdata[i];
    has_proc = has_proc || step->kind == PLAN_PROC;
    g_assert_true(has_proc || (step->kind != PLAN_MASK && step->kind != PLAN_READ_ONLY));
  }
  g_assert_true(has_proc);
}

static void test_layer_names(void) {
  g_autofree char *root = plan_layer_name("/"), *deep = plan_layer_name("/a/b"), *flat = plan_layer_name("/a%2Fb");
  g_autofree char *many = g_strnfill(5000, '/'), *hash = plan_layer_name(many);
  g_assert_null(strchr(root, '/'));
  g_assert_cmpstr(deep, !=, flat);
  g_assert_cmpuint(strlen(hash), <, 256);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autofree char *path = g_strconcat("/sandbox/plan/", rows[i].claim, NULL);
    g_test_add_data_func(path, GSIZE_TO_POINTER(i), test_row);
  }
  g_test_add_func("/sandbox/plan/order", test_order);
  g_test_add_func("/sandbox/plan/layer-names", test_layer_names);
  return g_test_run();
}
