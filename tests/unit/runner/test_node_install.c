/* npm is a program of the test's own here: it is asked for the right thing, and what it gives ends where it belongs. */
#include "runner/action/node_install.h"

#include "base/error.h"
#include "base/fs.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const struct {
  const char *says;
  const char *npm; /* NULL: there is none */
  int error;       /* -1: none */
  const char *message;
} rows[] = {
  {"what npm gives is put into place",
   "#!/bin/sh\nfor last; do :; done\nname=${last%@24}\n[ \"$name\" != \"$last\" ] || exit 9\nmkdir -p \"$PWD/node_modules/$name/bin\"\n"
   "printf '#!/bin/sh\\n' >\"$PWD/node_modules/$name/bin/node\"\nchmod 755 \"$PWD/node_modules/$name/bin/node\"\n",
   -1, NULL},
  {"npm's own words are told", "#!/bin/sh\necho 'npm ERR! no network' >&2\nexit 1\n", DROVER_ERROR_UNAVAILABLE, "no network"},
  {"a package without the program is refused", "#!/bin/sh\nexit 0\n", DROVER_ERROR_UNAVAILABLE, "holds no bin/node"},
  {"no npm says how to get it", NULL, DROVER_ERROR_MISSING, "apt-get install npm"},
};

static void test_row(gconstpointer data) {
  size_t i = GPOINTER_TO_SIZE(data);
  g_autoptr(GError) error = NULL;
  g_autofree char *top = fs_temp_dir(g_get_tmp_dir(), "node", &error), *bin = g_build_filename(top, "bin", NULL);
  g_autofree char *npm = g_build_filename(bin, "npm", NULL), *dir = g_build_filename(top, "node", NULL);
  g_autofree char *saved = g_strdup(g_getenv("PATH")), *path = rows[i].npm != NULL ? g_strdup_printf("%s:/usr/bin:/bin", bin) : g_strdup(bin);
  g_assert_true(fs_make_dirs(bin, 0755, NULL));
  if (rows[i].npm != NULL) {
    g_assert_true(g_file_set_contents(npm, rows[i].npm, -1, NULL));
    g_assert_cmpint(chmod(npm, 0755), ==, 0);
  }
  g_setenv("PATH", path, TRUE);
  bool good = node_install(dir, 24, NULL, &error);
  g_setenv("PATH", saved, TRUE);
  g_autofree char *program = node_installed(dir, 24);
  if (rows[i].error < 0) {
    g_assert_no_error(error);
    g_assert_nonnull(program);
  } else {
    g_assert_true(error_is(error, (DroverError)rows[i].error));
    g_assert_nonnull(strstr(error->message, rows[i].message));
    g_assert_null(program);
  }
  g_assert_cmpint(good, ==, rows[i].error < 0);
  g_autoptr(GDir) left = g_dir_open(dir, 0, NULL);
  for (const char *name; (name = g_dir_read_name(left)) != NULL;)
    g_assert_cmpstr(name, ==, "24"); /* nothing half done lies about */
  fs_remove_tree(top, NULL);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autofree char *name = g_strconcat("/runner/node-install/", rows[i].says, NULL);
    g_test_add_data_func(name, GSIZE_TO_POINTER(i), test_row);
  }
  return g_test_run();
}
