#include "runner/run.h"

#include "base/error.h"
#include "sandbox/sandbox.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define BACKLOG 64
#define GRACE_MS 1000

static bool listen_on(int fd, unsigned *port, GError **error) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t size = sizeof address;
  if (bind(fd, (struct sockaddr *)&address, size) != 0 || listen(fd, BACKLOG) != 0 || getsockname(fd, (struct sockaddr *)&address, &size) != 0)
    return error_set_errno(error, errno, "the services for jobs cannot listen on 127.0.0.1");
  *port = ntohs(address.sin_port);
  return true;
}

bool run_services_open(Run *run, GError **error) {
  run->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (run->listener < 0)
    return error_set_errno(error, errno, "the services for jobs");
  return listen_on(run->listener, &run->port, error);
}

void run_services_close(Run *run) {
  if (run->httpd != NULL)
    httpd_stop(run->httpd, GRACE_MS);
  g_clear_pointer(&run->results, results_free);
  if (run->listener >= 0)
    close(run->listener);
}

/* With the lock held. */
static bool start(Run *run, GError **error) {
  if (run->httpd != NULL)
    return true;
  g_autofree char *dir = g_build_filename(run->spec->data_dir, "results", NULL);
  if (run->results == NULL)
    run->results = results_open(dir, &(ResultsOptions){0}, error);
  if (run->results == NULL)
    return false;
  results_offer_repository(run->results, run->repository, run->git_dir, NULL);
  size_t count = 0;
  const HttpdHandler *handlers = results_handlers(run->results, &count);
  int fd = run->listener;
  run->listener = -1;
  run->httpd = httpd_start(&(HttpdOptions){.fd = fd, .handlers = handlers, .handler_count = count, .threads = 2}, error);
  return run->httpd != NULL;
}

/* A network of its own sees the services under the same port. */
static bool lead_in(Run *run, Executor *executor, GError **error) {
  unsigned port = run->port;
  int fd = sandbox_listen(executor, &port, error);
  return fd >= 0 && httpd_add_listener(run->httpd, fd, error);
}

json_t *run_services_environment(Run *run, const ResultsGrant *grant, Executor *executor, GError **error) {
  g_autofree char *address = g_strdup_printf("drover.localhost:%u", run->port);
  g_mutex_lock(&run->lock);
  bool there = start(run, error) && (executor == NULL || lead_in(run, executor, error));
  json_t *env = there ? results_environment(run->results, grant, address, error) : NULL;
  g_mutex_unlock(&run->lock);
  return env;
}
