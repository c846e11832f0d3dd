/* Answers of HAProxy 2.6's runtime API, as they were, and as they must not be. */
#include "rollout/runtime.h"

#include "base/error.h"
#include "base/fs.h"

#include <gio/gio.h>
#include <gio/gunixsocketaddress.h>
#include <stdio.h>
#include <string.h>

static void test_variables(void) {
  static const struct {
    const char *claim;
    const char *answer;
    const char *value; /* NULL: `code` */
    DroverError code;
  } rows[] = {
    {"a number", "proc.green_share: type=sint value=<-1>\n\n", "-1", 0},
    {"a text", "proc.base: type=str value=<abc>\n\n", "abc", 0},
    {"a text with the end mark in it", "proc.base: type=str value=<a>b>\n", "a>b", 0},
    {"an empty text", "proc.base: type=str value=<>\n", "", 0},
    {"none of that name", "Variable not found.\n\n", NULL, DROVER_ERROR_NOT_FOUND},
    {"nothing", "", NULL, DROVER_ERROR_CORRUPT},
    {"cut off", "proc.base: type=str value=<ab", NULL, DROVER_ERROR_CORRUPT},
    {"another answer", "Unknown command, but maybe one of the following", NULL, DROVER_ERROR_CORRUPT},
  };
  for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_test_message("%s", rows[i].claim);
    g_autoptr(GError) error = NULL;
    g_autofree char *value = runtime_read_variable(rows[i].answer, &error);
    g_assert_cmpstr(value, ==, rows[i].value);
    if (rows[i].value == NULL)
      g_assert_error(error, DROVER_ERROR, (int)rows[i].code);
  }
}

#define HEAD "# pxname,svname,qcur,qmax,scur,smax,status,check_status,check_desc,addr,\n"

static void test_stat(void) {
  static const char answer[] = HEAD "drover.public,FRONTEND,,,7,9,OPEN,,,,\n"
                                    "web.blue,drover-web-1,1,0,2,3,UP 1/3,L7OK,\"Layer7, \"\"check\"\" passed\",127.0.0.1:35501,\n"
                                    "web.blue,drover-web-2,0,0,0,0,MAINT,,,127.0.0.1:x,\n"
                                    "web.blue,BACKEND,1,0,4,3,UP,,,,\n\n";
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) rows = runtime_read_stat(answer, &error);
  g_assert_no_error(error);
  g_assert_cmpuint(rows->len, ==, 3);
  const RuntimeRow *first = g_ptr_array_index(rows, 0), *second = g_ptr_array_index(rows, 1), *backend = g_ptr_array_index(rows, 2);
  g_assert_cmpstr(first->backend, ==, "web.blue");
  g_assert_cmpstr(first->server, ==, "drover-web-1");
  g_assert_cmpstr(first->status, ==, "UP 1/3");
  g_assert_cmpstr(first->check, ==, "L7OK");
  g_assert_cmpuint(first->port, ==, 35501);
  g_assert_cmpuint(first->sessions, ==, 3);
  g_assert_cmpuint(second->port, ==, 0);
  g_assert_null(backend->server);
  g_assert_cmpuint(backend->sessions, ==, 5);
}

static void test_bad_stat(void) {
  static const char *const answers[] = {"", "\n\n", "Unknown command\n", "# pxname,svname\nweb,a\n", "pxname"};
  for (size_t i = 0; i < G_N_ELEMENTS(answers); i++) {
    g_test_message("%s", answers[i]);
    g_autoptr(GError) error = NULL;
    g_assert_null(runtime_read_stat(answers[i], &error));
    g_assert_error(error, DROVER_ERROR, DROVER_ERROR_CORRUPT);
  }
}

static void test_short_lines_have_empty_fields(void) {
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) rows = runtime_read_stat(HEAD "web.blue,a\n\"open,quote\n", &error);
  g_assert_no_error(error);
  g_assert_cmpuint(rows->len, ==, 1);
  g_assert_cmpstr(((const RuntimeRow *)g_ptr_array_index(rows, 0))->status, ==, "");
}

