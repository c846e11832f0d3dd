/* What a workflow may ask of a container, and what becomes of it on the engine's command line. */
#include "base/error.h"
#include "engine/request.h"

#include <string.h>

#define FINE DROVER_ERROR_COUNT

typedef struct {
  const char *claim;
  const char *text;
  bool host_access;
  DroverError code;
  const char *result; /* words joined with "|" */
} Row;

static const Row options[] = {
  {"no options are no words", NULL, false, FINE, ""},
  {"blanks are no words", "  \n ", false, FINE, ""},
  {"quotes keep words together", "--health-cmd \"pg_isready -U 'a b'\" --cpus 1", false, FINE, "--health-cmd|pg_isready -U 'a b'|--cpus|1"},
  {"a value after = is a word of its own", "--memory=512m", false, FINE, "--memory|512m"},
  {"letters are written out", "-u 1000 -e A=1", false, FINE, "--user|1000|--env|A=1"},
  {"nothing is run for a value", "--hostname $(id)", false, FINE, "--hostname|$(id)"},
  {"line ends part words", "--cpus 1\n--init\n", false, FINE, "--cpus|1|--init"},
  {"a published port stays on this machine", "-p 8080:80", false, FINE, "--publish|127.0.0.1:8080:80/tcp"},
  {"a port for everybody is refused", "-p 0.0.0.0:8080:80", false, DROVER_ERROR_REFUSED, NULL},
  {"an unclosed quote is told", "--health-cmd \"x", false, DROVER_ERROR_INPUT, NULL},
  {"a value that is not there is told", "--cpus", false, DROVER_ERROR_INPUT, NULL},
  {"privileges are refused", "--privileged", false, DROVER_ERROR_REFUSED, NULL},
  {"a folder of the machine is refused", "-v /:/host", false, DROVER_ERROR_REFUSED, NULL},
  {"a shortened option is refused", "--volum=/:/host", false, DROVER_ERROR_REFUSED, NULL},
  {"letters put together are refused", "-itv /:/host", false, DROVER_ERROR_REFUSED, NULL},
  {"a word that is no option is refused", "alpine", false, DROVER_ERROR_REFUSED, NULL},
  {"drover's environment is not for the asking", "-e TOKEN", false, DROVER_ERROR_REFUSED, NULL},
  {"a network is refused", "--network host", false, DROVER_ERROR_REFUSED, NULL},
  {"a network is refused to those with access too", "--network=host", true, DROVER_ERROR_REFUSED, NULL},
  {"an entrypoint is refused", "--entrypoint sh", true, DROVER_ERROR_REFUSED, NULL},
  {"with access privileges pass", "--privileged -v /:/host", true, FINE, "--privileged|-v|/:/host"},
};

static const Row ports[] = {
  {"one number gets a free port", "6379", false, FINE, "127.0.0.1::6379/tcp"},
  {"a protocol stays", "53/udp", false, FINE, "127.0.0.1::53/udp"},
  {"two numbers are here and inside", "8080:80", false, FINE, "127.0.0.1:8080:80/tcp"},
  {"a loopback address stays", "127.0.0.2:8080:80/tcp", false, FINE, "127.0.0.2:8080:80/tcp"},
  {"an address may leave the port free", "127.0.0.1::80", false, FINE, "127.0.0.1::80/tcp"},
  {"a range is fine", "8000-8010:9000-9010", false, FINE, "127.0.0.1:8000-8010:9000-9010/tcp"},
  {"every address is refused", "0.0.0.0:8080:80", false, DROVER_ERROR_REFUSED, NULL},
  {"with access every address is fine", "0.0.0.0:8080:80", true, FINE, "0.0.0.0:8080:80/tcp"},
  {"a word is no port", "http", false, DROVER_ERROR_INPUT, NULL},
  {"nothing is no port", "", false, DROVER_ERROR_INPUT, NULL},
  {"an unknown protocol is told", "80/http", false, DROVER_ERROR_INPUT, NULL},
  {"an option is no port", "--privileged", false, DROVER_ERROR_INPUT, NULL},
};

