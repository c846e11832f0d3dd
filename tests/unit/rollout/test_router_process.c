#include "rollout/router_process.h"

#include "base/error.h"
#include "base/fs.h"
#include "rollout/router_config.h"

#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static void test_words(void) {
  static const struct {
    const char *claim;
    const char *output;
    const char *words;
  } rows[] = {
    {"an address in use",
     "[NOTICE]   (16517) : haproxy version is 2.6.12\n[ALERT]    (16517) : Binding [haproxy.cfg:25] for frontend public: cannot bind socket (Address "
     "already in use) for [127.0.0.1:18080]\n",
     "Binding [haproxy.cfg:25] for frontend public: cannot bind socket (Address already in use) for [127.0.0.1:18080]"},
    {"the summary goes",
     "[ALERT]    (1) : config : parsing [x:2] : no\n[ALERT]    (1) : config : Error(s) found in configuration file : x\n"
     "[ALERT]    (1) : config : Fatal errors found in configuration.\n",
     "config : parsing [x:2] : no"},
    {"two reasons", "[ALERT] (1) : a\n[ALERT] (1) : b\n", "a; b"},
    {"no marks: all of it", "haproxy: out of memory\n", "haproxy: out of memory"},
    {"nothing", "", ""},
  };
  for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_test_message("%s", rows[i].claim);
    g_autofree char *words = router_process_words(rows[i].output);
    g_assert_cmpstr(words, ==, rows[i].words);
  }
}

static void test_version(void) {
  static const struct {
    const char *output;
    unsigned version;
  } rows[] = {
    {"HAProxy version 2.6.12-1+deb12u4 2026/10/17 - https://haproxy.org/\n", 206},
    {"HAProxy version 3.0.2 ", 300},
    {"HA-Proxy version 1.8.19-1", 108},
    {"HAProxy version two", 0},
    {"HAProxy version 99999999999999999999.1", 0},
    {"", 0},
  };
  for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
    g_assert_cmpuint(router_process_version(rows[i].output), ==, rows[i].version);
}

static void test_split_listen(void) {
  static const struct {
    const char *listen;
    const char *address; /* NULL: refused */
    unsigned port;
  } rows[] = {
    {"0.0.0.0:80", "0.0.0.0", 80},
    {"127.0.0.1:65535", "127.0.0.1", 65535},
    {"[::]:443", "::", 443},
    {"[::1]:8080", "::1", 8080},
    {"::1:8080", "::1", 8080},
    {"80", NULL, 0},
    {":80", NULL, 0},
    {"0.0.0.0:", NULL, 0},
    {"0.0.0.0:0", NULL, 0},
    {"0.0.0.0:65536", NULL, 0},
    {"0.0.0.0:80a", NULL, 0},
    {"example.org:80", NULL, 0},
    {"[]:80", NULL, 0},
    {"[:80", NULL, 0},
    {"", NULL, 0},
  };
  for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_test_message("%s", rows[i].listen);
    g_autofree char *address = NULL;
    unsigned port = 0;
    g_autoptr(GError) error = NULL;
    bool good = router_process_split_listen(rows[i].listen, &address, &port, &error);
    g_assert_true(good == (rows[i].address != NULL));
    g_assert_cmpstr(address, ==, rows[i].address);
    g_assert_cmpuint(port, ==, rows[i].port);
    if (!good)
      g_assert_error(error, DROVER_ERROR, DROVER_ERROR_INPUT);
  }
}

static void test_address_in_use(void) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t size = sizeof address;
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  g_assert_cmpint(bind(fd, (struct sockaddr *)&address, size), ==, 0);
  g_assert_cmpint(listen(fd, 1), ==, 0);
  g_assert_cmpint(getsockname(fd, (struct sockaddr *)&address, &size), ==, 0);
  g_autofree char *text = g_strdup_printf("127.0.0.1:%u", ntohs(address.sin_port));
  g_autofree char *dir = fs_temp_dir(g_get_tmp_dir(), "rollout", NULL);
  g_autoptr(GError) error = NULL;
  g_assert_false(router_process_check_listen(dir, text, &error));
  g_assert_error(error, DROVER_ERROR, DROVER_ERROR_CONFLICT);
  g_assert_nonnull(strstr(error->message, text));
  g_assert_nonnull(strstr(error->message, "in use"));
  close(fd);
  g_assert_true(router_process_check_listen(dir, text, NULL));
  g_assert_true(fs_remove_tree(dir, NULL));
}

static void test_nothing_lives_in_an_empty_folder(void) {
  g_autofree char *dir = fs_temp_dir(g_get_tmp_dir(), "rollout", NULL);
  g_autofree char *deep = g_strdup_printf("%s/%0200d", dir, 0); /* longer than a socket's address may be */
  g_assert_true(fs_make_dirs(deep, 0700, NULL));
  g_autoptr(GError) error = NULL;
  RuntimeProcesses processes = {0};
  g_assert_false(router_process_is_alive(deep));
  g_assert_false(router_process_list(deep, &processes, &error));
  g_assert_error(error, DROVER_ERROR, DROVER_ERROR_UNAVAILABLE);
  g_assert_true(router_process_stop(deep, clock_system(), NULL));
  g_assert_true(fs_remove_tree(dir, NULL));
}

/* The master's socket does not listen while it executes itself anew; a router that was started then met its own address in use. */
static void test_worker_alone_counts_as_alive(void) {
  g_autoptr(GError) error = NULL;
  g_autofree char *dir = fs_temp_dir(g_get_tmp_dir(), "drover-router", &error);
  g_assert_no_error(error);
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  g_snprintf(address.sun_path, sizeof address.sun_path, "%s/%s", dir, ROUTER_ADMIN_SOCKET);
  int fd = socket(AF_UNIX, SOCK_STREAM, 0);
  g_assert_cmpint(bind(fd, (struct sockaddr *)&address, sizeof address), ==, 0);
  g_assert_false(router_process_is_alive(dir));
  g_assert_cmpint(listen(fd, 1), ==, 0);
  g_assert_true(router_process_is_alive(dir));
  close(fd);
  g_assert_false(router_process_is_alive(dir));
  g_assert_true(fs_remove_tree(dir, NULL));
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/router-process/words", test_words);
  g_test_add_func("/router-process/version", test_version);
  g_test_add_func("/router-process/split-listen", test_split_listen);
  g_test_add_func("/router-process/address-in-use", test_address_in_use);
  g_test_add_func("/router-process/empty-folder", test_nothing_lives_in_an_empty_folder);
  g_test_add_func("/router-process/worker-alone-counts-as-alive", test_worker_alone_counts_as_alive);
  return g_test_run();
}
