/* Serves a results folder until its standard input ends, for tests with clients that are not ours. Prints, as one line of JSON, the
 * address and what jobs of different rights are told: serve DIR [GIT_DIR TOKEN]. */
#include "results/results.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static json_t *told(Results *results, const char *run, const char *write, const char *const *reads, const json_t *identity, const char *address) {
  g_autoptr(GError) error = NULL;
  ResultsGrant grant = {.repository = "octo/shop",
                        .run = run,
                        .job = "build",
                        .cache_write_scope = write,
                        .cache_reads = reads,
                        .identity = identity,
                        .lifetime_s = 3600};
  json_t *environment = results_environment(results, &grant, address, &error);
  if (environment == NULL)
    g_error("%s", error->message);
  return environment;
}

int main(int argc, char **argv) {
  g_autoptr(GError) error = NULL;
  g_autoptr(Results) results = argc > 1 ? results_open(argv[1], NULL, &error) : NULL;
  if (results == NULL)
    return EXIT_FAILURE;
  if (argc > 3)
    results_offer_repository(results, "octo/shop", argv[2], argv[3]);
  size_t count = 0;
  const HttpdHandler *handlers = results_handlers(results, &count);
  Httpd *httpd =
    httpd_start(&(HttpdOptions){.listen = "127.0.0.1:0", .handlers = handlers, .handler_count = count, .connection_bytes = 512 << 10}, &error);
  if (httpd == NULL)
    return EXIT_FAILURE;
  const char *address = httpd_address(httpd);
  json_auto_t *identity = json_pack("{s:s, s:s}", "sub", "repo:octo/shop:ref:refs/heads/main", "repository", "octo/shop");
  const char *const main_reads[] = {"refs/heads/main", NULL};
  const char *const pull_reads[] = {"refs/pull/7/merge", "refs/heads/main", NULL};
  json_auto_t *line =
    json_pack("{s:s, s:o, s:o, s:o}", "address", address, "main", told(results, "run-1", "refs/heads/main", main_reads, identity, address), "pull",
              told(results, "run-2", "refs/pull/7/merge", pull_reads, NULL, address), "reader",
              told(results, "run-3", NULL, main_reads, NULL, address));
  json_dumpf(line, stdout, JSON_COMPACT);
  puts("");
  fflush(stdout);
  char byte;
  while (read(STDIN_FILENO, &byte, 1) > 0)
    continue;
  httpd_stop(httpd, 1000);
  return EXIT_SUCCESS;
}