static const Row volumes[] = {
  {"a named volume is the job's alone", "cache:/cache", false, FINE, "job-cache:/cache"},
  {"a mode stays", "cache:/cache:ro", false, FINE, "job-cache:/cache:ro"},
  {"a folder alone is a new volume", "/data", false, FINE, "/data"},
  {"a folder of the machine is refused", "/etc:/host", false, DROVER_ERROR_REFUSED, NULL},
  {"a relative folder is refused", "./x:/host", false, DROVER_ERROR_REFUSED, NULL},
  {"with access a folder of the machine passes", "/etc:/host:ro", true, FINE, "/etc:/host:ro"},
  {"a mode of the engine's own is told", "cache:/cache:O", false, DROVER_ERROR_INPUT, NULL},
  {"a volume ends in a whole path", "cache:data", false, DROVER_ERROR_INPUT, NULL},
  {"too many parts are told", "a:/b:ro:x", false, DROVER_ERROR_INPUT, NULL},
};

static const Row images[] = {
  {"a short name is Docker Hub's own", "redis:7", false, FINE, "docker.io/library/redis:7"},
  {"an owner's is Docker Hub's too", "bitnami/redis", false, FINE, "docker.io/bitnami/redis"},
  {"a registry stays", "ghcr.io/o/i:1", false, FINE, "ghcr.io/o/i:1"},
  {"an option is no image", "--privileged", false, DROVER_ERROR_INPUT, NULL},
  {"nothing is no image", "", false, DROVER_ERROR_INPUT, NULL},
};

static void check(const Row *row, char *result, const GError *error) {
  g_test_message("%s", row->claim);
  if (row->code == FINE) {
    g_assert_no_error(error);
    g_assert_cmpstr(result, ==, row->result);
  } else {
    g_assert_null(result);
    g_assert_true(error_is(error, row->code));
  }
  g_free(result);
}

static void test_options(const void *data) {
  const Row *row = data;
  g_autoptr(GError) error = NULL;
  g_auto(GStrv) words = request_options(row->text, row->host_access, &error);
  check(row, words != NULL ? g_strjoinv("|", words) : NULL, error);
}

static void test_port(const void *data) {
  const Row *row = data;
  g_autoptr(GError) error = NULL;
  char *port = request_port(row->text, row->host_access, &error);
  check(row, port, error);
}

static void test_volume(const void *data) {
  const Row *row = data;
  g_autoptr(GError) error = NULL;
  char *volume = request_volume(row->text, "job", row->host_access, &error);
  check(row, volume, error);
}

static void test_image(const void *data) {
  const Row *row = data;
  g_autoptr(GError) error = NULL;
  char *image = request_image(row->text, &error);
  check(row, image, error);
}

static void test_registry(void) {
  g_autofree char *hub = request_registry("redis");
  g_autofree char *own = request_registry("localhost:5000/a/b@sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  g_assert_cmpstr(hub, ==, "docker.io");
  g_assert_cmpstr(own, ==, "localhost:5000");
}

static void add(const char *group, const Row *rows, size_t count, GTestDataFunc func) {
  for (size_t i = 0; i < count; i++) {
    g_autofree char *name = g_strdup_printf("/request/%s/%s", group, rows[i].claim);
    g_strdelimit(name + strlen("/request/") + strlen(group) + 1, "/", '|');
    g_test_add_data_func(name, &rows[i], func);
  }
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  add("options", options, G_N_ELEMENTS(options), test_options);
  add("port", ports, G_N_ELEMENTS(ports), test_port);
  add("volume", volumes, G_N_ELEMENTS(volumes), test_volume);
  add("image", images, G_N_ELEMENTS(images), test_image);
  g_test_add_func("/request/registry of an image", test_registry);
  return g_test_run();
}