static void test_processes(void) {
  static const char answer[] = "#<PID>          <type>          <reloads>       <uptime>        <version>      \n"
                               "24978           master          7 [failed: 2]   0d00h01m30s     2.6.12-1+deb12u4\n"
                               "# workers\n4240            worker          0               0d00h00m04s     2.6.12-1+deb12u4\n"
                               "# old workers\n2509            worker          1               0d00h00m44s     2.6.12-1+deb12u4\n"
                               "1234            worker          3               0d00h01m04s     2.6.12-1+deb12u4\n# programs\n\n";
  g_autoptr(GError) error = NULL;
  RuntimeProcesses processes = {0};
  g_assert_true(runtime_read_processes(answer, &processes, &error));
  g_assert_cmpint(processes.master, ==, 24978);
  g_assert_cmpuint(processes.old_workers, ==, 2);
  g_assert_cmpuint(processes.failed_reloads, ==, 2);
}

/* The master is sent signals: a number that is no process of its own is none. */
static void test_bad_processes(void) {
  static const char *const answers[] = {
    "", "0 master 0\n", "1 master 0\n", "-1 master 0\n", "99999999999999999999 master 0\n", "4240 worker 0\n", "12x master 0\n", "12 master\n",
  };
  for (size_t i = 0; i < G_N_ELEMENTS(answers); i++) {
    g_test_message("%s", answers[i]);
    g_autoptr(GError) error = NULL;
    RuntimeProcesses processes = {.master = 77};
    g_assert_false(runtime_read_processes(answers[i], &processes, &error));
    g_assert_error(error, DROVER_ERROR, DROVER_ERROR_CORRUPT);
    g_assert_cmpint(processes.master, ==, 77);
  }
}

/* ---- the socket --------------------------------------------------------------------------------------------------------- */

typedef struct {
  GSocketListener *listener;
  char *question;
} Peer;

static void *peer_run(void *data) {
  Peer *peer = data;
  g_autoptr(GSocketConnection) connection = g_socket_listener_accept(peer->listener, NULL, NULL, NULL);
  GString *question = g_string_new(NULL);
  char byte;
  while (g_input_stream_read(g_io_stream_get_input_stream(G_IO_STREAM(connection)), &byte, 1, NULL, NULL) == 1)
    g_string_append_c(question, byte);
  peer->question = g_string_free(question, FALSE);
  g_output_stream_write_all(g_io_stream_get_output_stream(G_IO_STREAM(connection)), "answer\n", 7, NULL, NULL, NULL);
  return NULL;
}

static void test_ask_in_a_folder_with_a_long_name(void) {
  g_autofree char *dir = fs_temp_dir(g_get_tmp_dir(), "rollout", NULL);
  g_autofree char *socket_path = g_build_filename(dir, "s", NULL);
  g_autofree char *deep = g_strdup_printf("%s/%0200d", dir, 0);
  g_autofree char *moved = g_build_filename(deep, "s", NULL);
  g_assert_true(fs_make_dirs(deep, 0700, NULL));
  Peer peer = {.listener = g_socket_listener_new()};
  g_autoptr(GSocketAddress) address = g_unix_socket_address_new(socket_path);
  g_assert_true(g_socket_listener_add_address(peer.listener, address, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_DEFAULT, NULL, NULL, NULL));
  g_assert_cmpint(rename(socket_path, moved), ==, 0); /* a socket can be moved to where it could not be made */
  g_assert_true(fs_make_dirs(deep, 0700, NULL));
  GThread *thread = g_thread_new("peer", peer_run, &peer);
  g_autoptr(GError) error = NULL;
  g_autofree char *answer = runtime_ask(deep, "s", "show stat", &error);
  g_thread_join(thread);
  g_assert_no_error(error);
  g_assert_cmpstr(answer, ==, "answer\n");
  g_assert_cmpstr(peer.question, ==, "show stat\n");
  g_free(peer.question);
  g_assert_true(runtime_listens(deep, "s"));
  g_object_unref(peer.listener);
  g_assert_false(runtime_listens(deep, "s"));
  g_assert_null(runtime_ask(deep, "s", "show stat", NULL));
  g_assert_true(fs_remove_tree(dir, NULL));
  g_assert_false(runtime_listens(deep, "s"));
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/runtime/variables", test_variables);
  g_test_add_func("/runtime/stat", test_stat);
  g_test_add_func("/runtime/bad-stat", test_bad_stat);
  g_test_add_func("/runtime/short-lines", test_short_lines_have_empty_fields);
  g_test_add_func("/runtime/processes", test_processes);
  g_test_add_func("/runtime/bad-processes", test_bad_processes);
  g_test_add_func("/runtime/ask", test_ask_in_a_folder_with_a_long_name);
  return g_test_run();
}
